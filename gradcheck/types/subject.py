"""The function under check in its standard form, and the case it came from."""

from __future__ import annotations

import contextlib
import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from gradcheck.types.blueprint import Blueprint
    from gradcheck.types.session import Session

Array = npt.NDArray[Any]
Primals = Mapping[str, Array]
Tangents = Mapping[str, Array]
Cotangents = Mapping[str, Array]


class Role(enum.Enum):
    """What a primal is to its layer; an operator of a tape is judged as a whole."""

    INPUT = "input"
    PARAMETER = "parameter"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pullback:
    """What one call of backward gave and what it left behind.

    Attributes:
        gradients: Primal name to gradient, exactly as the layer returned or stored it (not reshaped).
        absent: Primal name to the reason why no gradient was found for it.
        changed: Names of the arrays the call left changed: primal names, or "upstream gradient".
        rounding: Primal name to an absolute error per entry that the way of reading the gradient adds
            (weights before minus weights after); absent means none.
    """

    gradients: Cotangents
    absent: Mapping[str, str] = field(default_factory=dict)
    changed: tuple[str, ...] = ()
    rounding: Mapping[str, float] = field(default_factory=dict)


Vjp = Callable[[Array], Pullback]
Replay = Callable[
    [Primals, Callable[[Array, str | None], Any], contextlib.AbstractContextManager[None]],
    Any,
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The function under check in the one standard form every adapter makes.

    Contract: `value` and `value_and_vjp` are pure to the caller: same primals, same answer; nothing of the
    layer's, the user's or the process's is left changed. <y_bar, J x_dot> = <vjp(y_bar), x_dot>.

    Attributes:
        name: The layer's identity.
        primals: The point of the check, inputs first; float64 wherever the layer takes it.
        roles: Primal name to its role.
        value: primals -> y.
        value_and_vjp: primals -> (y, vjp); one forward; vjp may be called many times.
        cotangent: The only upstream gradient backward can take (1 for a loss whose backward takes none),
            None where it is free.
        updates_parameters: Whether backward itself moves the weights.
        stateful_update: Whether it does so by more than a multiple of the gradient (an optimizer with a state).
        unknown_rate: Whether the rate of that move is the layer's own secret.
        native: The layer's own dtypes before anything was widened to float64: by parameter name, and "output".
        precision: Relative rounding of what forward keeps for backward.
        noise: Relative noise of `value`, measured; float64's epsilon where nothing is lost.
        replay: (primals, exchange, surrounding) -> forward's answer as it is, not converted: forward runs on a copy
            whose floating-point arrays are what exchange(array, primal's name or None) gives, inside `surrounding`.
            None where that cannot be.
        drive: () -> a Session on a copy of the layer, driven across calls; None where there is no layer to drive.
        drive_beside: another instance of the layer -> Sessions on copies of both, which share what the two share.
        rebind: (another layer of the class, forward's arguments, presentation) -> its Subject, gradients read where
            this one's are; None where they may lie elsewhere, or where that cannot be.
        unchecked, notes: Gradients not found, and what was assumed while binding; one sentence each.
    """

    name: str
    primals: Primals
    roles: Mapping[str, Role]
    value: Callable[[Primals], Array]
    value_and_vjp: Callable[[Primals], tuple[Array, Vjp]]
    cotangent: Array | None = None
    updates_parameters: bool = False
    stateful_update: bool = False
    unknown_rate: bool = False
    native: Mapping[str, np.dtype[Any]] = field(default_factory=dict)
    precision: float = float(np.finfo(np.float64).eps)
    noise: float = float(np.finfo(np.float64).eps)
    replay: Replay | None = None
    drive: Callable[[], Session] | None = None
    drive_beside: Callable[[object], tuple[Session, Session]] | None = None
    rebind: Callable[..., Subject | None] | None = None
    unchecked: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A constructed layer with concrete inputs, ready to be checked.

    Attributes:
        layer: The layer's identity.
        construction: Python that builds the layer, such as `Linear(in_features=8, out_features=5)`.
        inputs: One line on the inputs, such as `x (4, 8) float64`.
        seed: The seed every draw of this case starts from.
        subject: The layer in standard form.
        line: 1-based line of backward, for reports.
        path: File of backward, posix, relative to the project root.
        notes: What a person should know of how the case was made.
        invented: Names of primals whose shape we made up, axes of length one included.
        stabilisers: Small constants in forward, such as 1e-7 in log(p + 1e-7), ascending.
        rounded: Long decimals that backward alone writes, such as "0.797885" for sqrt(2 / pi).
        at_batch: The same case at another batch size, None where it does not run at that one; None where there is
            no layer to ask.
        another: () -> another instance of the layer, constructed alike; None where a person constructed it. Raises
            what the constructor raises.
        batch_axis: Axis of the inputs along which samples lie, None where there is none.
        settings: The layer's attributes and construction arguments, by name in lower case without underscores.
        given: What forward is handed beside the primals, by name: targets, ids, masks, flags.
        blueprint: What it was made of, None where it cannot be made otherwise.
    """

    layer: str
    construction: str
    inputs: str
    seed: int
    subject: Subject
    line: int = 0
    path: str = ""
    notes: tuple[str, ...] = ()
    invented: tuple[str, ...] = ()
    stabilisers: tuple[float, ...] = ()
    rounded: tuple[str, ...] = ()
    at_batch: Callable[[int], Case | None] | None = None
    another: Callable[[], object] | None = None
    batch_axis: int | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    given: Mapping[str, Any] = field(default_factory=dict)
    blueprint: Blueprint | None = None
