from __future__ import annotations

import io
import sys

import pytest

from reference_models.train.progress import shown
from reference_models.train.task import Step


class Terminal(io.StringIO):
    def isatty(self):
        return True


def show_all(stream, steps):
    with shown(steps, stream) as show:
        for number in range(1, steps + 1):
            show(Step(number=number, loss=0.5))
    return stream.getvalue()


@pytest.mark.parametrize(("steps", "lines"), [(3, 3), (20, 20), (1000, 20), (1009, 20)])
def test_a_pipe_gets_lines_and_the_last_step_among_them(steps, lines):
    written = show_all(io.StringIO(), steps).splitlines()
    assert len(written) == lines
    assert written[-1].startswith(f"step {steps:5}")


def test_a_terminal_without_rich_gets_a_bar(monkeypatch):
    monkeypatch.setitem(sys.modules, "rich.console", None)
    written = show_all(Terminal(), 60)
    assert written.count("\r") == 60
    assert f"[{'#' * 15}{'.' * 15}] step    30" in written
    assert written.endswith("loss 0.50000\n")


def test_a_terminal_with_rich_gets_its_bar():
    pytest.importorskip("rich", reason="rich is not installed, there is nothing to show with it")
    written = show_all(Terminal(), 10)
    assert "step    10" in written
    assert "100%" in written
