"""The settings of `[tool.gradcheck]` in the pyproject.toml of a project root."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec

from gradcheck import extensions
from gradcheck.cases.declaring.expectations import EXPECTATIONS
from gradcheck.cases.declaring.validation import convert, known_keys, mapping, nearest, require_file, require_layer
from gradcheck.cases.running.deadline import EVALUATION_SECONDS
from gradcheck.errors import ConfigurationError
from gradcheck.source.optimizers import OPTIMIZER
from gradcheck.source.trainings import TRAINING

if TYPE_CHECKING:
    from pathlib import Path

FILE_NAME = "pyproject.toml"
#: The check of a tape's operators, which is no file of gradcheck/checks.
OPERATORS = "operators"
Convention = Literal["", "sum", "mean"]
DTYPES = (
    "float16",
    "float32",
    "float64",
    "complex64",
    "complex128",
    "bool",
    "int8",
    "int16",
    "int32",
    "int64",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
)


class InputSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one input of a layer looks like.

    Attributes:
        shape: Its shape; left out where `values` are given.
        integers: Draw whole numbers from 0 to one below this.
        values: The array itself, as nested lists.
        positive: Draw numbers above 0.
        dtype: Name of the dtype, such as "float32"; "" leaves it open.
    """

    shape: tuple[int, ...] | None = None
    integers: int | None = None
    values: list[Any] | None = None
    positive: bool = False
    dtype: str = ""


class CheckSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is declared for one check of one layer.

    Attributes:
        skip: Why the check is left out, or "".
        expect: Declared intent, a word of `cases/declaring/expectations.py` such as "straight-through", or ""; of an
            optimizer, "torch" where torch's form alone is right.
    """

    skip: str = ""
    expect: str = ""


class LayerSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is declared for one layer.

    Attributes:
        init: Constructor arguments by name.
        inputs: Inputs of forward by name; a bare list is a shape.
        skip: Why the layer is left out, or "".
        expect: Declared intent for every check, or "".
        reference: Name of the torch counterpart, such as "LayerNorm", or ""; of an optimizer, the rule it is compared
            with.
        parameter_gradients: "sum" or "mean" over the batch, or "" for the project's convention.
        enable: Of a tape's Tensor, the function that switches gradients on, as `file.py::function`, or "".
        checks: Check name to its settings.
    """

    init: dict[str, Any] = {}
    inputs: dict[str, InputSettings] = {}
    skip: str = ""
    expect: str = ""
    reference: str = ""
    parameter_gradients: Convention = ""
    enable: str = ""
    checks: dict[str, CheckSettings] = {}

    def expectation(self, check: str) -> str:
        """The intent declared for `check`, the layer's own where the check declares none."""
        return self.checks.get(check, CheckSettings()).expect or self.expect


