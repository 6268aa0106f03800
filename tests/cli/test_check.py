"""`gradcheck check` finds what is meant, says what came out, and ends with the right code."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from gradcheck.run import Runner

HEADLINE = "Dense: gradient of `b` is wrong in 5 of 5 entries; actual = 2 * expected"


def verdicts(lines: list[str]) -> dict[str, str]:
    """The word behind each check's name."""
    found = (
        re.match(r"  (\w+) +(passed|failed|inconclusive|not applicable|left out|not built|broken)", line)
        for line in lines
    )
    return {match[1]: match[2] for match in found if match}


def test_a_folder_is_checked_layer_by_layer_and_the_wrong_one_is_told(project):
    answer = project.call("check", "src")
    assert answer.code == 1
    assert answer.err == ""
    assert [line for line in answer.lines if line.startswith("src/")] == [
        f"src/layers.py::{name}" for name in ("Scale", "Dense", "Unknown")
    ]
    assert "a layer that talks" not in answer.out
    assert f"    {HEADLINE}" in answer.lines
    assert "      gradcheck check src/layers.py::Dense --check gradient --wrt b --seed 0" in answer.lines
    assert "3 layers found, 2 checked, 1 wrong, 0 inconclusive, 1 not built" in answer.lines
    assert any(line.startswith("not built: src/layers.py::Unknown: ") for line in answer.lines)
    assert '    @gradcheck.case("src/layers.py::Unknown")' in answer.out
    assert max(len(line) for line in answer.lines if "@gradcheck" not in line and "def " not in line) <= 80


def test_one_right_class_is_all_well(project):
    answer = project.call("check", "src/layers.py::Scale")
    assert answer.code == 0
    assert verdicts(answer.lines) == {
        **dict.fromkeys(
            ("contract", "linearity", "gradient", "determinism", "protocol", "batch", "precision", "shapes"), "passed"
        ),
        "reference": "not applicable",
    }
    assert answer.lines[-1] == "1 layer found, 1 checked, 0 wrong, 0 inconclusive, 0 not built"


def test_several_paths_are_checked_once_each(project):
    layer = "class Other:\n    def forward(self, x): return x\n    def backward(self, grad): return grad\n"
    project.write({"more/other.py": layer})
    answer = project.call("check", "src/layers.py::Scale", "src/layers.py::Scale", "more", "more/other.py")
    assert answer.code == 0
    assert [line for line in answer.lines if "::" in line] == ["more/other.py::Other", "src/layers.py::Scale"]


def test_one_check_and_one_gradient_can_be_asked_for(project):
    wrong = project.call("check", "src/layers.py::Dense", "--check", "gradient", "--wrt", "b", "--seed", "4")
    assert wrong.code == 1
    assert verdicts(wrong.lines) == {"gradient": "failed"}
    assert "--wrt b --seed 4" in wrong.out
    right = project.call("check", "src/layers.py::Dense", "--check", "gradient", "--wrt", "W")
    assert right.code == 0
    assert verdicts(right.lines) == {"gradient": "passed"}


def test_the_seed_moves_the_draws_and_the_same_seed_repeats_them(project):
    command = ["check", "src/layers.py::Dense", "--check", "gradient"]
    first, again, other = (project.call(*command, "--seed", seed) for seed in ("1", "1", "2"))
    entries = [[line for line in answer.lines if line.lstrip().startswith("b[")] for answer in (first, again, other)]
    assert entries[0]
    assert entries[0] == entries[1] != entries[2]


def test_v_says_what_was_compared_and_q_says_only_what_is_wrong(project):
    loud = project.call("check", "src/layers.py::Scale", "-v")
    assert "    compared 1 gradient: x (4, 8) float64" in loud.lines
    assert any("smallest relative error it could have seen: x " in line for line in loud.lines)
    quiet = project.call("check", "src", "-q")
    assert quiet.lines[0] == "src/layers.py::Dense"
    assert "Scale" not in quiet.out
    assert quiet.code == 1


