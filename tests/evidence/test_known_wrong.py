"""Every wrong layer is caught by the check its ledger names, at the gradient it names, and by no unrelated one."""

from gradcheck import extensions
from gradcheck.explaining import UNEXPLAINED
from gradcheck.types import Outcome

FOLDER = "known_wrong"
FEWEST = 60
#: Of the layers whose ledger says what the matter is: how many are explained so, and how many otherwise.
FEWEST_EXPLAINED = 0.85
MOST_EXPLAINED_WRONGLY = 0.02
#: What the column `explained` of a ledger says; it is left out where the explanation is right.
RIGHTLY, NOT_AT_ALL, WRONGLY = "rightly", "not at all", "wrongly"


def test_there_are_enough_of_them_and_each_ledger_entry_has_its_layer(known_layers):
    found, lost = known_layers(FOLDER)
    assert len(found) >= FEWEST
    assert lost == []


def related(failed):
    """A gradient that differs from the oracle's differs from that of torch's own layer as well."""
    return {"reference"} if "gradient" in failed else set()


def test_each_is_caught_by_its_check_at_its_gradients_and_by_no_unrelated_check(known_layers, checked, ledger):
    found = [(site, entry) for site, entry in known_layers(FOLDER)[0] if site.path == ledger]
    answers = checked(found, 0)
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
    assert [site.identity for site, _ in found if _is_broken(answers[site.identity][1])] == []
    said = {site.identity: _explained(entry, answers[site.identity][1]) for site, entry in found}
    assert said == {site.identity: entry.get("explained", RIGHTLY) for site, entry in found}


def test_most_mistakes_are_explained_as_their_author_would_and_next_to_none_wrongly(known_layers):
    said = [entry.get("explained", RIGHTLY) for _, entry in known_layers(FOLDER)[0] if "diagnosis" in entry]
    assert len(said) >= FEWEST
    assert said.count(WRONGLY) <= MOST_EXPLAINED_WRONGLY * len(said)
    assert said.count(RIGHTLY) >= FEWEST_EXPLAINED * len(said)


def test_every_label_is_an_explanation_there_is(known_layers):
    known = set(extensions.names("gradcheck.diagnosis"))
    strange = {
        site.identity: entry["diagnosis"]
        for site, entry in known_layers(FOLDER)[0]
        if not set(entry.get("diagnosis", ())) <= known
    }
    assert strange == {}


def _explained(entry, by_check):
    """Whether what the diagnosis says of a layer is what its ledger expects; that is not asked of other mistakes."""
    found = [by_check[name] for name in ("contract", "gradient") if name in by_check]
    result = next((one for one in found if one.outcome is Outcome.FAILED), None)
    if "diagnosis" not in entry or result is None or not result.explanations:
        return entry.get("explained", RIGHTLY)
    names = {explanation.name for explanation in result.explanations}
    if names <= set(entry["diagnosis"]):
        return RIGHTLY
    return NOT_AT_ALL if names <= {*entry["diagnosis"], UNEXPLAINED} else WRONGLY


def _is_broken(by_check):
    """Whether an explanation could not be tried."""
    lines = [line for r in by_check.values() for e in r.explanations for line in (e.sentence, *e.evidence)]
    return any("could not be tried" in line for line in lines)
