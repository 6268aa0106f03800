"""Classes and functions with a forward and a backward."""

from __future__ import annotations

from gradcheck.scan.documents import document
from gradcheck.scan.facts.layers import layers, pairs
from gradcheck.scan.facts.module import Module
from gradcheck.scan.facts.project import Project
from gradcheck.scan.facts.registration import is_home_module, is_torch_module


def module(text):
    return Module(document(text.encode(), "example.py"), Project())


def test_a_class_with_both_methods_is_a_pair():
    text = "class A:\n    def forward(self, x):\n        return x\n\n    def backward(self, g):\n        return g\n"
    (name, forward, backward), *rest = pairs(module(text))
    assert (name, forward.name, backward.name, rest) == ("A", "forward", "backward", [])


def test_a_stub_makes_no_pair():
    forward = "    def forward(self, x):\n        return x\n"
    text = f"class A:\n{forward}\n    def backward(self, g):\n        raise NotImplementedError\n"
    assert pairs(module(text)) == ()


def test_a_derivative_finds_its_function_by_name():
    text = "def relu(x):\n    return max(x, 0)\n\n\ndef relu_backward(g, x):\n    return g * (x > 0)\n"
    assert [(name, forward.name) for name, forward, _ in pairs(module(text))] == [("relu", "relu")]


def test_a_derivative_alone_has_no_forward():
    found = pairs(module("def d_sigmoid_prime(x):\n    return x\n\n\ndef tanh_grad(y):\n    return 1 - y * y\n"))
    assert [(name, forward) for name, forward, _ in found][-1] == ("tanh", None)


def test_attributes_set_in_init_are_told_with_their_first_value():
    layer = layers(module("class A:\n    def __init__(self):\n        self.w = one()\n        self.w = two()\n"))[0]
    assert layer.initial["w"].value == "one()"


def test_a_module_is_known_through_a_base_of_its_own_file():
    text = "from torch import nn\n\n\nclass Base(nn.Module):\n    pass\n\n\nclass Head(Base):\n    pass\n"
    source = module(text)
    assert all(is_torch_module(layer, source) for layer in layers(source))


def test_a_module_of_another_framework_is_no_torch_module():
    source = module("from flax import linen as nn\n\n\nclass Head(nn.Module):\n    pass\n")
    assert not is_torch_module(layers(source)[0], source)


def test_a_home_made_module_is_one_without_torch():
    source = module("class Module:\n    pass\n\n\nclass Head(Module):\n    pass\n")
    assert is_home_module(layers(source)[1], source)
