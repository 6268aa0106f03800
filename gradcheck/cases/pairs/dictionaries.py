"""Dictionaries that a forward takes: of settings, as `conv_param`, or of arrays, as `parameters`."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from gradcheck.cases.naming import roles as constructor_roles
from gradcheck.cases.naming import sizes
from gradcheck.cases.naming.family import plain
from gradcheck.cases.pairs.roles import is_parameter
from gradcheck.cases.pairs.wording import handed_on, is_read_by_key, keys_read, parameter_names

#: Values of one setting, the likeliest first; a stride below the kernel shows windows that overlap.
_VALUES: Final[tuple[tuple[re.Pattern[str], tuple[Any, ...]], ...]] = tuple(
    (re.compile(pattern), values)
    for pattern, values in (
        ("mode", ("train", "max", "average")),
        ("eps|epsilon", (1e-5,)),
        ("momentum|decay", (0.9,)),
        ("p|prob|keepprob|rate|dropout(rate)?", (1.0 - sizes.DROPOUT,)),
        ("seed", (0,)),
        ("strides?(h|w)?", (sizes.STRIDE, 1)),
        ("pad(ding)?s?", (1, 0)),
        ("pool(height|width|size|h|w)?|hh|ww|[fk](h|w)|height|width", (sizes.KERNEL, 2)),
        ("f|filtersize|kernel(size)?|ksize|window|size", (sizes.KERNEL, 2)),
        ("training|train|istrain(ing)?", (True,)),
        ("normalization|normtype|norm", ("batchnorm", "layernorm")),
        ("g|(num|n)?groups?", (1,)),
    )
)
#: What dictionaries of these names hold, where a function hands them on without a look.
_KNOWN: Final[tuple[tuple[re.Pattern[str], tuple[str, ...]], ...]] = tuple(
    (re.compile(pattern), keys)
    for pattern, keys in (
        ("conv.*", ("stride", "pad")),
        ("pool.*", ("pool_height", "pool_width", "stride")),
        ("(bn|batchnorm|norm|ln|gn|layernorm|groupnorm).*", ("mode", "eps", "momentum")),
        ("(do|drop|dropout).*", ("mode", "p", "seed")),
    )
)
_DICTIONARY: Final = re.compile(r".*(param|params|parameters|config|cfg|options|opts|hparams?|hyper.*)")
#: How deep a dictionary is followed through functions that it is handed on to.
_DEPTH = 3


def is_dictionary(function: Callable[..., Any], name: str) -> bool:
    """Whether an argument is a dictionary: by what is done with it, or by its name."""
    return is_read_by_key(function, name) or (
        _DICTIONARY.fullmatch(plain(name)) is not None and any(True for _ in handed_on(function, name))
    )


def keys_of(function: Callable[..., Any], name: str, depth: int = _DEPTH) -> tuple[str, ...]:
    """The keys that must be in a dictionary: those read by the function and by the functions it is handed on to."""
    found = dict.fromkeys(keys_read(function, name))
    if depth:
        namespace = getattr(function, "__globals__", {})
        for called, place in handed_on(function, name):
            inner = namespace.get(called)
            if callable(inner) and inner is not function:
                names = parameter_names(inner)
                other = names[int(place)] if place.isdigit() and int(place) < len(names) else place
                found.update(dict.fromkeys(keys_of(inner, other, depth - 1)))
    return tuple(found)


def arrays_in(keys: tuple[str, ...]) -> tuple[str, ...]:
    """The keys that hold weights, biases and scales: more than one of them makes a dictionary of arrays."""
    found = tuple(key for key in keys if is_parameter(key) and not _settings(key))
    return found if len(found) > 1 or (found and len(found) == len(keys)) else ()


def settings(name: str, keys: tuple[str, ...]) -> Iterator[Mapping[str, Any]]:
    """Yield dictionaries of settings, the likeliest first.

    Args:
        name: The argument's name.
        keys: The keys that are read from it.
    """
    usual = next((known for pattern, known in _KNOWN if pattern.fullmatch(plain(name))), ())
    wanted = tuple(
        dict.fromkeys((*keys, *(key for key in usual if not keys or key in {"mode", "eps", "momentum", "p"})))
    )
    options = [_settings(key) or _by_role(key) for key in wanted]
    for places in sorted(itertools.product(*(range(len(found)) for found in options)), key=lambda p: (sum(p), p)):
        yield {key: found[place] for key, found, place in zip(wanted, options, places, strict=True)}


def _settings(key: str) -> tuple[Any, ...]:
    return next((values for pattern, values in _VALUES if pattern.fullmatch(plain(key))), ())


def _by_role(key: str) -> tuple[Any, ...]:
    role = constructor_roles.role_of(key)
    return constructor_roles.values_of(role, "", "rows")[:2]
