"""The workflow is pinned and modest, and .ci/run cannot be satisfied by a run that tested nothing."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.y*ml"))
RUN = ROOT / ".ci" / "run"


def actions_without_hash(workflow: str) -> list[str]:
    """The actions a workflow uses by a name that can move."""
    used = re.findall(r"^\s*-?\s*uses:\s*(\S+)", workflow, flags=re.MULTILINE)
    return [action for action in used if not re.search(r"@[0-9a-f]{40}$", action) and not action.startswith("./")]


def test_there_is_a_workflow():
    assert ROOT / ".github" / "workflows" / "ci.yml" in WORKFLOWS


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda file: file.name)
def test_every_action_is_pinned_by_hash(workflow):
    text = workflow.read_text(encoding="utf-8")
    assert "uses:" in text
    assert actions_without_hash(text) == []


@pytest.mark.parametrize("action", ["actions/checkout@v6", "actions/checkout@main", "actions/checkout@de0fac2", "a/b"])
def test_an_action_that_can_move_is_noticed(action):
    assert actions_without_hash(f"    steps:\n      - uses: {action} # why\n") == [action]


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda file: file.name)
def test_a_workflow_has_no_permission_it_does_not_ask_for(workflow):
    text = workflow.read_text(encoding="utf-8")
    assert "\npermissions: {}\n" in text
    assert "write" not in re.findall(r"^\s+[\w-]+:\s*(\w+)\s*$", text, flags=re.MULTILINE)


def test_the_workflow_runs_what_everybody_can_run():
    assert "run: .ci/run\n" in (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")


def test_the_readme_names_the_test_command_of_continuous_integration():
    commands = re.findall(r"^(make \w+)", RUN.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert commands == ["make lint", "make test"]
    assert "make test" in (ROOT / "README.md").read_text(encoding="utf-8")


def run_with(tmp_path: Path, *, lint: str, test: str) -> subprocess.CompletedProcess[str]:
    """Run .ci/run with a `make` whose two targets are the given shell commands."""
    make = tmp_path / "make"
    make.write_text(f'#!/bin/sh\ncase "$1" in\nlint) {lint} ;;\ntest) {test} ;;\n*) exit 9 ;;\nesac\n')
    make.chmod(0o755)
    browser = tmp_path / "chromium"  # nothing is to be installed by a test
    browser.write_text("#!/bin/sh\n")
    browser.chmod(0o755)
    return subprocess.run(
        [str(RUN)],
        env={**os.environ, "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}", "CI": "true"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("summary", ["== 3 passed in 0.1s ==", "2 skipped, 10 passed in 3s", "1 passed"])
def test_ci_run_succeeds_when_lint_and_tests_do(tmp_path, summary):
    finished = run_with(tmp_path, lint="true", test=f"echo '{summary}'")
    assert finished.returncode == 0, finished.stderr


@pytest.mark.parametrize(
    ("lint", "test"),
    [
        pytest.param("exit 1", "echo 3 passed", id="lint fails"),
        pytest.param("true", "echo '3 passed, 1 failed'; exit 1", id="a test fails"),
        pytest.param("true", "echo 'no tests ran'; exit 5", id="nothing is collected"),
        pytest.param("true", "echo '12 skipped in 1s'", id="every test is skipped"),
        pytest.param("true", "echo '0 passed'", id="none passed"),
        pytest.param("true", "true", id="pytest says nothing"),
    ],
)
def test_ci_run_fails_when(tmp_path, lint, test):
    assert run_with(tmp_path, lint=lint, test=test).returncode != 0


def test_ci_run_does_not_test_what_does_not_pass_lint(tmp_path):
    finished = run_with(tmp_path, lint="exit 1", test="echo tested")
    assert "tested" not in finished.stdout


def test_ci_run_works_from_any_folder_and_reads_no_input(tmp_path):
    finished = run_with(tmp_path, lint="cat; pwd", test="cat; echo 1 passed")
    assert finished.returncode == 0, finished.stderr
    assert str(ROOT) in finished.stdout
