"""nn.Modules through the library: which parameters a gradient reaches, and that nothing of the user's is changed."""

import pytest

from gradcheck import check_layer
from gradcheck.types import Outcome

torch = pytest.importorskip("torch")


class Cut(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.used = torch.nn.Parameter(torch.ones(3))
        self.cut = torch.nn.Parameter(torch.ones(3))
        self.unused = torch.nn.Parameter(torch.ones(3))
        self.frozen = torch.nn.Parameter(torch.ones(3), requires_grad=False)

    def forward(self, x):
        return x * self.used * self.frozen + self.cut.data


class Stopped(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = torch.nn.Parameter(torch.ones(3))

    def forward(self, x):
        return x * x.detach() * self.scale


class Random(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.norm = torch.nn.BatchNorm1d(3)

    def forward(self, x):
        torch.set_default_dtype(torch.float16)
        torch.use_deterministic_algorithms(mode=True)
        return torch.nn.functional.dropout(self.norm(x), 0.4)


@pytest.fixture
def x():
    generator = torch.Generator().manual_seed(1)
    return torch.randn(5, 3, generator=generator)


def by_check(report):
    return {result.check: result for result in report.results}


def test_each_parameter_without_a_gradient_is_named_with_the_reason(x):
    flow = by_check(check_layer(Cut(), x))["flow"]
    assert flow.outcome is Outcome.FAILED
    assert flow.headline == "Cut: no gradient reaches `cut`, on which its output depends"
    assert len(flow.hint) == 1
    assert flow.hint[0].startswith("`cut`: cut off by .data at test_torch_module.py:")
    assert flow.warnings == ("`unused` receives no gradient: forward does not use it",)
    assert flow.notes == ("frozen, as requires_grad=False says: `frozen`",)


def test_a_gradient_stopped_on_purpose_is_not_failed_and_the_line_is_told(x):
    gradient = by_check(check_layer(Stopped(), x))["gradient"]
    assert gradient.outcome is Outcome.INCONCLUSIVE
    assert "forward stops a gradient on purpose, by .detach() at test_torch_module.py:" in gradient.headline


def test_a_random_module_with_running_statistics_passes(x):
    module = torch.nn.Sequential(torch.nn.BatchNorm1d(3), torch.nn.Dropout(0.4))
    assert check_layer(module, x).ok


def test_the_module_the_generators_and_the_settings_of_torch_are_left_as_they_were(x):
    module = Random()
    before = {name: value.clone() for name, value in module.state_dict().items()}
    torch.manual_seed(7)
    expected = torch.rand(3)
    torch.manual_seed(7)
    with torch.no_grad():
        assert check_layer(module, x).ok
        assert not torch.is_grad_enabled()
    assert torch.equal(torch.rand(3), expected)
    assert torch.get_default_dtype() is torch.float32
    assert not torch.are_deterministic_algorithms_enabled()
    assert not torch.is_anomaly_enabled()
    assert all(torch.equal(before[name], value) for name, value in module.state_dict().items())
    assert all(parameter.grad is None and parameter.requires_grad for parameter in module.parameters())


def test_the_module_keeps_its_dtype_though_it_is_judged_in_float64(x):
    module = torch.nn.Linear(3, 2)
    gradient = by_check(check_layer(module, x))["gradient"]
    assert gradient.outcome is Outcome.PASSED
    assert gradient.notes == ()
    assert module.weight.dtype is torch.float32
