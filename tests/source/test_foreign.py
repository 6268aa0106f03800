"""A layer of another framework is answered with one sentence: whose it is, and what examines it there."""

import pytest

from gradcheck.source.discovery import find_layers
from gradcheck.source.foreign import FOREIGN, sentence

METHODS = "    def {0}: pass_on()\n    def {1}: pass_on()\n"


@pytest.mark.parametrize(
    ("head", "methods", "framework", "use"),
    [
        (
            "from chainer import FunctionNode\nclass A(FunctionNode):\n", ("forward(self, x)", "backward(self, i, g)"),
            "chainer", "chainer.gradient_check",
        ),
        (
            "import mxnet as mx\nclass A(mx.operator.CustomOp):\n",
            ("forward(self, t, q, i, o, a)", "backward(self, q, g, i, o, d, a)"), "MXNet", "check_numeric_gradient",
        ),
        (
            "from nnabla.function import PythonFunction\nclass A(PythonFunction):\n",
            ("forward_impl(self, i, o)", "backward_impl(self, i, o, p, a)"), "nnabla", "",
        ),
        (
            "from pytensor.graph.op import Op\nclass A(Op):\n",
            ("perform(self, n, i, o)", "pullback(self, i, o, g)"), "PyTensor", "verify_grad",
        ),
        (
            "import theano\nclass A(theano.Op):\n",
            ("perform(self, n, i, o)", "grad(self, i, g)"), "Theano", "verify_grad",
        ),
        (
            "from paddle.autograd import PyLayer\nclass A(PyLayer):\n",
            ("forward(ctx, x)", "backward(ctx, g)"), "Paddle", "",
        ),
    ],
)  # fmt: skip
def test_the_framework_is_named(write, head, methods, framework, use):
    body = METHODS.format(*methods)
    if "ctx" in body:
        body = body.replace("    def", "    @staticmethod\n    def")
    [site] = find_layers([write({"a.py": head + body})]).sites
    told = sentence(site)
    assert site.family == FOREIGN
    assert told.startswith(f"A belongs to {framework}, which drives it")
    assert use in told
    assert "\n" not in told


def test_a_static_backward_that_does_not_know_the_point_is_told_what_to_take(write):
    body = "    @staticmethod\n    def forward(x): return x\n    @staticmethod\n    def backward(g): return g\n"
    [site] = find_layers([write({"a.py": "class A:\n" + body})]).sites
    assert sentence(site).startswith("A is static, and nothing tells its backward at which point")
