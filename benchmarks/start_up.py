"""What gradcheck costs before it does anything: an idle plugin, the command line's help, the search for layers."""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import sys
import tempfile
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from measuring.environments import environment, wheels
from measuring.page import publish, table
from measuring.processes import Command, Timing, interleaved
from measuring.tree import plant

FILES = 2000
READ = "import sys, pathlib; [file.read_bytes() for file in pathlib.Path(sys.argv[1]).rglob('*.py')]"
PARSE = "import sys, pathlib, ast\nfor file in pathlib.Path(sys.argv[1]).rglob('*.py'): ast.parse(file.read_bytes())"
FIND = (
    "import sys, pathlib; from gradcheck.source.discovery import find_layers\n"
    "found = find_layers([pathlib.Path(sys.argv[1])]).sites\n"
    "assert len(found) == int(sys.argv[2]) and 'numpy' not in sys.modules, len(found)"
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print; with --write also into docs/benchmarks.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=40, help="runs of each command (default 40)")
    parser.add_argument("--write", action="store_true", help="write the tables into docs/benchmarks.md")
    options = parser.parse_args(arguments)
    few = max(options.rounds // 8, 1)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        built = wheels(place / "wheels")
        sections = (
            "### `pytest` on one test that passes",
            idle(place, built, options.rounds),
            "### `gradcheck --help`",
            help_text(place, built, options.rounds),
            f"### Finding the layers of {FILES:,} files",
            search(place, few),
            (
                f"Milliseconds of whole processes, {options.rounds} runs each in turn (the search: {few}); "
                f"Python {platform.python_version()}, pytest {version('pytest')}, {os.cpu_count()} cores, "
                f"load {os.getloadavg()[0]:.1f} at the end."
            ),
        )
    publish("start_up", "\n\n".join(sections), write=options.write)


def idle(place: Path, built: list[str], rounds: int) -> str:
    """Bare pytest, and pytest with the plugin installed and not used; compiled modules kept, and not kept."""
    tests = place / "tests"
    tests.mkdir()
    (tests / "test_it.py").write_text("def test_it():\n    assert True\n", encoding="utf-8")
    unwritten = {"PYTHONDONTWRITEBYTECODE": "1"}
    commands = {}
    for name, installed, settings in (
        ("bare pytest", [], {}),
        ("pytest-gradcheck installed, not used", built, {}),
        ("bare pytest, bytecode not written", [], unwritten),
        ("pytest-gradcheck installed, not used, bytecode not written", built, unwritten),
    ):
        python = environment(place / name.replace(" ", "_"), installed)
        words = [str(python), "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_it.py"]
        commands[name] = Command(words=words, folder=tests, settings=settings)
    bare, ours, bare_unwritten, ours_unwritten = commands
    return compared(interleaved(commands, rounds), {ours: bare, ours_unwritten: bare_unwritten})


def help_text(place: Path, built: list[str], rounds: int) -> str:
    """The command line's help beside a Python that does nothing."""
    python = environment(place / "command line", built)
    nothing, ours = "`python -c pass`", "`gradcheck --help`"
    words = {nothing: [str(python), "-c", "pass"], ours: [str(python), str(python.with_name("gradcheck")), "--help"]}
    commands = {name: Command(words=given, folder=place, settings={}) for name, given in words.items()}
    return compared(interleaved(commands, rounds), {ours: nothing})


def search(place: Path, rounds: int) -> str:
    """The search for layers beside reading every file and beside parsing every file."""
    commands: dict[str, Command] = {}
    bases: dict[str, str] = {}
    for kind, every in (("a layer in one file of ten", 10), ("a layer in every file", 1)):
        root = place / kind.replace(" ", "_")
        root.mkdir()
        plant(root, FILES, every=every)
        read, parse, find = (f"{what}, {kind}" for what in ("reading all", "`ast.parse` of all", "`find_layers`"))
        expected = str(FILES // every)
        for name, code in ((read, READ), (parse, PARSE), (find, FIND)):
            words = [sys.executable, "-c", code, str(root), expected]
            commands[name] = Command(words=words, folder=place, settings={})
        bases |= {parse: read, find: read}
    return compared(interleaved(commands, rounds), bases)


def compared(timings: Mapping[str, Sequence[Timing]], bases: Mapping[str, str]) -> str:
    """A row per command, on the clock and by processor time; those with a base are also compared with it."""
    header = (
        "",
        "clock: least",
        "median",
        "over base",
        "difference",
        "processor: least",
        "median",
        "over base",
        "difference",
    )
    rows = []
    for name, runs in timings.items():
        base = timings[bases[name]] if name in bases else ()
        clock = _columns([run.wall for run in runs], [run.wall for run in base])
        processor = _columns([run.processor for run in runs], [run.processor for run in base])
        rows.append((name, *clock, *processor))
    return table(header, rows)


def _columns(ours: Sequence[float], base: Sequence[float]) -> tuple[str, str, str, str]:
    """Least, median, ratio of the medians, median of the differences of runs that followed one another."""
    middle = statistics.median(ours)
    if not base:
        return f"{min(ours):.0f}", f"{middle:.0f}", "", ""
    difference = statistics.median(a - b for a, b in zip(ours, base, strict=True))
    return f"{min(ours):.0f}", f"{middle:.0f}", f"{middle / statistics.median(base):.2f}", f"{difference:+.1f}"


if __name__ == "__main__":
    main()
