"""What a case was made of, so that it can be made otherwise."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gradcheck.types.subject import Array, Subject

if TYPE_CHECKING:
    from gradcheck.types.subject import Case


@dataclass(frozen=True, slots=True, kw_only=True)
class Presentation:
    """How arrays lie in memory when the layer is handed them; their values are the same.

    Attributes:
        inputs: Name of the memory layout of forward's inputs, "" for C order.
        upstream: The same of the upstream gradient.
    """

    inputs: str = ""
    upstream: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """A layer that a blueprint constructed.

    Attributes:
        layer: The object.
        code: Python that constructs it.
        arguments: What it was constructed with.
    """

    layer: object
    code: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Blueprint:
    """What a case was made of.

    Attributes:
        cls: The layer's class.
        code: Python source of each constructor argument, by name; empty where a person built the layer.
        arguments: The constructor's arguments, by name.
        is_constructed: Whether the class is called with these arguments; else a person built the layer.
        forward, backward: Method names.
        inputs: Forward's arguments, by name.
        differentiable: Names of those that are primals.
        batch_axis: Axis of the batch in the first of them, None where it is not known.
        root: Absolute project root, "" where there is none.
        environment: A context under which the layer's module can import what it imports lazily.
        construct: (changed arguments) -> Built; raises whatever the constructor raises.
        value: (Built, inputs) -> forward's answer as float64; raises whatever forward raises.
        bind: (Built, inputs, presentation) -> Subject whose gradients are read where the case's own are, None where
            that cannot be told; raises whatever forward raises.
        case: (Built, inputs, presentation) -> the Case, everything about it found anew; raises BuildError where
            forward does not take it.
        functions: Of a pair, the functions whose source says what their arguments mean; empty for a layer.
        settings: Of functions, what forward is told beside its arrays, by name; None of an object, whose constructor
            is told it.
        parameters: Names of the inputs that training would move.
        handed: (Built, inputs) -> all that forward is handed, settings among it; None where that is the inputs.
        calls: (names of what forward is handed, upstream gradient -> it laid out, as code) -> the lines that call a
            pair; None for a layer.
    """

    cls: type
    code: Mapping[str, str]
    arguments: Mapping[str, Any]
    is_constructed: bool
    forward: str
    backward: str
    inputs: Mapping[str, Any]
    differentiable: tuple[str, ...]
    batch_axis: int | None
    root: str
    environment: Callable[[], AbstractContextManager[Any]]
    construct: Callable[[Mapping[str, Any]], Built]
    value: Callable[[Built, Mapping[str, Any]], Array]
    bind: Callable[[Built, Mapping[str, Any], Presentation], Subject | None]
    case: Callable[[Built, Mapping[str, Any], Presentation], Case]
    functions: tuple[Callable[..., Any], ...] = ()
    settings: Mapping[str, Any] | None = None
    parameters: frozenset[str] = frozenset()
    handed: Callable[[Built, Mapping[str, Any]], Mapping[str, Any]] | None = None
    calls: Callable[[Sequence[str], Callable[[str], str]], list[str]] | None = None
