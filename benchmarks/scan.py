"""What `gradcheck scan` costs: to start, on a large tree, in processes, from the cache, beside other linters."""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import sys
import tempfile
import venv
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parent))

from measuring.page import publish, table
from measuring.processes import Command, Timing, interleaved, quietly, timed

PARSE = (
    "import sys, pathlib, ast, warnings\nwarnings.simplefilter('ignore')\n"
    "for file in pathlib.Path(sys.argv[1]).rglob('*.py'):\n"
    "    try: ast.parse(file.read_bytes())\n"
    "    except SyntaxError: pass\n"
)
READ = "import sys, pathlib; [file.read_bytes() for file in pathlib.Path(sys.argv[1]).rglob('*.py')]"
# A scan that tells of its processes: the most memory one held, and the longest path through them in seconds of
# processor, which is what the clock would show on cores of their own: its own and that of the busiest child.
TELLING = (
    "import json, os, pathlib, resource, sys\n"
    "children = []\n"
    "def waited(pid, flags):\n"
    "    found, status, usage = os.wait4(pid, flags)\n"
    "    children.extend([usage] if found else [])\n"
    "    return found, status\n"
    "os.waitpid = waited\n"
    "from gradcheck.cli import main\n"
    "main(sys.argv[2:])\n"
    "own = resource.getrusage(resource.RUSAGE_SELF)\n"
    "peak = max(one.ru_maxrss for one in (own, *children))\n"
    "path = own.ru_utime + own.ru_stime + max((one.ru_utime + one.ru_stime for one in children), default=0)\n"
    "pathlib.Path(sys.argv[1]).write_text(json.dumps([peak, path]))"
)
#: Sub-package that the slow linters read: they take a quarter of an hour for the whole.
PART = "optim"


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print; with --write also into docs/benchmarks.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="runs of each command (default 3)")
    parser.add_argument("--package", default="torch", help="the installed package that is read (default torch)")
    parser.add_argument("--others", action="store_true", help="pylint and TorchFix too, installed aside (minutes)")
    parser.add_argument("--write", action="store_true", help="write the tables into docs/benchmarks.md")
    options = parser.parse_args(arguments)
    spec = find_spec(options.package)
    if spec is None or spec.origin is None:
        parser.error(f"{options.package} is not installed here")
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        tree = planted(Path(spec.origin).parent, place / "tree")
        sections = [
            "### Starting `gradcheck scan` and `gradcheck rule`",
            starting(place, options.rounds * 5),
            f"### `gradcheck scan` on the {options.package} package",
            whole(tree, place, options.rounds),
            f"### Other linters on its `{PART}` folder",
            beside(
                planted(Path(spec.origin).parent / PART, place / PART), place, options.rounds, others=options.others
            ),
            (
                f"Whole processes, the median of {options.rounds} runs each in turn, outcomes not kept but where "
                f"said; Python {platform.python_version()}, {options.package} {version(options.package)}, "
                f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the end."
            ),
        ]
    publish("scan", "\n\n".join(sections), write=options.write)


def planted(package: Path, tree: Path) -> Path:
    """A copy of a package's Python files that is a project of its own."""
    for file in package.rglob("*.py"):
        target = tree / file.relative_to(package)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target)
    (tree / "pyproject.toml").write_text("", encoding="utf-8")
    return tree


def starting(place: Path, rounds: int) -> str:
    """What begins in a moment must also end in one: help, a folder without files, a rule explained."""
    empty = place / "empty"
    empty.mkdir()
    program = [str(Path(sys.executable).with_name("gradcheck"))]
    commands = {
        "`python -c pass`": [sys.executable, "-c", "pass"],
        "`gradcheck scan --help`": [*program, "scan", "--help"],
        "`gradcheck scan` of an empty folder": [*program, "scan", str(empty)],
        "`gradcheck rule GRC002`": [*program, "rule", "GRC002"],
    }
    given = {name: Command(words=words, folder=place, settings={}) for name, words in commands.items()}
    rows = [
        [name, *(f"{pick(one.processor for one in runs):.0f}" for pick in (min, median))]
        for name, runs in interleaved(given, rounds).items()
    ]
    return table(["", "ms of processor: least", "median"], rows)


