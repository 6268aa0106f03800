"""What a file's text tells before it is parsed loses nothing that its tree would tell."""

from __future__ import annotations

import dataclasses
import sysconfig
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gradcheck.scan import settling, work
from gradcheck.scan.engine import scan
from gradcheck.scan.facts.module import Module
from gradcheck.scan.model import Settings, State
from gradcheck.scan.registry import rules
from gradcheck.scan.sieve import Sieve
from gradcheck.scan.work import examine_bytes
from gradcheck.source.parse import UnparsableError

EVERY = tuple(rule for rule in rules().values() if rule.state is not State.RETIRED)
SIFTING = Sieve(EVERY)
NAMED = Sieve(dataclasses.replace(rule, worth=None) for rule in EVERY)
EXAMPLES = [text for rule in EVERY for text in (*(example.text for example in rule.bad), *rule.good)]
CASES = sorted((Path(__file__).parent / "cases").rglob("*.py"))
#: Every how many-th file of the installed packages is read, and bytes up to which.
EACH, LONGEST = 199, 60_000

HEADS = st.sampled_from(
    ["class Net(nn.Module):", "class Loss(Base):", "class Tape:", "def forward(self, x):",
     "def backward(self, g):", "def __init__(self, n):", "def helper(x):", "async def loss(x):", "if x:",
     "with torch.no_grad():", "@staticmethod", "def relu_backward(g, x):", "class Dropout:", "for x in y:",
     "# of a class"]
)  # fmt: skip
LINES = st.sampled_from(
    ["return Tensor(x.data * 2)", "return x.numpy()", "return torch.tensor(helper(x))", "super().__init__()",
     "# super().__init__()", "self.layers = [nn.Linear(n, n)]", "self.parts = (\n    Linear(1),\n)",
     "self_layer = Net(n)", "'''\nclass Inner:\n    def forward(self): '''", '"""one\ndef backward(g):\ntwo"""',
     "loss.backward()", "x = '\\\n'", "s = f'{x.item()}'", "s = \"it's\" + '#'", "def _init_(self): self.x = 1",
     "x = (a\n@ b\n)", "y = x.exp()", "y[0] = 1", "return nn.Linear(3, 3)(x)", "w = w - lr * w.grad",
     "opt = SGD(net.parameters())", "h = net(x)", "self.w = randn(n)", "(", "\tx = 1", "x = 1 \\\n  + 2",
     "self.x = x", "x += 1", "return 2 * x.data", "# that def", "return x"]
)  # fmt: skip
quick = settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def below(head, body):
    return "\n".join([head, *(f"    {line}" for statement in body for line in statement.split("\n"))])


BLOCKS = st.recursive(
    LINES, lambda inner: st.builds(below, HEADS, st.lists(inner, min_size=1, max_size=5)), max_leaves=14
)
PROGRAMS = st.lists(BLOCKS, max_size=5).map("\n".join)
TOPS = st.sampled_from(
    ["", "import torch\nfrom torch import nn\n", "import numpy as np\n", "from torch.nn import Linear\n"]
)


class Parsed(Module):
    """A file whose tree is asked for first."""

    def __init__(self, *given):
        super().__init__(*given)
        with suppress(UnparsableError):  # it is raised again where the engine minds it
            self.nodes("ERROR")


def told(text, sieve=SIFTING):
    """Findings, helpers, and whether classes are the same as far as they are read."""
    outcome = examine_bytes(text.encode("utf-8", "surrogatepass"), "example.py", sieve, None, Settings())
    names = {sketch.name for sketch in outcome.facts.classes} | {*outcome.facts.unread}
    return outcome.findings, outcome.facts.summaries, names


def agree(text, monkeypatch):
    findings, summaries, names = told(text)
    with monkeypatch.context() as patched:
        patched.setattr(work, "Module", Parsed)
        from_tree = told(text, NAMED)
    assert (findings, summaries) == from_tree[:2]
    assert names >= from_tree[2]


def test_every_example_and_case_is_told_of_as_if_it_were_parsed(monkeypatch):
    for text in (*EXAMPLES, *(file.read_text(encoding="utf-8") for file in CASES)):
        agree(text, monkeypatch)


@quick
@given(TOPS, PROGRAMS)
def test_every_program_is_told_of_as_if_it_were_parsed(top, text):
    with pytest.MonkeyPatch.context() as monkeypatch:
        agree(top + text, monkeypatch)


def test_installed_files_are_told_of_as_if_they_were_parsed(monkeypatch):
    files = sorted(Path(sysconfig.get_path("purelib")).rglob("*.py"))[::EACH]
    if not files:
        pytest.skip("no packages are installed")
    for file in files:
        agree(file.read_bytes()[:LONGEST].decode("utf-8", "replace").replace("\r", ""), monkeypatch)


def test_a_file_in_which_nothing_can_be_found_is_not_parsed(monkeypatch):
    def refuse(text):
        raise AssertionError(text)

    monkeypatch.setattr("gradcheck.scan.facts.module.parse", refuse)
    text = "import torch\n\n\nclass Net(torch.nn.Module):\n    def extra(self, x):\n        return x\n"
    findings, _, names = told(text)
    assert (findings, names) == ((), {"Net"})


BASE = "from torch import nn\n\n\nclass Base(nn.Module):\n    def extra(self, x):\n        return x\n"
NET = "from base import Base\n\n\nclass Net(Base):\n    def __init__(self):\n        self.n = 1\n\n\nModule = nn = 0\n"


def found(root, **more):
    chosen = Settings(root=root, codes=frozenset({"GRC301", "GRC900"}), **more)
    return [(one.path, one.code) for one in scan([root], settings=chosen).findings]


def test_a_class_of_a_file_that_was_not_parsed_is_read_when_another_asks_for_it(tmp_path, monkeypatch):
    monkeypatch.setattr(settling, "FEW", 0)
    (tmp_path / "base.py").write_text(BASE)
    (tmp_path / "net.py").write_text(NET)
    missing = [("net.py", "GRC301")]
    assert found(tmp_path, jobs=1) == found(tmp_path, jobs=2) == missing
    cache = tmp_path / "cache"
    assert found(tmp_path, cache=cache) == found(tmp_path, cache=cache) == missing
    # The names of its classes stay, and so does all that was known of it before it was read.
    (tmp_path / "base.py").write_text(BASE.replace("nn.Module", "object"))
    assert found(tmp_path, cache=cache) == found(tmp_path) == []
    (tmp_path / "base.py").write_text(BASE)
    assert found(tmp_path, cache=cache) == missing
