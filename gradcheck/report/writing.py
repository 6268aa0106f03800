"""Where the account of a run is written, and how it is read again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import msgspec

from gradcheck.errors import UsageError
from gradcheck.recording.layout import HOME, new_folder
from gradcheck.report.schema import FORMAT, VERSION, Document

#: The account of a run in its folder.
REPORT = "report.json"


def to_json(document: Document) -> str:
    """The document as schema 1 has it, one line break at its end."""
    return msgspec.json.format(msgspec.json.encode(document), indent=1).decode() + "\n"


def write(
    document: Document, *, json_file: Path | None = None, html_file: Path | None = None, folder: Path | None = None
) -> list[str]:
    """Write what was asked for and say where it is.

    Args:
        document: The run.
        json_file: Where the document goes.
        html_file: Where the page goes.
        folder: The run's own folder, made by `new_run`.

    Raises:
        UsageError: A file cannot be written.
    """
    said: list[str] = []
    if json_file is not None:
        put(json_file, to_json(document))
        said.append(f"written: {json_file}")
    if folder is not None:
        put(folder / REPORT, to_json(document))
        said.append(
            f"saved as run {folder.name}: gradcheck report {folder.name} shows it, gradcheck compare compares it"
        )
    if html_file is not None:
        from gradcheck.report.html.page import render

        put(html_file, render(document))
        said.append(f"report: {html_file.absolute().as_uri()}")
    return said


def new_run(name: str, start: Path) -> Path:
    """A new folder below .gradcheck/runs of a folder.

    Raises:
        UsageError: It cannot be made.
    """
    try:
        return new_folder(name, start / HOME)
    except OSError as error:
        raise UsageError(f"no run can be saved below {start / HOME}: {error.strerror or error}") from error


def refuse_folders(files: Sequence[Path | None]) -> None:
    """Refuse a file that cannot be one before a run is spent on it.

    Raises:
        UsageError: It is a folder, or its folder is a file.
    """
    for file in files:
        if file is not None and (file.is_dir() or any(parent.is_file() for parent in file.parents)):
            raise UsageError(f"{file} cannot be written: it is a folder, or lies in a file")


def refuse_paths(name: str | None, start: Path) -> None:
    """Refuse a path where the name of a run belongs: an option before a path takes it for its own.

    Raises:
        UsageError: It is a path.
    """
    if name and ("/" in name or (start / name).exists()):
        raise UsageError(f"{name!r} was taken for the name of the saved run: name the run, or put the option last")


def read(file: Path) -> Document:
    """Read a document.

    Args:
        file: As `write` made it.

    Raises:
        UsageError: It is none, or one of a later version.
    """
    try:
        raw = file.read_bytes()
        heading = json.loads(raw)
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror or error}") from error
    except ValueError as error:
        raise UsageError(f"{file} holds no JSON: {error}") from error
    if not isinstance(heading, dict) or heading.get("format") != FORMAT:
        raise UsageError(f'{file} is no run of gradcheck: it does not say "format": "{FORMAT}"')
    if heading.get("version") != VERSION:
        raise UsageError(f"{file} is written in schema {heading.get('version')}, this gradcheck reads schema {VERSION}")
    try:
        return msgspec.json.decode(raw, type=Document)
    except msgspec.ValidationError as error:
        raise UsageError(f"{file} is not as schema {VERSION} has it: {error}") from error


def put(file: Path, text: str) -> None:
    """Write a file, whole or not at all: a reader never meets half of one.

    Raises:
        UsageError: It cannot be written.
    """
    half = file.with_name(f"{file.name}.half")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        half.write_text(text, encoding="utf-8", newline="\n")
        half.replace(file)
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror or error}") from error
