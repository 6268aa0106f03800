"""Files and folders to findings: the same with one process or many, with a cache or without."""

from __future__ import annotations

import json
import os
import sys

import pytest

from gradcheck.scan import pool, settling
from gradcheck.scan.engine import scan, scan_text
from gradcheck.scan.model import Settings

CUT = "def softplus(x):\n    return Tensor(np.log1p(np.exp(x.data)))\n"


@pytest.fixture
def project(tmp_path):
    """Write files below a project root and give it back."""

    def write(**files):
        (tmp_path / "pyproject.toml").write_text("")
        for name, content in files.items():
            file = tmp_path / name.replace("__", "/").replace("_ipynb", ".ipynb")
            file = file if file.suffix else file.with_suffix(".py")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return tmp_path

    return write


def found(path, **settings):
    return scan([path], settings=Settings(**settings)).findings


def places(path, **settings):
    return [(one.path, one.span.line, one.span.column, one.code) for one in found(path, **settings)]


def test_a_finding_tells_its_place_its_path_and_its_reason(project):
    (finding,) = found(project(a=CUT))
    assert (finding.path, finding.span.line, finding.span.column) == ("a.py", 2, 12)
    assert finding.qualname == "softplus"
    assert [step.span.line for step in finding.steps] == [2] * len(finding.steps)
    assert finding.steps[0].note.startswith("`x.data` is the plain array")
    assert finding.steps[-1].note == "what came of it is returned"
    assert finding.why
    assert finding.remedy


def test_columns_are_characters(project):
    text = 'def f(x):\n    s = "😀é"; return Tensor(x.data * 2)\n'
    assert places(project(a=text)) == [("a.py", 2, 22, "GRC001")]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda text: b"\xef\xbb\xbf" + text, id="byte order mark"),
        pytest.param(lambda text: text.replace(b"\n", b"\r\n"), id="carriage returns"),
    ],
)
def test_how_a_file_is_written_changes_no_place(project, change):
    assert places(project(a=change(CUT.encode()))) == [("a.py", 2, 12, "GRC001")]


def test_a_declared_encoding_is_obeyed(project):
    data = b"# coding: latin-1\ns = '\xe9\xe8'; y = 1\n" + CUT.encode()
    assert places(project(a=data)) == [("a.py", 4, 12, "GRC001")]


@pytest.mark.parametrize(
    ("data", "line"),
    [
        pytest.param(b"def f(:\n    pass\n" + CUT.encode(), 1, id="syntax"),
        pytest.param(b"x = '\0'\n" + CUT.encode(), 1, id="NUL"),
        pytest.param(b"x = '\xff\xfe'\n" + CUT.encode(), 1, id="invalid UTF-8"),
    ],
)
def test_what_cannot_be_read_is_told_and_hides_nothing(project, data, line):
    codes = [(one[3], one[1]) for one in places(project(a=data))]
    assert codes[0] == ("GRC900", line)
    assert "GRC001" in [code for code, _ in codes]


def test_a_lone_surrogate_is_told():
    assert [one.code for one in scan_text("x = '\ud800'\n")] == ["GRC900"]


def test_deep_nesting_ends_in_a_finding_or_none_and_never_in_a_traceback(project):
    deep = "def f(x):\n    return Tensor(" + "g(" * 3000 + "x.data" + ")" * 3000 + ")\n"
    assert {one[3] for one in places(project(a=deep, b=CUT))} <= {"GRC001", "GRC900"}


def test_a_long_line_of_data_is_read_and_one_of_code_is_told(project):
    data = "table = [" + "1.0, " * 300_000 + "]\n" + CUT
    code = "def f(x): return " + "x.data + " * 20_000 + "1\n"
    assert [one[3] for one in places(project(a=data))] == ["GRC001"]
    assert [one[3] for one in places(project(b=code)) if one[0] == "b.py"] == ["GRC900"]


def test_a_function_with_a_very_long_line_is_told_to_be_left_out(project):
    table = f"    table = [{'1.0, ' * 10_000}]\n"
    (one,) = found(project(a=CUT.replace("    return", f"{table}    return", 1)))
    assert (one.code, one.span.line) == ("GRC900", 1)
    assert "was not followed in `softplus`" in one.message


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_file_is_told(project):
    root = project(a=CUT, b=CUT)
    (root / "a.py").chmod(0)
    assert [(path, code) for path, _, _, code in places(root)] == [("a.py", "GRC900"), ("b.py", "GRC001")]


def test_a_loop_of_links_is_no_loop(project):
    root = project(a=CUT)
    (root / "loop").symlink_to(root)
    (root / "b.py").symlink_to("b.py")
    assert places(root) == [("a.py", 2, 12, "GRC001")]


def test_nothing_to_read_is_said(tmp_path):
    result = scan([tmp_path], settings=Settings())
    assert result.files == 0
    assert result.warnings == ("no Python file was found under the paths given",)


def test_a_path_that_does_not_exist_is_named(tmp_path):
    result = scan([tmp_path / "nowhere"], settings=Settings())
    assert result.unusable == (f"{tmp_path / 'nowhere'}: does not exist; give a Python file, a notebook or a folder",)


def notebook(*cells):
    return json.dumps(
        {"cells": [{"cell_type": kind, "source": source.splitlines(keepends=True)} for kind, source in cells]}
    )


