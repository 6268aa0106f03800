"""Values for constructor arguments, each with the Python that writes it: plain ones, arrays, joint arrays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcheck.cases.naming import sizes
from gradcheck.cases.naming.family import Family, plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One value to try for one argument.

    Attributes:
        code: Python source of the value, with numpy as `numpy` and the module's own classes by name.
        make: Makes the value, anew each time: a layer may keep it and write into it.
        guesses_shape: Whether it decides the shape of a parameter that the layer may want otherwise.
    """

    code: str
    make: Callable[[], Any]
    guesses_shape: bool = False


def literal(value: Any) -> Choice:
    """A plain value, written by `repr`; lists are made anew each time."""
    return Choice(code=repr(value), make=lambda: list(value) if isinstance(value, list) else value)


def array(shape: tuple[int, ...], seed: int = 0) -> Choice:
    """A Gaussian array of short decimals, the same in the code and in the value."""
    return Choice(
        code=f"numpy.random.default_rng({seed}).standard_normal({shape!r}).round(3)",
        make=lambda: np.random.default_rng(seed).standard_normal(shape).round(3),
        guesses_shape=True,
    )


def listed(parts: Sequence[Choice]) -> Choice:
    """A list of values."""
    return Choice(code=f"[{', '.join(part.code for part in parts)}]", make=lambda: [part.make() for part in parts])


def class_itself(cls: type) -> Choice:
    """A class, not an object of it."""
    return Choice(code=cls.__qualname__, make=lambda: cls)


#: Roles of arguments that are the layer's own parameters.
PARAMETERS = ("weight", "input weight", "state weight", "bias", "gamma", "beta")


def parameter_arrays(roles: Sequence[str], family: Family, qualname: str) -> list[dict[str, Choice]]:
    """Joint values for arguments that are the layer's parameters, by role, so that their shapes fit.

    A dense weight is (D, M) with a bias (M,), or (M, D) with (M, 1); a convolution's is (F, C, K, K) or
    (K, K, C, F) with (F,); a recurrent pair is (D, gates H) and (H, gates H).

    Args:
        roles: Some of `PARAMETERS`.
        family: The kind of layer.
        qualname: Name of its class: an LSTM has four gates, a GRU three.
    """
    fitting = [layout for layout in _array_layouts(family, qualname) if all(role in layout for role in roles)]
    return [{role: array(layout[role], seed) for seed, role in enumerate(roles)} for layout in fitting]


def _array_layouts(family: Family, qualname: str) -> list[dict[str, tuple[int, ...]]]:
    d, m, h = sizes.FEATURES, sizes.OUTPUTS, sizes.HIDDEN
    c, f, k = sizes.CHANNELS, sizes.FILTERS, sizes.KERNEL
    gates = h * next((n for word, n in (("lstm", 4), ("gru", 3)) if word in plain(qualname)), 1)
    convolutions: dict[Family, list[dict[str, tuple[int, ...]]]] = {
        "embedding": [{"weight": (sizes.VOCABULARY, d), "bias": (d,)}],
        "image": [{"weight": (f, c, k, k), "bias": (f,)}, {"weight": (k, k, c, f), "bias": (f,)}],
        "signal": [{"weight": (f, c, k), "bias": (f,)}, {"weight": (k, c, f), "bias": (f,)}],
    }
    return [
        *convolutions.get(family, []),
        {"input weight": (d, gates), "state weight": (h, gates), "bias": (gates,)},
        {"input weight": (gates, d), "state weight": (gates, h), "bias": (gates,)},
        {"weight": (d, m), "bias": (m,), "gamma": (d,), "beta": (d,)},
        {"weight": (m, d), "bias": (m, 1), "gamma": (d, 1), "beta": (d, 1)},
        {"weight": (d, m), "bias": (1, m), "gamma": (1, d), "beta": (1, d)},
        {"weight": (m, d), "bias": (m,)},
        {"weight": (m, d), "bias": (1, m)},
        {"weight": (d,), "bias": (), "gamma": (c,), "beta": (c,)},
    ]