def test_strict_fails_a_layer_that_could_not_be_built(project):
    lenient = project.call("check", "src/layers.py::Unknown", "src/layers.py::Scale")
    strict = project.call("check", "src/layers.py::Unknown", "src/layers.py::Scale", "--strict")
    assert (lenient.code, strict.code) == (0, 1)


def test_a_run_that_compared_nothing_could_not_run(project):
    assert project.call("check", "src/layers.py::Unknown").code == 2
    project.write({"empty/nothing.py": "x = 1\n"})
    nothing = project.call("check", "empty")
    assert nothing.code == 2
    assert nothing.lines == ["no layers found: a layer is a class with a forward and a backward method"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["src/layer.py"], "there is no file or folder 'src/layer.py' in *; did you mean 'layers.py'?"),
        (["nowhere/layers.py"], "there is no file or folder 'nowhere/layers.py' in *"),
        (["src/layers.py::Dens"], "layers.py has no layer 'Dens' (*); did you mean 'Dense'?"),
        (["src/layers.py::Base"], "layers.py::Base is a base of layers, not a layer: *"),
        (["src/layers.py::"], "after the two colons stands the name of a class, *"),
        (["src::Dense"], "src is a folder; name the file that holds Dense, *"),
        (["src", "--check", "gradint"], "there is no check 'gradint'; did you mean 'gradient'?"),
        (["src/layers.py::Dense", "--wrt", "weight"], "--wrt: no layer here has an input or parameter 'weight'*"),
    ],
)
def test_what_does_not_exist_is_refused_with_the_nearest_name(project, arguments, said):
    answer = project.call("check", *arguments)
    assert answer.code in ({1, 2} if "--wrt" in arguments else {2})
    assert answer.err.startswith("gradcheck: ")
    assert answer.err.count("\n") == 1
    pattern = ".*".join(map(re.escape, said.split("*")))
    assert re.search(pattern, answer.err)


def test_a_misspelt_setting_is_refused_in_one_line(project):
    project.write({"pyproject.toml": "[tool.gradcheck]\nexlude = []\n"})
    answer = project.call("check", "src/layers.py::Scale")
    assert answer.code == 2
    assert answer.err.endswith("[tool.gradcheck]: there is no key 'exlude'; did you mean 'exclude'?\n")


def test_a_declared_skip_is_shown_and_nothing_else_is_lost(project):
    project.write(
        {"pyproject.toml": '[tool.gradcheck.layers."src/layers.py::Dense"]\nchecks.gradient = { skip = "known" }\n'}
    )
    answer = project.call("check", "src/layers.py::Dense")
    assert answer.code == 0
    assert verdicts(answer.lines)["gradient"] == "left out"
    assert "left out: src/layers.py::Dense::gradient: known" in answer.lines


def test_a_named_file_that_does_not_parse_could_not_run_and_one_in_a_folder_is_a_problem(project):
    project.write({"src/torn.py": "class Torn:\n    def forward(self, x:\n    def backward(self, g): return g\n"})
    named = project.call("check", "src/torn.py", "src/layers.py::Scale")
    assert named.code == 2
    beside = project.call("check", "src", "--check", "contract")
    assert beside.code == 0
    for answer in (named, beside):
        assert any(line.startswith("problem: src/torn.py:") for line in answer.lines)


def test_a_layer_means_the_same_from_every_folder_of_its_project(project, monkeypatch):
    monkeypatch.chdir(project.folder / "src")
    answer = project.call("check", "layers.py::Dense", "--check", "gradient")
    assert answer.lines[0] == "src/layers.py::Dense"
    # The command a failure prints is found from here as well.
    assert project.call("check", "src/layers.py::Dense", "--check", "gradient").out == answer.out


def test_a_check_that_breaks_loses_nothing_else(project, monkeypatch):
    check = Runner.check

    def broken(self, case, name):
        if name == "linearity":
            raise KeyError(name)
        return check(self, case, name)

    monkeypatch.setattr(Runner, "check", broken)
    answer = project.call("check", "src/layers.py::Scale")
    assert answer.code == 2
    assert verdicts(answer.lines)["linearity"] == "broken"
    assert verdicts(answer.lines)["determinism"] == "passed"
    assert "broken: src/layers.py::Scale::linearity: KeyError: 'linearity'" in answer.lines


