"""A report with all that a finding can have, and one that holds nothing."""

from __future__ import annotations

import pytest

from gradcheck.scan.model import Edit, Finding, Fix, Severity, Span, Step
from gradcheck.scan.registry import rules
from gradcheck.scan.reporting import Confirmation, Report, Word

TEXT = "import numpy as np\n\n\ndef f(x):\n    h = np.exp(x.data)\n\n    return Tensor(h)  # 数\n"
NOTEBOOK = '{"cells": [{"cell_type": "markdown"}, {"cell_type": "code", "source": "w.require_grad = 1"}]}'


def span(line, column, length, cell=0):
    return Span(line=line, column=column, end_line=line, end_column=column + length, cell=cell)


CUT = Finding(
    code="GRC002",
    path="src/a b.py",
    span=span(7, 12, 9),
    message="`f` makes a new leaf of <raw> & loses 100% of it",
    severity=Severity.ERROR,
    why="The gradient is lost.",
    remedy="Compute with tensors.",
    steps=(
        Step(path="src/a b.py", span=span(5, 9, 14), source="h = np.exp(x.data)", note="the plain array of `x`"),
        Step(path="src/a b.py", span=span(7, 12, 9), source="return Tensor(h)", note="a new leaf"),
    ),
    qualname="f",
    source="return Tensor(h)  # 数",
)
TYPO = Finding(
    code="GRC013",
    path="src/n.ipynb",
    span=span(1, 3, 12, cell=2),
    message="`require_grad` is no attribute",
    severity=Severity.WARNING,
    fix=Fix(message="Write `requires_grad`", edits=(Edit(start=2, end=14, replacement="requires_grad"),), safe=True),
    source="w.require_grad = 1",
)


@pytest.fixture
def cut():
    """The finding with a path."""
    return CUT


@pytest.fixture
def text():
    """The file it is in."""
    return TEXT


@pytest.fixture
def report(tmp_path):
    def make(*findings, **more):
        contents = {tmp_path / "src/a b.py": TEXT.encode(), tmp_path / "src/n.ipynb": NOTEBOOK.encode()}
        return Report(
            findings=findings, files=3, base=tmp_path, start=tmp_path, rules=rules(), contents=contents, **more
        )

    return make


@pytest.fixture
def full(report):
    """Two findings, one of them confirmed."""
    ran = {CUT: Confirmation(word=Word.CONFIRMED, reason="gradient failed")}
    return report(CUT, TYPO, confirmations=ran, accepted=2)


@pytest.fixture
def empty(report):
    return report()
