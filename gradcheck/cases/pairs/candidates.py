"""Inputs to try on the forward of a pair: data, weights and settings of shapes that go together."""

from __future__ import annotations

import dataclasses
import inspect
import itertools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard

import numpy as np

from gradcheck.cases.guessing.draws import Kind, draw
from gradcheck.cases.guessing.given import described
from gradcheck.cases.guessing.inputs import Inputs, input_candidates
from gradcheck.cases.naming import roles as constructor_roles
from gradcheck.cases.naming import sizes
from gradcheck.cases.naming.family import family_of, plain
from gradcheck.cases.naming.forward_roles import flag_value, is_switch
from gradcheck.cases.pairs import dictionaries
from gradcheck.cases.pairs.frames import GROUPS, Frame, Shape, frames
from gradcheck.cases.pairs.listed import listed
from gradcheck.cases.pairs.numbered import chained, widths_of
from gradcheck.cases.pairs.roles import PairRole, is_operand, role_of
from gradcheck.cases.pairs.wording import called_names, compared_with
from gradcheck.cases.running.items import names_of, owner
from gradcheck.types import Array

#: What a loss's prediction is called that elsewhere is a setting: `loss(y, p)`.
_PREDICTIONS = frozenset({"p", "a", "h", "s", "q", "prob", "probs"})
#: What an attention takes, beside which `k` is no kernel.
_ATTENDED = frozenset({"q", "k", "v"})
#: What the side of a window is called that elsewhere is a number of features.
_WINDOW = frozenset({"size", "window", "win"})
#: Combinations of shapes and settings tried of one frame.
MOST_OF_FRAME = 96
#: Combinations tried of a function that is handed a list of arrays.
MOST_OF_LISTS = 4
#: Weight of a penalty: one of nothing would hide its gradient.
PENALTY = 0.1
#: Names of functions whose first argument is no row.
_IMAGES = re.compile(r"conv|pool|spatial|image|2d|im2col|group_?norm|upsampl")
_SEQUENCES = re.compile(r"temporal|(^|_)(rnn|lstm|gru)(?!.*(step|cell))|sequence|attention")
_IDS = re.compile(r"embed|lookup")
#: Frames in which numbered layers lie on top of one another.
_STACKED = frozenset({"rows", "columns"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """What a forward takes.

    Attributes:
        roles: Each argument that is given, in order.
        packed: Name of each dictionary of arrays to its keys and the names of their primals.
        keys: Name of each dictionary of settings to the keys read from it.
    """

    roles: Mapping[str, PairRole]
    packed: Mapping[str, Mapping[str, str]]
    keys: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Array:
    shape: Shape
    kind: Kind = "gaussian"
    below: int = 2


def signature_of(function: Callable[..., Any]) -> Signature:
    """What a forward takes: its required arguments, and those whose default is no use."""
    roles: dict[str, PairRole] = {}
    packed: dict[str, dict[str, str]] = {}
    keys: dict[str, tuple[str, ...]] = {}
    for name in _given(function):
        if dictionaries.is_dictionary(function, name):
            read = dictionaries.keys_of(function, name)
            arrays = dictionaries.arrays_in(read)
            if arrays:
                packed[name] = {key: f"{name}.{key}" for key in arrays}
            roles[name], keys[name] = "setting", tuple(key for key in read if key not in arrays)
        else:
            roles[name] = "setting" if compared_with(function, name) else role_of(name)
    roles |= {name: "input" for name in roles if is_operand(name, roles)}
    if {plain(name) for name in roles} >= _ATTENDED:
        roles |= {name: "input" for name in roles if plain(name) in _ATTENDED}
    if "target" in roles.values() and "input" not in roles.values():
        roles |= {name: "input" for name in roles if plain(name) in _PREDICTIONS}
    if "input" in roles.values() and family_of(getattr(function, "__name__", "")) == "loss":
        # A distribution that the answer is compared with, rather than a probability.
        roles |= {name: "target" for name in roles if name in {"p", "q"} and roles[name] == "setting"}
    if "input" not in roles.values() and "recurrent weight" not in roles.values():
        # A state without the weights that carry it on is what the function is applied to.
        roles |= dict.fromkeys([n for n, role in roles.items() if role == "state"][:1], "input")
    if roles and not any(role in {"input", "ids", "state"} for role in roles.values()):
        # Something must be the input: the first array that is no weight by its place.
        first = next((name for name, role in roles.items() if role not in {"setting", "flag", "mask"}), "")
        roles |= {first: "input"} if first else {}
    return Signature(roles=roles, packed=packed, keys=keys)


def candidates(function: Callable[..., Any], qualname: str, seed: int) -> Iterator[Inputs]:
    """Yield inputs to try, the likeliest first.

    Args:
        function: The forward.
        qualname: Its name, or that of its object, as a clue.
        seed: The case's seed.
    """
    signature = signature_of(function)
    lists = listed(function) & {name for name, role in signature.roles.items() if role == "input"}
    if lists:
        rows = next(frames("", has_state=False, has_weight="weight" in signature.roles.values(), has_groups=False))
        yield from itertools.islice(_of_frame(function, signature, rows, seed, {}, lists), MOST_OF_LISTS)
    plain_roles = {"input", "target", "mask", "flag", "ids"}
    is_plain = set(signature.roles.values()) <= plain_roles and not _IDS.search(qualname.lower())
    if is_plain:
        guesses = input_candidates(_Nothing(), function, qualname=qualname, construction={}, seed=seed)
        ordered = sorted(guesses, key=_is_out_of_domain) if takes_probabilities(function) else guesses
        for inputs in ordered:
            yield _completed(inputs, signature, seed)
        return
    roles = signature.roles
    every = {*roles.values(), *(role_of(key) for keys in signature.packed.values() for key in keys)}
    laid_out = list(
        frames(
            _kind(qualname, signature),
            has_state="state" in every or "recurrent weight" in every,
            has_weight="weight" in every,
            has_groups=any(_is_groups(name) for name in roles),
        )
    )
    layers = widths_of((*roles, *(primal for keys in signature.packed.values() for primal in keys.values())))
    for frame in laid_out if layers else ():
        if frame.name in _STACKED:
            yield from _of_frame(function, signature, frame, seed, layers)
    for frame in laid_out:  # weights that are numbered may as well lie side by side
        yield from _of_frame(function, signature, frame, seed, {})


class _Nothing:
    """Stands where `input_candidates` looks for a layer's arrays: a function has none."""


def takes_probabilities(function: Callable[..., Any]) -> bool:
    """Whether a loss is for numbers between 0 and 1: it takes a logarithm, and no exponential that would make them."""
    called = called_names(function)
    return bool(called & {"log", "log2"}) and (not called & {"exp", "softmax", "sigmoid", "expit"} or "clip" in called)


def _is_out_of_domain(inputs: Inputs) -> bool:
    return "probabilities" not in inputs.description and "shares" not in inputs.description


def _completed(inputs: Inputs, signature: Signature, seed: int) -> Inputs:
    """The same inputs, with a mask over the target and probabilities where the function asks for them."""
    arguments, drawn = dict(inputs.arguments), {}
    target = next((arguments[name] for name, role in signature.roles.items() if role == "target"), None)
    if not isinstance(target, np.ndarray):
        return inputs
    for name, role in signature.roles.items():
        value = arguments.get(name)
        if role == "mask" and value is None:
            drawn[name] = draw("binary", target.shape, name, seed)
        elif "prob" in plain(name) and name not in inputs.differentiable and _is_float(value) and value.ndim:
            drawn[name] = draw("probabilities", value.shape, name, seed)
    if not drawn:
        return inputs
    arguments |= drawn
    return dataclasses.replace(inputs, arguments=arguments, description=described(arguments))


def _is_float(value: Any) -> TypeGuard[Array]:
    return isinstance(value, np.ndarray) and np.issubdtype(value.dtype, np.floating)


def _given(function: Callable[..., Any]) -> list[str]:
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return ["x"]
    starred = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    required = [p.name for p in parameters if p.kind not in starred and (p.default is p.empty or _is_needed(p))]
    return required or [next((p.name for p in parameters if p.kind is not inspect.Parameter.VAR_KEYWORD), "x")]


def _is_needed(parameter: inspect.Parameter) -> bool:
    """Whether an argument with a default is given all the same: the mode, and a bias that is None.

    A pair without its bias is another, and one that does not train may keep nothing for backward.
    """
    return is_switch(parameter) or (parameter.default is None and role_of(parameter.name) in {"bias", "norm"})


def _kind(qualname: str, signature: Signature) -> str:
    name = qualname.lower()
    if _IDS.search(name) or "ids" in signature.roles.values():
        return "ids"
    settings = " ".join([*signature.roles, *(key for keys in signature.keys.values() for key in keys)]).lower()
    if _IMAGES.search(name) or re.search(r"stride|pool|conv|pad\b|kernel", settings):
        return "image"
    return "sequence" if _SEQUENCES.search(name) else "columns" if re.search(r"a_prev|\bz\b", settings) else ""


def _of_frame(
    function: Callable[..., Any],
    signature: Signature,
    frame: Frame,
    seed: int,
    layers: Mapping[str, tuple[int, int]],
    lists: frozenset[str] = frozenset(),
) -> Iterator[Inputs]:
    flat = {name: role for name, role in signature.roles.items() if name not in signature.packed}
    for keys in signature.packed.values():
        flat |= {primal: role_of(key) for key, primal in keys.items()}
    options = [_options(function, signature, name, role, frame) for name, role in flat.items()]
    options = [
        [_Array(shape=shape) for shape in chained(frame.shapes.get(role, ()), role, layers[name])]
        if name in layers
        else found
        for (name, role), found in zip(flat.items(), options, strict=True)
    ]
    if not all(options):
        return
    ranked = itertools.islice(fewest_first([len(found) for found in options]), MOST_OF_FRAME)
    for places in ranked:
        chosen = {name: found[place] for (name, found, place) in zip(flat, options, places, strict=True)}
        arguments = {name: _made(value, name, frame, seed) for name, value in chosen.items()}
        arguments |= {name: {} for name in signature.packed if name not in arguments}
        items = {name: [_made(chosen[name], f"{name}[{index}]", frame, seed) for index in range(2)] for name in lists}
        arguments |= items
        floats = tuple(one for name, value in arguments.items() for one in names_of(name, value))
        settled = [name for name in floats if flat.get(owner(name)) not in {"target", "mask"}]
        yield Inputs(
            arguments=arguments,
            differentiable=tuple(settled),
            batch_axis=frame.batch_axis,
            description=described({n: v for n, v in arguments.items() if n not in signature.packed}),
        )


def fewest_first(counts: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Every choice of one option each, those with the fewest departures from the first first."""
    for total in range(sum(count - 1 for count in counts) + 1):
        yield from _adding_up(tuple(counts), total)


def _adding_up(counts: tuple[int, ...], total: int) -> Iterator[tuple[int, ...]]:
    if not counts:
        if total == 0:
            yield ()
        return
    for place in range(min(counts[0] - 1, total), -1, -1):
        for rest in _adding_up(counts[1:], total - place):
            yield (place, *rest)


def _options(function: Callable[..., Any], signature: Signature, name: str, role: PairRole, frame: Frame) -> list[Any]:
    """What one argument may be in a frame: arrays to draw, or constants."""
    if name in signature.keys:
        return list(itertools.islice(dictionaries.settings(name, signature.keys[name]), 12))
    if role == "input":
        kind: Kind = "ids" if frame.ids_below else "gaussian"
        return [_Array(shape=frame.x, kind=kind, below=frame.ids_below or 2)]
    if role == "ids":
        return [_Array(shape=frame.x, kind="ids", below=frame.ids_below)] if frame.ids_below else []
    if role == "target":
        return _targets(signature, frame)
    if role == "mask":
        return [_Array(shape=frame.x[:-1], kind="binary")]
    if role == "flag":
        return [flag_value(name)]
    if role == "setting":
        return _constants(function, name)
    return [_Array(shape=shape) for shape in frame.shapes.get(role, ())]


def _targets(signature: Signature, frame: Frame) -> list[Any]:
    has_weight = "weight" in signature.roles.values()
    rows = frame.x[0] if frame.batch_axis == 0 else sizes.BATCH
    classes = sizes.OUTPUTS if has_weight else frame.x[-1] if frame.x else 2
    steps = [
        _Array(shape=frame.x[:2], kind="ids", below=classes),
        _Array(shape=(*frame.x[:2], classes), kind="one-hot"),
    ]
    return [
        *(steps if len(frame.x) == 3 else ()),
        _Array(shape=(rows,), kind="ids", below=classes),
        _Array(shape=(rows, classes), kind="one-hot"),
        _Array(shape=(rows,)),
        _Array(shape=(rows, 1)),
    ]


def _constants(function: Callable[..., Any], name: str) -> list[Any]:
    if _is_groups(name):
        return [GROUPS, 1]
    compared = compared_with(function, name)
    if compared:
        return list(compared[:3])
    is_window = plain(name) in _WINDOW and _IMAGES.search(getattr(function, "__name__", "").lower())
    role = constructor_roles.role_of("kernel_size" if is_window else name)
    if role is not None and role.name == "regulariser":
        return [PENALTY]
    return list(constructor_roles.values_of(role, "", family_of(getattr(function, "__name__", "")))[:4])


def _is_groups(name: str) -> bool:
    return re.fullmatch(r"g|(num|n)?groups?", plain(name)) is not None


def _made(value: Any, name: str, frame: Frame, seed: int) -> Any:
    if not isinstance(value, _Array):
        return value
    axis = frame.batch_axis if value.shape == frame.x else 0 if value.shape else None
    return np.asarray(draw(value.kind, value.shape, name, seed, batch_axis=axis, below=value.below))
