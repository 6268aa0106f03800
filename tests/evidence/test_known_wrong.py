"""Every wrong layer is caught by the check its ledger names, at the gradient it names, and by no unrelated one."""

from gradcheck.types import Outcome

FOLDER = "known_wrong"
FEWEST = 60


def test_there_are_enough_of_them_and_each_ledger_entry_has_its_layer(known_layers):
    found, lost = known_layers(FOLDER)
    assert len(found) >= FEWEST
    assert lost == []


def related(failed):
    """A gradient that differs from the oracle's differs from that of torch's own layer as well."""
    return {"reference"} if "gradient" in failed else set()


def test_each_is_caught_by_its_check_at_its_gradients_and_by_no_unrelated_check(known_layers, checked, ledger):
    found = [(site, entry) for site, entry in known_layers(FOLDER)[0] if site.path == ledger]
    answers = checked([site for site, _ in found], 0)
    missed, unrelated, differing = [], {}, {}
    for site, entry in found:
        failed = {name: r for name, r in answers[site.identity][1].items() if r.outcome is Outcome.FAILED}
        if entry["check"] not in failed:
            missed.append(site.identity)
        if others := sorted(set(failed) - {entry["check"], *entry.get("also", []), *related(failed)}):
            unrelated[site.identity] = others
        if entry["check"] == "gradient" and "gradient" in failed:
            named = {q.name for q in failed["gradient"].quantities if q.outcome is Outcome.FAILED}
            if named != set(entry["wrt"]):
                differing[site.identity] = (sorted(named), sorted(entry["wrt"]))
    assert missed == []
    assert unrelated == {}
    assert differing == {}
