"""No right layer is ever failed: near-traps over several seeds; `make soak` takes twenty."""

from gradcheck.types import Outcome

FOLDER = "known_right"
FEWEST = 40


def test_there_are_enough_of_them_and_each_ledger_entry_has_its_layer(known_layers):
    found, lost = known_layers(FOLDER)
    assert len(found) >= FEWEST
    assert lost == []


def test_no_right_layer_is_failed_and_each_reaches_the_outcome_it_may(known_layers, checked, ledger, seed):
    found = [(site, entry) for site, entry in known_layers(FOLDER)[0] if site.path == ledger]
    answers = checked(found, seed)
    alarms, weak = [], []
    for site, entry in found:
        _, by_check = answers[site.identity]
        alarms += [f"{site.identity}::{name}" for name, r in by_check.items() if r.outcome is Outcome.FAILED]
        if by_check["gradient"].outcome.value not in entry["may_be"]:
            weak.append(f"{site.identity}: {by_check['gradient'].outcome.value}: {by_check['gradient'].headline}")
    assert alarms == []
    assert weak == []
