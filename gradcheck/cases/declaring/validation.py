"""The refusals of a wrong setting: each names the place, what is wrong and the nearest valid one."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from gradcheck.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

Table = TypeVar("Table")
# Names listed where none is close to the one that was meant.
LISTED = 12
# msgspec speaks JSON's words; a person who writes TOML reads TOML's.
WORDS = {
    "`array`": "a list",
    "`array | null`": "a list",
    "`object`": "a table",
    "`str`": "a string",
    "`int`": "a whole number",
    "`float`": "a number",
    "`bool`": "true or false",
}


def require_layer(identity: str, *, root: Path, where: str) -> None:
    """Refuse an identity whose file or class does not exist.

    Reads the file, imports nothing; a class or function is taken to exist when its `class` or `def` does.

    Args:
        identity: `posix/path/from/root.py::Qualname`.
        root: Project root.
        where: What names the identity, for the message.

    Raises:
        ConfigurationError: The identity has another form, or names no file or no class.
    """
    path, separator, qualname = identity.partition("::")
    if not separator or not qualname or not path.endswith(".py") or "\\" in path:
        message = f"{where}: {identity!r} is not the identity of a layer, such as 'src/layers.py::Linear'"
        raise ConfigurationError(message)
    require_file(path, root=root, where=f"{where}: {identity!r}")
    source = (root / path).read_text(encoding="utf-8", errors="replace")
    classes = re.findall(r"^\s*(?:class|def)\s+(\w+)", source, flags=re.MULTILINE)
    name = qualname.rpartition(".")[2]
    if name not in classes:
        message = f"{where}: {path} has no class {name!r}{nearest(name, classes)}"
        raise ConfigurationError(message)


def require_file(path: str, *, root: Path, where: str) -> None:
    """Refuse a file that does not exist, naming the nearest one of its folder.

    Raises:
        ConfigurationError: There is no such file under `root`.
    """
    file = root / path
    if file.is_file():
        return
    nearby = sorted(root.glob("*.py")) + sorted(file.parent.glob("*.py"))
    known = [other.relative_to(root).as_posix() for other in nearby if other.is_relative_to(root)]
    message = f"{where}: there is no file {path!r} in {root}{nearest(path, known)}"
    raise ConfigurationError(message)


def known_keys(raw: object, kind: type[msgspec.Struct], where: str, file: Path) -> dict[str, Any]:
    """The table itself, once every key of it is one that `kind` has.

    Raises:
        ConfigurationError: It is no table, or has a key that `kind` lacks.
    """
    return known_names(raw, kind.__struct_fields__, where, file)


def known_names(raw: object, names: Collection[str], where: str, file: Path) -> dict[str, Any]:
    """The table itself, once every key of it is one of `names`.

    Raises:
        ConfigurationError: It is no table, or has another key.
    """
    table = mapping(raw, where, file)
    for key in table:
        if key not in names:
            message = f"{file}: {where}: there is no key {key!r}{nearest(key, names)}"
            raise ConfigurationError(message)
    return table


def mapping(raw: object, where: str, file: Path) -> dict[str, Any]:
    """The value itself, once it is a table.

    Raises:
        ConfigurationError: It is something else.
    """
    if isinstance(raw, dict):
        return raw
    message = f"{file}: {where}: expected a table, got {raw!r}"
    raise ConfigurationError(message)


def convert(table: Mapping[str, Any], kind: type[Table], where: str, file: Path) -> Table:
    """The table as an instance of `kind`.

    Raises:
        ConfigurationError: A value has another type than `kind` asks for.
    """
    try:
        return msgspec.convert(dict(table), kind)
    except msgspec.ValidationError as error:
        # msgspec ends its message with the place, " - at `$.key`"; ours says the place first.
        reason, _, place = str(error).partition(" - at `$")
        key = place.rstrip("`").lstrip(".")
        for word, ours in WORDS.items():
            reason = reason.replace(word, ours)
        allowed = '; it is "sum" or "mean"' if key == "parameter_gradients" else ""
        message = f"{file}: {where} {key}: {reason[:1].lower()}{reason[1:]}{allowed}"
        raise ConfigurationError(message) from error


def nearest(name: str, valid: Collection[str]) -> str:
    """The end of a refusal: the closest valid name, or the first of them where none is close."""
    # Half the letters in common: below that a suggestion reads like a guess.
    if close := difflib.get_close_matches(name, valid, n=1, cutoff=0.5):
        return f"; did you mean {close[0]!r}?"
    names = sorted(set(valid))
    more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
    return f"; known are {', '.join(names[:LISTED])}{more}" if names else ""
