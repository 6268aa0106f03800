"""Which calling convention a class with a forward and a backward follows, by what is written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gradcheck.source.methods import ARITHMETIC_NAMES, CALL_NAMES, FOREIGN_PAIRS, FORWARD_NAMES

if TYPE_CHECKING:
    from gradcheck.source.inheritance import Lineage
    from gradcheck.source.model import Method

#: The family of a tape's Tensor, which is examined as a whole.
TAPE = "tape"

#: First arguments by which a static forward shows that it is driven by `apply`.
CONTEXT_NAMES = frozenset({"ctx", "_ctx", "context", "fctx"})

_TORCH_MODULE = re.compile(r"^torch\.nn\.")
_TORCH_FUNCTION = re.compile(r"(?:^|\.)torch\.autograd\.")

# Bases of these packages hand their methods tensors of their own, or several at once, or an index list.
_FRAMEWORK = re.compile(
    r"^(?:torch|pytorch_lightning|lightning|transformers|chainer|theano|pytensor|aesara|mxnet|nnabla|tensorflow|keras"
    r"|tf_keras|paddle|mindspore|jax|flax|haiku|equinox|oneflow|jittor|tinygrad)\."
)
# The same, where the package itself is read and its bases are files of the repository.
_FRAMEWORK_FILE = re.compile(r"(?:^|/)(?:chainer|theano|pytensor|aesara|mxnet|nnabla)/")
_FOREIGN_BASES = frozenset({"FunctionNode", "CustomOp", "PythonFunction"})


def is_tape(lineage: Lineage) -> bool:
    """Whether a class looks like a tape's Tensor: it defines backward and arithmetic, and has no forward."""
    if "backward" not in lineage.classes[0].methods:
        return False
    has_forward = any(lineage.find(name) for name in FORWARD_NAMES if name not in CALL_NAMES)
    return not has_forward and any(lineage.defines(name) for name in ARITHMETIC_NAMES)


def is_torch_module(lineage: Lineage) -> bool:
    """Whether a class is an nn.Module: one of its bases outside the repository is a class of `torch.nn`."""
    return any(_TORCH_MODULE.match(name) for name in lineage.outside)


def family(lineage: Lineage, forward: Method, backward: Method) -> str:
    """The family of a class that is no tape: "instance", "torch_function", "torch_module" or "foreign".

    Static methods without a context are foreign: with no object to keep the forward's input in, an upstream
    gradient alone cannot say at which point the derivative is meant.
    """
    outside = lineage.outside
    if any(_TORCH_FUNCTION.search(name) for name in outside):
        return "torch_function"
    if is_torch_module(lineage) and not forward.is_static:
        # What it calls backward is a training step of its own; gradients are autograd's.
        return "torch_module"
    if (forward.name, backward.name) in FOREIGN_PAIRS or _FOREIGN_BASES & lineage.ancestor_names():
        return "foreign"
    if forward.is_static or backward.is_static:
        first = forward.parameters[0].name if forward.parameters else ""
        driven = first in CONTEXT_NAMES or "Function" in lineage.ancestor_names()
        return "torch_function" if driven else "foreign"
    if any(_FRAMEWORK.match(name) for name in outside):
        return "foreign"
    return "foreign" if any(_FRAMEWORK_FILE.search(fact.path) for fact in lineage.classes[1:]) else "instance"
