"""GRC501: a layer without backward among layers that have one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gradcheck.scan.facts.layers import HAS_BACKWARD, Layer, layers
from gradcheck.scan.facts.registration import is_torch_module
from gradcheck.scan.model import Example, Hit, Precision, Rule, Severity
from gradcheck.source.methods import BACKWARD_NAMES

if TYPE_CHECKING:
    from gradcheck.scan.facts.module import Module

_NUMERIC = re.compile(r"\b(?:np|numpy|cp|xp|math)\.\w+\(|\*\*|@")
_COMPOSES = re.compile(r"\.forward\(|for \w+ in self\.|self\.\w+\(")
_ABSTRACT = re.compile(
    r"abstract|base|mixin|interface|protocol|network|model|metric|sequential|initiali[sz]er|stub", re.IGNORECASE
)
#: Brothers and sisters with a backward of their own from which on a missing one is an omission.
_FEWEST_SIBLINGS = 2


def examine(_node: None, module: Module) -> Iterator[Hit]:
    """Find a subclass with a numerical forward, no backward of its own or from a base, and siblings that have both."""
    known = layers(module)
    if sum("forward" in layer.methods for layer in known) <= _FEWEST_SIBLINGS:
        return
    parents = {name for layer in known for name in layer.base_names}
    for layer in known:
        forward = layer.methods.get("forward")
        if (
            forward is None
            or forward.is_stub
            or len(layer.bases) != 1
            or layer.name in parents
            or _ABSTRACT.search(layer.name)
        ):
            continue
        if not layer.methods.keys().isdisjoint(BACKWARD_NAMES) or any(
            re.search(r"grad|derivative|prime|backward|bprop", name) for name in layer.methods
        ):
            continue
        if (
            _COMPOSES.search(forward.code)
            or not _NUMERIC.search(forward.code)
            or "abc" in layer.node.text().partition("\n")[0].lower()
        ):
            continue
        if not is_torch_module(layer, module) and _has_siblings(layer, known) and not _inherits(layer, known, module):
            yield Hit(
                node=layer.node.field("name") or layer.node,
                message=(
                    f"`{layer.name}` has a forward and no backward, unlike the other subclasses of "
                    f"`{layer.base_names[0]}`"
                ),
            )


def _has_siblings(layer: Layer, known: tuple[Layer, ...]) -> bool:
    siblings = [
        one for one in known if one.base_names == layer.base_names and one is not layer and "forward" in one.methods
    ]
    backward = [one for one in siblings if one.pair is not None]
    return len(backward) >= _FEWEST_SIBLINGS and len(backward) == len(siblings)


def _inherits(layer: Layer, known: tuple[Layer, ...], module: Module) -> bool:
    """Whether a base brings a backward that does something; a base that nobody knows may."""
    name = layer.base_names[0]
    local = [one for one in known if one.name == name]
    for one in local:
        if any(label in one.methods and not one.methods[label].is_stub for label in BACKWARD_NAMES):
            return True
        if one.bases and any(_inherits_from(base, module) for base in one.base_names if base not in {"ABC", "object"}):
            return True
    if local:
        return False
    return module.project.may_have_backward(name)


def _inherits_from(name: str, module: Module) -> bool:
    return module.project.may_have_backward(name)


RULE = Rule(
    code="GRC501",
    name="forward_without_backward",
    summary="A layer with a forward and no backward",
    why=(
        "Its siblings write their backward by hand and nothing derives this one: the pass back ends here, "
        "with an error or with the base's placeholder."
    ),
    remedy="Write the backward, and keep in forward what it needs.",
    severity=Severity.ERROR,
    precision=Precision.HIGH,
    needles=HAS_BACKWARD,
    kinds=frozenset({"module"}),
    examine=examine,
    bad=(
        Example(
            text="""\
import numpy as np


class Layer:
    def backward(self, g):
        raise NotImplementedError


class ReLU(Layer):
    def forward(self, x):
        self.x = x
        return np.maximum(x, 0)

    def backward(self, g):
        return g * (self.x > 0)


class Tanh(Layer):
    def forward(self, x):
        self.y = np.tanh(x)
        return self.y

    def backward(self, g):
        return g * (1 - self.y**2)


class Swish(Layer):
    def forward(self, x):
        return x / (1 + np.exp(-x))
"""
        ),
        Example(
            text="""\
import numpy as np


class Layer:
    def backward(self, g):
        raise NotImplementedError


class ReLU(Layer):
    def forward(self, x):
        self.x = x
        return np.maximum(x, 0)

    def backward(self, g):
        return g * (self.x > 0)


class Tanh(Layer):
    def forward(self, x):
        self.y = np.tanh(x)
        return self.y

    def backward(self, g):
        return g * (1 - self.y**2)


class Square(Layer):
    def forward(self, x):
        return x**2
"""
        ),
        Example(
            text="""\
import numpy as np


class Layer:
    def backward(self, g):
        raise NotImplementedError


class ReLU(Layer):
    def forward(self, x):
        self.x = x
        return np.maximum(x, 0)

    def backward(self, g):
        return g * (self.x > 0)


class Tanh(Layer):
    def forward(self, x):
        self.y = np.tanh(x)
        return self.y

    def backward(self, g):
        return g * (1 - self.y**2)


class Softplus(Layer):
    def forward(self, x):
        return np.log1p(np.exp(x))
"""
        ),
    ),
    good=(
        """\
import numpy as np


class Layer:
    def backward(self, g):
        return g * self.slope


class A(Layer):
    def forward(self, x):
        return np.exp(x)

    def backward(self, g):
        return g


class B(Layer):
    def forward(self, x):
        return np.exp(x)

    def backward(self, g):
        return g


class C(Layer):
    def forward(self, x):
        return np.exp(x)
""",
        """\
import numpy as np


class A(Module):
    def forward(self, x):
        return np.exp(x)


class B(Module):
    def forward(self, x):
        return np.exp(x)
""",
        """\
class Layer:
    pass


class A(Layer):
    def forward(self, x):
        return x

    def backward(self, g):
        return g


class B(Layer):
    def forward(self, x):
        return x

    def backward(self, g):
        return g


class Chain(Layer):
    def forward(self, x):
        return self.b.forward(self.a.forward(x)) ** 2
""",
    ),
)
