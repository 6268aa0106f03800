"""Outcomes kept between runs; findings stand while the file is the same and its questions have the same answers."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import msgspec

from gradcheck.scan.facts.project import FileFacts, Project
from gradcheck.scan.model import Finding, Settings
from gradcheck.scan.work import Outcome

_PACKAGE = Path(__file__).parents[1]
_READERS = ("scan", "source")


class Entry(msgspec.Struct, frozen=True):
    """What is kept of one file.

    Attributes:
        content: Digest of its bytes.
        facts: Its facts, encoded: decoded only when the project has changed. Where they leave something unread, the
            digest of its bytes speaks for that.
        findings: Its findings.
        asked: Its questions, each with a digest of the answer.
        project: Digest of the project in which the findings were made.
    """

    content: bytes
    facts: bytes
    findings: tuple[Finding, ...]
    asked: tuple[tuple[str, tuple[str, ...], bytes], ...]
    project: bytes


class Kept(msgspec.Struct, frozen=True):
    """The whole cache of one project."""

    entries: dict[str, Entry]


def digest(data: bytes) -> bytes:
    """A short name for some bytes."""
    return hashlib.blake2b(data, digest_size=16).digest()


def file_of(root: Path, settings: Settings) -> Path | None:
    """Where the outcomes of a project are kept under these settings by this version of the rules."""
    if settings.cache is None:
        return None
    what = (
        root.as_posix(),
        sorted(settings.codes) if settings.codes is not None else None,
        settings.tensor_types,
        settings.edge_attributes,
        settings.raw_attributes,
        _own_text(),
    )
    return settings.cache / f"scan-{digest(repr(what).encode()).hex()}.msgpack"


def load(file: Path | None) -> dict[str, Entry]:
    """What is kept; nothing where there is nothing, or something that cannot be read."""
    if file is None:
        return {}
    try:
        return msgspec.msgpack.decode(file.read_bytes(), type=Kept).entries
    except (OSError, msgspec.DecodeError):  # a cache that is lost costs time alone
        return {}


def save(file: Path | None, entries: dict[str, Entry]) -> None:
    """Keep entries for the next run; a folder that cannot be written to costs time alone."""
    if file is None:
        return
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        ignore = file.parent / ".gitignore"
        if not ignore.exists():
            ignore.write_text("*\n", encoding="utf-8")
        handle, name = tempfile.mkstemp(dir=file.parent)
        with os.fdopen(handle, "wb") as stream:
            stream.write(msgspec.msgpack.encode(Kept(entries)))
        Path(name).replace(file)


def entry(content: bytes, outcome: Outcome, project: bytes) -> Entry:
    """An outcome in the form it is kept in."""
    asked = tuple((name, arguments, _told(answer)) for (name, arguments), answer in outcome.asked.items())
    return Entry(content, encoded(outcome.facts, content), outcome.findings, asked, project)


def renewed(kept: Entry, project: bytes) -> Entry:
    """An entry that stands in another project too."""
    return Entry(kept.content, kept.facts, kept.findings, kept.asked, project)


def encoded(facts: FileFacts, content: bytes) -> bytes:
    """Facts as bytes, the same for the same facts of a file; of one that is unread, for the same content."""
    return msgspec.msgpack.encode((facts, content if facts.unread else b""))


def decoded(facts: bytes) -> FileFacts:
    """Facts from bytes."""
    return msgspec.msgpack.decode(facts, type=tuple[FileFacts, bytes])[0]


def project_digest(facts: Iterable[bytes]) -> bytes:
    """A short name for all that is known of a project."""
    return digest(b"".join(sorted(digest(one) for one in facts)))


def stands(kept: Entry, project: Project) -> bool:
    """Whether everything a file asked has the answer it had."""
    return all(_told(project.answer((name, arguments))) == told for name, arguments, told in kept.asked)


def _told(answer: object) -> bytes:
    return digest(repr(answer).encode())


def _own_text() -> str:
    texts = [file.read_bytes() for part in _READERS for file in sorted((_PACKAGE / part).rglob("*.py"))]
    return digest(b"".join(texts)).hex()
