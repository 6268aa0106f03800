"""What the layers of a model put out in one forward, in the order in which they ran."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcheck.errors import UsageError
from gradcheck.trials.holders import read
from gradcheck.trials.reach import attributes, is_library
from gradcheck.trials.trial import Trial
from gradcheck.types import Array

#: More outputs than that are those of a loop over time steps, and say the same again.
MOST_OUTPUTS = 500
#: How deep layers are followed into blocks of blocks.
MOST_DEPTH = 8
_FORWARDS = ("forward", "__call__", "call", "forward_pass", "fprop")


@dataclass(frozen=True, slots=True, kw_only=True)
class Activation:
    """One layer's output: its path in the model, its class, the array."""

    path: str
    kind: str
    output: Array


def activations(trial: Trial) -> tuple[Activation, ...]:
    """Run the loss once and note every layer's output; none where the set-up names no model."""
    noted: list[Activation] = []
    with trial.fresh():
        undo = [_listen(layer, path, noted) for model in trial.setup.models for path, layer in layers(model) if path]
        try:
            trial.call("loss", trial.setup.loss)
        finally:
            for back in undo:
                back()
    return tuple(noted)


def layers(model: object, path: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    """The model and every object in it that has a forward, with its path, such as `layers[0].attention`."""
    yield path, model
    if depth >= MOST_DEPTH:
        return
    held = attributes(model)
    modules = held.pop("_modules", {})
    for name, value in [*held.items(), *modules.items()]:
        items = _items(value)
        for key, item in items:
            if _is_layer(item) and item is not model:
                joined = name + key
                yield from layers(item, f"{path}.{joined}" if path else joined, depth + 1)


def _items(value: Any) -> list[tuple[str, Any]]:
    if isinstance(value, (list, tuple)):
        return [(f"[{index}]", item) for index, item in enumerate(value)]
    if isinstance(value, dict):
        return [(f"[{key!r}]", item) for key, item in value.items()]
    return [("", value)]


def _is_layer(item: object) -> bool:
    if isinstance(item, type) or not hasattr(item, "__dict__"):
        return False
    if hasattr(item, "register_forward_hook"):
        return True
    return not is_library(type(item).__module__) and any(callable(getattr(item, name, None)) for name in _FORWARDS)


def _listen(layer: Any, path: str, noted: list[Activation]) -> Callable[[], None]:
    def note(output: Any) -> None:
        first = output[0] if isinstance(output, tuple) and output else output
        if len(noted) >= MOST_OUTPUTS or first is None:
            return
        try:
            array = read(first)
        except UsageError:
            return
        if array.size and np.issubdtype(array.dtype, np.floating):
            noted.append(Activation(path=path, kind=type(layer).__name__, output=array))

    if hasattr(layer, "register_forward_hook"):
        handle = layer.register_forward_hook(lambda _module, _inputs, output: note(output))
        return handle.remove  # type: ignore[no-any-return] # torch is not typed here
    name = next(name for name in _FORWARDS if callable(getattr(layer, name, None)))
    if name == "__call__":
        return _listen_to_class(layer, note)
    original = getattr(layer, name)

    def listening(*arguments: Any, **named: Any) -> Any:
        output = original(*arguments, **named)
        note(output)
        return output

    try:
        setattr(layer, name, listening)
    except AttributeError:  # slots: nothing can be put in the method's place
        return lambda: None
    return lambda: delattr(layer, name) if name in vars(layer) else None


def _listen_to_class(layer: Any, note: Callable[[Any], None]) -> Callable[[], None]:
    """Python looks `__call__` up on the class: it is exchanged there, and notes this one object alone."""
    cls = type(layer)
    original = cls.__call__

    def listening(self: Any, *arguments: Any, **named: Any) -> Any:
        output = original(self, *arguments, **named)
        if self is layer:
            note(output)
        return output

    owned = "__call__" in vars(cls)
    cls.__call__ = listening

    def undo() -> None:
        if owned:
            cls.__call__ = original
        else:
            del cls.__call__

    return undo
