"""How far the training has come: a bar on a terminal, lines elsewhere."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import TextIO

from reference_models.train.task import Step

LINES = 20  # how many are written where there is no terminal
WIDTH = 30  # characters of a bar


@contextlib.contextmanager
def shown(steps: int, stream: TextIO) -> Iterator[Callable[[Step], None]]:
    """A function to be told of every step; by rich when that is installed and the stream is a terminal.

    >>> import sys
    >>> with shown(2, sys.stdout) as show:
    ...     show(Step(number=1, loss=0.5))
    ...     show(Step(number=2, loss=0.25))
    step     1  loss 0.50000
    step     2  loss 0.25000
    """
    if not stream.isatty():
        yield _lines(steps, stream)
        return
    try:
        from rich.console import Console
        from rich.progress import Progress
    except ImportError:  # an extra that need not be there
        yield _bar(steps, stream)
        stream.write("\n")
        return
    with Progress(console=Console(file=stream)) as progress:
        bar = progress.add_task("", total=steps)
        yield lambda step: progress.update(bar, completed=step.number, description=str(step))


def _lines(steps: int, stream: TextIO) -> Callable[[Step], None]:
    def show(step: Step) -> None:
        if step.number == steps or step.number * LINES // steps > (step.number - 1) * LINES // steps:
            stream.write(f"{step}\n")
            stream.flush()

    return show


def _bar(steps: int, stream: TextIO) -> Callable[[Step], None]:
    def show(step: Step) -> None:
        filled = WIDTH * step.number // steps
        stream.write(f"\r[{'#' * filled}{'.' * (WIDTH - filled)}] {step}")
        stream.flush()

    return show
