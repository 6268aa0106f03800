"""A baseline counts findings that look alike, and forgets only what it knows to be gone."""

from __future__ import annotations

from collections import Counter

from gradcheck.scan import baseline
from gradcheck.scan.model import Finding, Severity, Span


def finding(line=1, *, path="a.py", code="GRC013", within="f", source="w.x = 1"):
    span = Span(line=line, column=1, end_line=line, end_column=2)
    return Finding(code=code, path=path, span=span, message="", severity=Severity.ERROR, qualname=within, source=source)


def compare(entries, *found, codes=("GRC013",), is_gone=("a.py",)):
    return baseline.compare(entries, found, codes=codes, is_gone=is_gone)


def test_what_moved_is_still_accepted_and_what_is_added_is_new():
    entries = baseline.accepted([finding(1), finding(5)])
    added = finding(90)
    compared = compare(entries, finding(11), finding(15), added)
    assert (compared.new, compared.accepted, compared.gone) == ((added,), 2, 0)


def test_spaces_within_the_line_do_not_count_and_its_words_do():
    entries = baseline.accepted([finding(source="w.x  =  1")])
    assert compare(entries, finding(source="w.x = 1")).new == ()
    assert len(compare(entries, finding(source="w.x = 2")).new) == 1
    assert len(compare(entries, finding(within="g")).new) == 1


def test_what_is_mended_is_forgotten_one_by_one():
    entries = baseline.accepted([finding(1), finding(5), finding(path="b.py")])
    compared = compare(entries, finding(3))
    assert compared.gone == 1
    assert compared.entries == baseline.accepted([finding(), finding(path="b.py")])


def test_what_was_not_looked_for_is_kept():
    entries = baseline.accepted([finding(), finding(code="GRC001"), finding(path="b.py")])
    assert compare(entries, finding()).gone == 0
    assert compare(entries, codes=("GRC009",)).entries == entries
    assert compare(entries, is_gone=()).entries == entries


def test_a_file_is_read_as_it_was_written_and_sorted(tmp_path):
    file = tmp_path / "folder" / "b.json"
    entries = baseline.accepted([finding(path="b.py"), finding(), finding(), finding(within="")])
    baseline.write(file, entries)
    assert baseline.read(file) == entries
    first = file.read_bytes()
    baseline.write(file, Counter(dict(reversed(entries.items()))))
    assert file.read_bytes() == first
    assert b'"count": 2' in first
