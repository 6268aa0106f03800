"""The table `[tool.gradcheck.scan]` of a project's pyproject.toml."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, get_type_hints

from gradcheck import extensions
from gradcheck.errors import ConfigurationError, UsageError
from gradcheck.scan import FORMATS
from gradcheck.scan.codes import matching

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from gradcheck.scan.model import Rule

FILE_NAME = "pyproject.toml"
WHERE = "[tool.gradcheck.scan]"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanTable:
    """What a project says about scanning it; in the table, words are joined by hyphens.

    Attributes:
        select: Codes, or beginnings of codes, that run; None: every stable rule.
        extend_select: Codes that run as well.
        ignore: Codes that do not.
        per_file_ignores: Patterns of files, as in a .gitignore, and the codes that are not reported there.
        preview: Whether preview rules run.
        exclude: Patterns of files and folders left out, as in a .gitignore.
        force_exclude: Whether files named on the command line are left out too where a pattern says so.
        respect_gitignore: Whether what git ignores is left out.
        baseline: File of the findings that are known and accepted, relative to the root; "" for none.
        output_format: How findings are written; "" leaves it to the command.
        tensor_types: Names of the tensor classes; empty: learnt from the code.
        edge_attributes: Attributes that attach a result to its inputs, beside those learnt.
        raw_attributes: Attributes that give a tensor's plain array, beside those learnt.
    """

    select: tuple[str, ...] | None = None
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    per_file_ignores: dict[str, tuple[str, ...]] = field(default_factory=dict)
    preview: bool = False
    exclude: tuple[str, ...] = ()
    force_exclude: bool = False
    respect_gitignore: bool = True
    baseline: str = ""
    output_format: str = ""
    tensor_types: tuple[str, ...] = ()
    edge_attributes: tuple[str, ...] = ()
    raw_attributes: tuple[str, ...] = ()


def read(root: Path, rules: Mapping[str, Rule]) -> ScanTable:
    """Read and validate the table; a missing file or table says nothing.

    Args:
        root: Project root, the folder of the pyproject.toml.
        rules: Every rule by code.

    Raises:
        ConfigurationError: The file is no TOML, or a key, a type or a code is not one we know; the message names
            file, table and key, and the nearest valid name.
    """
    file = root / FILE_NAME
    try:
        data = file.read_bytes()
    except FileNotFoundError:
        return ScanTable()
    except OSError as error:
        raise ConfigurationError(f"{file}: cannot be read ({error.strerror or error})") from error
    return _table(data, file, rules) if b"gradcheck" in data and b"scan" in data else ScanTable()


def _table(data: bytes, file: Path, rules: Mapping[str, Rule]) -> ScanTable:
    import tomllib  # slow to load, as is what validates, and most projects say nothing

    try:
        document: dict[str, Any] = tomllib.loads(data.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{file}: not valid TOML: {error}") from error
    tool = document.get("tool", {})
    ours = tool.get("gradcheck", {}) if isinstance(tool, dict) else {}
    if not isinstance(ours, dict):
        raise ConfigurationError(f"{file}: [tool.gradcheck]: expected a table, got {ours!r}")
    return _validated(ours["scan"], file, rules) if "scan" in ours else ScanTable()


def _validated(raw: object, file: Path, rules: Mapping[str, Rule]) -> ScanTable:
    import msgspec

    from gradcheck.cases.declaring.validation import convert, known_names, nearest

    hints = get_type_hints(ScanTable)
    given = msgspec.defstruct("Given", [(one.name, hints[one.name], None) for one in fields(ScanTable)], rename="kebab")
    values = convert(known_names(raw, given.__struct_encode_fields__, WHERE, file), given, WHERE, file)
    table = ScanTable(**{key: value for key, value in msgspec.structs.asdict(values).items() if value is not None})
    _refuse_unknown_codes(table, file, rules)
    formats = extensions.names(FORMATS)
    if table.output_format and table.output_format not in formats:
        known = nearest(table.output_format, formats)
        raise ConfigurationError(f"{file}: {WHERE} output-format: there is no format {table.output_format!r}{known}")
    return table


def _refuse_unknown_codes(table: ScanTable, file: Path, rules: Mapping[str, Rule]) -> None:
    named = {"select": table.select or (), "extend-select": table.extend_select, "ignore": table.ignore}
    named |= {f'per-file-ignores."{pattern}"': codes for pattern, codes in table.per_file_ignores.items()}
    for key, words in named.items():
        for word in words:
            try:
                matching(word, rules, f"{file}: {WHERE} {key}")
            except UsageError as error:
                raise ConfigurationError(str(error)) from error
