"""What every cause has, and what the ledgers hold of it."""

import pytest

from gradcheck import extensions
from gradcheck.trials.cause import Cause

CAUSES = extensions.load_all("gradcheck.training", "CAUSE", Cause)


def test_every_finding_is_planted_but_the_one_for_a_step_that_raises(entries, expected):
    planted = {expected(file, name) for file, name in entries("known_wrong")}
    assert set(CAUSES) - planted == {"step_raises"}


@pytest.mark.parametrize("name", CAUSES)
def test_a_finding_has_a_summary_of_one_line(name):
    assert CAUSES[name].summary
    assert "\n" not in CAUSES[name].summary
