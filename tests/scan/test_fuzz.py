"""Whatever is written, scanning ends with findings or none, inside the text, and says the same twice."""

from __future__ import annotations

import sysconfig
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gradcheck.scan.engine import scan_text
from gradcheck.scan.model import State
from gradcheck.scan.registry import rules

EVERY = tuple(rule for rule in rules().values() if rule.state is not State.RETIRED)
CASES = sorted((Path(__file__).parent / "cases").rglob("*.py"))
#: Every how many-th file of the installed packages is read, and bytes up to which.
EACH, LONGEST = 199, 60_000

NAMES = st.sampled_from(["x", "y", "self", "loss", "out", "np", "torch", "Tensor", "self.weight", "grad"])
ATTRIBUTES = st.sampled_from(["data", "grad", "shape", "T", "_backward", "requires_grad", "creator", "value"])
CALLS = st.sampled_from(
    ["Tensor", "np.exp", "torch.tensor", "float", "zip", "self.forward", "helper", "x.detach", "x.item", "x.numpy",
     "loss.backward", "nn.Linear", "super().__init__", "type(self)", "optimizer.step", "x.sum", "np.where"]
)  # fmt: skip
OPERATORS = st.sampled_from(["+", "-", "*", "/", "@", "**", "<", "==", "and", "or", "if 1 else", "in", ":="])
ODD = ("import torch", "from .a import *", "global x", "del x", "yield", "# gradcheck: ignore[", "(", "pass")


def larger(inner):
    """Expressions made of smaller ones."""
    return st.one_of(
        st.builds("{}.{}".format, inner, ATTRIBUTES),
        st.builds("{}({}, {})".format, CALLS, inner, inner),
        st.builds("{}({}, requires_grad={}.requires_grad)".format, CALLS, inner, NAMES),
        st.builds("({} {} {})".format, inner, OPERATORS, inner),
        st.builds("{}[{}]".format, inner, inner),
        st.builds("[{} for {} in {}]".format, inner, NAMES, inner),
        st.builds("{{{}: {}, **{}}}".format, inner, inner, inner),
        st.builds("(*{}, {})".format, inner, inner),
        st.builds("lambda {}: {}".format, NAMES, inner),
    )


EXPRESSIONS = st.recursive(NAMES | st.sampled_from(["1", "0.5", "None", "'text'", "..."]), larger, max_leaves=6)
SIMPLE = st.one_of(
    st.builds("{} = {}".format, EXPRESSIONS, EXPRESSIONS),
    st.builds("{} += {}".format, EXPRESSIONS, EXPRESSIONS),
    st.builds("return {}".format, EXPRESSIONS),
    EXPRESSIONS,
    st.sampled_from(ODD),
)
HEADS = st.sampled_from(
    ["def forward(self, x, *, y=1, **z):", "def backward(self, grad):", "class Net(nn.Module):", "class Tensor:",
     "with torch.no_grad() as x:", "for x, *y in zip(x, y):", "if x.requires_grad:", "while True:", "try:", "else:",
     "match x:", "case [x, *_]:", "def __add__(a, b):", "@staticmethod", "async def step():", "def loss(x): return x"]
)  # fmt: skip


def below(head, body):
    return "\n".join([head, *(f"    {line}" for statement in body for line in statement.split("\n"))])


def blocks(inner):
    """Statements below a head, indented."""
    return st.builds(below, HEADS, st.lists(inner, max_size=4))


PROGRAMS = st.lists(st.recursive(SIMPLE, blocks, max_leaves=8), max_size=5).map("\n".join)
quick = settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def scanned(text):
    """The findings of a text, each of them inside it."""
    found = scan_text(text, rules=EVERY)
    lines = text.count("\n") + 1
    assert all(1 <= one.span.line <= one.span.end_line <= lines for one in found)
    assert found == scan_text(text, rules=EVERY)
    return found


@quick
@given(PROGRAMS)
def test_no_program_makes_a_rule_raise(text):
    scanned(text)


@quick
@given(st.sampled_from(CASES), st.integers(0, 10_000), st.integers(0, 200), st.sampled_from(["", "(", "\n", "é", "\t"]))
def test_no_case_that_is_cut_anywhere_makes_a_rule_raise(file, start, length, instead):
    text = file.read_text(encoding="utf-8")
    scanned(text[:start] + instead + text[start + length :])


def test_no_installed_file_makes_a_rule_raise():
    files = sorted(Path(sysconfig.get_path("purelib")).rglob("*.py"))[::EACH]
    if not files:
        pytest.skip("no packages are installed")
    for file in files:
        scanned(file.read_bytes()[:LONGEST].decode("utf-8", "replace").replace("\r", ""))
