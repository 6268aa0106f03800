"""The names people give a forward method and its backward: one table, in order of preference."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

#: Pairs seen in public repositories, the commonest first; the last six lines are close spellings of them.
PAIRS: tuple[tuple[str, str], ...] = (
    ("forward", "backward"),
    ("forward_pass", "backward_pass"),
    ("_forward", "_backward"),
    ("fprop", "bprop"),
    ("forward", "backprop"),
    ("forward_propagate", "back_propagate"),
    ("forward_prop", "back_prop"),
    ("feed_forward", "back_propagation"),
    ("feedforward", "backpropagation"),
    ("forward_propagation", "back_prop"),
    ("forward_propagation", "back_propagation"),
    ("__call__", "backprop"),
    ("__call__", "backward"),
    ("call", "backward"),
    ("forward_propagation", "backward_propagation"),
    ("forward_propagate", "backward_propagate"),
    ("forward_prop", "backward_prop"),
    ("forwardprop", "backprop"),
    ("feedforward", "backpropagate"),
    ("forward_propagation", "backpropagation"),
)

#: Pairs of frameworks whose calling convention is not that of one object with one upstream gradient:
#: symbolic graphs (`perform` with `L_op`, `grad` or `pullback`), per-device functions, `*_impl` functions.
FOREIGN_PAIRS: tuple[tuple[str, str], ...] = (
    ("perform", "L_op"),
    ("perform", "pullback"),
    ("perform", "grad"),
    ("forward_impl", "backward_impl"),
    ("forward_cpu", "backward"),
    ("forward_cpu", "backward_cpu"),
)

FORWARD_NAMES: tuple[str, ...] = tuple(dict.fromkeys(forward for forward, _ in PAIRS))
"""Every name of a forward method, in order of preference."""

BACKWARD_NAMES: tuple[str, ...] = tuple(dict.fromkeys(backward for _, backward in PAIRS))
"""Every name of a backward method, in order of preference."""

CALL_NAMES = frozenset({"__call__", "call"})
"""Forward names that many objects have that are no layers: they pair only as the table says."""

ARITHMETIC_NAMES = ("__add__", "__mul__")
"""What a tape's Tensor has, and a layer has not."""

# Whoever mixes two rows of the table (`forward_pass` with `backprop`) still has a forward and a backward.
_MIXED = tuple(
    (forward, backward)
    for forward in FORWARD_NAMES
    for backward in BACKWARD_NAMES
    if forward not in CALL_NAMES and (forward, backward) not in PAIRS
)

_ORDER = (*PAIRS, *_MIXED, *FOREIGN_PAIRS)
_NAMES = tuple(dict.fromkeys(name for pair in _ORDER for name in pair))


def choose(has: Callable[[str], bool], is_stub: Callable[[str], bool]) -> tuple[str, str] | None:
    """The pair of names that is a class's forward and backward, or None.

    A pair of which neither is a stub goes before a pair with one; among equals the order of the table decides.

    Args:
        has: Whether the class has a method of that name, inherited ones included.
        is_stub: Whether that method is a stub to be passed over; asked only of names it has.
    """
    names = {name for name in _NAMES if has(name)}
    present = [pair for pair in _ORDER if names.issuperset(pair)]
    written = (pair for pair in present if not is_stub(pair[0]) and not is_stub(pair[1]))
    return next(written, present[0] if present else None)
