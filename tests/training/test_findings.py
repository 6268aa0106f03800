"""What every finding has, and what the ledgers hold of it."""

import pytest

from gradcheck import extensions
from gradcheck.trials.finding import Finding

FINDINGS = extensions.load_all("gradcheck.training", "FINDING", Finding)


def test_every_finding_is_planted_but_the_one_for_a_step_that_raises(entries, expected):
    planted = {expected(file, name) for file, name in entries("known_wrong")}
    assert set(FINDINGS) - planted == {"step_raises"}


@pytest.mark.parametrize("name", FINDINGS)
def test_a_finding_has_a_summary_of_one_line(name):
    assert FINDINGS[name].summary
    assert "\n" not in FINDINGS[name].summary