def test_an_interrupted_run_says_what_was_done_until_then(project, monkeypatch):
    check = Runner.check

    def interrupted(self, case, name):
        if name == "gradient":
            raise KeyboardInterrupt
        return check(self, case, name)

    monkeypatch.setattr(Runner, "check", interrupted)
    answer = project.call("check", "src/layers.py::Scale")
    assert answer.code == 130
    assert verdicts(answer.lines) == {"contract": "passed", "linearity": "passed"}
    assert "1 layer found, 1 checked, 0 wrong, 0 inconclusive, 0 not built" in answer.lines
    assert answer.err.startswith("gradcheck: interrupted")


def test_a_reader_that_leaves_early_is_no_error(project):
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "w") as gone:
        command = [sys.executable, "-m", "gradcheck", "check", "src/layers.py::Scale"]
        finished = subprocess.run(command, stdout=gone, stderr=subprocess.PIPE, text=True, check=False, timeout=60)
    assert (finished.returncode, finished.stderr) == (1, "")


def test_a_terminal_that_cannot_show_a_letter_does_not_end_the_run(project):
    layer = "class Größe:\n    def forward(self, x): return x\n    def backward(self, grad): return grad\n"
    project.write({"size.py": layer})
    answer = project.run("check", "size.py", "--check", "contract", PYTHONIOENCODING="ascii")
    assert answer.code == 0, answer.err
    assert "size.py::Gr\\xf6\\xdfe" in answer.lines


def test_without_a_project_the_folder_a_person_stands_in_is_the_root(tmp_path_factory, project, monkeypatch):
    folder = tmp_path_factory.mktemp("no_project")
    (folder / "pupil").mkdir()
    (folder / "pupil" / "layers.py").write_text((project.folder / "src" / "layers.py").read_text())
    monkeypatch.chdir(folder)
    assert project.call("check", "pupil", "--check", "contract", "-q").code == 0
    answer = project.call("check", "pupil/layers.py::Dense", "--check", "gradient")
    assert answer.lines[0] == "pupil/layers.py::Dense"
    assert "gradcheck check pupil/layers.py::Dense " in answer.out


def test_a_project_inside_a_project_is_a_project_of_its_own(project):
    layer = "class Inner:\n    def forward(self, x): return x\n    def backward(self, grad): return 2 * grad\n"
    project.write({"inner/pyproject.toml": "", "inner/src/inner.py": layer})
    outside = project.call("check", ".", "--check", "gradient")
    assert "src/inner.py::Inner" in outside.lines
    joined = outside.out.replace("\\\n", "").splitlines()
    (command,) = [line.split()[1:] for line in joined if "gradcheck check inner/src/inner.py::Inner" in line]
    alone = project.call(*command)
    assert alone.code == 1
    same = [line for line in outside.lines if line.lstrip().startswith("x[")]
    assert same
    assert [line for line in alone.lines if line in same] == same


def test_a_layer_that_does_not_end_costs_its_own_check(project):
    (project.folder / "pyproject.toml").write_text("[tool.gradcheck]\nevaluation_seconds = 0.2\n")
    loop = "    def forward(self, x):\n        while x.dtype == 'float32': pass\n        return 2 * x\n"
    layer = f"class Halting:\n{loop}    def backward(self, grad): return 2 * grad\n"
    (project.folder / "src" / "halting.py").write_text(layer)
    answer = project.call("check", "src/halting.py", "src/layers.py::Scale", "--check", "precision")
    assert answer.code == 0
    assert "inconclusive: src/halting.py::Halting::precision: forward or backward did not" in answer.out
    assert "2 layers found, 1 checked, 0 wrong, 1 inconclusive, 0 not built" in answer.out
    assert verdicts(answer.lines) == {"precision": "passed"}  # the last line: that of the layer after it
