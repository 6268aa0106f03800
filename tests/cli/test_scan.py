"""`gradcheck scan` reads what is meant, tells what it found as it is asked to, and ends with the right code."""

from __future__ import annotations

import io
import json
import subprocess
import sys

import pytest

from gradcheck.commands.confirming import checks_for
from gradcheck.scan import settling

TYPO = "def freeze(model):\n    for p in model.parameters():\n        p.require_grad = False\n"
RIGHT = TYPO.replace("require_", "requires_")
LINE = "src/net.py:3:11: GRC013 `require_grad` is no attribute of a tensor"


@pytest.fixture
def net(project):
    project.write({"src/net.py": TYPO, "src/right.py": RIGHT})
    return project


def found(answer):
    """Places and codes of concise lines."""
    return [" ".join(line.split(" ")[:2]) for line in answer.lines if " GRC" in line]


def scan(project, *arguments, output="concise"):
    return project.call("scan", "--no-cache", "--output-format", output, *arguments)


def test_a_finding_is_exit_code_1_and_none_is_0(net):
    answer = scan(net, "src")
    assert answer.code == 1
    assert answer.lines[0].startswith(LINE)
    assert answer.lines[1:] == ["Found 1 finding (1 error) in 1 of 3 files.", "1 can be mended with --fix."]
    clean = scan(net, "src/right.py")
    assert (clean.code, clean.out, clean.err) == (0, "Nothing found in 1 file.\n", "")
    assert scan(net, "--exit-zero").code == 0


def test_the_folder_one_stands_in_is_the_default_and_paths_are_told_from_there(net, monkeypatch):
    assert found(scan(net)) == ["src/net.py:3:11: GRC013"]
    monkeypatch.chdir(net.folder / "src")
    assert found(scan(net, "net.py")) == ["net.py:3:11: GRC013"]
    (net.folder / "other").mkdir()
    monkeypatch.chdir(net.folder / "other")
    assert found(scan(net, "../src")) == ["../src/net.py:3:11: GRC013"]


def test_a_path_that_is_not_there_is_2_and_the_others_are_scanned(net):
    answer = scan(net, "src/nat.py", "src/net.py")
    assert answer.code == 2
    assert answer.err == "gradcheck: src/nat.py: there is no such file or folder; did you mean 'net.py'?\n"
    assert found(answer) == ["src/net.py:3:11: GRC013"]


def test_a_file_that_holds_no_python_is_2(net):
    net.write({"notes.txt": "words"})
    answer = scan(net, "notes.txt")
    assert (answer.code, answer.err) == (2, "gradcheck: notes.txt: is no Python file and no notebook\n")


