"""Notebooks are scanned, silenced and mended cell by cell."""

from __future__ import annotations

import json

from gradcheck.scan.engine import scan
from gradcheck.scan.fixes import fix_all
from gradcheck.scan.model import Settings

BAD = "w.require_grad = True"


def notebook(tmp_path, *sources):
    file = tmp_path / "n.ipynb"
    cells = [{"cell_type": "markdown", "source": [BAD]}]
    cells += [{"cell_type": "code", "metadata": {}, "outputs": [], "source": source} for source in sources]
    file.write_text(json.dumps({"cells": cells, "nbformat": 4}, indent=1) + "\n", encoding="utf-8")
    return file


def places(file):
    found = scan([file], settings=Settings(root=file.parent)).findings
    return [(one.span.cell, one.span.line, one.span.column, one.code) for one in found]


def mended(file):
    settings = Settings(root=file.parent)
    done = fix_all(
        file.parent, lambda contents: scan([file], settings=settings, overlay=contents), unsafe=False, original={}
    )
    return done, json.loads(done.contents.get(file, file.read_bytes()))


def test_a_finding_is_told_by_cell_line_and_column(tmp_path):
    file = notebook(tmp_path, ["x = 1\n", BAD], f"%time\n\n{BAD}\n")
    assert places(file) == [(2, 2, 3, "GRC013"), (3, 3, 3, "GRC013")]


def test_comments_silence_in_their_cell(tmp_path):
    comment = "# gradcheck: ignore[GRC013] why"
    file = notebook(tmp_path, f"{BAD}  {comment}", [f"{comment}\n", f"{BAD}\n", f"x = 1  {comment}"])
    assert places(file) == [(3, 3, 8, "GRC901")]
    assert places(notebook(tmp_path, BAD, f"x = 1\n{comment.replace('ignore', 'ignore-file')}", BAD)) == []


def test_every_cell_is_mended_and_keeps_its_form(tmp_path):
    file = notebook(tmp_path, ["%matplotlib inline\n", f"{BAD}\n", "!ls\n", BAD], f"{BAD}\n")
    done, after = mended(file)
    good = BAD.replace("require_", "requires_")
    assert done.count == 3
    assert done.result.findings == ()
    assert [cell["source"] for cell in after["cells"]] == [
        [BAD], ["%matplotlib inline\n", f"{good}\n", "!ls\n", good], f"{good}\n",
    ]  # fmt: skip
    assert done.contents[file].decode() == json.dumps(after, indent=1) + "\n"


def test_a_broken_notebook_is_left_as_it_is(tmp_path):
    file = notebook(tmp_path, f"{BAD}\ndef f(x:\n    pass\n")
    done, _ = mended(file)
    assert done.contents == {}
    assert done.warnings == ("n.ipynb is left as it is: it does not parse",)
