"""Options and settings: what turns the plugin on, what it is told, what it refuses."""

from __future__ import annotations

import pytest

pytest_plugins = ["pytester"]

TEST = {"tests/test_it.py": "def test_passes(): pass\n"}


def test_without_the_option_nothing_is_collected_and_nothing_is_said(project):
    project.write(TEST)
    result = project.run("--gradcheck-seed=3")
    result.assert_outcomes(passed=1)
    result.stdout.no_fnmatch_line("gradcheck: *")
    result.stdout.no_fnmatch_line("*- gradcheck -*")
    marked = project.run("--markers", "--gradcheck")
    marked.stdout.fnmatch_lines(["@pytest.mark.gradcheck: *"])


def test_an_option_that_has_no_effect_says_so(project):
    project.write(TEST)
    result = project.run("--gradcheck-strict")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["gradcheck: off; --gradcheck-strict has an effect together with --gradcheck only"])


def test_the_header_says_what_repeats_the_run(project):
    result = project.run("--gradcheck", "--gradcheck-seed=3", "--gradcheck-profile=fast", "src", "-k", "ReLU")
    result.assert_outcomes(passed=8, skipped=2, deselected=20)
    result.stdout.fnmatch_lines(["gradcheck: seed 3, profile fast"])


@pytest.mark.parametrize("option", ["--gradcheck-profile=quick", "--gradcheck-seed=x"])
def test_a_wrong_value_is_refused(project, option):
    result = project.run("--gradcheck", option)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"*error: argument {option.partition('=')[0]}: invalid *"])


@pytest.mark.parametrize(
    ("arguments", "files"),
    [
        pytest.param([], {"src/layers.py", "tests/test_it.py"}, id="nothing named"),
        pytest.param(["tests"], {"tests/test_it.py"}, id="the tests named"),
        pytest.param(["."], {"src/layers.py", "tests/test_it.py"}, id="everything named"),
        pytest.param(
            ["--gradcheck", "."], {"src/layers.py", "other/layers.py", "tests/test_it.py"}, id="and the option"
        ),
    ],
)
def test_gradcheck_paths_checks_its_paths_without_the_option(project, layers, arguments, files):
    settings = '[tool.pytest]\nstrict = true\ntestpaths = ["tests"]\ngradcheck_paths = ["src"]\n'
    project.write({**TEST, "pyproject.toml": settings, "other/layers.py": layers})
    result = project.run("--collect-only", "-q", *arguments)
    assert {line.partition("::")[0] for line in result.outlines if "::" in line} == files


def test_a_run_without_layers_says_what_a_layer_is(project):
    project.write(TEST)
    result = project.run("--gradcheck", "tests")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["*- gradcheck -*", "no layers found: a layer is a class with *"])


def test_a_misspelt_setting_costs_the_layers_of_its_project_only(project):
    project.write({**TEST, "pyproject.toml": "[tool.gradcheck]\nexlude = []\n"})
    result = project.run("--gradcheck", "src/layers.py::ReLU", "tests")
    result.assert_outcomes(passed=1, failed=1, skipped=9)
    message = "*pyproject.toml: [[]tool.gradcheck[]]: there is no key 'exlude'; did you mean 'exclude'[?]"
    result.stdout.fnmatch_lines([message])


def test_a_file_that_does_not_parse_is_named_and_the_rest_is_checked(project):
    project.write({"src/torn.py": "class Torn:\n    def forward(self, x:\n    def backward(self, g): return g\n"})
    result = project.run("--gradcheck", "src", "-k", "ReLU")
    result.assert_outcomes(passed=9, skipped=1, deselected=20)
    result.stdout.fnmatch_lines(["problem: src/torn.py:*"])


def test_the_plugin_can_be_left_out_and_lives_without_the_cache(project):
    project.write(TEST)
    without_cache = project.run("--gradcheck", "-p", "no:cacheprovider", "src", "-k", "ReLU")
    without_cache.assert_outcomes(passed=9, skipped=1, deselected=20)
    # The entry point's name is the plugin's name.
    left_out = project.pytester.runpytest_subprocess("-p", "no:gradcheck")
    left_out.assert_outcomes(passed=1)
    refused = project.pytester.runpytest_subprocess("-p", "no:gradcheck", "--gradcheck")
    assert refused.ret == pytest.ExitCode.USAGE_ERROR