class Configuration(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything `[tool.gradcheck]` says about checking gradients.

    Attributes:
        cases: Files that hold functions marked by `@gradcheck.case`, relative to the root.
        exclude: Patterns of files and folders in which no layers are looked for.
        parameter_gradients: "sum" or "mean" over the batch, or "" where nothing is declared.
        evaluation_seconds: How long one forward or one backward may take.
        layers: Layer identity to its settings.
        scan: The static checker's own table; not validated here.
    """

    cases: list[str] = []
    exclude: list[str] = []
    parameter_gradients: Convention = ""
    evaluation_seconds: Annotated[float, msgspec.Meta(gt=0)] = EVALUATION_SECONDS
    layers: dict[str, LayerSettings] = {}
    scan: dict[str, Any] = {}

    def layer(self, identity: str) -> LayerSettings:
        """The settings of one layer; empty ones where nothing is declared."""
        return self.layers.get(identity, LayerSettings())

    def declared_skip(self, identity: str, check: str | None = None) -> str:
        """The declared reason for leaving out a layer, or one check of it; "" where there is none.

        A gradient that is known to be wrong differs from torch's as well: its reason covers the reference check.
        """
        settings = self.layer(identity)
        if settings.skip or check is None:
            return settings.skip
        names = (check, "gradient") if check == "reference" else (check,)
        return next((reason for name in names if (reason := settings.checks.get(name, CheckSettings()).skip)), "")


def read(root: Path) -> Configuration:
    """Read and validate `[tool.gradcheck]`; a missing file or table is an empty configuration.

    Args:
        root: Project root, the folder of the pyproject.toml.

    Raises:
        ConfigurationError: The file is no TOML, or a key, a type, a check, a file or a layer is not one we know;
            the message names the key, the file and the closest valid name.
    """
    file = root / FILE_NAME
    if not file.is_file():
        return Configuration()
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        message = f"{file}: not valid TOML: {error}"
        raise ConfigurationError(message) from error
    tool = document.get("tool", {})
    raw = tool.get("gradcheck") if isinstance(tool, dict) else None
    return Configuration() if raw is None else _configuration(raw, root, file)


def _configuration(raw: object, root: Path, file: Path) -> Configuration:
    where = "[tool.gradcheck]"
    table = known_keys(raw, Configuration, where, file)
    layers = {
        identity: _layer(settings, f'[tool.gradcheck.layers."{identity}"]', file)
        for identity, settings in mapping(table.get("layers", {}), f"{where} layers", file).items()
    }
    configuration = convert({**table, "layers": {}}, Configuration, where, file)
    for identity in layers:
        require_layer(identity, root=root, where=f"{file}: [tool.gradcheck.layers]")
    for path in configuration.cases:
        require_file(path, root=root, where=f"{file}: {where} cases")
    return msgspec.structs.replace(configuration, layers=layers)


def _layer(raw: object, where: str, file: Path) -> LayerSettings:
    table = known_keys(raw, LayerSettings, where, file)
    inputs = {
        name: _input(settings, f"{where} inputs.{name}", file)
        for name, settings in mapping(table.get("inputs", {}), f"{where} inputs", file).items()
    }
    checks: dict[str, CheckSettings] = {}
    names = (*extensions.names("gradcheck.checks"), OPTIMIZER, TRAINING, OPERATORS)
    for name, settings in mapping(table.get("checks", {}), f"{where} checks", file).items():
        if name not in names:
            message = f"{file}: {where} checks: there is no check {name!r}{nearest(name, names)}"
            raise ConfigurationError(message)
        place = f"{where} checks.{name}"
        checks[name] = convert(known_keys(settings, CheckSettings, place, file), CheckSettings, place, file)
        _known_intent(checks[name].expect, place, file)
    layer = convert({**table, "inputs": {}, "checks": {}}, LayerSettings, where, file)
    _known_intent(layer.expect, where, file)
    return msgspec.structs.replace(layer, inputs=inputs, checks=checks)


def _known_intent(word: str, where: str, file: Path) -> None:
    if word and word not in EXPECTATIONS:
        close = nearest(word, EXPECTATIONS) if "did you mean" in nearest(word, EXPECTATIONS) else ""
        message = f"{file}: {where} expect: there is no word {word!r}{close}; it is one of {', '.join(EXPECTATIONS)}"
        raise ConfigurationError(message)


def _input(raw: object, where: str, file: Path) -> InputSettings:
    if not isinstance(raw, list | dict):
        message = f"{file}: {where}: expected a shape such as [4, 8], or a table; got {raw!r}"
        raise ConfigurationError(message)
    table = {"shape": raw} if isinstance(raw, list) else known_keys(raw, InputSettings, where, file)
    settings = convert(table, InputSettings, where, file)
    if settings.dtype and settings.dtype not in DTYPES:
        message = f"{file}: {where} dtype: there is no dtype {settings.dtype!r}{nearest(settings.dtype, DTYPES)}"
        raise ConfigurationError(message)
    if (settings.shape is None) == (settings.values is None):
        message = f"{file}: {where}: give either shape = [...] or values = [...]"
        raise ConfigurationError(message)
    if settings.shape is not None and any(size < 0 for size in settings.shape):
        message = f"{file}: {where} shape: sizes are 0 or more; got {list(settings.shape)}"
        raise ConfigurationError(message)
    if settings.integers is not None and settings.integers < 1:
        message = f"{file}: {where} integers: numbers are drawn below it, so it is 1 or more; got {settings.integers}"
        raise ConfigurationError(message)
    return settings
