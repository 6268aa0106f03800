"""Gradients written as functions, by what is written: pairs, losses that return their gradient, activation objects."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gradcheck.source.families import ACTIVATION, CONTEXT_FUNCTION, is_tape, is_torch_module
from gradcheck.source.methods import FORWARD_NAMES, choose
from gradcheck.source.model import LayerSite
from gradcheck.source.pair_names import DERIVATIVE_NAMES, VALUE_NAMES, is_derivative, is_weak, key, partner
from gradcheck.source.sites import is_test_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from gradcheck.source.classes import ClassFact
    from gradcheck.source.functions import FunctionFact
    from gradcheck.source.inheritance import Inheritance, Lineage
    from gradcheck.source.model import Method
    from gradcheck.source.repository import ModuleFact

#: A function and the function that is its backward or its derivative.
PAIR = "pair"
#: One function that returns a value and its gradient.
VALUE_AND_GRADIENT = "value_and_gradient"
#: Two methods of a class that is something else: a network's `sigmoid` and `sigmoid_prime`.
METHODS = "methods"
FAMILIES = frozenset({PAIR, VALUE_AND_GRADIENT, ACTIVATION, METHODS, CONTEXT_FUNCTION})

#: Files that examine gradients, or hand in answers to somebody who does: what they define is no layer.
_EXAMINES = re.compile(
    r"(grad|gradient)s?_?check|check_?grad|autograder|grader|test_?cases?|public_tests?|test_?utils?"
)
_VALUE = re.compile(r"^\w*(loss|cost|error|objective|nll|energy|risk)\w*$|^(j|l|e|f|fx|val|value|obj)$", re.IGNORECASE)
_GRADIENT = re.compile(r"^(d[a-z_]\w*|\w*grads?\w*|\w*gradients?\w*|dparams|derivs?|g)$", re.IGNORECASE)
#: A function that answers with a loss as an expression says so in its name.
_SAYS_LOSS = re.compile(r"loss|cost|error|objective|nll|energy|risk|entropy|hinge|huber|mse|bce", re.IGNORECASE)
_TUPLE = re.compile(r"[(\[]([^()\[\]]*,[^()\[\]]*)[)\]]")
#: What may follow the name of a gradient that is handed over.
_SCALED = re.compile(r"\s*[*/]\s*[\w.()\[\] ]+$|\.reshape\([^()]*(\.shape)?\)$")
_UPSTREAM = re.compile(r"^(d.*|.*(grad|delta|err|out|upstream|next|prev|back|cotangent).*|g|gy|dy)$", re.IGNORECASE)
_KEPT = re.compile(r"cache|ctx|context|memory|saved|tape|residual", re.IGNORECASE)
_TARGET = re.compile(r"^(Y|y_?true|targets?|labels?|ground_?truth|t_?true)$")
#: Methods that do something with gradients.
_ON_GRADIENTS = re.compile(
    r"^_*(zero|clip|set|get|update|reset|step|check|accumulate|apply|reduce|add|store|sync)(_|[A-Z])"
)
#: Arguments of a graph's own operations and of optimizers' and trainers' methods.
_NO_LAYER = frozenset({"node", "optimizer", "epochs", "n_epochs", "num_epochs", "dataset", "dataloader"})


def pairs_in(
    facts: ModuleFact, inheritance: Inheritance, root: Path, *, tests_too: bool, taken: Sequence[str]
) -> Iterator[LayerSite]:
    """The pairs of one file.

    Args:
        facts: What the file says.
        inheritance: Where bases of its classes are found.
        root: The project root, absolute.
        tests_too: Whether a test file, or one that examines gradients, counts.
        taken: Classes of the file that are layers already.
    """
    first = next((fact.method.path for fact in facts.functions), "") or next((f.path for f in facts.classes), "")
    if not tests_too and (is_test_file(first) or _EXAMINES.search(first.lower())):
        return
    yield from _functions(facts.functions, root)
    for fact in {one.qualname: one for one in facts.classes if "<locals>" not in one.qualname}.values():
        lineage = inheritance.lineage(fact)
        site = _object(fact, lineage, root) if fact.qualname not in taken else None
        if site:
            yield site
        if not (fact.name.startswith("Test") or is_tape(lineage) or is_torch_module(lineage)):
            yield from _methods(fact, site, root)


def _functions(functions: Sequence[FunctionFact], root: Path) -> Iterator[LayerSite]:
    last = {fact.method.name: fact for fact in functions if not fact.method.name.startswith("test")}
    known = {key(name): name for name in last}
    backwards: dict[str, str] = {}
    for name, fact in last.items():
        forward = partner(name, known)
        if forward and is_pair(last[forward], fact):
            backwards[name] = forward
    first: dict[str, str] = {}
    for name, forward in backwards.items():
        if forward not in backwards:
            # The forward's name is the identity; a second backward of it has its own.
            qualname = forward if forward not in first else name
            first.setdefault(forward, name)
            yield _site(root, qualname, last[forward].method, last[name].method, PAIR)
    for name, fact in last.items():
        if name not in first and name not in backwards and _returns_gradient(fact):
            yield _site(root, name, fact.method, fact.method, VALUE_AND_GRADIENT)


def is_pair(forward: FunctionFact, backward: FunctionFact) -> bool:
    """Whether by its parameters one may be the other's backward or derivative.

    Args:
        forward: A function.
        backward: One whose name says that it is the gradient of the first.
    """
    if forward.method.is_stub or backward.method.is_stub or not forward.returns or not backward.returns:
        return False
    return _may_belong(forward.method, backward.method)


def _may_belong(forward: Method, backward: Method) -> bool:
    names = {p.name.lower() for p in forward.parameters}
    if not names or names & _NO_LAYER:
        return False
    required = [p.name for p in backward.required]
    if any(_TARGET.match(name) and name.lower() not in names for name in required):
        return False  # the backward of a network with its loss, whose forward stops before the loss
    known = sum(name.lower() in names for name in required)
    others = [name for name in required if name.lower() not in names]
    telling = [name for name in others if _UPSTREAM.match(name) or _KEPT.search(name)]
    if not backward.parameters or (is_weak(backward.name) and not telling):
        return False
    return known == len(required) or len(telling) > 0 or len(required) == len(forward.required) == 1


def _returns_gradient(fact: FunctionFact) -> bool:
    return not why_no_loss(fact)


def why_no_loss(fact: FunctionFact) -> str:
    """Why a function does not answer with a loss and its gradients, "" where it does.

    Args:
        fact: A function at the top of a module.
    """
    if len(fact.returns) < 2 or fact.method.is_stub or not fact.method.parameters or fact.is_decorated:
        return "its last `return` hands over no value with gradients beside it"
    names = {p.name.lower() for p in fact.method.parameters}
    value, *rest = fact.returns
    gradients = [_bare(one) for item in rest for one in _items(item)]
    known = _NO_LAYER | {one.lower() for one in gradients}
    if names & known:
        return f"it is handed `{min(names & known)}` itself"
    if _VALUE.match(value):
        odd = next((one for one in gradients if not _GRADIENT.match(one)), "")
    elif value.isidentifier() or not _SAYS_LOSS.search(fact.method.name):
        return f"`{value}` is not called a loss, a cost, an error or an energy"
    else:
        # Beside an expression only a gradient that is called after an argument, or a gradient, is one.
        odd = next((one for one in gradients if not _is_gradient_of(one, names)), "")
    return f"`{odd}` is not called a gradient: `grad`, or `d` and the name of an argument" if odd else ""


def _items(written: str) -> list[str]:
    """What a tuple within a `return` holds, as far as it holds plain items."""
    inner = _TUPLE.fullmatch(written)
    return [one.strip() for one in inner[1].split(",") if one.strip()] if inner else [written]


def _bare(written: str) -> str:
    """A gradient as it is called: `dx / n` and `-dx` hand over one as `dx` does."""
    return _SCALED.sub("", written.removeprefix("-").strip())


def _is_gradient_of(name: str, arguments: Iterable[str]) -> bool:
    lower = name.lower()
    return name.isidentifier() and ("grad" in lower or lower.removeprefix("d").removeprefix("_") in arguments)


def _object(own: ClassFact, lineage: Lineage, root: Path) -> LayerSite | None:
    """An object with a function and its derivative, both of one argument list."""
    if own.name.startswith("Test") or is_tape(lineage) or is_torch_module(lineage):
        return None
    if any(name.endswith("TestCase") for name in lineage.ancestor_names()) or _is_layer(lineage):
        return None
    for name in DERIVATIVE_NAMES:
        found = lineage.find(name)
        if found is None or found.method.is_stub or found.raises:
            continue
        for other in VALUE_NAMES:
            value = lineage.find(other)
            if value is None or value.method.is_stub or value.raises or not value.method.parameters:
                continue
            if name in own.methods or other in own.methods:
                return _same_arguments(own, value.method, found.method, root)
    return None


def _methods(own: ClassFact, known_as: LayerSite | None, root: Path) -> Iterator[LayerSite]:
    """The functions among the methods of one class, each with its derivative, but those its objects are known by."""
    methods = {name: fact.method for name, fact in own.methods.items() if not (fact.method.is_stub or fact.raises)}
    known = {key(name): name for name in methods}
    for name, derivative in methods.items():
        value = methods.get(partner(name, known)) if is_derivative(name) and not _ON_GRADIENTS.match(name) else None
        if value is None or not derivative.parameters or not _may_belong(value, derivative):
            continue
        if known_as is None or {value.name, name} != {known_as.forward.name, known_as.backward.name}:
            yield _site(root, f"{own.qualname}.{value.name}", value, derivative, METHODS)


def _same_arguments(own: ClassFact, value: Method, derivative: Method, root: Path) -> LayerSite | None:
    taken = [p.name.lower() for p in derivative.required]
    if _NO_LAYER & {*taken, *(p.name.lower() for p in value.parameters)}:
        return None
    if len(taken) > len(value.parameters) + 1:
        return None
    site = _site(root, own.qualname, value, derivative, ACTIVATION)
    return LayerSite(
        root=root, path=own.path, qualname=own.qualname, line=own.line, forward=site.forward, backward=site.backward,
        bases=own.bases, family=ACTIVATION,
    )  # fmt: skip


def _is_layer(lineage: Lineage) -> bool:
    """Whether the class has a forward and a backward of its own, which discovery has judged already."""
    pair = choose(lambda name: lineage.find(name) is not None, lambda _: False)
    return pair is not None and pair[0] in FORWARD_NAMES


def _site(root: Path, qualname: str, forward: Method, backward: Method, family: str) -> LayerSite:
    return LayerSite(
        root=root,
        path=forward.path,
        qualname=qualname,
        line=forward.line,
        forward=forward,
        backward=backward,
        family=family,
    )
