"""Forms of transformer layers: attention, a network of two linear layers, norms and residual sums."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from gradcheck.matching.attending import Attending, attendings
from gradcheck.matching.heads import Projections, projections
from gradcheck.matching.settings import EPSILON_NAMES, number
from gradcheck.types import Form, Signature

_NORM: Final = re.compile(r"norm|gamma|beta|(^|[._])ln|scale", re.IGNORECASE)
#: Added to variances where nothing is stated: torch's, and others in use.
_EPSILONS: Final = (1e-5, 1e-6, 1e-8, 1e-12)


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """The parameters of one layer.

    Attributes:
        attentions: Of each attention, in the order in which they are held.
        linears: (weight, bias or "") of the two linear layers.
        norms: (gain, shift) of each norm.
        turned: Whether the linear layers' weights are (in, out).
    """

    attentions: tuple[tuple[str, ...], ...]
    linears: tuple[tuple[str, str], tuple[str, str]]
    norms: tuple[tuple[str, str], ...]
    turned: bool


def transformer_forms(signature: Signature, attentions: int) -> Iterator[Form]:
    """Norms after the sums or before the parts, ReLU or GELU, every layout of the projections.

    Args:
        signature: What the layer shows.
        attentions: 1 for an encoder layer, 2 for a decoder layer, which attends to a second input.
    """
    if len(signature.inputs) != attentions or len(signature.shape(signature.inputs[0])) not in (2, 3):
        return
    width = signature.shape(signature.inputs[0])[-1]
    for block in _blocks(signature, width, attentions):
        choices = [list(projections(signature, names, width)) for names in block.attentions]
        # All attentions of a layer are laid out alike.
        alike = [way for way in zip(*choices, strict=False) if len({(p.heads, p.turned) for p in way}) == 1]
        masks = [way for way in attendings(signature) if not way.difference]
        stated = number(signature, *EPSILON_NAMES)
        epsilons = dict.fromkeys((*([stated] if stated is not None else []), *signature.constants, *_EPSILONS))
        activations = ("relu", "gelu", "tanh form")
        # Heads that are stated come first; what is tried last is an epsilon that nobody states.
        for found, mask in itertools.product(alike, masks):
            for eps, norm_first, activation in itertools.product(epsilons, (False, True), activations):
                words = [found[0].how, "norms first" if norm_first else "", activation if activation != "relu" else ""]
                value = partial(
                    _value, names=signature.inputs, block=block, found=found, way=mask, eps=eps, norm_first=norm_first,
                    activation=activation, given=signature.given,
                )  # fmt: skip
                yield Form(value=value, how=", ".join(word for word in words if word))


def _blocks(signature: Signature, width: int, attentions: int) -> Iterator[Block]:
    shapes = {name: signature.shape(name) for name in signature.parameters}
    wide = [n for n in shapes if len(shapes[n]) == 2 and width in shapes[n] and shapes[n] != (width, width)]
    wide = [n for n in wide if max(shapes[n]) != 3 * width or len(wide) == 2]
    norms = [n for n in shapes if math.prod(shapes[n]) == width and _NORM.search(n)]
    if len(wide) != 2 or len(norms) != 2 * (attentions + 1) or sorted(shapes[wide[0]]) != sorted(shapes[wide[1]]):
        return
    inner = next(n for n in shapes[wide[0]] if n != width)
    rest = [n for n in shapes if n not in wide and n not in norms]
    shifts = [_beside(weight, rest, shapes, size) for weight, size in zip(wide, (inner, width), strict=True)]
    attending = [n for n in rest if n not in shifts]
    share = len(attending) // attentions
    for order in ((0, 1), (1, 0)):
        first, second = wide[order[0]], wide[order[1]]
        for turned in (False, True):
            if shapes[first] != ((width, inner) if turned else (inner, width)):
                continue
            yield Block(
                attentions=tuple(tuple(attending[k * share : (k + 1) * share]) for k in range(attentions)),
                linears=((first, shifts[order[0]]), (second, shifts[order[1]])),
                norms=_pairs(_gains_first(norms)),
                turned=turned,
            )


def _beside(weight: str, names: Sequence[str], shapes: Mapping[str, tuple[int, ...]], size: int) -> str:
    """The vector of `size` entries whose name shares most of its beginning with that of the weight, "" for none."""
    fitting = [n for n in names if math.prod(shapes[n]) == size and len([k for k in shapes[n] if k != 1]) <= 1]

    def shared(name: str) -> int:
        return next(
            (k for k, (a, b) in enumerate(zip(name, weight, strict=False)) if a != b), min(len(name), len(weight))
        )

    return max(fitting, key=shared, default="")


def _gains_first(norms: Sequence[str]) -> list[str]:
    """The parameters of norms, each pair with its gain first."""
    ordered = []
    for one, other in _pairs(norms):
        is_shift = re.search(r"beta|bias|shift|(^|[._])b\d?$", one, re.IGNORECASE) is not None
        ordered += [other, one] if is_shift else [one, other]
    return ordered


def _pairs(names: Sequence[str]) -> tuple[tuple[str, str], ...]:
    return tuple((names[k], names[k + 1]) for k in range(0, len(names), 2))


def _value(
    t: Mapping[str, Any],
    *,
    names: Sequence[str],
    block: Block,
    found: Sequence[Projections],
    way: Attending,
    eps: float,
    norm_first: bool,
    activation: str,
    given: Mapping[str, Any],
) -> Any:
    from torch.nn.functional import gelu, layer_norm, linear

    def norm(x: Any, k: int) -> Any:
        gain, shift = (t[name].reshape(-1) for name in block.norms[k])
        return layer_norm(x, [x.shape[-1]], gain, shift, eps)

    def network(x: Any) -> Any:
        for k, (weight, shift) in enumerate(block.linears):
            matrix = t[weight].T if block.turned else t[weight]
            x = linear(x, matrix, t[shift].reshape(-1) if shift else None)
            if k == 0:
                x = (
                    x.relu()
                    if activation == "relu"
                    else gelu(x, approximate="none" if activation == "gelu" else "tanh")
                )
        return x

    def part(x: Any, k: int) -> Any:
        if k == len(found):
            return network(x)
        memory = x if k == 0 else t[names[1]]
        # A mask hides the future of the layer's own sequence, not what another one offers.
        return found[k].attend(t, x, memory, memory, way if k == 0 else Attending(), given)

    x = t[names[0]]
    for k in range(len(found) + 1):
        x = x + part(norm(x, k), k) if norm_first else norm(x + part(x, k), k)
    return x
