"""torch code through the runner, the command line and the declared words."""

import sys

import pytest

from gradcheck.catalogue import check_names
from gradcheck.cli import main
from gradcheck.errors import BuildError
from gradcheck.run import Runner
from gradcheck.source.discovery import find_layers
from gradcheck.types import Outcome

FUNCTION = """
import torch
class {name}(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return {value}
    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return {gradient}
"""
MODULE = "import torch\nclass Net(torch.nn.Module):\n    def forward(self, x): return x * 2\n"


@pytest.fixture
def project(tmp_path):
    def made(source, settings=""):
        (tmp_path / "pyproject.toml").write_text(settings)
        (tmp_path / "ops.py").write_text(source)
        return tmp_path

    return made


def only_site(root):
    (site,) = find_layers([root]).sites
    return site


@pytest.mark.parametrize(
    ("source", "what"),
    [
        (FUNCTION.format(name="Op", value="x", gradient="g"), "Op is a torch.autograd.Function"),
        (MODULE, "Net is a torch.nn.Module"),
    ],
)
def test_without_torch_a_sentence_says_what_installing_it_would_add(project, monkeypatch, source, what):
    monkeypatch.setattr("gradcheck.run.is_installed", lambda: False)
    root = project(source)
    with pytest.raises(BuildError) as refusal:
        Runner(root).build(only_site(root))
    remedy = "`pip install gradcheck[torch]` has its gradients checked"
    assert refusal.value.reason == f"{what}; torch is not installed: {remedy}"


def test_each_family_has_the_checks_that_are_for_it():
    assert "flow" not in check_names("instance")
    assert "double_backward" not in check_names("instance")
    assert {"contract", "linearity", "gradient", "determinism"} <= set(check_names("torch_function"))
    assert set(check_names("torch_module")) == {"gradient", "flow", "determinism"}
    assert set(check_names()) >= {*check_names("torch_function"), *check_names("torch_module")}


def test_the_command_line_checks_functions_and_modules(project, capsys, monkeypatch):
    pytest.importorskip("torch")
    root = project(FUNCTION.format(name="Cube", value="x ** 3", gradient="2 * x ** 2 * g") + MODULE)
    monkeypatch.chdir(root)
    assert main(["check", "ops.py"]) == 1
    told = capsys.readouterr().out
    assert "gradient of `x` is wrong in 32 of 32 entries" in told
    assert main(["check", "ops.py::Net"]) == 0


def test_a_straight_through_estimator_passes_where_it_is_declared(project):
    pytest.importorskip("torch")
    settings = '[tool.gradcheck.layers."ops.py::Op"]\nexpect = "straight-through"\n'
    root = project(FUNCTION.format(name="Op", value="torch.round(x)", gradient="g"), settings)
    runner = Runner(root)
    result = runner.check(runner.build(only_site(root)), "gradient")
    assert result.outcome is Outcome.PASSED
    assert result.headline.endswith("as declared")


def test_a_declaration_that_an_experiment_does_not_confirm_excuses_nothing(project):
    pytest.importorskip("torch")
    settings = '[tool.gradcheck.layers."ops.py::Op"]\nexpect = "straight-through"\n'
    root = project(FUNCTION.format(name="Op", value="torch.sin(x)", gradient="g"), settings)
    runner = Runner(root)
    result = runner.check(runner.build(only_site(root)), "gradient")
    assert result.outcome is Outcome.FAILED
    assert any(note.startswith("declared straight-through") for note in result.notes)


def test_first_order_leaves_second_derivatives_alone(project):
    pytest.importorskip("torch")
    settings = '[tool.gradcheck.layers."ops.py::Op"]\nexpect = "first-order"\n'
    root = project(FUNCTION.format(name="Op", value="x * x", gradient="2 * x.data * g"), settings)
    runner = Runner(root)
    case = runner.build(only_site(root))
    assert runner.check(case, "double_backward").outcome is Outcome.NOT_APPLICABLE
    assert runner.check(case, "gradient").outcome is Outcome.PASSED


def test_importing_torch_code_leaves_torchs_settings_as_they_were(project):
    torch = pytest.importorskip("torch")
    root = project("import torch\ntorch.set_default_dtype(torch.float64)\ntorch.manual_seed(1)\n" + MODULE)
    state = torch.get_rng_state()
    Runner(root).build(only_site(root))
    assert torch.get_default_dtype() is torch.float32
    assert torch.equal(torch.get_rng_state(), state)
    assert "ops" not in sys.modules
