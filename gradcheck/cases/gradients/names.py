"""Where a parameter's gradient is likely to be kept, from names alone.

A parameter at `W` has its gradient at `dW`, `grad_W`, `grads['W']`, `gradients['dW']`; one at `params[0]` at
`grads[0]`; one at `weight.data` at `weight.grad`; one at `p['val']` at `p['grad']`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gradcheck.cases.naming.family import plain

_PREFIXES = (
    "d", "dl", "dld", "dloss", "dlossd", "dc", "dcd", "dj", "djd", "de", "ded", "dcost", "grad", "grads", "gradient",
    "gradients", "gradof", "g", "nabla", "der", "deriv", "derivative", "partial", "dwrt",
)  # fmt: skip
_SUFFIXES = ("grad", "grads", "gradient", "gradients", "g", "der", "deriv", "derivative", "bar", "dot")
_CONTAINERS = (
    "grad",
    "grads",
    "gradient",
    "gradients",
    "dparams",
    "dparam",
    "dweights",
    "gradparams",
    "derivatives",
    "gradparameters",
    "paramgrads",
    "d",
)
_DATA = ("data", "value", "val", "array", "param", "parameter", "tensor")
_GRADIENT = ("grad", "gradient", "g", "dvalue", "dval", "derivative", "ddata")
#: People write `weights` and `dW`: names that mean the same.
_SYNONYMS = (
    ("w", "weight", "weights", "kernel", "kernels", "filter", "filters", "weightmatrix", "ws"),
    ("b", "bias", "biases", "bs"),
    ("gamma", "scale", "g"),
    ("beta", "shift", "offset"),
)
#: What a layer that returns nothing calls the gradient of its input.
_INPUT_GRADIENTS = (
    "dinputs", "dinput", "dx", "gradinput", "inputgrad", "inputgradient", "gradientinput", "gradinputs", "inputgrads",
    "dinputdata",
    "dldx", "dldin", "dlossdx", "dleft", "delta", "dlda", "inputgradients", "dxs", "din", "gradx",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """A path taken apart: `a.grads['W']` has owner `a.grads`, key `W`, and is an item."""

    owner: str
    key: str
    is_item: bool


def parse(path: str) -> Place:
    """Take the last component off a path."""
    if path.endswith("]"):
        owner, _, item = path[:-1].rpartition("[")
        return Place(owner, item.strip("'\""), is_item=True)
    owner, _, attribute = path.rpartition(".")
    return Place(owner, attribute, is_item=False)


def means_gradient_of(name: str, parameter: str) -> bool:
    """Whether `name` reads as the gradient of `parameter`: `dW` of `W`, `weight_grad` of `weights`."""
    candidate, target = plain(name), plain(parameter)
    if not target:
        return False
    stems = {target}
    for group in _SYNONYMS:
        if target in group:
            stems.update(group)
    return any(candidate == prefix + stem for prefix in _PREFIXES for stem in stems) or any(
        candidate == stem + suffix for suffix in _SUFFIXES for stem in stems
    )


def candidates(parameter: str, places: Iterable[str]) -> list[str]:
    """The places that by name hold the gradient of a parameter, exact spellings before synonyms."""
    target = parse(parameter)
    found = [place for place in places if place != parameter and _related(target, parse(place))]
    return sorted(found, key=lambda place: (plain(target.key) not in plain(parse(place).key), len(place), place))


def input_gradients(argument: str, places: Sequence[str]) -> list[str]:
    """The attributes that by name hold the gradient of an input."""
    top = [place for place in places if not parse(place).owner and not parse(place).is_item]
    named = [place for place in top if means_gradient_of(place, argument)]
    return named + [place for place in top if place not in named and plain(place) in _INPUT_GRADIENTS]


def _related(target: Place, candidate: Place) -> bool:
    if not target.is_item and not candidate.is_item:
        if target.owner != candidate.owner:
            return False
        if target.owner and plain(target.key) in _DATA and plain(candidate.key) in _GRADIENT:
            return True
        return means_gradient_of(candidate.key, target.key)
    if not target.is_item and candidate.is_item:
        holder = parse(candidate.owner)
        in_container = holder.owner == target.owner and plain(holder.key) in _CONTAINERS
        return in_container and (candidate.key == target.key or means_gradient_of(candidate.key, target.key))
    if target.is_item and candidate.is_item:
        if target.owner == candidate.owner:
            paired = plain(target.key) in _DATA and plain(candidate.key) in _GRADIENT
            return paired or (not target.key.isdigit() and means_gradient_of(candidate.key, target.key))
        holder, container = parse(target.owner), parse(candidate.owner)
        if holder.owner != container.owner:
            return False
        same_key = target.key == candidate.key or (
            not target.key.isdigit() and means_gradient_of(candidate.key, target.key)
        )
        named = plain(container.key) in _CONTAINERS or means_gradient_of(container.key, holder.key)
        return same_key and named
    # An item whose gradient is an attribute: `params['W']` and `dW`.
    holder = parse(target.owner)
    return holder.owner == candidate.owner and not target.key.isdigit() and means_gradient_of(candidate.key, target.key)
