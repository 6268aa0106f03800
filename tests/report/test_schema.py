"""What is written for programs is what the published schema says."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest

from gradcheck.errors import UsageError
from gradcheck.report import verdict, writing
from gradcheck.report.schema import Document, json_schema

PUBLISHED = Path(__file__).parents[2] / "docs" / "report.schema.json"


def test_the_published_schema_is_current():
    assert PUBLISHED.read_text(encoding="utf-8") == json_schema(), (
        "write it again: python -m gradcheck.report.schema > docs/report.schema.json"
    )


def test_a_run_is_read_as_it_was_written(made, build, tmp_path):
    document = made(build.explained(np.ones((4, 2)), 2 * np.ones((4, 2))), build.passed("ReLU"), problems=["a.py:1: x"])
    file = tmp_path / "out" / "run.json"
    writing.write(document, json_file=file)
    assert writing.read(file) == document
    assert [path.name for path in file.parent.iterdir()] == ["run.json"]


def test_a_run_holds_seeds_outcomes_bounds_worst_entries_diagnoses_times_and_surroundings(made, build):
    expected = np.linspace(1.0, 8.0, 8).reshape(4, 2)
    document = made(build.explained(expected, 2 * expected))
    (result,) = json.loads(writing.to_json(document))["results"]
    (gradient,) = result["gradients"]
    assert (result["outcome"], result["check"], result["seed"], result["seconds"]) == ("failed", "gradient", 0, 0.25)
    assert (result["path"], result["line"]) == ("src/layers.py", 6)
    assert result["reproduce"] == ("gradcheck check src/layers.py::Linear --check gradient --wrt W --seed 0 --strict")
    assert (gradient["name"], gradient["role"], gradient["shape"]) == ("W", "parameter", [4, 2])
    assert gradient["worst"][0] == {
        "where": "W[3, 1]", "expected": 8.0, "actual": 16.0, "error": 8.0, "allowed": 1e-12
    }  # fmt: skip
    assert len(gradient["worst"]) == 8
    assert gradient["explanation"]["sentence"] == "actual = 2 * expected"
    assert gradient["sweep"]["chosen"] == 1e-5
    assert (
        gradient["source"]["lines"][gradient["source"]["line"] - gradient["source"]["first"]] == "        return 2 * g"
    )
    assert document.surroundings.packages["numpy"] == np.__version__
    assert document.counts.wrong == 1


def test_numbers_that_json_does_not_know_are_words(made, build):
    expected = np.array([1.0, 1.0, 1.0, np.nan])
    actual = np.array([np.nan, np.inf, 3.0, 1.0])
    allowed = np.array([1e-12, 1e-12, 1e-12, np.nan])
    document = made(build.failed(build.evidence(expected, actual, allowed=allowed)))
    text = writing.to_json(document)
    worst = json.loads(text, parse_constant=pytest.fail)["results"][0]["gradients"][0]["worst"]
    assert [(one["where"], one["actual"], one["error"]) for one in worst] == [
        ("W[0]", "NaN", "NaN"),
        ("W[1]", "Infinity", "Infinity"),
        ("W[2]", 3.0, 2.0),
    ]
    assert msgspec.json.decode(text, type=Document) == document


def test_a_gradient_of_another_shape_is_told_without_maps(made, build):
    evidence = build.evidence(np.ones(5), np.ones((1, 5)))
    result = replace(build.failed(build.evidence(np.ones(5), np.zeros(5))), quantities=(), evidence=(evidence,))
    (gradient,) = made(result).results[0].gradients
    assert (gradient.name, gradient.outcome, gradient.cells) == ("W", "failed", None)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "holds no JSON"),
        ("[]", "is no run of gradcheck"),
        ('{"format": "gradcheck-report", "version": 2}', "schema 2, this gradcheck reads schema 1"),
        ('{"format": "gradcheck-report", "version": 1}', "is not as schema 1 has it"),
    ],
)
def test_what_is_no_run_is_refused_in_one_line(tmp_path, text, said):
    file = tmp_path / "run.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=said) as refused:
        writing.read(file)
    assert "\n" not in str(refused.value)


def test_a_file_that_cannot_be_written_is_named(made, build, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot be written"):
        writing.write(made(build.passed("ReLU")), json_file=tmp_path / "file" / "run.json")


def test_one_gradient_alone_is_written_alone(made, build):
    W = build.explained(np.ones((2, 2)), 2 * np.ones((2, 2)))
    b = build.explained(np.ones(3), 2 * np.ones(3), name="b")
    together = {
        name: (*getattr(W, name), *getattr(b, name))
        for name in ("quantities", "mismatches", "evidence", "explanations")
    }
    both = replace(W, **together, blame={**W.blame, **b.blame})
    assert [one.name for one in made(both).results[0].gradients] == ["W", "b"]
    (gradient,) = made(verdict.narrowed(both, "b")).results[0].gradients
    assert (gradient.name, gradient.cells.columns) == ("b", 3)
    assert made(verdict.narrowed(both, "x")).results[0].gradients == []
