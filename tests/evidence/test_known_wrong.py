"""Every wrong layer is caught by the check its ledger names, at the gradient it names, and by no unrelated one."""

import pytest

from gradcheck.types import Outcome

FEWEST = 60
#: Of those that gradcheck knows torch's own layer of; the others are networks, or layers torch has not.
FEWEST_BY_REFERENCE = 100


@pytest.fixture(scope="module")
def failures(known_layers, checked):
    found, _ = known_layers("known_wrong")
    return {
        identity: {name: result for name, result in by_check.items() if result.outcome is Outcome.FAILED}
        for identity, (_, by_check) in checked(found, 0).items()
    }


def test_there_are_enough_of_them_and_each_ledger_entry_has_its_layer(known_layers):
    found, lost = known_layers("known_wrong")
    assert len(found) >= FEWEST
    assert lost == []


def test_each_is_caught_by_the_check_named(known_layers, failures):
    found, _ = known_layers("known_wrong")
    missed = [site.identity for site, entry in found if entry["check"] not in failures[site.identity]]
    assert missed == []


def related(failed):
    """A gradient that differs from the oracle's differs from that of torch's own layer as well."""
    return {"reference"} if "gradient" in failed else set()


def test_torchs_own_layers_find_most_of_them_too(failures):
    assert sum("reference" in failed for failed in failures.values()) >= FEWEST_BY_REFERENCE


def test_none_is_caught_by_an_unrelated_check(known_layers, failures):
    found, _ = known_layers("known_wrong")
    unrelated = {
        site.identity: sorted(
            set(failures[site.identity]) - {entry["check"], *entry.get("also", []), *related(failures[site.identity])}
        )
        for site, entry in found
    }
    assert {identity: checks for identity, checks in unrelated.items() if checks} == {}


def test_the_wrong_gradients_are_named_and_no_others(known_layers, failures):
    found, _ = known_layers("known_wrong")
    differing = {}
    for site, entry in found:
        if entry["check"] != "gradient" or "gradient" not in failures[site.identity]:
            continue
        named = {q.name for q in failures[site.identity]["gradient"].quantities if q.outcome is Outcome.FAILED}
        if named != set(entry["wrt"]):
            differing[site.identity] = (sorted(named), sorted(entry["wrt"]))
    assert differing == {}
