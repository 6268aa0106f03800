"""The findings of a project: each file read alone, then again where the rest of the project changes an answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from gradcheck.scan.facts.project import Project
from gradcheck.scan.files import Source, around
from gradcheck.scan.model import Finding, Rule, Settings
from gradcheck.scan.pool import Around, examine_all, size_of
from gradcheck.scan.sieve import Sieve
from gradcheck.scan.work import Outcome, classes_of, examine_bytes, project_of
from gradcheck.source.reading import read_bytes

#: Files, and bytes of them, that are read again rather than looked up.
FEW, SMALL = 8, 60_000


def findings_in(data: bytes, path: str, rules: Iterable[Rule], settings: Settings) -> list[Finding]:
    """The findings of one file's bytes, alone in its project."""
    sieve = Sieve(rules)
    outcome = examine_bytes(data, path, sieve, None, settings)
    project = project_of([outcome.facts], settings, lambda _: classes_of(Source(file=path, path=path, data=data)))
    if not _stands(outcome, project):
        outcome = examine_bytes(data, path, sieve, project, settings)
    return list(outcome.findings)


def findings_of(root: Path, sources: list[Source], settings: Settings) -> list[Finding]:
    """The findings of some files of a project."""
    if settings.cache is None:
        return _without_cache(root, sources, settings)
    found = _at_once(root, sources, settings)
    return _with_cache(root, sources, settings) if found is None else found


def _at_once(root: Path, sources: list[Source], settings: Settings) -> list[Finding] | None:
    """The findings of a few small files that ask nothing of a project, or have none around them; else None.

    Reading them again takes less time than finding out that they need not be read.
    """
    if len(sources) > FEW or sum(map(size_of, sources)) > SMALL:
        return None
    outcomes = examine_all(sources, None, settings)
    if any(outcome.asked for outcome in outcomes):
        if next(iter(around(root, (source.file for source in sources), settings)), None) is not None:
            return None
        around_them = Around(facts=[outcome.facts for outcome in outcomes], sources=sources)
        outcomes = _settled(sources, outcomes, around_them, settings)
    return [one for outcome in outcomes for one in outcome.findings]


def _without_cache(root: Path, sources: list[Source], settings: Settings) -> list[Finding]:
    outcomes = examine_all(sources, None, settings)
    facts = [outcome.facts for outcome in outcomes]
    others: list[Source] = []
    if any(outcome.asked for outcome in outcomes):
        others = around(root, (source.file for source in sources), settings)
        facts += [outcome.facts for outcome in examine_all(others, None, settings, with_rules=False)]
    known = Around(facts=facts, sources=[*sources, *others])
    return [one for outcome in _settled(sources, outcomes, known, settings) for one in outcome.findings]


def _settled(
    sources: Sequence[Source], outcomes: Sequence[Outcome], known: Around, settings: Settings
) -> list[Outcome]:
    """The outcomes, each made anew whose questions the whole project answers otherwise than the file alone."""
    project = known.project(settings)
    doubtful = [position for position, outcome in enumerate(outcomes) if not _stands(outcome, project)]
    settled = list(outcomes)
    again = examine_all([sources[position] for position in doubtful], known, settings) if doubtful else []
    for position, outcome in zip(doubtful, again, strict=True):
        settled[position] = outcome
    return settled


def _stands(outcome: Outcome, project: Project) -> bool:
    return all(project.answer(question) == answer for question, answer in outcome.asked.items())


def _with_cache(root: Path, sources: list[Source], settings: Settings) -> list[Finding]:
    from gradcheck.scan import cache

    file = cache.file_of(root, settings)
    kept = cache.load(file)
    others = around(root, (source.file for source in sources), settings)
    told = {source.path for source in sources}
    contents = {source.path: _content(source) for source in (*sources, *others)}
    held = {
        path: kept[path]
        for path, content in contents.items()
        if content and path in kept and kept[path].content == content
    }
    fresh = [source for source in sources if source.path not in held]
    outcomes = _by_path(fresh, examine_all(fresh, None, settings))
    strange = [source for source in others if source.path not in held]
    facts_only = _by_path(strange, examine_all(strange, None, settings))
    encoded = {path: entry.facts for path, entry in held.items()}
    encoded |= {path: cache.encoded(one.facts, contents[path]) for path, one in (outcomes | facts_only).items()}
    digest = cache.project_digest(encoded.values())
    if not fresh and not strange and all(held[path].project == digest for path in told):
        return [finding for path in told for finding in held[path].findings]
    known = Around(facts=[cache.decoded(one) for one in encoded.values()], sources=[*sources, *others])
    project = known.project(settings)
    doubtful = [source for source in sources if source.path in held and not cache.stands(held[source.path], project)]
    doubtful += [source for source in fresh if not _stands(outcomes[source.path], project)]
    again = _by_path(doubtful, examine_all(doubtful, known, settings))
    entries = {path: cache.renewed(held[path], digest) for path in told & held.keys()}
    entries |= {path: cache.entry(contents[path], one, digest) for path, one in (outcomes | again).items()}
    aside = {path: cache.entry(contents[path], one, b"") for path, one in facts_only.items()}
    cache.save(file, {path: held[path] for path in held.keys() - told} | aside | entries)
    return [finding for path in told for finding in entries[path].findings]


def _by_path(sources: Sequence[Source], outcomes: Sequence[Outcome]) -> dict[str, Outcome]:
    return dict(zip((source.path for source in sources), outcomes, strict=True))


def _content(source: Source) -> bytes:
    from gradcheck.scan import cache

    try:
        return cache.digest(read_bytes(source.file) if source.data is None else source.data)
    except OSError:  # told when it is examined; nothing of it is kept
        return b""
