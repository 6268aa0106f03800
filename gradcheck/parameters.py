"""The parameters of a model of any kind and their gradients, by name, as they are at the moment they are asked for.

torch modules are asked; tapes have tensors with `data` and `grad`; in NumPy layers an array `W` is a parameter when its
gradient stands beside it (`dW`, `grads["W"]`).
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcheck.cases.gradients.names import candidates

#: Objects inside objects that are followed; a transformer has eight levels.
DEEPEST = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One parameter.

    Attributes:
        value: () -> the array as it is now.
        gradient: () -> its gradient as it is now, None where there is none yet.
    """

    value: Callable[[], np.ndarray]
    gradient: Callable[[], np.ndarray | None]


def held(model: object) -> dict[str, Held]:
    """Name to parameter, such as `layers[0].W`; empty where the model holds none that can be recognised.

    Args:
        model: A torch module, a module of tape tensors, NumPy layers, or a list or dictionary of these.
    """
    named = getattr(model, "named_parameters", None)
    if callable(named):
        return {name: _of_tensor(tensor) for name, tensor in named()}
    found = dict(_walk(model, "", {}, 0))
    return found or _handed_out(model)


def as_array(value: Any) -> np.ndarray | None:
    """An array in whatever holds it: a tensor of torch or of a tape; None for anything else."""
    if isinstance(value, np.ndarray):
        return value
    inner = getattr(value, "data", None)
    if isinstance(inner, np.ndarray):
        return inner
    if not hasattr(value, "untyped_storage"):
        return None
    array: np.ndarray = value.detach().cpu().numpy()
    return array


def _of_tensor(tensor: Any) -> Held:
    return Held(value=lambda: _required(tensor), gradient=lambda: as_array(getattr(tensor, "grad", None)))


def _required(tensor: Any) -> np.ndarray:
    array = as_array(tensor)
    if array is None:
        message = f"a parameter became {type(tensor).__name__}, which holds no array"
        raise TypeError(message)
    return array


def _is_tensor(value: object) -> bool:
    own = getattr(value, "__dict__", {})
    has_both = hasattr(value, "grad") and isinstance(as_array(value), np.ndarray)
    return has_both and not isinstance(value, np.ndarray) and bool(own.get("requires_grad", True))


def _walk(holder: object, path: str, seen: dict[int, object], depth: int) -> Iterator[tuple[str, Held]]:
    if id(holder) in seen or depth > DEEPEST:
        return
    seen[id(holder)] = holder
    if _is_tensor(holder):
        if np.issubdtype(_required(holder).dtype, np.floating):
            yield path, _of_tensor(holder)
        return
    yield from _beside(holder, path)
    for place, value in _members(holder):
        if hasattr(value, "__dict__") or isinstance(value, (list, tuple, dict)):
            yield from _walk(value, _join(path, place), seen, depth + 1)


def _members(holder: object) -> Iterator[tuple[str, Any]]:
    if isinstance(holder, Mapping):
        yield from ((f"[{key!r}]", value) for key, value in holder.items())
    elif isinstance(holder, (list, tuple)):
        yield from ((f"[{index}]", value) for index, value in enumerate(holder))
    elif not inspect.ismodule(holder) and not inspect.isclass(holder) and not callable(getattr(holder, "f_back", None)):
        yield from vars(holder).items() if hasattr(holder, "__dict__") else ()


def _beside(holder: object, path: str) -> Iterator[tuple[str, Held]]:
    """Arrays of one object whose gradients are the object's too."""
    if not hasattr(holder, "__dict__"):
        return
    places: dict[str, tuple[Any, Any]] = {}
    for name, value in vars(holder).items():
        if isinstance(value, np.ndarray) or value is None:
            places[name] = (holder, name)
        elif isinstance(value, (dict, list)):
            inside = value.items() if isinstance(value, dict) else enumerate(value)
            places |= {f"{name}[{key!r}]": (value, key) for key, item in inside if isinstance(item, np.ndarray)}
    for place, (owner, key) in places.items():
        array = _look(owner, key)
        if not isinstance(array, np.ndarray) or not np.issubdtype(array.dtype, np.floating):
            continue
        for candidate in candidates(place, places):
            gradient = _look(*places[candidate])
            if gradient is None or gradient.shape == array.shape:
                yield _join(path, place), _pair(owner, key, places[candidate])
                break


def _pair(owner: Any, key: Any, gradient: tuple[Any, Any]) -> Held:
    return Held(value=lambda: _look(owner, key), gradient=lambda: _look(*gradient))


def _look(owner: Any, key: Any) -> Any:
    return owner[key] if isinstance(owner, (dict, list)) else getattr(owner, key)


def _handed_out(model: object) -> dict[str, Held]:
    """What `parameters()` and `gradients()` answer, where a model has them."""
    ask, ask_gradients = getattr(model, "parameters", None), getattr(model, "gradients", None)
    if not callable(ask):
        return {}
    found = _named(ask())
    if all(_is_tensor(value) for value in found.values()):
        return {name: _of_tensor(tensor) for name, tensor in found.items()}
    arrays = {name: array for name, value in found.items() if isinstance(array := as_array(value), np.ndarray)}

    def gradient(name: str) -> np.ndarray | None:
        return as_array(_named(ask_gradients()).get(name)) if callable(ask_gradients) else None

    return {
        name: Held(value=lambda name=name: _required(_named(ask())[name]), gradient=lambda name=name: gradient(name))  # type: ignore[misc] # mypy cannot infer a default's type
        for name in arrays
    }


def _named(values: Any) -> dict[str, Any]:
    if isinstance(values, Mapping):
        return {str(name): value for name, value in values.items()}
    return {f"[{index}]": value for index, value in enumerate(values)}


def _join(path: str, place: str) -> str:
    return f"{path}.{place}" if path and not place.startswith("[") else f"{path}{place}"
