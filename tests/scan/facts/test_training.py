"""The calls of a training loop."""

from __future__ import annotations

import pytest

from gradcheck.scan.documents import document
from gradcheck.scan.facts.functions import every_function
from gradcheck.scan.facts.module import Module
from gradcheck.scan.facts.project import Project
from gradcheck.scan.facts.training import callees_that, training_calls


def module(text):
    return Module(document(text.encode(), "example.py"), Project())


def test_calls_are_told_in_their_order():
    text = "def f(x):\n    opt.zero_grad()\n    loss(model(x)).backward()\n    self.opts['g'].step()\n"
    found = training_calls(every_function(module(text))[1])
    assert [(call.verb, call.owner) for call in found] == [
        ("zero_grad", "opt"),
        ("backward", "loss(model(x))"),
        ("step", "self.opts['g']"),
    ]


@pytest.mark.parametrize(
    ("owner", "is_optimizer"),
    [
        ("optimizer", True),
        ("self.opt_g", True),
        ("adam", True),
        ("scheduler", False),
        ("env", False),
        ("lr_opt_sched", False),
    ],
)
def test_only_an_optimizers_step_counts(owner, is_optimizer):
    (call,) = training_calls(every_function(module(f"def f():\n    {owner}.step()\n"))[1])
    assert call.is_optimizer_step is is_optimizer


def test_a_function_does_what_the_functions_it_calls_do():
    text = "def a():\n    p.grad = None\n\n\ndef b():\n    a()\n\n\ndef c():\n    pass\n"
    assert callees_that(module(text), r"grad=None") == {"a", "b"}
