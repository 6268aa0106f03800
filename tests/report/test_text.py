"""The texts of results, as a person reads them."""

from __future__ import annotations

import shlex
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcheck.report.text import (
    failure_lines,
    passed_lines,
    path_prefix,
    reproduce_command,
    skipped_line,
)
from gradcheck.types import Blame, CheckResult, Explanation, Mismatch, Outcome, Quantity, Role


def quantity(name: str, outcome: Outcome, shape: tuple[int, ...], **more: object) -> Quantity:
    return Quantity(name=name, role=Role.PARAMETER, shape=shape, dtype="float64", outcome=outcome, **more)


FAILED = CheckResult(
    check="gradient",
    layer="src/layers.py::Linear",
    outcome=Outcome.FAILED,
    compared=3,
    headline="gradient of b is 1/8 of the true one on every entry",
    quantities=(
        quantity("x", Outcome.PASSED, (8, 5), smallest_error=1e-12),
        quantity("W", Outcome.FAILED, (5, 4), wrong=16, size=20, at_least=True),
        quantity("b", Outcome.FAILED, (4,), wrong=4, size=4),
    ),
    mismatches=(
        Mismatch(where="b[2]", expected=2.5, actual=0.3125, allowed=3.1e-11),
        Mismatch(where="b[0]", expected=-1.0, actual=-0.125, allowed=3.1e-11),
        Mismatch(where="b[3]", expected=0.5, actual=0.0625, allowed=3.1e-11),
        Mismatch(where="b[1]", expected=0.125, actual=0.015625, allowed=3.1e-11),
        *(Mismatch(where=f"W[{i}, 0]", expected=0.01, actual=0.02, allowed=1e-11) for i in range(5)),
    ),
    construction="Linear(in_features=5, out_features=4)",
    inputs="x (8, 5) float64",
    path="src/layers.py",
    line=41,
    hint=("a mean over the batch may stand where a sum belongs",),
    notes=("backward keeps its input",),
    warnings=("backward writes into the upstream gradient",),
)
PASSED = replace(
    FAILED,
    outcome=Outcome.PASSED,
    headline="",
    mismatches=(),
    notes=(),
    warnings=(),
    quantities=(
        quantity("x", Outcome.PASSED, (8, 5), smallest_error=1e-12),
        quantity("W", Outcome.PASSED, (5, 4), smallest_error=2.5e-11),
    ),
)
COMMAND = "gradcheck check src/layers.py::Linear --check gradient --wrt b --seed 0"


def text(lines: list[str]) -> str:
    return "\n".join(lines)


def test_a_failure_without_v_is_one_screen():
    assert text(failure_lines(FAILED, verbosity=0)) == (
        """\
gradient of b is 1/8 of the true one on every entry
  src/layers.py:41  Linear(in_features=5, out_features=4), x (8, 5) float64
  wrong: W (5, 4) at least 16 of 20 entries; b (4,) 4 of 4 entries. right: x
  entry    expected     actual    error  allowed
  b[2]         +2.5    +0.3125  2.2e+00  3.1e-11
  b[0]           -1     -0.125  8.8e-01  3.1e-11
  b[3]         +0.5    +0.0625  4.4e-01  3.1e-11
  b[1]       +0.125  +0.015625  1.1e-01  3.1e-11
  and 16 entries more (-v)
reproduce:
  gradcheck check src/layers.py::Linear --check gradient --wrt b --seed 0
hint: a mean over the batch may stand where a sum belongs"""
    )


def test_a_failure_with_v_says_everything_it_knows():
    assert text(failure_lines(FAILED, verbosity=1)) == (
        """\
gradient of b is 1/8 of the true one on every entry
  src/layers.py:41
  Linear(in_features=5, out_features=4)
  x (8, 5) float64
  wrong: W (5, 4) at least 16 of 20 entries; b (4,) 4 of 4 entries. right: x
  entry    expected     actual    error  allowed
  b[2]         +2.5    +0.3125  2.2e+00  3.1e-11
  b[0]           -1     -0.125  8.8e-01  3.1e-11
  b[3]         +0.5    +0.0625  4.4e-01  3.1e-11
  b[1]       +0.125  +0.015625  1.1e-01  3.1e-11
  W[0, 0]     +0.01      +0.02  1.0e-02  1.0e-11
  W[1, 0]     +0.01      +0.02  1.0e-02  1.0e-11
  W[2, 0]     +0.01      +0.02  1.0e-02  1.0e-11
  W[3, 0]     +0.01      +0.02  1.0e-02  1.0e-11
  W[4, 0]     +0.01      +0.02  1.0e-02  1.0e-11
  and 11 entries more
reproduce:
  gradcheck check src/layers.py::Linear --check gradient --wrt b --seed 0
hint: a mean over the batch may stand where a sum belongs
note: backward keeps its input
note: backward writes into the upstream gradient"""
    )


