from __future__ import annotations

import pytest

from gradcheck.source.discovery import find_layers

INSTANCE = "    def forward(self, x): return x\n    def backward(self, g): return g\n"
STATIC = "    @staticmethod\n    def forward({0}x): return x\n    @staticmethod\n    def backward({0}g): return g\n"


@pytest.fixture
def family(write):
    def found(source, **files):
        root = write({"a.py": source, **{f"{name}.py": text for name, text in files.items()}})
        return [site.family for site in find_layers([root]).sites if site.qualname == "A"]

    return found


def test_two_methods_of_one_object_are_an_instance(family):
    assert family("class A:\n" + INSTANCE) == ["instance"]
    assert family("import nn\nclass A(nn.Module):\n" + INSTANCE) == ["instance"]
    assert family("from sklearn.base import BaseEstimator\nclass A(BaseEstimator):\n" + INSTANCE) == ["instance"]


@pytest.mark.parametrize(
    "source",
    [
        "class A(Function):\n" + STATIC.format("self, "),
        "import torch\nclass A(torch.autograd.Function):\n" + INSTANCE,
        "from torch import autograd as ag\nclass A(ag.Function):\n" + INSTANCE,
        "from torch.autograd.function import Function as F\nclass A(F):\n" + STATIC.format(""),
        "from torch.autograd import *\nclass A(Function):\n" + STATIC.format("ctx, "),
    ],
)
def test_what_apply_drives_is_a_torch_function(family, source):
    assert family(source) == ["torch_function"]


@pytest.mark.parametrize(
    "source",
    [
        "class A:\n" + STATIC.format("ctx, "),
        "class A:\n" + STATIC.format("ctx, ").replace("staticmethod", "classmethod").replace("(ctx", "(cls, ctx"),
        "from base import Function\nclass A(Function):\n" + STATIC.format("context, "),
        "from base import Function\nclass A(Function):\n" + STATIC.format("bag, "),
    ],
)
def test_static_methods_with_a_context_and_no_base_from_outside_are_a_context_function(family, source):
    assert family(source, base="class Function: ...\n") == ["context_function"]


def test_a_static_function_of_a_tapes_tensors_belongs_to_the_tape(family):
    tape = "class Tensor:\n    def __add__(self, o): return o\n    def backward(self): self.g = 1\n"
    source = "from tape import Tensor\nclass A:\n" + STATIC.format("ctx, ").replace("x)", "x: Tensor)")
    assert family(source, tape=tape) == []


def test_a_base_that_drives_what_its_heirs_write_is_abstract(write):
    base = "class A:\n    @classmethod\n    def _forward(cls, ctx, x): return cls.forward(ctx, x)\n"
    root = write({"a.py": base + "    @classmethod\n    def _backward(cls, ctx, g): return cls.backward(ctx, g)\n"})
    assert [site.is_abstract for site in find_layers([root]).sites] == [True]


def test_a_static_backward_that_is_told_the_point_is_a_derivative(family):
    source = "class A:\n" + STATIC.format("").replace("backward(g)", "backward(x, g)")
    assert family(source) == ["activation"]


@pytest.mark.parametrize(
    "source",
    [
        "import torch.nn as nn\nclass A(nn.Module):\n    def forward(self, x): return x\n",
        "import torch.nn as nn\nclass A(nn.Module):\n" + INSTANCE,
        "from torch.nn import Sequential\nclass A(Sequential):\n    def forward(self, x): return x\n",
        "from torch import nn\nclass B(nn.Linear): ...\nclass A(B):\n    def forward(self, x): return x\n",
    ],
)
def test_what_inherits_from_torch_nn_and_has_a_forward_is_a_torch_module(family, source):
    assert family(source) == ["torch_module"]


def test_a_torch_module_is_known_by_a_base_in_another_file(family):
    base = "import torch\nclass Block(torch.nn.Module):\n    def forward(self, x): return x\n"
    assert family("import torch\nfrom base import Block\nclass A(Block): ...\n", base=base) == ["torch_module"]


