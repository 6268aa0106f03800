"""A failure is one line wherever a line is asked for, one screen of text, and can be repeated."""

from __future__ import annotations

import importlib.util
import shlex
import subprocess
import sys
import textwrap
from xml.etree import ElementTree as ET

import pytest

pytest_plugins = ["pytester"]

# Without torch the reference check is skipped.
TORCH = int(importlib.util.find_spec("torch") is not None)

# What the annotations of a hosting service and other reporters read from a report.
REPORTERS = """
import pytest


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.failed:
        crash = report.longrepr.reprcrash
        print("CRASH", crash.path, crash.lineno, crash.message, sep="|")
        print("LOCATION", *report.location, sep="|")
    return report
"""
HEADLINE = "Dense: gradient of `b` is wrong in 5 of 5 entries; actual = 2 * expected"


@pytest.fixture
def failing(project):
    """The wrong layer alone, and a reporter."""
    project.write({"conftest.py": REPORTERS})
    return project


def body(result: pytest.RunResult) -> list[str]:
    """The lines between the title of the failure and what follows it."""
    lines = result.outlines
    start = next(number for number, line in enumerate(lines) if line.strip("_ ") == "Dense.gradient") + 1
    end = next(number for number, line in enumerate(lines) if number > start and line.startswith(("-", "=")))
    return lines[start:end]


def test_a_failure_is_told_once_in_full_and_else_in_one_line(failing, monkeypatch, layers):
    monkeypatch.setenv("CI", "true")  # where pytest does not cut the short summary
    result = failing.run("--gradcheck", "src/layers.py::Dense::gradient", "-s", "--junitxml=junit.xml")
    result.assert_outcomes(failed=1)
    line = 1 + layers.splitlines().index("        self.db = 2 * grad.sum(axis=0)")
    output = result.stdout.str()
    assert f"CRASH|src/layers.py|{line}|{HEADLINE}\n" in output
    # The item itself stands at backward, three lines above the statement that the failure points at.
    assert f"LOCATION|src/layers.py|{line - 3}|Dense.gradient\n" in output
    assert f"FAILED src/layers.py::Dense::gradient - {HEADLINE}" in result.outlines

    told = body(result)
    assert told[0] == HEADLINE
    assert len(told) <= 12
    assert max(map(len, told)) <= 80
    assert told[2] == "> self.db = 2 * grad.sum(axis=0)"
    assert [word for word in told[4].split() if word != "error"] == ["entry", "expected", "actual", "allowed"]

    case = ET.fromstring((failing.pytester.path / "junit.xml").read_text()).find(".//testcase")  # noqa: S314 - our own
    assert case.find("failure").get("message") == HEADLINE
    assert case.find("failure").text == "\n".join(told)
    properties = {p.get("name"): p.get("value") for p in case.findall(".//property")}
    assert properties["gradcheck_layer"] == "src/layers.py::Dense"
    assert properties["gradcheck_wrong"] == "5"
    assert properties["gradcheck_worst"].startswith("b[")
    assert float(properties["gradcheck_actual"]) == pytest.approx(2 * float(properties["gradcheck_expected"]))


def test_the_command_of_a_failure_repeats_it_alone(failing):
    result = failing.run(
        "--gradcheck", "--gradcheck-seed=7", "--gradcheck-profile=fast", "src", "-k", "Dense and gradient", torch=True
    )
    told = body(result)
    words = shlex.split(" ".join(told[told.index("reproduce:") + 1 :]).replace("\\", "").partition("hint:")[0])
    assert words[:2] == ["gradcheck", "check"]
    assert words[-4:] == ["--seed", "7", "--profile", "fast"]
    repeated = subprocess.run(
        [sys.executable, "-m", *words], cwd=failing.pytester.path, capture_output=True, text=True, check=False
    )
    assert repeated.returncode == 1, repeated.stderr
    # The same entries with the same digits.
    same = [line for line in told if line.startswith("  b[") or line == HEADLINE]
    assert len(same) >= 3
    assert [line for line in same if line.strip() in map(str.strip, repeated.stdout.splitlines())] == same


def test_from_another_folder_the_command_names_the_way_to_the_project(failing, monkeypatch, tmp_path_factory):
    monkeypatch.chdir(failing.pytester.path.parent)
    result = failing.run("--gradcheck", f"{failing.pytester.path.name}/src/layers.py::Dense::gradient")
    assert any(f"gradcheck check {failing.pytester.path.name}/src/layers.py::Dense" in line for line in body(result))


def test_with_v_a_failure_says_more_and_a_pass_says_what_was_compared(failing):
    result = failing.run("--gradcheck", "-v", "src/layers.py::Dense", "src/layers.py::ReLU", "-rP", torch=True)
    result.assert_outcomes(failed=1 + TORCH, passed=13 + TORCH, skipped=4 + 2 * (1 - TORCH))
    result.stdout.fnmatch_lines(
        [
            "src/layers.py::ReLU::gradient PASSED*",
            "*_ ReLU.gradient _*",
            "*- gradcheck -*",
            "compared 1 gradient: x (*) float64",
            "*- gradcheck -*",
            "src/layers.py::ReLU::gradient",
            "    compared 1 gradient: x (*) float64",
            "    smallest relative error it could have seen: x *e-*",
            "    made with ReLU(), x (*), seed 0",
        ]
    )
    told = body(result)
    assert any(line.strip().startswith("Dense(in_features=") for line in told)
    assert len(told) <= 60


def test_an_error_of_gradchecks_own_is_shown_without_the_frames_of_pytest(project):
    project.write(
        {
            "conftest.py": """
            import gradcheck.run

            def broken(self, case, name):
                raise KeyError(name)

            gradcheck.run.Runner.check = broken
            """
        }
    )
    result = project.run("--gradcheck", "src/layers.py::ReLU::build", "src/layers.py::ReLU::gradient")
    result.assert_outcomes(failed=1, passed=1)
    result.stdout.fnmatch_lines(["E   KeyError: 'gradient'", "*1 layer found, 0 checked*1 broken*"])
    result.stdout.no_fnmatch_line("*_pytest/*.py:*")
    result.stdout.no_fnmatch_line("*pluggy/*.py:*")


def test_what_a_test_prints_in_its_teardown_is_still_shown_beside_failed_layers(failing):
    ordinary = """\
    import pytest


    @pytest.fixture
    def printing():
        yield
        print("said in the teardown")


    def test_of_the_project(printing):
        assert False
    """
    failing.write({"test_ordinary.py": textwrap.dedent(ordinary)})
    result = failing.run("--gradcheck", "src/layers.py::Dense::gradient", "test_ordinary.py")
    result.assert_outcomes(failed=2)
    assert result.outlines.count("said in the teardown") == 1
