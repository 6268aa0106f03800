"""The command line is quick to help, and says what went wrong with the right code."""

from __future__ import annotations

import subprocess
import sys

import pytest

from gradcheck import __version__


def test_help_names_the_commands_and_the_exit_codes(project):
    answer = project.call("--help")
    assert answer.code == 0
    assert "check         check the gradients of the layers in files and folders" in answer.out
    assert "0 all is well, 1 something is wrong, 2 could not run" in " ".join(answer.out.split())


def test_the_version_is_the_packages(project):
    assert project.call("--version").out == f"gradcheck {__version__}\n"


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_and_version_import_nothing_heavy(option):
    program = (
        "import atexit, sys; heavy = {'numpy', 'torch', 'rich', 'msgspec', 'ast_grep_py', 'hypothesis'}\n"
        "atexit.register(lambda: print('LOADED', sorted(heavy & set(sys.modules))))\n"
        f"from gradcheck.cli import main; main(['{option}'])"
    )
    finished = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60)
    assert "LOADED []" in finished.stdout


def test_without_a_command_the_help_goes_to_the_error_stream(project):
    answer = project.call()
    assert (answer.code, answer.out) == (2, "")
    assert "COMMAND" in answer.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["chekc"], "invalid choice: 'chekc'"),
        (["check"], "the following arguments are required: PATH[::Class]"),
        (["check", "src", "--profile", "quick"], "argument --profile: invalid choice: 'quick'"),
        (["check", "src", "--seed", "x"], "argument --seed: invalid int value: 'x'"),
    ],
)
def test_a_wrong_argument_is_named(project, arguments, said):
    answer = project.call(*arguments)
    assert answer.code == 2
    assert said in answer.err


def test_help_of_a_command_names_its_options(project):
    answer = project.call("check", "--help")
    assert answer.code == 0
    for option in ("--check", "--wrt", "--seed", "--profile", "--strict", "-v", "-q"):
        assert option in answer.out
