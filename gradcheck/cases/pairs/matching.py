"""Which of the gradients a backward returned is whose: by name, then by shape and order."""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from gradcheck.cases.gradients.names import means_gradient_of
from gradcheck.cases.naming.family import plain
from gradcheck.cases.running.items import owner
from gradcheck.types import Array

Part = tuple[Any, Array]
#: What a gradient is called that is named after no variable: `dout` handed on, `grad2`.
_GRADIENT = re.compile(r"^(d_?[a-z]{1,6}\d*|g[a-z]?|delta\w*)$|grad", re.IGNORECASE)
#: Orders tried of gradients of one shape that no name tells apart: three of them have six.
MOST_ORDERS = 6


def owners(parts: Sequence[Part], returned: Sequence[str], primals: Mapping[str, Array]) -> Iterator[dict[str, Any]]:
    """Yield assignments of primal to key, the most likely first; a primal without a gradient is left out.

    Args:
        parts: The arrays that backward returned, with their keys.
        returned: The names its `return` gives them, in order.
        primals: Forward's arrays by name, in order.
    """
    named = _by_name(parts, returned, primals)
    free = [(key, array) for key, array in parts if key not in named.values()]
    open_ = [name for name in primals if name not in named]
    by_shape: dict[str, Any] = {}
    for name in open_:
        same = [key for key, array in free if array.shape == primals[name].shape and key not in by_shape.values()]
        if same:
            by_shape[name] = same[0]
    rest = [name for name in open_ if name not in by_shape]
    left = [key for key, _ in free if key not in by_shape.values()]
    if len(rest) == 1 and len(left) == 1 and (len(parts) == 1 or _may_belong(dict(parts)[left[0]], primals[rest[0]])):
        by_shape[rest[0]] = left[0]
    for order in itertools.islice(_orders(by_shape, dict(parts)), MOST_ORDERS):
        found = {**named, **order}
        yield {name: found[name] for name in primals if name in found}


def unmatched(
    parts: Sequence[Part], returned: Sequence[str], owners: Mapping[str, Any], primals: Mapping[str, Array]
) -> dict[str, tuple[int, ...]]:
    """The shapes of gradients that by name, or by place where nothing has a name, are of a primal that is given none.

    Args:
        parts: The arrays that backward returned, with their keys.
        returned: The names its `return` gives them, in order.
        owners: Primal to key, as far as that is settled.
        primals: Forward's arrays by name, in order.
    """
    free = [(key, array) for key, array in parts if key not in owners.values()]
    found: dict[str, tuple[int, ...]] = {}
    for place, primal in enumerate(primals):
        leaf = primal.rpartition(".")[2]
        for key, array in free if primal not in owners else ():
            name = _name(key, returned)
            stands_there = key == (place,) and len(parts) == len(primals) and (not name or _GRADIENT.search(name))
            if (name and (plain(name) == plain(leaf) or means_gradient_of(name, leaf))) or stands_there:
                found.setdefault(primal, array.shape)
    return found


def unsummed(
    parts: Sequence[Part], assigned: Mapping[str, Any], primals: Mapping[str, Array], names: Collection[str]
) -> dict[str, Any]:
    """The assignment with what stands in a parameter's place and has the rows that a sum would have taken away.

    Args:
        parts: The arrays that backward returned, with their keys.
        assigned: Primal to key, as far as that is settled.
        primals: Forward's arrays by name, in order.
        names: The parameters whose shape is known by what they are: a bias or a scale beside its rows.
    """
    if len(parts) != len(primals):
        return dict(assigned)
    arrays, taken = dict(parts), set(assigned.values())
    found = dict(assigned)
    for place, (name, x) in enumerate(primals.items()):
        array = arrays.get((place,))
        if array is None or name not in names or name in assigned or (place,) in taken:
            continue
        if x.ndim == 1 and array.ndim > 1 and array.shape[-1:] == x.shape:
            found[name] = (place,)
    return {name: found[name] for name in primals if name in found}


def in_order(parts: Sequence[Part], arguments: Sequence[str], primals: Mapping[str, Array]) -> Iterator[dict[str, Any]]:
    """Yield the one assignment by place: a framework hands each gradient to the argument that stands there.

    Args:
        parts: The arrays that backward returned, with their keys; what is None has its place and no array.
        arguments: Names of all of forward's arguments, in order.
        primals: Those that are differentiated.
    """
    places: dict[tuple[Any, ...], Any] = {(key[0],) if key is not None else (0,): key for key, _ in parts}
    exact: dict[tuple[Any, ...], Any] = {key: key for key, _ in parts if key is not None}
    # A list that stands alone may be answered with its gradients side by side.
    is_flat = len({owner(name) for name in primals}) == 1 and len(parts) == len(primals) == len(places)
    found: dict[str, Any] = {}
    for place, argument in enumerate(arguments):
        for index, name in enumerate(one for one in primals if owner(one) == argument):
            key = _place(place, index, is_item=name != argument, is_flat=is_flat)
            if key in exact or key in places:
                found[name] = exact.get(key, places.get(key))
    yield found


def _place(place: int, index: int, *, is_item: bool, is_flat: bool) -> tuple[int, ...]:
    """Where the gradient of an argument, or of an item of a list that is one, stands in what backward answers."""
    if not is_item:
        return (place,)
    return (place + index,) if is_flat else (place, index)


def _by_name(parts: Sequence[Part], returned: Sequence[str], primals: Mapping[str, Array]) -> dict[str, Any]:
    """The gradients that are named after their variable, the exact spelling before synonyms."""
    called = [(key, name) for key, _ in parts if (name := _name(key, returned))]
    found: dict[str, Any] = {}
    for exact in (True, False):
        for primal in primals:
            leaf = primal.rpartition(".")[2]
            for key, name in called:
                means = plain(name) in {f"d{plain(leaf)}", plain(leaf)} if exact else means_gradient_of(name, leaf)
                if means and primal not in found and key not in found.values():
                    found[primal] = key
    return found


def _name(key: Any, returned: Sequence[str]) -> str:
    if key is None:
        return returned[0] if len(returned) == 1 else ""
    if isinstance(key[-1], str):
        return key[-1]
    place = key[0]
    return returned[place] if len(key) == 1 and isinstance(place, int) and place < len(returned) > 1 else ""


def _may_belong(array: Array, x: Array) -> bool:
    """Whether an array of another shape may be meant as the gradient of x."""
    return array.size == x.size or (array.ndim > 0 and x.ndim > 0 and array.shape[0] == x.shape[0])


def _orders(chosen: Mapping[str, Any], arrays: Mapping[Any, Array]) -> Iterator[dict[str, Any]]:
    """The assignment as it is, then with the gradients of one shape exchanged."""
    groups: dict[tuple[int, ...], list[str]] = {}
    for name, key in chosen.items():
        groups.setdefault(arrays[key].shape, []).append(name)
    several = [names for names in groups.values() if len(names) > 1]
    for orders in itertools.product(*(itertools.permutations([chosen[name] for name in names]) for names in several)):
        found = dict(chosen)
        for names, keys in zip(several, orders, strict=True):
            found.update(zip(names, keys, strict=True))
        yield found
