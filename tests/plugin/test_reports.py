"""Files that a run leaves where it is asked to, put together from every process of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gradcheck.catalogue import check_names

pytest_plugins = ["pytester"]

SCALE = """
class Crash:
    def forward(self, x):
        return 2 * x

    def backward(self, grad):
        return 2 * grad
"""
CRASH = """
import os, pytest

@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    if item.nodeid.endswith("Crash::gradient"):
        os._exit(3)
    return (yield)
"""


def read(file: Path) -> dict[str, Any]:
    return json.loads(file.read_text(encoding="utf-8"))


def outcomes(document: dict[str, Any]) -> dict[str, str]:
    return {f"{one['layer'].rpartition('::')[2]}::{one['check']}": one["outcome"] for one in document["results"]}


def test_a_run_is_written_as_json_as_a_page_and_as_a_saved_run_and_its_places_are_said(project):
    files = ("--gradcheck-json", "out/run.json", "--gradcheck-html=out/run.html", "--gradcheck-save-run", "first")
    result = project.run("--gradcheck", "src", *files)
    folder = project.pytester.path / "out"
    document = read(folder / "run.json")
    found = outcomes(document)
    assert found["Dense::gradient"] == "failed"
    assert found["ReLU::gradient"] == "passed"
    assert found["Unknown::build"] == "not built"
    assert found["ReLU::build"] == "without verdict"
    assert (document["missing"], document["counts"]["wrong"]) == ([], 1)
    (wrong,) = [one for one in document["results"] if one["layer"].endswith("Dense") and one["check"] == "gradient"]
    (gradient,) = [one for one in wrong["gradients"] if one["outcome"] == "failed"]
    assert (gradient["name"], gradient["cells"]["columns"], len(gradient["worst"])) == ("b", 5, 5)
    assert wrong["seconds"] > 0
    assert "1 of 2 layers is wrong" in (folder / "run.html").read_text(encoding="utf-8")
    result.stdout.fnmatch_lines(["written: *out/run.json", f"report: {(folder / 'run.html').as_uri()}"])
    saved = project.pytester.path / ".gradcheck"
    assert (saved / ".gitignore").read_text() == "*\n"
    assert read(saved / "runs" / "0001-first" / "report.json") == document


def test_what_a_crashed_worker_was_at_is_missing_and_said_and_the_rest_is_there(project):
    pytest.importorskip("xdist")
    project.write({"src/crash.py": SCALE, "conftest.py": CRASH})
    # The one worker is followed by another, so that there are two parts.
    options = ("-n", "1", "-k", "Crash or ReLU", "--gradcheck-json", "run.json")
    result = project.run("-p", "xdist", "--gradcheck", "src", *options)
    document = read(project.pytester.path / "run.json")
    (missing,) = document["missing"]
    assert missing.startswith("src/crash.py::Crash::gradient: ")
    assert "crashed" in missing
    found = outcomes(document)
    assert {name: found[name] for name in ("ReLU::gradient", "Crash::contract")} == dict.fromkeys(
        ("ReLU::gradient", "Crash::contract"), "passed"
    )
    # Of two layers the build and every check, but the one that the worker was at.
    assert len(found) == 2 * (1 + len(check_names("instance"))) - 1
    result.stdout.fnmatch_lines(["missing: src/crash.py::Crash::gradient: *crashed*"])


def test_a_file_that_cannot_be_written_is_refused_before_anything_runs(project):
    (project.pytester.path / "taken").mkdir()
    result = project.run("--gradcheck", "src", "--gradcheck-json", "taken")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: gradcheck: *taken cannot be written*"])


def test_a_path_is_not_taken_for_the_name_of_a_run(project):
    result = project.run("--gradcheck", "--gradcheck-save-run", "src")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: gradcheck: 'src' was taken for the name of the saved run: *"])


def test_a_file_that_is_asked_for_without_checks_is_said_to_be_without_effect(project):
    project.write({"test_it.py": "def test_passes(): pass\n"})
    result = project.run("--gradcheck-html", "run.html", "test_it.py")
    result.stdout.fnmatch_lines(["gradcheck: off; --gradcheck-html has an effect together with --gradcheck only"])
    assert not (project.pytester.path / "run.html").exists()
