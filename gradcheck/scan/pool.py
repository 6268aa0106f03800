"""Many files over many processes: the binding to the parser never lets two threads run."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gradcheck.scan.facts.project import FileFacts, Project
from gradcheck.scan.files import Source
from gradcheck.scan.model import Settings
from gradcheck.scan.registry import chosen
from gradcheck.scan.sieve import Sieve
from gradcheck.scan.work import Outcome, classes_of, examine_file, project_of

#: Bytes below which starting processes costs more than it saves.
WORTH_A_POOL = 1_500_000
#: Bytes handed to a process at a time: large enough that the way there is cheap, small enough that all end together.
_CHUNK = 400_000
#: Bytes of a piece that glibc takes for its largest: up to there it keeps what is let go of, once one such was let go.
_LARGEST = 31_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """A project as its files tell of it.

    Attributes:
        facts: What each contributes.
        sources: The files, for those that were not parsed yet and are asked for their classes.
    """

    facts: Sequence[FileFacts]
    sources: Sequence[Source]

    def project(self, settings: Settings) -> Project:
        """The project that answers questions."""
        by_path = {source.path: source for source in self.sources}
        return project_of(self.facts, settings, lambda path: classes_of(by_path[path]))


class _Worker:
    """What a worker process keeps between the files it is given."""

    settings = Settings()
    sieve = Sieve(())
    project: Project | None = None


def examine_all(
    sources: Sequence[Source], around: Around | None, settings: Settings, *, with_rules: bool = True
) -> list[Outcome]:
    """The outcome of each file, in the order given.

    Args:
        sources: The files.
        around: What is known of the whole project; None when each file is to be read alone.
        settings: What was configured.
        with_rules: Whether the rules are asked, or only facts are wanted.
    """
    sizes = [size_of(source) for source in sources]
    jobs = settings.jobs or os.cpu_count() or 1
    if jobs == 1 or sum(sizes) < WORTH_A_POOL:
        _prepare(settings, around, with_rules)
        return _examine(sources)
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor  # a fifth of the time a small run takes

    positions = sorted(range(len(sources)), key=lambda position: (-sizes[position], position))
    chunks = list(_chunks(positions, sizes))
    found: list[Outcome | None] = [None] * len(sources)
    # A child that begins as a copy of this process has everything loaded; elsewhere it has to be loaded anew.
    context = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    with ProcessPoolExecutor(
        min(jobs, len(chunks)), mp_context=context, initializer=_prepare, initargs=(settings, around, with_rules)
    ) as pool:
        given = [[sources[position] for position in chunk] for chunk in chunks]
        for chunk, outcomes in zip(chunks, pool.map(_examine, given), strict=True):
            for position, outcome in zip(chunk, outcomes, strict=True):
                found[position] = outcome
    return [outcome for outcome in found if outcome is not None]


def _prepare(settings: Settings, around: Around | None, with_rules: bool) -> None:  # noqa: FBT001 - initargs have no names
    _Worker.settings = settings
    _Worker.sieve = Sieve(chosen(settings) if with_rules else ())
    _Worker.project = around.project(settings) if around is not None else None


def _examine(sources: Sequence[Source]) -> list[Outcome]:
    # Nothing that is kept of a file goes round in circles, and looking for some is a tenth of the time.
    collecting = gc.isenabled()
    gc.disable()
    # Python reads a file into pieces that the C library else gives back each time: a tenth of that reading.
    bytes(_LARGEST)
    try:
        return [examine_file(source, _Worker.sieve, _Worker.project, _Worker.settings) for source in sources]
    finally:
        if collecting:
            gc.enable()


def _chunks(positions: Sequence[int], sizes: Sequence[int]) -> Iterator[list[int]]:
    chunk: list[int] = []
    total = 0
    for position in positions:
        chunk.append(position)
        total += sizes[position]
        if total >= _CHUNK:
            yield chunk
            chunk, total = [], 0
    if chunk:
        yield chunk


def size_of(source: Source) -> int:
    """Bytes of a file, 0 where it cannot be read."""
    if source.data is not None:
        return len(source.data)
    try:
        return os.stat(source.file).st_size  # noqa: PTH116 - a Path for each of 2,000 files is slow
    except OSError:  # told when it is read
        return 0
