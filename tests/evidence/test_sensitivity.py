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
#: Sizes are measured on every sixth layer here, on all of them under `make soak`: some hundred checks each way.
EVERY = 1 if "GRADCHECK_SOAK_SEEDS" in os.environ else 6


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


@pytest.fixture(scope="module")
def cases(layers):
    runner = Runner(ROOT, seed=0)
    for path in dict.fromkeys(site.path for site, _ in layers):
        runner.prepare([site for site, _ in layers if site.path == path])
    return {site.identity: runner.build(site) for site, _ in layers}


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


@pytest.mark.parametrize("finder", FEWEST)
def test_each_oracle_listed_finds_the_mistake_alone(layers, cases, finder):
    pytest.importorskip("torch", exc_type=ImportError)
    from measuring.fading import found

    listed = [site.identity for site, entry in layers if finder in entry["oracles"]]
    assert [identity for identity in listed if not found(cases[identity], finder)] == []


@pytest.mark.parametrize("finder", FEWEST)
def test_the_smallest_mistake_found_is_within_a_decade_of_the_column(layers, cases, finder):
    pytest.importorskip("torch", exc_type=ImportError)
    from measuring.fading import faded, found

    off = {}
    for site, entry in layers[::EVERY]:
        size = entry["smallest"].get(finder)
        if size is None:
            continue
        case = cases[site.identity]
        larger = found(faded(case, min(LARGER * size, 1.0)), finder)
        smaller = found(faded(case, SMALLER * size), finder)
        if not larger or smaller:
            off[site.identity] = (size, larger, smaller)
    assert off == {}


def test_what_is_left_of_a_mistake_is_in_proportion(cases):
    import numpy as np
    from measuring.fading import faded, truth

    case = cases["tests/known_wrong/linear.py::LinearDoubledInputGradient"]
    primals = case.subject.primals
    y, _ = case.subject.value_and_vjp(primals)
    y_bar = np.linspace(-1.0, 1.0, y.size).reshape(y.shape)
    right = truth(case.subject, primals, y_bar, y, ["x"])["x"]
    for share in (1.0, 0.1, 0.0):
        _, vjp = faded(case, share).subject.value_and_vjp(primals)
        assert vjp(y_bar).gradients["x"] == pytest.approx((1.0 + share) * right, rel=1e-12)
