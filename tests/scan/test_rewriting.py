"""A file that is mended keeps every byte that the edits do not name."""

from __future__ import annotations

import json

import pytest

from gradcheck.scan.documents import document
from gradcheck.scan.fixes import compatible, fixed
from gradcheck.scan.model import Edit, Fix
from gradcheck.scan.rewriting import RewriteError, rewritten


def replaced(data, path="a.py", *, old, new):
    text = document(data, path).text
    start = text.index(old)
    return rewritten(data, path, [Edit(start=start, end=start + len(old), replacement=new)])


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"a = 1\nold = 2\n", b"a = 1\nnew = 2\n"),
        (b"a = 1\r\nold = 2\r\n", b"a = 1\r\nnew = 2\r\n"),
        (b"\r\n\r\na = 1\n\r\nold = 2", b"\r\n\r\na = 1\n\r\nnew = 2"),
        (b"a = 1\rold = 2\r", b"a = 1\rnew = 2\r"),
        (b"\xef\xbb\xbfa = 1\r\nold = 2\n", b"\xef\xbb\xbfa = 1\r\nnew = 2\n"),
        (b"# coding: latin-1\r\na = '\xe9\xe9'\r\nold = 2\n", b"# coding: latin-1\r\na = '\xe9\xe9'\r\nnew = 2\n"),
        ("a = '🙂é'\r\nold = 2\f\n".encode(), "a = '🙂é'\r\nnew = 2\f\n".encode()),
    ],
)
def test_line_ends_mark_and_encoding_stay(before, after):
    assert replaced(before, old="old", new="new") == after


def test_new_lines_end_as_the_others_do():
    assert replaced(b"old\r\nx\r\n", old="old", new="1\n2") == b"1\r\n2\r\nx\r\n"
    assert replaced(b"old\nx\n", old="old", new="1\n2") == b"1\n2\nx\n"


def test_a_whole_line_goes_with_both_characters_of_its_end():
    assert replaced(b"a\r\nold\r\nb\r\n", old="old\n", new="") == b"a\r\nb\r\n"


@pytest.mark.parametrize(
    ("data", "new", "said"),
    [
        (b"old = '\xff'\n", "new", "is not valid utf-8"),
        (b"old = '\0'\n", "new", "holds NUL bytes"),
        (b"# coding: latin-1\nold = 1\n", "'\N{SNOWMAN}'", "cannot be written in iso8859-1"),
    ],
)
def test_what_cannot_be_written_back_is_left_alone(data, new, said):
    with pytest.raises(RewriteError, match=said):
        replaced(data, old="old", new=new)


def notebook(*sources, **style):
    cells = [{"cell_type": "code", "metadata": {}, "outputs": [{"text": "é"}], "source": source} for source in sources]
    markdown = {"cell_type": "markdown", "metadata": {}, "source": ["old"]}
    return json.dumps({"cells": [markdown, *cells], "nbformat": 4}, **style)


@pytest.mark.parametrize(
    "style", [{"indent": 1, "ensure_ascii": False}, {"indent": 2}, {}, {"indent": "\t"}, {"indent": 4}]
)
@pytest.mark.parametrize(("end", "newline"), [("", "\n"), ("\n", "\n"), ("\n", "\r\n")])
def test_a_notebook_keeps_its_form(style, end, newline):
    before = notebook(["x = 1\n", "old = 2"], "y = 1\nold = 3\n", **style) + end
    after = notebook(["x = 1\n", "new = 2"], "y = 1\nold = 3\n", **style) + end
    made = replaced(before.replace("\n", newline).encode(), "n.ipynb", old="old", new="new")
    assert made.decode() == after.replace("\n", newline)


def test_magics_of_a_notebook_stay_and_what_stands_beside_them_is_mended():
    before = notebook(["%matplotlib inline\n", "    !ls\n", "old = 1"])
    after = notebook(["%matplotlib inline\n", "    !ls\n", "new = 1"])
    assert replaced(before.encode(), "n.ipynb", old="old", new="new").decode() == after


def test_what_is_no_python_in_a_notebook_is_left_alone():
    with pytest.raises(RewriteError, match="what would change in cell 2 is no Python"):
        replaced(notebook(["!old\n", "x = 1"]).encode(), "n.ipynb", old="old", new="new")


def fix(start, end, replacement, *more):
    edits = (Edit(start=start, end=end, replacement=replacement), *more)
    return Fix(message="", edits=edits, safe=True)


def test_fixes_that_overlap_wait_for_the_next_round():
    first, inside, beside, same_place = fix(0, 5, "a"), fix(2, 3, "b"), fix(5, 7, "c"), fix(5, 5, "d")
    assert compatible([beside, inside, first]) == [first, beside]
    assert compatible([same_place, beside]) == [same_place]
    twice = fix(2, 3, "b", Edit(start=6, end=7, replacement="e"))
    assert compatible([first, twice]) == [first]


def test_two_fixes_with_the_same_edit_are_both_made_by_it():
    shared = Edit(start=0, end=0, replacement="import os\n")
    one = Fix(message="", edits=(shared, Edit(start=0, end=1, replacement="y")), safe=True)
    assert fixed(b"x = 1\n", "a.py", [fix(0, 1, "y"), fix(0, 1, "y")]) == (b"y = 1\n", 2)
    assert compatible([one]) == [one]


def test_a_fix_that_would_break_the_file_is_not_made():
    with pytest.raises(RewriteError, match="would not parse"):
        fixed(b"x = 1\n", "a.py", [fix(4, 5, "(")])


def test_a_broken_file_is_not_mended():
    with pytest.raises(RewriteError, match="does not parse"):
        fixed(b"x = (1\ny = 2\n", "a.py", [fix(0, 1, "z")])
