"""A named torch counterpart of a layer, and what it is shown of the layer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from gradcheck.types.subject import Array, Primals


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """What a layer shows of itself to a counterpart.

    Attributes:
        primals: The point of the check.
        inputs: Names of the inputs among them, in forward's order.
        parameters: Names of the parameters among them.
        y: The layer's value there.
        settings: Its attributes and construction arguments, by name in lower case without underscores.
        given: What forward is handed beside the primals, by name: targets, ids, masks, flags.
        constants: Small constants in forward, such as 1e-7 in log(p + 1e-7).
    """

    primals: Primals
    inputs: tuple[str, ...]
    parameters: tuple[str, ...]
    y: Array
    settings: Mapping[str, Any] = field(default_factory=dict)
    given: Mapping[str, Any] = field(default_factory=dict)
    constants: tuple[float, ...] = ()

    def shape(self, name: str) -> tuple[int, ...]:
        """Shape of a primal."""
        return tuple(self.primals[name].shape)

    def setting(self, *names: str) -> Any:
        """The first setting or argument of forward of these names that there is, None where there is none."""
        given = {name.replace("_", "").lower(): value for name, value in self.given.items()}
        for name in names:
            for place in (given, self.settings):
                if place.get(name) is not None:
                    return place[name]
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One way in which a layer may be its counterpart, or one way in which it may differ from it.

    Attributes:
        value: Float64 tensors by primal name, in the layer's own layout -> the layer's value, recorded by autograd;
            axes of length one may be missing or added.
        how: How the layer is laid out, such as "weights (in, out)"; "" where it is laid out as in torch.
        difference: What the layer does that its counterpart does not, as the end of a sentence that starts with
            "forward"; "" where this is the counterpart itself.
    """

    value: Callable[[Mapping[str, Any]], Any]
    how: str = ""
    difference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A torch counterpart.

    Attributes:
        name: Its file's name.
        title: Its name in torch, such as "LayerNorm".
        summary: One line: the mathematics.
        aliases: What people call classes of the kind, in lower case without underscores; no other reference has them.
        forms: signature -> the forms that its shapes allow, the most likely first; those without a difference before
            those with one. None where the structure is another.
        needs_name: Whether only a class of its name is compared with it: many another function fits its forms.
        example: () -> (a torch module or function, the tensors it is called with); a module's attributes are the
            settings.
    """

    name: str
    title: str
    summary: str
    aliases: tuple[str, ...]
    forms: Callable[[Signature], Iterator[Form]]
    example: Callable[[], tuple[Any, tuple[Any, ...]]]
    needs_name: bool = False