def test_a_failure_that_is_not_about_entries_shows_the_table_of_its_check():
    shapes = ("name  shape   gradient", "x     (8, 5)  (8, 5)", "b     (4,)    (1, 4)  <- not (4,)")
    contract = replace(
        FAILED, check="contract", headline="gradient of b has shape (1, 4)", quantities=(), mismatches=(), table=shapes
    )
    assert text(failure_lines(contract, verbosity=0)) == (
        """\
gradient of b has shape (1, 4)
  src/layers.py:41  Linear(in_features=5, out_features=4), x (8, 5) float64
  name  shape   gradient
  x     (8, 5)  (8, 5)
  b     (4,)    (1, 4)  <- not (4,)
reproduce: gradcheck check src/layers.py::Linear --check contract --seed 0
hint: a mean over the batch may stand where a sum belongs"""
    )


def test_the_odd_line_of_a_long_table_is_shown():
    rows = tuple(f"p{i}  (4,)  (4,)" for i in range(30))
    contract = replace(FAILED, table=("name  shape  gradient", *rows, "q  (4,)  (5,)  <- odd"), mismatches=())
    lines = failure_lines(contract, verbosity=0)
    assert len(lines) <= 12
    assert "  q  (4,)  (5,)  <- odd" in lines
    assert "(-v)" in text(lines)
    assert len([line for line in failure_lines(contract, verbosity=1) if "  p" in line]) == 30


@given(
    headline=st.text("ab ", min_size=1, max_size=100),
    entries=st.integers(0, 80),
    rows=st.integers(0, 80),
    hints=st.lists(st.text("ab ", min_size=1, max_size=200), max_size=3),
    width=st.integers(60, 120),
    verbosity=st.sampled_from([-1, 0, 1]),
)
def test_no_failure_is_longer_or_wider_than_it_may_be(headline, entries, rows, hints, width, verbosity):
    result = replace(
        FAILED,
        headline=headline,
        mismatches=tuple(
            Mismatch(where=f"a_rather_long_name[{i}, {i}]", expected=1e300, actual=1e-300, allowed=1e-9)
            for i in range(entries)
        ),
        table=tuple(f"row {i} {'x' * i}" for i in range(rows)),
        hint=tuple(hints),
        construction="Linear(" + "argument=1, " * 20 + ")",
    )
    lines = failure_lines(result, verbosity=verbosity, width=width)
    assert len(lines) <= (60 if verbosity == 1 else 12)
    assert max(map(len, lines)) <= max(width, len(COMMAND) + 2)
    if entries:
        assert any("a_rather_long_name[0, 0]" in line for line in lines)


def test_with_vv_nothing_is_left_out():
    many = tuple(Mismatch(where=f"b[{i}]", expected=1.0, actual=2.0, allowed=0.1) for i in range(500))
    lines = failure_lines(replace(FAILED, mismatches=many), verbosity=2)
    assert sum(line.lstrip().startswith("b[") for line in lines) == 500


def test_the_command_repeats_the_check_of_the_worst_gradient():
    assert reproduce_command(FAILED) == COMMAND
    assert reproduce_command(replace(FAILED, seed=7, quantities=())).endswith("--check gradient --seed 7")


def test_the_command_names_the_way_to_the_project_and_the_options_of_the_run():
    command = reproduce_command(FAILED, prefix="my project", options=("--profile", "thorough", "--strict"))
    assert shlex.split(command) == [
        *("gradcheck", "check", "my project/src/layers.py::Linear", "--check", "gradient", "--wrt", "b"),
        *("--seed", "0", "--profile", "thorough", "--strict"),
    ]


def test_a_long_command_is_continued_not_cut():
    layer = "a/rather/deep/folder/of/a/project/with/many/parts/layers.py::Convolution2d"
    lines = failure_lines(replace(FAILED, layer=layer), verbosity=0)
    at = lines.index("reproduce:")
    assert lines[at + 1] == f"  gradcheck check {layer} \\"
    assert shlex.split(" ".join(lines[at + 1 : at + 3]).replace("\\", "")) == shlex.split(
        reproduce_command(replace(FAILED, layer=layer))
    )
    assert len(lines) <= 12