def test_an_interrupted_run_is_130_and_writes_nothing(net, monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("gradcheck.commands.scanning.scan", interrupted)
    answer = scan(net, "--fix")
    assert (answer.code, answer.err) == (130, "gradcheck: interrupted\n")


def test_a_folder_without_python_is_a_warning(project):
    (project.folder / "empty").mkdir()
    answer = scan(project, "empty")
    assert answer.code == 0
    assert answer.err == "gradcheck: warning: no Python file was found under the paths given\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--select", "GRC01,GCR013"], "--select: there is no rule 'GCR013'; did you mean 'GRC013'?"),
        (["--per-file-ignores", "tests"], "--per-file-ignores: 'tests' is not PATTERN:CODES"),
        (["--project-root", "nowhere"], "--project-root: there is no folder 'nowhere'"),
        (["--project-root", "src", "."], ".: lies outside the project root"),
        (["--baseline", "none.json"], "none.json: there is no such baseline; make one with --write-baseline"),
        (["--unsafe-fixes"], "--unsafe-fixes says which fixes to make: give --fix or --diff with it"),
        (["--jobs", "-1"], "--jobs is a number of processes"),
        (["-", "src"], "- is the standard input and is scanned alone"),
    ],
)
def test_a_wrong_option_is_2_and_named(net, arguments, said):
    answer = scan(net, *arguments)
    assert answer.code == 2
    assert said in answer.err


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("selct = []", "[tool.gradcheck.scan]: there is no key 'selct'; did you mean 'select'?"),
        ("select = ['GCR013']", "[tool.gradcheck.scan] select: there is no rule 'GCR013'; did you mean 'GRC013'?"),
        ("select = 'GRC0'", "[tool.gradcheck.scan] select: expected a list, got a string"),
        ("force-exclude = 1", "[tool.gradcheck.scan] force-exclude: expected true or false, got a whole number"),
        (
            "output-format = 'ful'",
            "[tool.gradcheck.scan] output-format: there is no format 'ful'; did you mean 'full'?",
        ),
        ("per-file-ignores = { x = ['X1'] }", '[tool.gradcheck.scan] per-file-ignores."x": there is no rule'),
        ("select = [", "not valid TOML"),
    ],
)
def test_a_wrong_setting_is_2_and_named(net, table, said):
    net.write({"pyproject.toml": f"[tool.gradcheck.scan]\n{table}\n"})
    answer = scan(net)
    assert answer.code == 2
    assert f"{net.folder / 'pyproject.toml'}: {said}" in answer.err


def test_the_configuration_chooses_rules_files_and_format(net):
    settings = "[tool.gradcheck.scan]\noutput-format = 'grouped'\n"
    net.write({"pyproject.toml": settings})
    assert net.call("scan", "--no-cache").lines[0] == "src/net.py:"
    for line in (
        "ignore = ['GRC013']",
        "select = ['GRC9']",
        "exclude = ['src/n*.py']",
        "[tool.gradcheck.scan.per-file-ignores]\n'net.py' = ['ALL']",
    ):
        net.write({"pyproject.toml": f"{settings}{line}\n"})
        assert net.call("scan", "--no-cache").code == 0, line
    net.write({"pyproject.toml": f"{settings}ignore = ['GRC0']\n"})
    assert net.call("scan", "--no-cache", "--select", "GRC013").code == 1


def test_what_git_ignores_is_left_out_and_a_file_that_is_named_is_not(net):
    net.write({".gitignore": "/src/net.py\n", "src/more/.gitignore": "*\n!kept.py\n"})
    net.write({"src/more/kept.py": TYPO, "src/more/left.py": TYPO})
    assert found(scan(net)) == ["src/more/kept.py:3:11: GRC013"]
    assert len(found(scan(net, "--no-respect-gitignore"))) == 3
    assert found(scan(net, "src/net.py")) == ["src/net.py:3:11: GRC013"]
    forced = scan(net, "--force-exclude", "src/net.py")
    assert (forced.code, found(forced)) == (0, [])


def test_files_can_be_left_out_of_one_run(net):
    assert found(scan(net, "--exclude", "net.py")) == []
    assert found(scan(net, "--per-file-ignores", "src/*:GRC0")) == []
    assert found(scan(net, "--ignore", "GRC013")) == []
    assert found(scan(net, "--select", "GRC9")) == []


def give(monkeypatch, text):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))


def test_the_standard_input_is_scanned_under_the_name_it_is_given(net, monkeypatch):
    give(monkeypatch, TYPO)
    assert found(scan(net, "-", "--stdin-filename", "src/right.py")) == ["src/right.py:3:11: GRC013"]
    give(monkeypatch, "w.require_grad = 1\n")
    assert found(scan(net, "--stdin-filename", "src/new.py")) == ["src/new.py:1:3: GRC013"]
    give(monkeypatch, "")
    assert scan(net, "-").code == 0


