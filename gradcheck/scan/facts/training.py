"""The calls of a training loop: backward, step and zero, each with whom it is asked of and where."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from gradcheck.scan.facts.functions import Function, Statement, every_function

if TYPE_CHECKING:
    from gradcheck.scan.facts.module import Module

_CALL = re.compile(
    r"(?P<owner>.+)\.(?P<verb>backward|step|zero_grad|clear_grad|cleargrads|zero_grads)\((?P<given>[^()]*(?:\([^()]*\)[^()]*)*)\)"
)
#: Receivers of `step` that are optimizers.
OPTIMIZER = re.compile(
    r"(?:\A|[._\]])(?:\w*opt|\w*optim\w*|sgd|adam\w*|rmsprop|opt_?\w*)(?:_?\w{0,3})?(?:\[.*\])?\Z", re.IGNORECASE
)
_OTHER_STEPS = re.compile(
    r"sched|lr_|warmup|scaler|engine|accelerator|env|profiler|\bprof\b|fabric|trainer|swa|ema|booster", re.IGNORECASE
)
#: Whoever drives the loop instead of the code that is read.
DRIVEN = re.compile(
    r"manual_backward|deepspeed|\bengine\b|accelerat|GradScaler|\bscaler\b|\bfabric\b|closure|LBFGS|lbfgs|autograd\.grad\(|booster|\bamp\.|FSDP|pipeline|schedule\.step"
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Call:
    """One of the calls.

    Attributes:
        verb: "backward", "step" or "zero_grad".
        owner: Whom it is asked of, in plain code.
        given: Its arguments, in plain code.
        statement: The statement that it is.
        index: The statement's place in its function.
    """

    verb: str
    owner: str
    given: str
    statement: Statement
    index: int

    @property
    def is_optimizer_step(self) -> bool:
        """Whether it is the step of an optimizer rather than that of a schedule, a scaler or an environment."""
        return self.verb == "step" and bool(OPTIMIZER.search(self.owner)) and not _OTHER_STEPS.search(self.owner)


def training_calls(function: Function) -> tuple[Call, ...]:
    """The calls of one function in their order."""
    return tuple(_calls(function))


def _calls(function: Function) -> Iterator[Call]:
    for index, statement in enumerate(function.statements):
        match = _CALL.fullmatch(statement.value) if statement.target != "return" else None
        if match:
            verb = "zero_grad" if match["verb"] not in {"backward", "step"} else match["verb"]
            yield Call(verb=verb, owner=match["owner"], given=match["given"], statement=statement, index=index)


_RESETTING: WeakKeyDictionary[Module, dict[str, frozenset[str]]] = WeakKeyDictionary()


def callees_that(module: Module, pattern: str) -> frozenset[str]:
    """Names of the file's functions whose body matches, themselves or through a function of the file that they call."""
    tables = _RESETTING.setdefault(module, {})
    if pattern not in tables:
        functions = [function for function in every_function(module) if function.name]
        found = {function.name for function in functions if re.search(pattern, function.code)}
        size = -1
        while size != len(found):
            size = len(found)
            called = re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(found)))})\(") if found else None
            found |= {function.name for function in functions if called and called.search(function.code)}
        tables[pattern] = frozenset(found)
    return tables[pattern]


def calls_any(text: str, names: frozenset[str]) -> bool:
    """Whether a text calls one of some functions."""
    return any(name in names for name in re.findall(r"(?:\A|[^\w])(\w+)\(", text))


def is_trained_here(module: Module) -> bool:
    """Whether the file uses optimizers whose gradients add up until they are cleared."""
    return module.imports("torch") or ".zero_grad(" in module.text
