"""The explanations of a wrong gradient: what cannot be told any more is not asked, and the answer is the same."""

from __future__ import annotations

import numpy as np
import pytest

from gradcheck.judging.trying import tried
from gradcheck.types import Dispute, Evidence, HypothesisOfError, Prediction, Role, Subject

WRONG = np.array([1.0, 2.0, 3.0])
RIGHT = np.array([5.0, 1.0, 0.5])


@pytest.fixture
def dispute():
    evidence = Evidence(
        name="x", role=Role.INPUT, shape=(3,), expected=RIGHT, actual=WRONG, allowed=np.full(3, 1e-9), oracle="traced",
        y_bar=np.ones(3), y=np.ones(3), primals={"x": np.ones(3)},
    )  # fmt: skip
    subject = Subject(
        name="layer", primals={"x": np.ones(3)}, roles={"x": Role.INPUT}, value=lambda p: p["x"],
        value_and_vjp=lambda p: (p["x"], None),
    )  # fmt: skip
    return Dispute(
        evidence=evidence, expected={"x": RIGHT}, actual={"x": WRONG}, truth=lambda *_: None, backward=lambda _: None,
        subject=subject, at_batch=lambda _: None,
    )  # fmt: skip


def hypothesis(name, asked, *claims, fits=True, cost=0, least=None):
    """An explanation that notes each of its predictions when it is made."""

    def predict(_):
        for claim in claims:
            asked.append((name, claim))
            yield Prediction(actual=WRONG if fits else RIGHT, sentence=name, claim=claim, scalable=False)

    return HypothesisOfError(
        name=name, summary=name, predict=predict, cost=cost, least=min(claims) if least is None else least
    )


def test_what_claims_more_than_an_explanation_that_fits_is_not_asked(dispute):
    asked = []
    known = [hypothesis("dear", asked, 3.0), hypothesis("plain", asked, 1.5), hypothesis("wild", asked, 2.0)]
    assert [one.name for one in tried(known, dispute)] == ["plain"]
    assert asked == [("plain", 1.5)]


def test_of_equal_claims_the_earlier_is_told_and_the_later_not_asked(dispute):
    asked = []
    known = [hypothesis("first", asked, 2.0, least=1.0), hypothesis("second", asked, 2.0)]
    assert tried(known, dispute)[0].name == "first"
    assert asked == [("first", 2.0)]


def test_an_earlier_explanation_is_asked_although_a_later_one_claims_as_much(dispute):
    asked = []
    known = [hypothesis("earlier", asked, 2.0), hypothesis("later", asked, 2.0, least=1.0)]
    assert tried(known, dispute)[0].name == "earlier"
    assert asked == [("later", 2.0), ("earlier", 2.0)]


def test_the_rest_of_an_explanation_is_left_once_nothing_smaller_can_come(dispute):
    asked = []
    assert len(tried([hypothesis("loop", asked, 2.0, 2.0, 2.0)], dispute)) == 1
    assert asked == [("loop", 2.0)]


def test_a_dear_explanation_with_a_smaller_claim_is_asked_where_what_fits_is_not_plain(dispute):
    asked = []
    known = [
        hypothesis("number", asked, 3.0),
        hypothesis("dear", asked, 2.0, cost=1),
        hypothesis("n", asked, 3.5, cost=2),
    ]
    assert [one.name for one in tried(known, dispute)] == ["dear", "number"]
    assert asked == [("number", 3.0), ("dear", 2.0)]


def test_everything_is_asked_where_everything_is_wanted_and_the_first_is_the_same(dispute):
    asked = []
    known = [
        hypothesis("dear", asked, 3.0), hypothesis("plain", asked, 1.5), hypothesis("far", asked, 1.0, fits=False),
        hypothesis("late", asked, 1.5, 2.5, cost=2),
    ]  # fmt: skip
    found = [one.name for one in tried(known, dispute, everything=True)]
    assert found == ["plain", "late", "late", "dear", "far"]
    assert len(asked) == 5
    assert tried(known, dispute)[0].name == "plain"
