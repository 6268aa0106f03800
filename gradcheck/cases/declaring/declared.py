"""Cases a person declares: functions marked by `@gradcheck.case`, in conftest.py or the files configuration names."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gradcheck.cases.declaring.validation import require_layer
from gradcheck.cases.importing.loading import load
from gradcheck.errors import ConfigurationError
from gradcheck.marking import identities
from gradcheck.source.project import python_files

if TYPE_CHECKING:
    from gradcheck.cases.declaring.configuration import Configuration

CONFTEST = "conftest.py"
# A file that does not name both cannot hold a mark, and is not imported for nothing.
TRACES = (b"gradcheck", b"case")

CaseFunction = Callable[[], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredCase:
    """What a marked function returned.

    Attributes:
        layer: The constructed layer.
        positional: Inputs of forward in order, where they were given so.
        named: Inputs of forward by name, where they were given so.
    """

    layer: object
    positional: tuple[Any, ...] = ()
    named: Mapping[str, Any] = field(default_factory=dict)


def declared_cases(root: Path, configuration: Configuration) -> Mapping[str, CaseFunction]:
    """Find every marked function, by the identity of its layer.

    Args:
        root: Project root.
        configuration: Its settings; `cases` names the files beside the conftest.py ones.

    Raises:
        LoadError: A file that holds cases could not be imported.
        ConfigurationError: Two functions declare the same layer, or one declares a layer that does not exist.
    """
    found: dict[str, CaseFunction] = {}
    places: dict[str, str] = {}
    for file in _files(root, configuration):
        place = file.relative_to(root).as_posix() if file.is_relative_to(root) else file.as_posix()
        for value in list(vars(load(file, root).module).values()):
            for identity in _marks(value):
                where = f"{place}: case function {_name(value)}"
                if identity in found and found[identity] is not value:
                    message = f"{where} declares {identity}, and so does {places[identity]}; keep one of them"
                    raise ConfigurationError(message)
                require_layer(identity, root=root, where=where)
                found[identity] = value
                places[identity] = where
    return found


def call(function: CaseFunction, identity: str) -> DeclaredCase:
    """Call a marked function and take its answer apart.

    Args:
        function: Takes no arguments; returns `(layer, input, ...)` or `(layer, {name: input})`.
        identity: The layer it declares, for the message.

    Raises:
        ConfigurationError: The answer has neither form.
    """
    answer = function()
    if not isinstance(answer, tuple) or len(answer) < 2:
        message = (
            f"case function {_name(function)} of {identity} must return (layer, input, ...) or "
            f"(layer, {{name: input}}); it returned {type(answer).__name__}"
        )
        raise ConfigurationError(message)
    layer, *inputs = answer
    if len(inputs) == 1 and isinstance(inputs[0], Mapping):
        return DeclaredCase(layer=layer, named=dict(inputs[0]))
    return DeclaredCase(layer=layer, positional=tuple(inputs))


def _files(root: Path, configuration: Configuration) -> Iterator[Path]:
    listed = [root / path for path in configuration.cases]
    yield from listed
    seen = {file.resolve() for file in listed}
    for name in python_files(str(root)):
        file = Path(name)
        if file.name == CONFTEST and file.resolve() not in seen and _may_hold_cases(file):
            yield file


def _may_hold_cases(file: Path) -> bool:
    content = file.read_bytes()
    return all(trace in content for trace in TRACES)


def _marks(value: object) -> tuple[str, ...]:
    # Only functions: a proxy or a mock answers every attribute, and none of them is a mark.
    return identities(value) if callable(value) and isinstance(getattr(value, "__name__", None), str) else ()


def _name(value: object) -> str:
    return str(getattr(value, "__name__", value))
