from __future__ import annotations

import pytest

from gradcheck.source.discovery import find_layers

OPERATION = """
class Operation:
    def forward(self, x):
        self.x = x
        return self._output()
    def backward(self, g):
        return self._input_grad(g)
    def _output(self):
        raise NotImplementedError
    def _input_grad(self, g):
        raise NotImplementedError
"""

ABSTRACT = """
from abc import ABC, abstractmethod
class Layer(ABC):
    @abstractmethod
    def forward(self, x): ...
    @abstractmethod
    def backward(self, g): ...
    @property
    @abstractmethod
    def size(self): ...
"""


@pytest.fixture
def layers(write):
    """Qualified name to whether it is abstract, of every site in one file."""

    def found(source):
        return {site.qualname: site.is_abstract for site in find_layers([write({"a.py": source})]).sites}

    return found


@pytest.mark.parametrize(
    "stub", ["pass", "...", '"""Doc."""', "raise NotImplementedError", "raise NotImplementedError('backward')"]
)
def test_a_stub_makes_a_base(layers, stub):
    assert layers(f"class A:\n    def forward(self, x): return x\n    def backward(self, g):\n        {stub}\n") == {
        "A": True
    }


def test_a_base_that_calls_what_is_left_to_its_heirs_is_abstract(layers):
    assert layers(OPERATION) == {"Operation": True}


def test_heirs_that_define_only_the_hooks_are_layers(layers):
    source = OPERATION + (
        "class Half(Operation):\n    def _output(self): return self.x / 2\n"
        "class Full(Half):\n    def _input_grad(self, g): return g / 2\n"
        "class Same(Full): ...\n"
    )
    assert layers(source) == {"Operation": True, "Full": False, "Same": False}


def test_a_base_that_adds_another_hook_is_abstract_and_its_heir_is_not(layers):
    source = OPERATION + (
        "class ParamOperation(Operation):\n"
        "    def backward(self, g):\n        self.dw = self._param_grad(g)\n        return self._input_grad(g)\n"
        "    def _param_grad(self, g): raise NotImplementedError\n"
        "class Multiply(ParamOperation):\n"
        "    def _output(self): return self.x\n    def _input_grad(self, g): return g\n"
        "    def _param_grad(self, g): return g\n"
    )
    assert layers(source) == {"Operation": True, "ParamOperation": True, "Multiply": False}


def test_a_hook_behind_a_hook_counts(layers):
    source = (
        "class A:\n    def forward(self, x): return self.step(x)\n    def backward(self, g): return g\n"
        "    def step(self, x): return self.core(x)\n    def core(self, x): raise NotImplementedError\n"
    )
    assert layers(source) == {"A": True}


def test_an_empty_hook_is_an_offer_not_a_demand(layers):
    source = (
        "class A:\n    def forward(self, x):\n        self.build()\n        return x\n"
        "    def backward(self, g): return g\n"
        "    def build(self): pass\n"
    )
    assert layers(source) == {"A": False}


def test_methods_that_call_one_another_in_a_circle_come_to_an_end(layers):
    source = (
        "class A:\n    def forward(self, x): return self.step(x)\n    def step(self, x): return self.forward(x)\n"
        "    def backward(self, g): return self.backward(self.unknown(g))\n"
    )
    assert layers(source) == {"A": False}


def test_a_hook_that_nobody_calls_does_not_matter(layers):
    source = (
        "class A:\n    def forward(self, x): return x\n"
        "    def backward(self, g): return g\n"
        "    def name(self): raise NotImplementedError\n"
    )
    assert layers(source) == {"A": False}


def test_a_hook_only_spoken_of_does_not_matter(layers):
    source = (
        'class A:\n    def forward(self, x):\n        """Not self.core(x)."""\n        return x  # self.core(x)\n'
        "    def backward(self, g): return g\n    def core(self, x): raise NotImplementedError\n"
    )
    assert layers(source) == {"A": False}


def test_abstract_methods_left_open_make_a_base(layers):
    source = ABSTRACT + (
        "class Half(Layer):\n    def forward(self, x): return x\n    def backward(self, g): return g\n"
        "class Full(Half):\n    size = 3\n"
        "class Other(Half):\n    @property\n    def size(self): return 3\n"
    )
    assert layers(source) == {"Layer": True, "Half": True, "Full": False, "Other": False}


def test_the_decorator_alone_does_nothing_without_its_metaclass(layers):
    source = (
        "from abc import abstractmethod\n"
        "class A:\n    def forward(self, x): return x\n    def backward(self, g): return g\n"
        "    @abstractmethod\n    def size(self): ...\n"
    )
    assert layers(source) == {"A": False}
    assert layers(source.replace("class A:", "class A(metaclass=ABCMeta):")) == {"A": True}


def test_a_protocol_is_a_description_and_what_inherits_it_a_layer(layers):
    source = (
        "from typing import Protocol\n"
        "class Layer(Protocol):\n    def forward(self, x): ...\n    def backward(self, g): ...\n"
        "class Linear(Layer):\n    def forward(self, x): return x\n    def backward(self, g): return g\n"
    )
    assert layers(source) == {"Layer": True, "Linear": False}


def test_a_class_that_adds_nothing_to_a_base_is_not_even_a_base(layers):
    assert layers(OPERATION + "class Named(Operation):\n    name = 'n'\n") == {"Operation": True}


def test_work_not_done_yet_is_abstract_whatever_the_base_offers(layers):
    source = (
        "class Base:\n    def _forward(self, x): return x\n    def _backward(self, g): return g\n"
        "class A(Base):\n    def forward(self, x): raise NotImplementedError\n"
        "    def backward(self, g): raise NotImplementedError\n"
    )
    assert layers(source) == {"Base": False, "A": True}


def test_other_names_written_out_go_before_stubs_of_the_base(layers, write):
    source = (
        "class Base:\n    def forward(self, x): raise NotImplementedError\n"
        "    def backward(self, g): raise NotImplementedError\n"
        "class A(Base):\n    def fprop(self, x): return x\n    def bprop(self, g): return g\n"
    )
    assert layers(source) == {"Base": True, "A": False}
    (site,) = (site for site in find_layers([write({})]).sites if site.qualname == "A")
    assert (site.forward.name, site.backward.name) == ("fprop", "bprop")
