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

#: The family of an object with a function and its derivative.
ACTIVATION = "activation"
#: The family of a static function with a context of a home-made framework.
CONTEXT_FUNCTION = "context_function"

#: First arguments by which a static forward shows that it is driven by `apply`.
CONTEXT_NAMES = frozenset({"ctx", "_ctx", "context", "fctx"})

_TORCH_MODULE = re.compile(r"^torch\.nn\.")
_TORCH_FUNCTION = re.compile(r"(?:^|\.)torch\.autograd\.")

# Bases of these packages hand their methods tensors of their own, or several at once, or an index list.
_FRAMEWORK = re.compile(
    r"^(?:torch|pytorch_lightning|lightning|transformers|chainer|theano|pytensor|aesara|mxnet|nnabla|tensorflow|keras"
    r"|tf_keras|paddle|mindspore|jax|flax|haiku|equinox|oneflow|jittor|tinygrad)\."
)
# Those of them that have no part in torch.
_OWN_DATA = re.compile(
    r"^(?:chainer|theano|pytensor|aesara|mxnet|nnabla|tensorflow|keras|tf_keras|paddle|mindspore|oneflow|jittor)\."
)
# The same, where the package itself is read and its bases are files of the repository.
_FRAMEWORK_FILE = re.compile(r"(?:^|/)(?:chainer|theano|pytensor|aesara|mxnet|nnabla)/")
_FOREIGN_BASES = frozenset({"FunctionNode", "CustomOp", "PythonFunction"})
_KEPT = re.compile(r"cache|saved|memory|residual|^masks?$", re.IGNORECASE)
# Bases of the standard library, which say nothing of who drives a class.
_PLAIN_BASES = re.compile(r"^(?:abc\.|typing\.|builtins\.)?(?:object|ABC|Generic|Protocol)$")


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
    """The family of a class that is no tape.

    It is "instance", "torch_function", "torch_module", "context_function", "activation" or "foreign".

    Static methods without a context are a function and its derivative where backward is told of which point; an
    upstream gradient alone cannot say it, and they are foreign.
    """
    outside = lineage.outside
    if any(_TORCH_FUNCTION.search(name) for name in outside):
        return "torch_function"
    if is_torch_module(lineage) and not forward.is_static:
        # What it calls backward is a training step of its own; gradients are autograd's.
        return "torch_module"
    if (forward.name, backward.name) in FOREIGN_PAIRS or _FOREIGN_BASES & lineage.ancestor_names():
        return "foreign"
    if any(_OWN_DATA.match(name) for name in outside):
        return "foreign"
    if forward.is_static or backward.is_static:
        first = forward.parameters[0].name if forward.parameters else ""
        is_plain = all(_PLAIN_BASES.match(name) for name in outside)
        if first not in CONTEXT_NAMES and "Function" not in lineage.ancestor_names():
            return ACTIVATION if is_plain and _says_where(forward, backward) else "foreign"
        # A base that is not in the repository may be torch's by another name.
        return CONTEXT_FUNCTION if is_plain else "torch_function"
    if any(_FRAMEWORK.match(name) for name in outside):
        return "foreign"
    return "foreign" if any(_FRAMEWORK_FILE.search(fact.path) for fact in lineage.classes[1:]) else "instance"


def _says_where(forward: Method, backward: Method) -> bool:
    """Whether a backward without memory is handed what forward was, or what it answered, beside a gradient."""
    given = {parameter.name for parameter in forward.parameters}
    names = [parameter.name for parameter in backward.parameters]
    return len(names) > 1 and any(name in given or _KEPT.search(name) for name in names)
