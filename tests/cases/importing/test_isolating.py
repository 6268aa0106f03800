from __future__ import annotations

import json

import numpy as np
import pytest

from gradcheck.cases.importing.isolating import brought, carried
from gradcheck.types import CheckResult, Mismatch, Outcome, Quantity, Role

QUANTITY = Quantity(
    name="W", role=Role.PARAMETER, shape=(2, 3), dtype="float64", outcome=Outcome.FAILED, wrong=1, size=6
)
RESULT = CheckResult(
    check="gradient",
    layer="src/layers.py::Linear",
    outcome=Outcome.FAILED,
    compared=6,
    headline="gradient of `W` is wrong",
    quantities=(QUANTITY,),
    mismatches=(Mismatch(where="W[0, 1]", expected=np.float64(0.1), actual=float("inf"), allowed=1e-12),),
    notes=("a note",),
)


def test_a_result_crosses_the_border_of_a_process_as_it_was():
    again = brought(json.loads(json.dumps(carried(RESULT))))
    assert again == RESULT
    assert again.mismatches[0].expected == pytest.approx(0.1, abs=0.0)


def test_a_result_can_be_hashed_after_it():
    assert hash(brought(carried(RESULT))) == hash(RESULT)


def test_what_json_cannot_carry_is_refused_by_its_type():
    with pytest.raises(NotImplementedError, match="complex is nothing that JSON carries"):
        carried(CheckResult(check="c", layer="l", outcome=Outcome.FAILED, compared=1, headline=1j))  # type: ignore[arg-type]
