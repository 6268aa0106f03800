"""The other tools of the comparison tell right from wrong too, calls are counted, tables reach their place."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from gradcheck.types import Case, Pullback, Role, Subject

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


def square(factor):
    """y = sum(x * x), whose gradient is multiplied by a factor."""

    def value_and_vjp(primals):
        x = primals["x"]
        return np.sum(x * x), lambda y_bar: Pullback(gradients={"x": factor * 2.0 * x * y_bar})

    primals = {"x": np.array([[0.5, -1.25], [2.0, 0.75]])}
    subject = Subject(
        name="layers.py::Square",
        primals=primals,
        roles={"x": Role.INPUT},
        value=lambda p: value_and_vjp(p)[0],
        value_and_vjp=value_and_vjp,
    )
    return Case(layer=subject.name, construction="Square()", inputs="x (2, 2)", seed=0, subject=subject)


@pytest.fixture(autouse=True)
def importable(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))


@pytest.fixture
def page():
    from measuring import page

    return page


@pytest.mark.parametrize("module", ["central_difference", "own", "torch_gradcheck"])
def test_every_tool_tells_a_right_gradient_from_one_off_by_a_tenth(module):
    if module == "torch_gradcheck":
        pytest.importorskip("torch", exc_type=ImportError)
    import importlib

    from measuring.counting import Counts, counted
    from measuring.trials import Known, attempt

    tools = importlib.import_module(f"measuring.{module}").tools()
    known = Known(folder="")
    verdicts = {
        tool.name: [attempt(tool, counted(square(factor), Counts()), known, 0).verdict.value for factor in (1.0, 1.1)]
        for tool in tools
    }
    assert verdicts == {tool.name: ["right", "wrong"] for tool in tools}


def test_what_raises_is_called_wrong_and_its_calls_are_counted():
    from measuring.central_difference import tools
    from measuring.trials import Known, attempt

    case = square(1.0)
    missing = dataclasses.replace(
        case.subject, value_and_vjp=lambda p: (np.sum(p["x"]), lambda _: Pullback(gradients={}))
    )
    trial = attempt(tools()[0], dataclasses.replace(case, subject=missing), Known(folder=""), 0)
    assert (trial.verdict.value, trial.forwards, trial.backwards) == ("wrong", 1, 1)


def test_visiting_every_entry_costs_two_forwards_each_and_one_for_the_value():
    from measuring.central_difference import tools
    from measuring.trials import Known, attempt

    trial = attempt(tools()[0], square(1.0), Known(folder=""), 0)
    assert (trial.forwards, trial.backwards) == (2 * 4 + 1, 1)


def test_a_table_takes_the_place_of_the_one_before(page):
    text = "a\n<!-- x: begin, written by benchmarks/x.py -->\nold\n<!-- x: end -->\nb\n"
    once = page.between(text, "x", "new")
    assert once == text.replace("\nold\n", "\n\nnew\n\n")
    assert page.between(once, "x", "new") == once


def test_a_page_without_its_markers_is_refused(page):
    with pytest.raises(ValueError, match="x: begin"):
        page.between("<!-- x: end -->", "x", "new")


@pytest.mark.parametrize("name", ["detection", "sensitivity", "start_up"])
def test_the_page_has_a_place_for_every_benchmark(page, name):
    assert (BENCHMARKS / f"{name}.py").is_file()
    assert "| 1 |" in page.between(page.PAGE.read_text(encoding="utf-8"), name, "| 1 |")


def test_the_layers_compared_are_those_the_ledgers_name_and_the_reference_layers():
    from measuring.trials import PLAIN, TRAPS, WRONG, layers_of

    wrong = layers_of(WRONG)
    assert len(wrong) >= 60
    assert all(known.check and known.explanation for _, known in wrong)
    assert len(layers_of(TRAPS)) >= 40
    assert "Linear" in {site.qualname for site, _ in layers_of(PLAIN)}
