from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from gradcheck.cases.importing.undisturbed import TAIL_BYTES, TAIL_LINES, Tail, undisturbed


def test_a_tail_keeps_the_last_lines() -> None:
    tail = Tail()
    for number in range(10_000):
        assert tail.write(f"line {number}\n".encode()) == len(f"line {number}\n")
    lines = tail.text().splitlines()
    assert lines[-1] == "line 9999"
    assert len(lines) <= TAIL_LINES
    assert len(tail.text()) <= TAIL_BYTES


def test_what_is_printed_is_caught_whatever_a_script_does_to_its_streams() -> None:
    stdout, stderr = sys.stdout, sys.stderr
    with undisturbed(Path("script.py")) as tail:
        sys.stdout.write("one\n")
        sys.stderr.write("two\n")
        sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
        sys.stdout.buffer.write(b"three\n")
        sys.stdout = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8")
        sys.stdout.write("four\n")
        sys.stdout.close()
        sys.stdout = None  # type: ignore[assignment]
        sys.stderr.write("five\n")
    assert tail.text().splitlines() == ["one", "two", "three", "four", "five"]
    assert (sys.stdout, sys.stderr) == (stdout, stderr)


def test_there_is_nothing_to_read() -> None:
    with undisturbed(Path("script.py")), pytest.raises(EOFError):
        input("name? ")
