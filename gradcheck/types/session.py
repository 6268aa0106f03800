"""A layer kept alive across calls: what a caller hands it, gets from it and keeps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from gradcheck.types.subject import Array, Cotangents, Primals


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One forward of a live layer.

    Attributes:
        y: Its value, a float64 copy.
        output: The array that the caller holds now.
        raw: What forward returned, for backward.
        given: What forward was handed, by name: the caller's own arrays.
        shapes: Shapes of the outputs that y lays end to end; empty where there is one.
    """

    y: Array
    output: Array
    raw: Any
    given: Mapping[str, Any]
    shapes: tuple[tuple[int, ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One backward of a live layer.

    Attributes:
        gradients: Primal name to gradient, copied; of one kept at a place, all that the place holds.
        held: Primal name to what that place held before the call, copied; absent where it held no array.
        returned: Input name to the array that the caller holds now; absent where a place of the layer holds it.
        upstream: The array that backward was handed, or the number.
        places: Names of the gradients that are kept at a place of the layer.
        added: Names of those whose place held something before the first call, to which backward adds.
    """

    gradients: Cotangents
    held: Cotangents = field(default_factory=dict)
    returned: Mapping[str, Array] = field(default_factory=dict)
    upstream: Any = None
    places: frozenset[str] = frozenset()
    added: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One copy of a layer, driven call by call; what one call leaves the next one finds.

    Attributes:
        forward: (primals, given, draw) -> Call. Parameters among the primals are put into the layer in place, as an
            optimizer does; `given` exchanges other arguments of forward; every `draw` is another seed, the same for
            the same number. Raises what forward raises.
        backward: (call, y_bar) -> Answer. Raises what backward raises.
        backward_alone: y_bar -> Answer without a forward before; None where backward is handed what forward gave, or
            where the layer has had a forward already.
        zero_gradients: Call the layer's own zero_grad; None where it has none.
        switch: Training mode to evaluation mode or back; None where it has one mode. Answers the name of the new one.
        narrow: Give every floating-point array of the layer this dtype.
        pickled: A session on a layer pickled and loaded again. Raises what that raises.
        copied: A session on what copy.deepcopy makes of the layer. Raises what that raises.
        lengths: Path to length of every list in the layer, numbers and words in it not counted.
        emptied: Name of every method that may clear gradients, tried on copies, to the names of those that it cleared.
        parts: Parameter name to the path of the layer within this one that it belongs to, "" for this one; absent
            where it is not known.
        shared: Names of the parameters that an array shares memory with.
        is_object: Whether the layer is an object; two functions have neither instances nor copies.
        is_handed: Whether backward is handed all that it needs of its forward, as functions are: then every call has
            a cache of its own.
    """

    forward: Callable[[Primals, Mapping[str, Any], int], Call]
    backward: Callable[[Call, Array], Answer]
    backward_alone: Callable[[Array], Answer] | None
    zero_gradients: Callable[[], None] | None
    switch: Callable[[], str] | None
    narrow: Callable[[Any], None]
    pickled: Callable[[], Session]
    copied: Callable[[], Session]
    lengths: Callable[[], Mapping[str, int]]
    emptied: Callable[[], Mapping[str, frozenset[str]]]
    parts: Callable[[], Mapping[str, str]]
    shared: Callable[[Array], tuple[str, ...]]
    is_object: bool = True
    is_handed: bool = False
