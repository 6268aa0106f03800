"""The command line of the training."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from reference_models.train.loading import load_all
from reference_models.train.plot import Panel, drawing
from reference_models.train.progress import shown
from reference_models.train.task import Result, Step, Task


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; the exit code is 0 when the stated result was reached, 1 when not, 2 when nothing could be run.

    >>> main(["xor", "--steps", "0", "--output", "/dev/null"])  # doctest: +ELLIPSIS
    xor: ...
    1
    """
    tasks = load_all()
    parser = _parser(tasks)
    options = parser.parse_args(arguments)
    if options.list:
        sys.stdout.write(_table(tasks))
        return 0
    if options.name is None:
        parser.error("name a task, or ask for --list")
    return _run(tasks[options.name], seed=options.seed, steps=options.steps, output=options.output)


def _parser(tasks: Mapping[str, Task]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m reference_models.train", description="Train a reference model to its stated result."
    )
    parser.add_argument("name", nargs="?", choices=list(tasks), metavar="NAME", help=f"one of {', '.join(tasks)}")
    parser.add_argument("--list", action="store_true", help="show the tasks and their stated results")
    parser.add_argument("--seed", type=whole_number, default=0, help="of weights, data and order (default %(default)s)")
    parser.add_argument("--steps", type=whole_number, default=None, help="of the optimizer (default: the task's)")
    parser.add_argument("--output", type=Path, default=None, help="file of the plot (default: runs/NAME-seed-SEED.svg)")
    return parser


def whole_number(text: str) -> int:
    """Read a number of the command line.

    Raises:
        argparse.ArgumentTypeError: It is negative.
    """
    number = int(text)
    if number < 0:
        message = f"{number} is negative, expected 0 or more"
        raise argparse.ArgumentTypeError(message)
    return number


def _table(tasks: Mapping[str, Task]) -> str:
    width = max(map(len, tasks))
    below = " " * width
    return "".join(
        f"{name:{width}}  {task.summary}\n{below}  {task.stated}, {task.steps} steps\n" for name, task in tasks.items()
    )


def _run(task: Task, *, seed: int, steps: int | None, output: Path | None) -> int:
    steps = task.steps if steps is None else steps
    file = Path("runs", f"{task.name}-seed-{seed}.svg") if output is None else output
    try:  # before the training: what cannot be written is told at once
        file.parent.mkdir(parents=True, exist_ok=True)
        file.open("a").close()
    except OSError as error:
        sys.stderr.write(f"cannot write the plot to {file}: {error.strerror}; choose another --output\n")
        return 2
    sys.stdout.write(f"{task.name}: {task.summary}; {task.stated}\n")
    curve: list[Step] = []
    start = time.perf_counter()
    with shown(steps, sys.stdout) as show:

        def report(step: Step) -> None:
            curve.append(step)
            show(step)

        result = task.train(seed, steps, report)
    seconds = time.perf_counter() - start
    file.write_text(_picture(task, seed, curve, result), encoding="utf-8")
    verdict = "reached" if result.reached else "NOT reached"
    done = curve[-1].number if curve else 0
    sys.stdout.write(f"{result.sentence}: {verdict}, after {done} steps and {seconds:.1f} s\nplot: {file}\n")
    return 0 if result.reached else 1


def _picture(task: Task, seed: int, curve: Sequence[Step], result: Result) -> str:
    numbers = [step.number for step in curve]
    panels = [Panel(title="loss", x=numbers, y=[step.loss for step in curve], levels=result.levels)]
    panels += [
        Panel(title=name, x=numbers, y=[step.measures[name] for step in curve])
        for name in (curve[0].measures if curve else ())
    ]
    return drawing(f"{task.name}, seed {seed}: {result.sentence}", panels)
