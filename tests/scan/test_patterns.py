"""Patterns mean what git means by them."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from gradcheck.scan.patterns import patterns

PATHS = (
    "a.py", "b.py", "build.py", "src/a.py", "src/build/a.py", "src/deep/er/a.py", "src/gen_x.py", "src/[x].py", "name ",
    "doc/a.py", "src/doc/a.py", "x/y/z.py", "x/z.py", "!a.py", "#a.py", "src/generated/keep.py", "src/generated/b.py",
    "a-b.py", "a.pyc", "Äpfel.py", "src/a/b/c/d.py",
)  # fmt: skip
LISTS = (
    ["a.py"], ["/a.py"], ["src/a.py"], ["*.py"], ["src/*.py"], ["src/**/a.py"], ["**/a.py"], ["src/**"], ["x/**/z.py"],
    ["build"], ["build/"], ["/build"], ["doc/"], ["/doc/"], ["src/doc"], ["gen_*"], ["src/gen_?.py"], ["[ab].py"],
    ["[!a].py"], ["[^a].py"], ["[a-c].py"], ["[]x].py"], ["src/[[]x[]].py"], ["\\!a.py"], ["\\#a.py"], ["# comment"],
    ["*.py", "!a.py"], ["*.py", "!/a.py"], ["src/", "!src/a.py"], ["src/*", "!src/generated/"],
    ["src/generated/*", "!src/generated/keep.py"], ["!a.py", "a.py"], ["name\\ "], ["name "], ["a.py   "], [""], ["/"],
    ["**"], ["*"], ["a[-]b.py"], ["a?b.py"], ["[a"], ["Ä*"], ["\\a.py"], ["src/a/**/d.py"], ["a.py*"],
    ["**/er/"], ["src/deep/**/"], ["***.py"], ["x**z.py"],
)  # fmt: skip


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    """An empty clone; git does not ask whether a path exists."""
    if not shutil.which("git"):
        pytest.skip("git is not installed")
    folder = tmp_path_factory.mktemp("clone")
    subprocess.run(["git", "init", "-q", str(folder)], check=True, timeout=60)
    for path in PATHS:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text("")
    return folder


@pytest.mark.parametrize("lines", LISTS, ids=" | ".join)
def test_patterns_agree_with_git(clone, lines):
    (clone / ".gitignore").write_text("\n".join([*lines, ""]), encoding="utf-8")
    asked = subprocess.run(
        ["git", "-c", "core.excludesFile=", "check-ignore", "--no-index", "-z", "--stdin"],
        cwd=clone,
        input="\0".join(PATHS),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        encoding="utf-8",
    )
    assert asked.returncode in (0, 1), asked.stderr
    ours = patterns(lines)
    assert [path for path in PATHS if ours.leaves_out(path)] == [path for path in asked.stdout.split("\0") if path]


def test_the_last_line_about_a_path_decides():
    ours = patterns(["*.py", "!a.py", "b/"])
    assert ours.verdict("c.py", is_folder=False) is True
    assert ours.verdict("a.py", is_folder=False) is False
    assert ours.verdict("a.txt", is_folder=False) is None
    assert ours.verdict("b", is_folder=False) is None
    assert ours.verdict("b", is_folder=True) is True


def test_a_range_that_runs_backwards_means_nothing():
    assert not patterns(["[z-a].py"]).patterns
