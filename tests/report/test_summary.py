"""The account of a run counts layers and says what a person should read."""

from __future__ import annotations

from gradcheck.report import summary
from gradcheck.report.summary import Entry, summary_lines, tally


def entry(name: str, check: str, outcome: str, **more: object) -> Entry:
    return Entry(layer=f"src/layers.py::{name}", check=check, outcome=outcome, **more)


RUN = [
    entry("Linear", "build", summary.WITHOUT_VERDICT, notes=("backward keeps its input",)),
    entry("Linear", "contract", summary.PASSED, compared=("compared 3 gradients: x, W, b",)),
    entry("Linear", "gradient", summary.FAILED, reason="gradient of b is wrong"),
    entry("Sign", "build", summary.WITHOUT_VERDICT, notes=("backward keeps its input",)),
    entry("Sign", "contract", summary.PASSED),
    entry("Sign", "gradient", summary.INCONCLUSIVE, reason="every probe sits on a kink"),
    entry("LSTM", "build", summary.NOT_BUILT, reason="no value for `cell`", remedy=("@gradcheck.case(...)", "def f()")),
    entry("LSTM", "contract", summary.NOT_BUILT, reason="no value for `cell`", remedy=("@gradcheck.case(...)",)),
    entry("Old", "build", summary.LEFT_OUT, reason="legacy"),
    entry("Old", "contract", summary.LEFT_OUT, reason="legacy"),
    entry("Hard", "build", summary.WITHOUT_VERDICT),
    entry("Hard", "gradient", summary.LEFT_OUT, reason="too slow"),
    entry("Hard", "contract", summary.NOT_APPLICABLE, reason="nothing to compare"),
]


def test_layers_are_counted_by_what_became_of_their_checks():
    counts = tally(RUN)
    assert (counts.found, counts.checked, counts.wrong, counts.inconclusive) == (5, 2, 1, 1)
    assert (counts.not_built, counts.left_out, counts.broken) == (1, 1, 0)


def test_the_summary_counts_then_says_what_a_person_should_read():
    assert "\n".join(summary_lines(RUN, problems=["src/old.py:3: does not parse"])) == (
        """\
5 layers found, 2 checked, 1 wrong, 1 inconclusive, 1 not built, 1 left out
not built: src/layers.py::LSTM: no value for `cell`
    @gradcheck.case(...)
    def f()
inconclusive: src/layers.py::Sign::gradient: every probe sits on a kink
left out: src/layers.py::Old: legacy
left out: src/layers.py::Hard::gradient: too slow
note: src/layers.py::Linear and 1 other layer: backward keeps its input
problem: src/old.py:3: does not parse"""
    )


def test_with_v_the_summary_says_what_passing_checks_compared():
    lines = summary_lines(RUN, verbosity=1)
    at = lines.index("src/layers.py::Linear::contract")
    assert lines[at + 1] == "    compared 3 gradients: x, W, b"
    assert "compared" not in "\n".join(summary_lines(RUN))


def test_a_long_list_is_cut_until_it_is_asked_for():
    many = [entry(f"L{i}", "build", summary.NOT_BUILT, reason="why", remedy=("do this",)) for i in range(25)]
    lines = summary_lines(many)
    assert lines[0] == "25 layers found, 0 checked, 0 wrong, 0 inconclusive, 25 not built"
    assert lines[-1] == "… 15 more layers (-v)"
    assert len(lines) == 1 + 10 * 2 + 1
    assert len(summary_lines(many, verbosity=1)) == 1 + 25 * 2


def test_a_check_that_broke_is_told_apart_from_a_wrong_layer():
    lines = summary_lines([entry("A", "gradient", summary.BROKEN, reason="KeyError: 'x'")])
    assert lines == [
        "1 layer found, 0 checked, 0 wrong, 0 inconclusive, 0 not built, 1 broken",
        "broken: src/layers.py::A::gradient: KeyError: 'x'",
    ]


def test_a_run_without_layers_says_what_a_layer_is():
    assert summary_lines([]) == ["no layers found: a layer is a class with a forward and a backward method"]


def test_a_run_that_examined_no_layer_says_how_many_it_found():
    assert summary_lines([], found=3) == ["3 layers found, none of them examined"]
