"""Runs as reports are made of them: a wrong gradient of any shape, right layers, and what broke."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gradcheck.report import gathering
from gradcheck.report.schema import Document, Result, Settings
from gradcheck.types import (
    Blame,
    CheckResult,
    Evidence,
    Explanation,
    Mismatch,
    Outcome,
    Quantity,
    Role,
    StepError,
    Sweep,
)

SETTINGS = Settings(seed=0, profile="default", strict=False)
SOURCE = (
    "class {name}:\n    def forward(self, x):\n        return x\n\n    def backward(self, g):\n        return 2 * g\n"
)


def evidence_of(expected: np.ndarray, actual: np.ndarray, *, name: str = "W", **more: Any) -> Evidence:
    return Evidence(
        name=name,
        role=Role.PARAMETER,
        shape=expected.shape,
        expected=expected,
        actual=actual,
        allowed=more.pop("allowed", np.full(expected.shape, 1e-12)),
        oracle="traced_autograd",
        y_bar=np.ones(2),
        y=np.ones(2),
        **more,
    )


def failed(evidence: Evidence, *, layer: str = "src/layers.py::Linear", **more: Any) -> CheckResult:
    wrong = int(np.count_nonzero(~(np.abs(evidence.actual - evidence.expected) <= evidence.allowed)))
    quantity = Quantity(
        name=evidence.name,
        role=evidence.role,
        shape=evidence.shape,
        dtype="float64",
        outcome=Outcome.FAILED,
        wrong=wrong,
        size=evidence.expected.size,
    )
    given = {
        "check": "gradient",
        "outcome": Outcome.FAILED,
        "compared": 3,
        "headline": f"{layer.rpartition('::')[2]}: gradient of `{evidence.name}` is wrong in {wrong} entries",
        "oracle": "traced_autograd",
        "quantities": (quantity,),
        "mismatches": (Mismatch(where=f"{evidence.name}[0]", expected=1.0, actual=2.0, allowed=1e-12),),
        "evidence": (evidence,),
        "construction": "Linear(in_features=8, out_features=5)",
        "inputs": "x (4, 8) float64",
        "path": "src/layers.py",
        "line": 5,
    }
    return CheckResult(layer=layer, **{**given, **more})


def passed(name: str, *, check: str = "gradient") -> CheckResult:
    quantity = Quantity(
        name="x", role=Role.INPUT, shape=(64, 64), dtype="float64", outcome=Outcome.PASSED, smallest_error=1e-14
    )
    return CheckResult(
        check=check,
        layer=f"src/layers.py::{name}",
        outcome=Outcome.PASSED,
        compared=5,
        headline=f"{name}: 1 gradient agrees with the oracle",
        quantities=(quantity,),
        construction=f"{name}()",
        inputs="x (64, 64) float64",
        path="src/layers.py",
        line=5,
    )


def with_sweep_and_blame(expected: np.ndarray, actual: np.ndarray, *, name: str = "W", **more: Any) -> CheckResult:
    steps = [10.0**-k for k in range(1, 9)]
    points = [StepError(step=h, from_expected=h**2 + 1e-16 / h, from_actual=0.5) for h in steps]
    evidence = evidence_of(expected, actual, name=name, sweep=Sweep(points=points, chosen=1e-5))
    why = Explanation(name="scale", gradient=name, sentence="actual = 2 * expected", evidence=("ratio 2 on 8 entries",))
    blame = Blame(path="src/layers.py", line=6, end_line=6, source=("return 2 * g",), reason="returns it")
    return failed(evidence, explanations=(why,), blame={name: blame}, **more)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "layers.py").write_text(SOURCE.format(name="Linear"), encoding="utf-8")
    return tmp_path


@pytest.fixture
def made(tree: Path):
    """Results -> the document of a run of them."""

    def document(*results: CheckResult | Result, **more: Any) -> Document:
        written = [
            one if isinstance(one, Result) else gathering.of_result(one, tree, seconds=0.25, options=("--strict",))
            for one in results
        ]
        return gathering.document(written, tree, SETTINGS, **more)

    return document


@pytest.fixture
def build():
    """The makers of what documents hold."""

    class Makers:
        evidence = staticmethod(evidence_of)
        failed = staticmethod(failed)
        passed = staticmethod(passed)
        explained = staticmethod(with_sweep_and_blame)

    return Makers
