from __future__ import annotations

import pytest

from gradcheck.building import build_given
from gradcheck.cases.guessing.given import given_inputs
from gradcheck.choosing import Plan
from gradcheck.oracles import finite_difference
from gradcheck.types import Context, Profile


@pytest.fixture
def context_of():
    """(layer, inputs) -> the context of a check of it, judged by finite differences."""

    def context(layer, *inputs, profile=Profile.DEFAULT, **fields):
        name = type(layer).__name__
        plan = Plan(identity=f"layers.py::{name}", forward="forward", backward="backward", seed=0)
        case = build_given(layer, given_inputs(layer, "forward", inputs, {}), plan, f"{name}()")
        oracles = {"finite_difference": finite_difference.ORACLE}
        return Context(case=case, profile=profile, oracles=oracles, **fields)

    return context
