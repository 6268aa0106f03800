from __future__ import annotations

import pytest

from gradcheck.source.reading import MAX_BYTES, Problem, decode, read_bytes


def test_plain_utf_8_needs_no_declaration():
    assert decode("é = 'λ'\n".encode(), "a.py").text == "é = 'λ'\n"
    assert decode("é = 'λ'\n".encode(), "a.py").problems == ()


def test_a_byte_order_mark_is_no_character_of_the_text():
    read = decode(b"\xef\xbb\xbfclass A:\n    pass\n", "a.py")
    assert (read.text, read.problems) == ("class A:\n    pass\n", ())


@pytest.mark.parametrize(
    "head",
    [
        b"# -*- coding: latin-1 -*-\n",
        b"#!/usr/bin/env python\n# vim: set fileencoding=iso-8859-1 :\n",
        b"# coding=latin1\r\n",
        b"\n# coding: latin-1\n",
    ],
)
def test_a_declared_encoding_is_used(head):
    read = decode(head + b"name = '\xe9'\n", "a.py")
    assert read.text.splitlines()[-1] == "name = 'é'"
    assert read.problems == ()


@pytest.mark.parametrize(
    "head", [b"x = 1\n# coding: latin-1\n", b"\n\n# coding: latin-1\n", b'"""\ncoding: latin-1\n"""\n']
)
def test_a_declaration_elsewhere_is_none(head):
    read = decode(head + "é = 1\n".encode(), "a.py")
    assert read.text.splitlines()[-1] == "é = 1"
    assert read.problems == ()


def test_bytes_that_are_no_utf_8_are_replaced_and_named():
    read = decode(b"a = 1\r\nb = '\xe9'\n", "pkg/a.py")
    assert read.text == "a = 1\nb = '\ufffd'\n"
    assert read.problems == (
        Problem(
            path="pkg/a.py",
            line=2,
            message="is not valid utf-8 at byte 12, read with replacement characters; "
            "save it as UTF-8 or declare its encoding on line 1",
        ),
    )


@pytest.mark.parametrize("name", ["no-such-codec", "rot13", "hex", "utf-16", "idna"])
def test_an_encoding_that_is_none_is_named_and_utf_8_tried(name):
    read = decode(f"# coding: {name}\né = 1\n".encode(), "a.py")
    assert read.text.endswith("é = 1\n")
    assert [problem.message for problem in read.problems] == [
        f"declares the unknown encoding {name!r}, read as UTF-8; declare utf-8"
    ]


def test_every_way_to_end_a_line_becomes_a_line_feed():
    assert decode(b"a\r\nb\rc\nd", "a.py").text == "a\nb\nc\nd"


def test_nul_bytes_are_named_and_leave_columns_as_they_were():
    read = decode(b"a = 1\nb =\x002\n", "a.py")
    assert read.text == "a = 1\nb = 2\n"
    assert [(problem.line, problem.message) for problem in read.problems] == [
        (2, "holds NUL bytes, which Python refuses; remove them")
    ]


def test_an_empty_file_is_an_empty_text():
    assert decode(b"", "a.py").text == ""


def test_a_huge_file_is_not_read_to_its_end(tmp_path):
    path = tmp_path / "huge.py"
    with path.open("wb") as handle:
        handle.truncate(MAX_BYTES + 1000)
    assert len(read_bytes(str(path))) == MAX_BYTES + 1


def test_a_file_that_is_not_there_is_an_os_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_bytes(str(tmp_path / "none.py"))