@pytest.mark.parametrize(
    ("root", "start", "prefix"),
    [("/a/b", "/a/b", ""), ("/a/b", "/a/b/src", ""), ("/a/b", "/a", "b"), ("/a/b", "/other", "/a/b")],
)
def test_the_way_to_the_project_is_named_where_the_command_line_would_not_find_it(root, start, prefix):
    assert path_prefix(Path(root), Path(start)) == prefix


def test_a_pass_says_what_was_compared_and_what_it_could_have_seen():
    assert text(passed_lines(PASSED)) == (
        """\
compared 2 gradients: x (8, 5) float64, W (5, 4) float64
smallest relative error it could have seen: x 1.0e-12, W 2.5e-11
made with Linear(in_features=5, out_features=4), x (8, 5) float64, seed 0"""
    )


def test_a_pass_that_compared_no_gradients_says_how_much_it_compared():
    lines = passed_lines(replace(PASSED, check="contract", quantities=(), compared=7, notes=("a note",)))
    assert lines[0] == "7 comparisons made"
    assert lines[-1] == "note: a note"


def test_a_check_without_a_verdict_says_why_in_one_line():
    undecided = replace(FAILED, outcome=Outcome.INCONCLUSIVE, headline="every probe sits\non a kink")
    assert skipped_line(undecided) == "inconclusive: every probe sits on a kink"
    other = replace(FAILED, outcome=Outcome.NOT_APPLICABLE, headline="backward takes no upstream gradient")
    assert skipped_line(other) == "not applicable: backward takes no upstream gradient"


def explanation(gradient: str, sentence: str, **more: object) -> Explanation:
    return Explanation(name="passed_over", gradient=gradient, sentence=sentence, **more)


EXPLAINED = replace(
    FAILED,
    headline="Linear: gradients of `W`, `b` are wrong",
    explanations=(
        explanation("W", "tanh is passed over in line 12: return np.tanh(x @ self.W)", evidence=("0.5 apart",)),
        explanation("b", "tanh is passed over in line 12: return np.tanh(x @ self.W)"),
    ),
    blame={"b": Blame(path="src/layers.py", line=41, end_line=41, source=("self.db = dy.sum(axis=0)",), reason="")},
    hint=("W, b: multiply by the derivative of tanh there", "scan: GRC602 line 41: a mean over the batch"),
)


def test_the_reason_stands_once_for_the_gradients_it_explains_and_the_statement_is_shown():
    assert text(failure_lines(EXPLAINED, verbosity=0)) == (
        """\
Linear: gradients of `W`, `b` are wrong
  src/layers.py:41  Linear(in_features=5, out_features=4), x (8, 5) float64
> self.db = dy.sum(axis=0)
  wrong: W (5, 4) at least 16 of 20 entries; b (4,) 4 of 4 entries. right: x
  why: W, b: tanh is passed over in line 12: return np.tanh(x @ self.W)
  entry    expected     actual    error  allowed
  b[2]         +2.5    +0.3125  2.2e+00  3.1e-11
  and 19 entries more (-v)
reproduce:
  gradcheck check src/layers.py::Linear --check gradient --wrt b --seed 0
hint: W, b: multiply by the derivative of tanh there
hint: scan: GRC602 line 41: a mean over the batch"""
    )
    assert "       0.5 apart" in failure_lines(EXPLAINED, verbosity=1)


def test_what_nothing_explains_is_told_with_its_numbers():
    numbers = "6 of 6 entries are off"
    nothing = explanation("W", "no known mistake explains the error", evidence=(numbers,), residual=9.0)
    lines = failure_lines(replace(FAILED, explanations=(nothing,)), verbosity=0)
    assert "  why: W: no known mistake explains the error: 6 of 6 entries are off" in lines


def test_a_reason_that_the_headline_tells_is_not_told_again():
    told = explanation("b", "actual = expected / 8")
    result = replace(FAILED, headline="gradient of b is wrong; actual = expected / 8", explanations=(told,))
    assert "why:" not in text(failure_lines(result, verbosity=0))


def test_a_failure_that_repeats_another_takes_one_line():
    result = replace(FAILED, headline="Linear: gradient of `b` differs as well; see gradient", repeats="gradient")
    assert failure_lines(result, verbosity=0) == ["Linear: gradient of `b` differs as well; see gradient"]
    assert len(failure_lines(result, verbosity=1)) > 5
