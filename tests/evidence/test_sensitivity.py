"""Each known mistake is found by every oracle its ledger lists, alone, and down to the size the ledger gives."""

import os
from pathlib import Path

import pytest

from gradcheck.run import Runner

ROOT = Path(__file__).resolve().parents[2]
#: Fewest entries of the ledgers that list each oracle.
FEWEST = {"traced_autograd": 120, "finite_difference": 140, "reference": 100}
#: A mistake ten times as large as the ledger's size is found, one a hundred times smaller is not.
LARGER, SMALLER = 10.0, 0.01
#: Every sixth layer is tried with each oracle here and every 24th at its sizes; all of them under `make soak`.
SOAK = "GRADCHECK_SOAK_SEEDS" in os.environ
ASKED_EVERY, SIZED_EVERY = (1, 1) if SOAK else (6, 24)
FOLDER = "known_wrong"


@pytest.fixture(scope="module", autouse=True)
def _importable():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "benchmarks"))
        yield


@pytest.fixture(scope="module")
def layers(known_layers):
    """(site, ledger entry) of every known wrong layer whose mistake is in the values of a gradient."""
    from measuring.fading import concerns

    return [(site, entry) for site, entry in known_layers("known_wrong")[0] if concerns(entry)]


def test_every_entry_has_both_columns_and_only_values_of_gradients_have_oracles(known_layers):
    from measuring.fading import FINDERS, concerns

    odd = {}
    for site, entry in known_layers("known_wrong")[0]:
        oracles, smallest = entry.get("oracles"), entry.get("smallest")
        ordered = [name for name in FINDERS if name in (oracles or [])]
        shrunk = [name for name in ordered if "traced_autograd" in ordered or name == "finite_difference"]
        if (
            oracles != ordered
            or smallest is None
            or list(smallest) != shrunk
            or (bool(ordered) and not concerns(entry))
        ):
            odd[site.identity] = (oracles, smallest)
    assert odd == {}


def test_most_mistakes_are_found_by_each_oracle(layers):
    pytest.importorskip("torch", exc_type=ImportError)
    listed = {name: sum(name in entry["oracles"] for _, entry in layers) for name in FEWEST}
    assert all(listed[name] >= fewest for name, fewest in FEWEST.items()), listed


def in_turn(layers, ledger, every):
    """Of the layers of one file those whose turn it is among all."""
    return [(site, entry) for site, entry in layers[::every] if site.path == ledger]


def built(layers):
    runner = Runner(ROOT, seed=0)
    runner.prepare([site for site, _ in layers])
    return [(runner.build(site), entry) for site, entry in layers]


def test_each_oracle_listed_finds_the_mistake_alone(layers, ledger):
    pytest.importorskip("torch", exc_type=ImportError)
    from measuring.fading import found

    missed = [
        (case.layer, finder)
        for case, entry in built(in_turn(layers, ledger, ASKED_EVERY))
        for finder in entry["oracles"]
        if not found(case, finder)
    ]
    assert missed == []


def test_the_smallest_mistake_found_is_within_a_decade_of_the_column(layers, ledger):
    pytest.importorskip("torch", exc_type=ImportError)
    from measuring.fading import faded, found

    off = {}
    for case, entry in built(in_turn(layers, ledger, SIZED_EVERY)):
        for finder, size in entry["smallest"].items():
            larger = found(faded(case, min(LARGER * size, 1.0)), finder)
            smaller = found(faded(case, SMALLER * size), finder)
            if not larger or smaller:
                off[case.layer, finder] = (size, larger, smaller)
    assert off == {}


def test_what_is_left_of_a_mistake_is_in_proportion(layers):
    import numpy as np
    from measuring.fading import faded, truth

    ((case, _),) = built([one for one in layers if one[0].qualname == "LinearDoubledInputGradient"])
    primals = case.subject.primals
    y, _ = case.subject.value_and_vjp(primals)
    y_bar = np.linspace(-1.0, 1.0, y.size).reshape(y.shape)
    right = truth(case.subject, primals, y_bar, y, ["x"])["x"]
    for share in (1.0, 0.1, 0.0):
        _, vjp = faded(case, share).subject.value_and_vjp(primals)
        assert vjp(y_bar).gradients["x"] == pytest.approx((1.0 + share) * right, rel=1e-12)
