"""What `gradcheck check` leaves behind where it is asked to, and what `report` and `compare` make of it."""

from __future__ import annotations

import json

import pytest

from gradcheck.run import Runner


@pytest.fixture(autouse=True)
def _outside_of_a_workflow(monkeypatch):
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)


def left(project) -> set[str]:
    files = (file for file in project.folder.rglob("*") if file.is_file() and "__pycache__" not in file.parts)
    return {file.relative_to(project.folder).as_posix() for file in files}


def test_a_run_leaves_what_it_was_asked_for_and_nothing_else(project):
    before = left(project)
    project.call("check", "src/layers.py::Scale", "--check", "gradient")
    assert left(project) == before
    answer = project.call("check", "src", "--check", "gradient", "--json", "out/run.json", "--html", "out/run.html")
    assert answer.code == 1
    assert left(project) - before == {"out/run.json", "out/run.html"}
    document = json.loads((project.folder / "out/run.json").read_text(encoding="utf-8"))
    assert {one["layer"].rpartition("::")[2]: one["outcome"] for one in document["results"]} == {
        "Scale": "passed",
        "Dense": "failed",
        "Unknown": "not built",
    }
    assert answer.lines[-2:] == ["written: out/run.json", f"report: {(project.folder / 'out/run.html').as_uri()}"]
    assert "1 of 2 layers is wrong" in (project.folder / "out/run.html").read_text(encoding="utf-8")


def test_runs_are_saved_shown_and_compared(project):
    project.call("check", "src", "--check", "gradient", "--save-run", "good")
    project.call("check", "src/layers.py::Dense", "--check", "gradient", "--seed", "3", "--save-run")
    runs = {".gradcheck/.gitignore", ".gradcheck/runs/0001-good/report.json", ".gradcheck/runs/0002/report.json"}
    assert runs < left(project)
    compared = project.call("compare", "good", "2")
    assert compared.code == 1
    assert "! vanished: src/layers.py::Scale: passed -> not there" in compared.lines
    assert "note: the seeds differ: 0 and 3" in compared.lines
    assert project.call("compare", "good", "2", "--fail", "new_failure").code == 0
    assert project.call("compare", ".gradcheck/runs/0001-good", "0001").code == 0
    assert project.call("compare", "good").lines[2:] == compared.lines[2:]
    newest = project.call("report")
    assert newest.lines == [f"report: {(project.folder / '.gradcheck/runs/0002/report.html').as_uri()}"]
    shown = project.call("report", "good")
    assert shown.code == 0
    assert (project.folder / ".gradcheck/runs/0001-good/report.html").is_file()
    elsewhere = project.call("report", ".gradcheck/runs/0002/report.json", "-o", "page.html")
    assert elsewhere.lines == [f"report: {(project.folder / 'page.html').as_uri()}"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("compare", "a", "b"), "there is no run 'a', neither a file nor below .gradcheck/runs; --save-run saves one"),
        (("compare", "a", "b", "--fail", "worse"), "'worse' is not understood"),
        (("report",), "there is no run below .gradcheck/runs; --save-run saves one"),
        (("report", "pyproject.toml"), "pyproject.toml holds no JSON"),
        (("check", "src", "--json", "src"), "src cannot be written: it is a folder, or lies in a file"),
        (("check", "src", "--save-run", "src"), "'src' was taken for the name of the saved run"),
        (("check", "src", "--output-file", "x"), "--output-file holds --output-format json or sarif"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(project, arguments, said):
    answer = project.call(*arguments)
    assert answer.code == 2
    assert answer.err.startswith("gradcheck: ")
    assert said in answer.err
    assert answer.err.count("\n") == 1


def test_sarif_has_a_result_per_failure_at_its_line_and_nothing_else_on_the_output(project):
    answer = project.call("check", "src", "--output-format", "sarif", "--check", "gradient")
    assert answer.code == 1
    (run,) = json.loads(answer.out)["runs"]
    (result,) = run["results"]
    assert result["ruleId"] == run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == "gradcheck/gradient"
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "src/layers.py"
    lines = (project.folder / "src/layers.py").read_text(encoding="utf-8").splitlines()
    assert place["region"]["startLine"] in range(lines.index("        self.x = x") + 1, len(lines))
    assert "gradient of `b` is wrong in 5 of 5 entries" in result["message"]["text"]
    assert "gradcheck check src/layers.py::Dense --check gradient --wrt b --seed 0" in result["message"]["text"]
    assert result["partialFingerprints"]["primaryLocationLineHash"]


def test_json_is_written_to_the_output_or_to_a_file(project):
    command = ("check", "src/layers.py::Scale", "--check", "gradient", "--output-format", "json")
    answer = project.call(*command, "--output-file", "run.json")
    assert answer.lines[-1] == "written: run.json"
    assert any(line.startswith("  gradient") for line in answer.lines)
    again = project.call(*command)
    one, other = json.loads((project.folder / "run.json").read_text(encoding="utf-8")), json.loads(again.out)
    assert [result["outcome"] for result in one["results"]] == [result["outcome"] for result in other["results"]]


def test_in_a_workflow_of_github_failures_are_annotations_below_what_people_read(project, monkeypatch):
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    answer = project.call("check", "src", "--check", "gradient")
    errors = [line for line in answer.lines if line.startswith("::error ")]
    (error,) = errors
    assert error.startswith("::error title=gradcheck (gradient)%3A Dense failed,file=src/layers.py,line=")
    assert "%0Areproduce: gradcheck check src/layers.py::Dense" in error
    assert any(line.startswith("::notice ") and "Unknown" in line for line in answer.lines)
    assert any(line.startswith("  gradient     failed") for line in answer.lines)
    plain = project.call("check", "src", "--check", "gradient", "--output-format", "full")
    assert not any(line.startswith("::") for line in plain.lines)


def test_what_an_interrupted_run_did_not_come_to_is_missing(project, monkeypatch):
    check = Runner.check

    def interrupted(self, case, name):
        if case.layer.endswith("Dense"):
            raise KeyboardInterrupt
        return check(self, case, name)

    monkeypatch.setattr(Runner, "check", interrupted)
    answer = project.call("check", "src", "--check", "gradient", "--json", "run.json")
    assert answer.code == 130
    document = json.loads((project.folder / "run.json").read_text(encoding="utf-8"))
    assert [(one["layer"], one["check"]) for one in document["results"]] == [
        ("src/layers.py::Scale", "build"),
        ("src/layers.py::Scale", "gradient"),
        ("src/layers.py::Dense", "build"),
    ]
    assert document["missing"] == [f"src/layers.py::{name}: the run was interrupted" for name in ("Dense", "Unknown")]
