"""Layers of frameworks that drive them with data of their own: which framework, and what examines its gradients."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gradcheck.source.model import LayerSite

#: The family of such a class.
FOREIGN = "foreign"
_PYTENSOR = "`pytensor.gradient.verify_grad` checks its symbolic gradient"
_CHAINER = "`chainer.gradient_check.check_backward` checks it"
_MXNET = "`mxnet.test_utils.check_numeric_gradient` checks it"
#: What a base or a method is called, to its framework and what examines it there, "" where nothing is known.
_KNOWN = (
    (re.compile(r"(^|\.)(FunctionNode|chainer\..*)$"), "chainer", _CHAINER),
    (re.compile(r"(^|\.)CustomOp$"), "MXNet", _MXNET),
    (re.compile(r"(^|\.)PythonFunction$|^forward_impl$"), "nnabla", ""),
    (re.compile(r"^(theano|aesara)\."), "Theano", "`theano.gradient.verify_grad` checks its symbolic gradient"),
    (re.compile(r"^(perform|L_op|pullback)$"), "PyTensor", _PYTENSOR),
    (re.compile(r"(^|\.)PyLayer$"), "Paddle", ""),
    (re.compile(r"^forward_cpu$|^backward_cpu$"), "chainer", _CHAINER),
    (re.compile(r"^(tf|tensorflow|keras)\."), "TensorFlow", "`tf.test.compute_gradient` checks it"),
)


def sentence(site: LayerSite) -> str:
    """Why a site is not built, and what to use instead.

    Args:
        site: One of the family "foreign".
    """
    words = (*site.bases, site.forward.name, site.backward.name)
    found = next(((name, use) for pattern, name, use in _KNOWN if any(pattern.search(word) for word in words)), None)
    if found is None:
        if site.forward.is_static or site.backward.is_static:
            return (
                f"{site.qualname} is static, and nothing tells its {site.backward.name} at which point: hand it the "
                "input, a cache or a context"
            )
        return f"{site.qualname} belongs to a framework that drives it itself"
    name, use = found
    return f"{site.qualname} belongs to {name}, which drives it with data of its own" + (f"; {use}" if use else "")