def test_a_module_without_a_forward_of_the_repository_is_no_site(family):
    assert family("import torch.nn as nn\nclass A(nn.Linear):\n    def reset(self): ...\n") == []


def test_a_home_made_function_of_one_object_is_an_instance(family):
    assert family("from base import Function\nclass A(Function):\n" + INSTANCE, base="class Function: ...\n") == [
        "instance"
    ]


@pytest.mark.parametrize(
    "source",
    [
        (
            "class A:\n    def __init__(self): ...\n    def __add__(self, o): return o\n"
            "    def backward(self): self.g = 1\n"
        ),
        "class A:\n    __mul__ = mul\n    def backward(self, gradient=None): self.g = 1\n",
        (
            "class A:\n    def __call__(self): return 1\n    def __mul__(self, o): return o\n"
            "    def backward(self): self.g = 1\n"
        ),
    ],
)
def test_backward_and_arithmetic_without_a_forward_are_a_tape(family, source):
    assert family(source) == ["tape"]


def test_arithmetic_beside_a_forward_is_no_tape(family):
    assert family("class A:\n    def __add__(self, o): return o\n" + INSTANCE) == ["instance"]


@pytest.mark.parametrize(
    "source",
    [
        "class A:\n" + STATIC.format(""),
        "from chainer import FunctionNode\nclass A(FunctionNode):\n" + INSTANCE,
        (
            "from chainer import function_node\n"
            "class A(function_node.FunctionNode):\n    def forward_cpu(self, x): return x\n"
            "    def backward(self, i, g): return g\n"
        ),
        "import chainer\nclass A(chainer.Function):\n" + INSTANCE,
        "import mxnet as mx\nclass A(mx.operator.CustomOp):\n" + INSTANCE,
        (
            "from theano.tensor import Op\n"
            "class A(Op):\n    def perform(self, n, i, o): o[0] = i\n    def grad(self, x, g): return g\n"
        ),
        (
            "from pytensor.graph.op import Op\n"
            "class A(Op):\n    def perform(self, n, i, o): o[0] = i\n    def L_op(self, x, y, g): return g\n"
        ),
        "import torch.nn as nn\nclass A(nn.Module):\n" + STATIC.format("x, "),
        "class A:\n    def forward_impl(self, i, o): o = i\n    def backward_impl(self, i, o): o = i\n",
    ],
)
def test_other_frameworks_are_foreign(family, source):
    assert family(source) == ["foreign"]


def test_a_framework_read_from_its_own_sources_is_foreign_too(write):
    root = write(
        {
            "chainer/__init__.py": "from .function import Function\n",
            "chainer/function.py": "class Function(object):\n    def forward(self, x): raise NotImplementedError\n"
            "    def backward(self, x, g): raise NotImplementedError\n",
            "chainer/relu.py": "from .function import Function\nclass ReLU(Function):\n" + INSTANCE,
        }
    )
    assert {site.qualname: site.family for site in find_layers([root]).sites}["ReLU"] == "foreign"


def test_operations_and_parameters_of_a_tape_are_no_sites(write):
    tape = "class Tensor:\n    def __add__(self, o): return o\n    def backward(self): self.g = 1\n"
    root = write(
        {
            "tensor.py": tape,
            "ops.py": "from tensor import Tensor\nclass Add(Tensor):\n    def forward(self, x, y): return x + y\n"
            "class Parameter(Tensor): ...\n",
        }
    )
    assert [(site.identity, site.family) for site in find_layers([root]).sites] == [("tensor.py::Tensor", "tape")]


def test_the_sum_stands_for_the_forward_of_a_tape(write):
    root = write({"a.py": "class A:\n    def backward(self): self.g = 1\n    def __mul__(self, o): return o\n"})
    (site,) = find_layers([root]).sites
    assert (site.forward.name, site.backward.name) == ("__mul__", "backward")