def test_a_notebook_is_read_cell_by_cell(project):
    text = notebook(("markdown", "# title"), ("code", "%matplotlib inline\nimport numpy as np\n"), ("code", CUT))
    (finding,) = found(project(a_ipynb=text))
    assert (finding.path, finding.span.cell, finding.span.line, finding.span.column) == ("a.ipynb", 3, 2, 12)


def test_shell_lines_and_foreign_cells_of_a_notebook_are_no_syntax_errors(project):
    text = notebook(
        ("code", "!pip install x\nif True:\n    %time f()\n"), ("code", "%%bash\nls | wc\n"), ("code", "f?\n")
    )
    assert found(project(a_ipynb=text)) == ()


@pytest.mark.parametrize("text", ["", "[]", "{", '{"cells": 3}', '{"cells": [{"cell_type": "code", "source": 3}]}'])
def test_a_broken_notebook_is_told(project, text):
    assert [one.code for one in found(project(a_ipynb=text))] == ["GRC900"]


FRAMEWORK = {
    "engine": (
        "class Value:\n    def __init__(self, data):\n        self.payload = data\n\n    def __add__(self, other):\n"
        "        out = Value(self.payload + other.payload)\n        out._prev = (self, other)\n        return out\n\n"
        "    def backward(self):\n        pass\n\n\ndef bare(x):\n    return x.payload\n"
    ),
    "ops__soft": "from engine import Value, bare\n\n\ndef soft(x):\n    return Value(bare(x) * 2)\n",
    "ops__hard": (
        "from engine import Value\n\n\nclass Relu:\n    def run(self, x):\n        return Value(x.payload * 2)\n"
    ),
}
CUTS = [("ops/hard.py", 6, 16, "GRC001"), ("ops/soft.py", 5, 12, "GRC001")]


def test_what_the_tensor_is_and_where_its_array_is_are_learnt_from_another_file(project):
    assert places(project(**FRAMEWORK)) == CUTS


def test_a_file_given_alone_is_judged_with_its_project_in_view(project):
    root = project(**FRAMEWORK)
    assert places(root / "ops" / "soft.py") == [CUTS[1]]


def test_a_method_exchanged_in_another_file_is_no_cut(project):
    root = project(**FRAMEWORK, patches="from ops.hard import Relu\n\nRelu.run = tracked\n")
    assert places(root) == [CUTS[1]]


def test_a_person_may_name_the_tensor(project):
    text = "def f(x):\n    return Node(x.data * 2)\n"
    assert places(project(a=text)) == []
    assert places(project(a=text), tensor_types=("Node",)) == [("a.py", 2, 12, "GRC001")]


def test_a_person_may_name_edges_and_arrays(project):
    text = "def f(x):\n    y = Tensor(x.payload * 2)\n    y.came_from = 1\n    return y\n"
    assert places(project(a=text)) == []
    assert places(project(a=text), raw_attributes=("payload",)) == [("a.py", 2, 9, "GRC001")]
    assert places(project(a=text), raw_attributes=("payload",), edge_attributes=("came_from",)) == []


@pytest.mark.parametrize("jobs", [1, 2, 8])
def test_the_number_of_processes_changes_nothing(project, monkeypatch, jobs):
    monkeypatch.setattr(pool, "WORTH_A_POOL", 1)
    root = project(**FRAMEWORK, **{f"m{number}": CUT for number in range(20)})
    assert found(root, jobs=jobs) == found(root, jobs=1)
    assert len(found(root, jobs=jobs)) == 22


def test_the_cache_changes_nothing_and_notices_every_change(project, tmp_path_factory, monkeypatch):
    monkeypatch.setattr(settling, "FEW", 0)
    root = project(**FRAMEWORK, m=CUT)
    cache = tmp_path_factory.mktemp("cache")
    plain = found(root)
    assert found(root, cache=cache) == plain
    assert found(root, cache=cache) == plain
    assert list(cache.glob("scan-*.msgpack"))
    (root / "m.py").write_text("x = 1\n")
    assert found(root, cache=cache) == found(root) == tuple(one for one in plain if one.path != "m.py")
    # Another file than the one with the finding decides: the cached finding falls with it.
    (root / "patches.py").write_text("from ops.hard import Relu\n\nRelu.run = tracked\n")
    assert found(root, cache=cache) == found(root)
    assert "ops/hard.py" not in {one.path for one in found(root, cache=cache)}


def test_a_spoilt_cache_costs_time_alone(project, tmp_path_factory, monkeypatch):
    monkeypatch.setattr(settling, "FEW", 0)
    root = project(m=CUT)
    cache = tmp_path_factory.mktemp("cache")
    plain = found(root, cache=cache)
    (file,) = cache.glob("scan-*.msgpack")
    file.write_bytes(b"spoilt")
    assert found(root, cache=cache) == plain


def test_a_few_small_files_are_read_without_a_cache(project, tmp_path_factory):
    root = project(m=CUT)
    cache = tmp_path_factory.mktemp("cache")
    assert found(root, cache=cache) == found(root)
    assert not list(cache.iterdir())


def test_nothing_of_the_users_is_imported(project):
    project(boom="raise SystemExit\n" + CUT)
    before = set(sys.modules)
    assert found(project())
    assert "boom" not in set(sys.modules) - before