def test_the_standard_input_is_mended_to_the_standard_output(net):
    finished = subprocess.run(
        [sys.executable, "-m", "gradcheck", "scan", "-", "--fix", "--stdin-filename", "src/net.py"],
        cwd=net.folder, input=TYPO.replace("\n", "\r\n").encode(), capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    assert (finished.returncode, finished.stdout) == (0, RIGHT.replace("\n", "\r\n").encode())
    assert (net.folder / "src/net.py").read_text() == TYPO


def test_a_fix_is_written_once_and_a_diff_writes_nothing(net):
    shown = net.call("scan", "--no-cache", "--diff")
    assert shown.code == 1
    assert shown.lines[:3] == ["--- a/src/net.py", "+++ b/src/net.py", "@@ -1,3 +1,3 @@"]
    assert "-        p.require_grad = False\n+        p.requires_grad = False\n" in shown.out
    assert shown.err == "Would mend 1 finding in 1 file.\n"
    assert (net.folder / "src/net.py").read_text() == TYPO
    answer = scan(net, "--fix")
    assert (answer.code, answer.lines) == (0, ["Mended 1 finding.", "Nothing else found in 3 files."])
    assert (net.folder / "src/net.py").read_text() == RIGHT
    assert scan(net, "--fix").lines == ["Nothing found in 3 files."]
    again = net.call("scan", "--no-cache", "--diff")
    assert (again.code, again.out, again.err) == (0, "", "")


def test_a_comment_that_is_in_use_no_more_goes_in_the_next_round(net):
    net.write({"src/net.py": "w.require_grad = 1\nv.requires_grad = 1  # gradcheck: ignore[GRC013] why\n"})
    assert scan(net, "--fix").lines[0] == "Mended 2 findings."
    assert (net.folder / "src/net.py").read_text() == "w.requires_grad = 1\nv.requires_grad = 1\n"


def test_a_baseline_accepts_what_is_there_tells_what_is_new_and_shrinks(net):
    written = scan(net, "--write-baseline")
    assert (written.code, written.lines) == (0, ["Nothing found in 3 files.", "1 finding accepted by the baseline."])
    file = net.folder / "gradcheck-baseline.json"
    entry = {"path": "src/net.py", "code": "GRC013", "within": "freeze", "source": "p.require_grad = False"}
    assert json.loads(file.read_text())["findings"] == [entry]
    # Lines move, and a second one of the same words comes.
    net.write({"src/net.py": f"\n\n{TYPO}        p.require_grad = False\n"})
    answer = scan(net, "--baseline", "gradcheck-baseline.json")
    assert (answer.code, found(answer)) == (1, ["src/net.py:6:11: GRC013"])
    net.write({"pyproject.toml": "[tool.gradcheck.scan]\nbaseline = 'gradcheck-baseline.json'\n", "src/net.py": RIGHT})
    assert scan(net, "src/right.py").err == ""
    mended = scan(net)
    assert mended.code == 0
    assert "gradcheck-baseline.json: 1 finding found no more, taken out of the baseline" in mended.err
    assert json.loads(file.read_text())["findings"] == []
    assert scan(net).err == ""


def test_a_baseline_of_another_kind_is_refused(net):
    for text, said in (("{}", "is no baseline"), ('{"version": 9, "findings": []}', "has version 9")):
        net.write({"b.json": text})
        answer = scan(net, "--baseline", "b.json")
        assert answer.code == 2
        assert said in answer.err


def test_two_projects_are_scanned_each_by_its_own_settings(net):
    net.write({"one/pyproject.toml": "[tool.gradcheck.scan]\nignore = ['GRC013']\n", "one/a.py": TYPO})
    net.write({"two/pyproject.toml": "", "two/a.py": TYPO})
    assert found(scan(net, "one", "two")) == ["two/a.py:3:11: GRC013"]
    assert scan(net, "one", "two", "--write-baseline").code == 2


def test_statistics_and_settings(net):
    net.write({"src/more.py": TYPO + "w.require_grad = 1  # gradcheck: ignore\n"})
    counted = net.call("scan", "--no-cache", "--statistics")
    assert (
        counted.out == "2  GRC013  A misspelt `requires_grad`\n1  GRC902  A `# gradcheck: ignore` that names no code\n"
    )
    assert counted.code == 1
    shown = net.call("scan", "--show-settings", "--select", "GRC013", "--exclude", "x")
    assert shown.code == 0
    assert "rules = ['GRC013']" in shown.lines
    assert "exclude = ['x']" in shown.lines


def test_a_workflow_of_github_gets_annotations_by_itself(net, monkeypatch):
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    assert net.call("scan", "--no-cache").out.startswith("::error title=gradcheck (GRC013),file=src/net.py,line=3,")
    assert scan(net).lines[0].startswith(LINE)
    net.call("scan", "--no-cache", "--output-file", "out/found.txt")
    assert (net.folder / "out/found.txt").read_text().startswith("src/net.py:3:11: error GRC013")


def test_the_output_goes_to_a_file_when_one_is_named(net):
    answer = net.call("scan", "--no-cache", "--output-format", "json", "--output-file", "found.json")
    assert (answer.code, answer.out) == (1, "")
    assert json.loads((net.folder / "found.json").read_text())["version"] == 1


def test_the_cache_and_the_number_of_processes_change_nothing(net, monkeypatch):
    monkeypatch.setattr(settling, "FEW", 0)
    first = net.call("scan", "--output-format", "json")
    assert (net.folder / ".gradcheck").is_dir()
    assert net.call("scan", "--output-format", "json").out == first.out
    assert net.call("scan", "--output-format", "json", "--no-cache", "--jobs", "2").out == first.out


LAYER = """
import numpy as np

class Dense:
    def __init__(self, in_features, out_features):
        self.W = np.random.randn(in_features, out_features)

    def forward(self, x):
        self.x = x
        return x @ self.W

    def backward(self, grad):
        self.dW = FACTOR * self.x.T @ grad
        if False:
            grad.require_grad = 1
        return grad @ self.W.T
"""


def test_running_confirms_refutes_or_cannot_tell(project):
    project.write({"src/layers.py": LAYER.replace("FACTOR", "2"), "src/right.py": LAYER.replace("FACTOR", "1")})
    project.write({"src/loose.py": "w.require_grad = 1\n"})
    answer = project.call("scan", "--no-cache", "--confirm", "--output-format", "json", "src")
    said = {one["path"]: one["confirmation"] for one in json.loads(answer.out)["findings"]}
    assert {path: one["word"] for path, one in said.items()} == {
        "src/layers.py": "confirmed", "src/right.py": "refuted", "src/loose.py": "untested",
    }  # fmt: skip
    assert "gradient of `W` is wrong" in said["src/layers.py"]["reason"]
    text = project.call("scan", "--no-cache", "--confirm", "src").out
    assert "By running: 1 confirmed, 1 refuted, 1 untested." in text


def test_what_running_refutes_does_not_count(project):
    project.write({"src/right.py": LAYER.replace("FACTOR", "1")})
    answer = project.call("scan", "--no-cache", "--confirm", "--output-format", "concise", "src")
    assert answer.code == 0
    assert "[refuted]" in answer.out


@pytest.mark.parametrize(
    ("code", "checks"),
    [
        ("GRC001", ("contract", "gradient")),
        ("GRC101", ("contract", "gradient", "determinism")),
        ("GRC204", ("contract", "gradient")),
        ("GRC401", ()),
        ("GRC601", ("gradient",)),
    ],
)
def test_a_finding_is_confirmed_by_the_checks_it_would_show_in(code, checks):
    assert checks_for(code) == checks


def test_a_terminal_has_colours_unless_it_is_asked_for_none(net, monkeypatch):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[1;31mGRC013\x1b[0m" in net.call("scan", "--no-cache", "--output-format", "concise").out
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in net.call("scan", "--no-cache", "--output-format", "concise").out