def whole(tree: Path, place: Path, rounds: int) -> str:
    """The whole tree: cold with one process and two, from the cache, and what parsing alone costs."""
    files = sum(1 for _ in tree.rglob("*.py"))
    scan = ["scan", "--exit-zero", str(tree)]
    program = [sys.executable, "-m", "gradcheck"]
    one, two = place / "one", place / "two"
    commands = {
        "reading the bytes": [sys.executable, "-c", READ, str(tree)],
        "`ast.parse` alone": [sys.executable, "-c", PARSE, str(tree)],
        # It fills the cache, which the next finds full.
        "`gradcheck scan`, one process": [sys.executable, "-c", TELLING, str(one), *scan, "--jobs", "1"],
        "`gradcheck scan`, nothing changed since the last run": [*program, *scan],
        "`gradcheck scan`, two processes": [
            sys.executable,
            "-c",
            TELLING,
            str(two),
            *scan,
            "--no-cache",
            "--jobs",
            "2",
        ],
        "`ruff check --select F`, one thread": [*_ruff(), "--select", "F", str(tree)],
    }
    found = _measured(commands, place, rounds, forget=tree / ".gradcheck")
    parsing = found["`ast.parse` alone"][1]
    rows = [
        [name, f"{wall / 1000:.2f}", f"{used / 1000:.2f}", f"{used / files:.2f}", f"{used / parsing:.2f}"]
        for name, (wall, used) in found.items()
    ]
    (peak, alone), (peak_of_two, path) = (json.loads(file.read_text(encoding="utf-8")) for file in (one, two))
    header = ["", "s on the clock", "s of processor", "s of processor per 1,000 files", "times `ast.parse`"]
    told = (
        f"{files:,} files; a process held at most {max(peak, peak_of_two) / 1024:.0f} MB. In the last round the "
        f"busiest of the two processes and what comes before and after took {path:.2f} s of processor, "
        f"{alone / path:.2f} times less than one process alone."
    )
    return f"{table(header, rows)}\n\n{told}"


def beside(part: Path, place: Path, rounds: int, *, others: bool) -> str:
    """A part of the tree, with the linters that are too slow for the whole; what each takes to start is told apart."""
    files = sum(1 for _ in part.rglob("*.py"))
    nothing = place / "nothing"
    nothing.mkdir()
    (nothing / "nothing.py").touch()
    scan = [sys.executable, "-m", "gradcheck", "scan", "--exit-zero", "--no-cache", "--jobs", "1"]
    commands = {"`gradcheck scan`": scan, "`ast.parse` alone": [sys.executable, "-c", PARSE]}
    missing = "pylint and TorchFix were not asked for."
    if others:
        python, missing = _installed(place / "others")
        if python is not None:
            flake8 = [str(python), "-m", "flake8", "-j1", "--exit-zero", "--isolated", "--select", "TOR"]
            pylint = [str(python), "-m", "pylint", "-j1", "--exit-zero", "--disable=all", "--enable=unused-import"]
            commands |= {"pylint, one rule": pylint, "TorchFix": flake8}
    whole = _measured({name: [*words, str(part)] for name, words in commands.items()}, place, rounds)
    start = _measured({name: [*words, str(nothing)] for name, words in commands.items()}, place, rounds)
    used = {name: (whole[name][1], start[name][1]) for name in commands}
    ours = used["`gradcheck scan`"][0] - used["`gradcheck scan`"][1]
    rows = [
        [
            name,
            f"{every / 1000:.2f}",
            f"{none / 1000:.2f}",
            f"{(every - none) / files:.1f}",
            f"{(every - none) / ours:.1f}",
        ]
        for name, (every, none) in used.items()
    ]
    header = ["", "s of processor", "the same for an empty file", "ms per file beyond that", "times `gradcheck scan`"]
    return f"{table(header, rows)}\n\n{files} files. {missing}".rstrip()


def _measured(
    commands: Mapping[str, Sequence[str]], place: Path, rounds: int, forget: Path | None = None
) -> dict[str, tuple[float, float]]:
    """Median milliseconds of each command, on the clock and of the processor; `forget` goes before each round."""
    given = {name: Command(words=words, folder=place, settings={}) for name, words in commands.items()}
    timings: dict[str, list[Timing]] = {name: [] for name in commands}
    for _ in range(rounds):
        if forget is not None:
            shutil.rmtree(forget, ignore_errors=True)
        for name, command in given.items():
            timings[name].append(timed(command))
    return {
        name: (median(one.wall for one in runs), median(one.processor for one in runs))
        for name, runs in timings.items()
    }


def _ruff() -> list[str]:
    return ["env", "RAYON_NUM_THREADS=1", sys.executable, "-m", "ruff", "check", "--isolated", "--no-cache", "-q", "-e"]


def _installed(folder: Path) -> tuple[Path | None, str]:
    """The Python of an environment with the other linters; None and why where they cannot be had."""
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    try:
        quietly(str(python), "-m", "pip", "install", "-q", "pylint", "torchfix", "flake8")
        timed(Command(words=[str(python), "-m", "flake8", "--version"], folder=folder, settings={}))
    except Exception as error:  # noqa: BLE001 - without a network there is nothing to compare with, and that is told
        return None, f"pylint and TorchFix could not be installed here ({type(error).__name__})."
    return python, ""


if __name__ == "__main__":
    main()
