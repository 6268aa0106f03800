"""GRC102: a result that its own derivative needs, changed in place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gradcheck.scan.facts.functions import Function, functions_with
from gradcheck.scan.facts.layers import Layer
from gradcheck.scan.facts.registration import is_torch_module
from gradcheck.scan.model import Example, Hit, Precision, Rule, Severity

if TYPE_CHECKING:
    from ast_grep_py import SgNode

    from gradcheck.scan.facts.module import Module

# Operations whose derivative is written with their output; NumPy's own record nothing and are left out.
_SAVES = re.compile(
    r"(?:(?:torch|F|functional|nn\.functional)\.(?:exp|sigmoid|tanh|softmax|sqrt|rsqrt)\(.*\)|[\w.\[\]()+*-]+\.(?:exp|sigmoid|tanh|softmax|sqrt|rsqrt)\([\w=,-]*\))"
)
_WORTH = re.compile(r"=\s*[^\n]*\b(?:exp|sigmoid|tanh|softmax|sqrt|rsqrt)\(")
_SAVING = ("exp(", "sigmoid(", "tanh(", "softmax(", "sqrt(")
_ARRAYS = re.compile(r"\b(?:np|numpy|jnp|tf|math|cp)\.")
_EVALUATES = re.compile(
    r"predict|generate|evaluat|infer|sample|decode|test|metric|plot|visual|post_?process|init|reset|step|main|demo|backward|grad",
    re.IGNORECASE,
)


def examine(_node: None, module: Module) -> Iterator[Hit]:
    """Find a name bound to such a result and then written into."""
    if not module.imports("torch") and "def _backward" not in module.text:
        return
    for function in functions_with(module, _WORTH, _SAVING):
        if not function.name or function.is_without_gradient or _EVALUATES.search(function.name):
            continue
        if "optim" not in module.path and "lr" not in function.parameters and not _keeps_state(function, module):
            yield from _written(function)


def _keeps_state(function: Function, module: Module) -> bool:
    """Whether it is a method of a class that is neither a module nor a tape: samplers, data, metrics."""
    owner = module.class_of(function.node)
    if owner is None:
        return False
    layer = Layer(owner)
    return not is_torch_module(layer, module) and "backward" not in layer.methods and "forward" not in layer.methods


def _written(function: Function) -> Iterator[Hit]:
    saved: dict[str, SgNode] = {}
    for one in function.statements:
        base = one.target.partition("[")[0]
        mutated = re.fullmatch(r"([A-Za-z_]\w*)\.[a-z]+_\(.*\)", one.value) if not one.target else None
        name = mutated[1] if mutated else base
        changes = bool(mutated) or (one.operator not in {"", "="}) or ("[" in one.target and one.operator == "=")
        if name in saved and changes and not one.is_without_gradient and not _leaves_graph(one.value):
            yield Hit(
                node=one.node,
                message=(
                    f"`{name}` is changed in place, and the derivative of the operation that made it needs it as it was"
                ),
            )
            del saved[name]
        elif one.target.isidentifier() and one.operator == "=":
            saved.pop(name, None)
            if (
                _SAVES.fullmatch(one.value)
                and not _ARRAYS.search(one.value)
                and not one.is_without_gradient
                and ".data" not in one.value
                and "detach" not in one.value
            ):
                saved[name] = one.node


def _leaves_graph(value: str) -> bool:
    return bool(re.search(r"\.(?:detach_|requires_grad_|retain_grad|register_hook|zero_grad_)\(", value))


RULE = Rule(
    code="GRC102",
    name="inplace_on_saved",
    summary="A result that its own derivative needs, changed in place",
    why=(
        "exp, sigmoid, tanh, softmax and sqrt keep their output for backward. PyTorch notices and stops; a "
        "home-made tape differentiates with the changed values."
    ),
    remedy="Compute a new tensor: `e = x.exp() + 1`.",
    severity=Severity.WARNING,
    precision=Precision.MEDIUM,
    needles=(b"exp(", b"sigmoid(", b"tanh(", b"softmax(", b"sqrt("),
    kinds=frozenset({"module"}),
    examine=examine,
    bad=(
        Example(
            text="""\
import torch


def forward(x):
    e = x.exp()
    e += 1
    return e.sum()
"""
        ),
        Example(
            text="""\
import torch


def forward(scores, mask):
    attention = scores.softmax(-1)
    attention[mask] = 0
    return attention
"""
        ),
        Example(
            text="""\
import torch


def forward(x):
    gate = torch.sigmoid(x)
    gate.clamp_(0.1, 0.9)
    return gate * x
"""
        ),
    ),
    good=(
        """\
def forward(x):
    e = x.exp() + 1
    return e.sum()
""",
        """\
def forward(x):
    e = np.exp(x)
    e += 1
    return e.sum()
""",
        """\
def forward(x):
    with torch.no_grad():
        p = torch.sigmoid(x)
        p.clamp_(0.1, 0.9)
    return p * x
""",
    ),
)
