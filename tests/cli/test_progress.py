"""Lines and a bar on a terminal with rich, plain lines everywhere else."""

from __future__ import annotations

import io
import sys

import pytest

from gradcheck.commands.progress import PlainOutput, layers_silenced, output


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def written(stream: io.StringIO, *, quiet: bool = False) -> str:
    with output(stream, total=2, quiet=quiet) as out:
        out.working("src/layers.py::Dense")
        out.line("W[2, 0] is [bold]wrong[/bold]", style="red")
    return stream.getvalue()


def test_a_terminal_with_rich_shows_colours_and_a_bar():
    pytest.importorskip("rich")
    shown = written(Terminal())
    assert "W[2, 0] is [bold]wrong[/bold]" in shown
    assert "src/layers.py::Dense" in shown


@pytest.mark.parametrize("stream", [io.StringIO(), None], ids=["a pipe", "a terminal, but quiet"])
def test_elsewhere_lines_are_plain(stream):
    assert written(stream or Terminal(), quiet=stream is None) == "W[2, 0] is [bold]wrong[/bold]\n"


def test_a_terminal_without_rich_shows_plain_lines(monkeypatch):
    monkeypatch.setitem(sys.modules, "rich.console", None)
    assert written(Terminal()) == "W[2, 0] is [bold]wrong[/bold]\n"


def test_lines_are_as_wide_as_the_terminal_up_to_a_limit(monkeypatch):
    assert PlainOutput(io.StringIO()).width == 80
    for columns, width in (("60", 60), ("300", 100)):
        monkeypatch.setenv("COLUMNS", columns)
        assert PlainOutput(Terminal()).width == width


def test_what_layers_print_and_warn_of_goes_nowhere(capsys, recwarn):
    import warnings

    with layers_silenced():
        print("forward ran")  # noqa: T201 - what a layer does
        print("forward failed", file=sys.stderr)  # noqa: T201 - what a layer does
        warnings.warn("overflow", RuntimeWarning, stacklevel=1)
    print("after")  # noqa: T201 - what comes back
    assert capsys.readouterr() == ("after\n", "")
    assert len(recwarn) == 0
