"""A network whose backward takes the target: which loss its gradients may be those of.

`forward(x)` answers with a prediction, `backward(labels)` begins with a loss of its own. Which one is said nowhere, so
several are tried: the number that backward returns, the loss object it holds, its own method for it, and the usual
formulas. A network whose gradients are those of none of them is left alone.
"""

from __future__ import annotations

import inspect
import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from gradcheck.cases.guessing.draws import Kind
from gradcheck.cases.running.backward_plan import PREDICTION, is_target
from gradcheck.types import Array

#: What the two methods of a network with its loss are called, and its target.
VALUE: Final = "gradcheck_loss"
GRADIENT: Final = "gradcheck_gradient"
TARGET: Final = "target"
#: What the first of all readings is told as.
RETURNED: Final = "the loss that backward returns"
#: What both methods are seeded with.
SEED: Final = 0

#: Attributes and methods that hold or compute a loss, and what its object's method is called.
_LOSS = re.compile(r"loss|criterion|cost|objective", re.IGNORECASE)
_EVALUATE = ("forward", "loss", "compute", "calculate", "__call__")

#: A loss of a prediction and a target, as a number or one for each entry or row.
Loss = Callable[[Any, Any], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A loss that a network's gradients may be those of.

    Attributes:
        words: What it is, to be told.
        loss: Network, prediction, target and what backward answered -> a number.
        kind: How its target is drawn.
        shape: Shape of the target.
    """

    words: str
    loss: Callable[[Any, Any, Any, Any], Any]
    kind: Kind
    shape: tuple[int, ...]


def asked(cls: type, forward: str, backward: str) -> Callable[..., dict[str, Any]] | None:
    """How a backward that takes a target is called, None where it takes none or something unknown.

    Args:
        cls: The network's class.
        forward: Name of its forward.
        backward: Name of its backward.

    Returns:
        A function of forward's arguments, the prediction and the target that gives backward's arguments by name.
    """
    try:
        given, wanted = (inspect.signature(getattr(cls, name)).parameters for name in (forward, backward))
    except (AttributeError, TypeError, ValueError):
        return None
    required = [p.name for p in wanted.values() if p.default is p.empty and p.kind is p.POSITIONAL_OR_KEYWORD][1:]
    targets = [name for name in required if is_target(name) and name not in given]
    others = [name for name in required if name not in targets]
    if len(targets) != 1 or any(name not in given and not PREDICTION.match(name) for name in others):
        return None

    def arguments(inputs: Mapping[str, Any], prediction: Any, target: Any) -> dict[str, Any]:
        known = {**dict.fromkeys(others, prediction), **{n: v for n, v in inputs.items() if n in others}}
        return {**known, targets[0]: target}

    return arguments


def readings(network: object, prediction: Array) -> Iterator[Reading]:
    """The losses to try, the surest first.

    Args:
        network: The constructed network.
        prediction: What its forward answers.
    """
    for words, loss in _losses(network):
        for kind, shape in _targets(prediction):
            yield Reading(words=words, loss=loss, kind=kind, shape=shape)


def with_loss(cls: type, forward: str, backward: str, names: Sequence[str], reading: Reading) -> type:
    """A class of the same objects that has the loss and its gradient as methods of the inputs and a target.

    Args:
        cls: The network's class.
        forward: Name of its forward.
        backward: Name of its backward.
        names: Names of the inputs.
        reading: The loss.
    """
    arguments = asked(cls, forward, backward)
    assert arguments is not None  # noqa: S101 - the caller has asked

    def run(self: Any, *given: Any, **named: Any) -> tuple[Any, Any, Any]:
        inputs = {**dict(zip((*names, TARGET), given, strict=False)), **named}
        target = inputs.pop(TARGET)
        # Forward runs for the value and again for the gradient, and must drop out the same entries.
        random.seed(SEED)
        np.random.seed(SEED)  # noqa: NPY002 - what the user's code draws from
        prediction = first(getattr(self, forward)(**inputs))
        return prediction, target, arguments(inputs, prediction, target)

    def value(self: Any, *given: Any, **named: Any) -> Any:
        prediction, target, called = run(self, *given, **named)
        answered = getattr(self, backward)(**called) if reading.words == RETURNED else None
        return reading.loss(self, prediction, target, answered)

    def gradient(self: Any, *given: Any, **named: Any) -> None:
        _, _, called = run(self, *given, **named)
        getattr(self, backward)(**called)

    parameters = [inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD) for name in ("self", *names, TARGET)]
    for function in (value, gradient):
        vars(function)["__signature__"] = inspect.Signature(parameters)  # what `inspect` reads
    namespace = {VALUE: value, GRADIENT: gradient, "__module__": cls.__module__, "__doc__": cls.__doc__}
    return type(cls.__name__, (cls,), namespace)


def first(answer: Any) -> Any:
    """The prediction in forward's answer, which may tell more beside it."""
    return answer[0] if isinstance(answer, tuple) else answer


def _losses(network: object) -> Iterator[tuple[str, Callable[[Any, Any, Any, Any], Any]]]:
    yield RETURNED, lambda _network, _prediction, _target, answered: _number(answered)
    held = [name for name, value in vars(network).items() if _LOSS.search(name) or _LOSS.search(type(value).__name__)]
    methods = [name for name in dir(type(network)) if _LOSS.search(name) and not name.startswith("__")]
    for name in (*held, *methods):
        if _evaluation(getattr(network, name, None)) is not None:
            for word, reduce in _REDUCTIONS.items():
                yield f"the {word} of its `{name}`", _of(name, reduce)
    for words, (formula, reductions) in _FORMULAS.items():
        for word in reductions:
            yield f"the {word} of {words}", _of_formula(formula, _REDUCTIONS[word])


def _of_formula(formula: Loss, reduce: Callable[[Any], Any]) -> Callable[[Any, Any, Any, Any], Any]:
    return lambda _network, prediction, target, _answered: reduce(formula(prediction, target))


def _of(name: str, reduce: Callable[[Any], Any]) -> Callable[[Any, Any, Any, Any], Any]:
    def loss(network: Any, prediction: Any, target: Any, _answered: Any) -> Any:
        evaluate = _evaluation(getattr(network, name))
        assert evaluate is not None  # noqa: S101 - it was there when the reading was made
        return reduce(evaluate(prediction, target))

    return loss


def _evaluation(held: Any) -> Loss | None:
    """How a loss object, a loss function or a method is called: prediction and target by their names."""
    names = [name for name in _EVALUATE if callable(getattr(held, name, None))]
    function = held if inspect.isroutine(held) else getattr(held, names[0]) if names else None
    try:
        parameters = list(inspect.signature(function).parameters.values()) if function is not None else []
    except (TypeError, ValueError):
        return None
    required = [p.name for p in parameters if p.default is p.empty and p.kind is p.POSITIONAL_OR_KEYWORD]
    if function is None or len(required) != 2:
        return None
    is_turned = is_target(required[0]) and not is_target(required[1])
    return (lambda p, t: function(t, p)) if is_turned else function


def _number(answered: Any) -> Any:
    """The loss in what backward returned: a number, or the first item that is one."""
    items = answered if isinstance(answered, (tuple, list)) else (answered,)
    found = [
        item for item in items if item is not None and not isinstance(item, (str, dict, list)) and not np.ndim(item)
    ]
    if not found:
        message = "backward returns no loss"
        raise TypeError(message)
    return found[0]


def _targets(prediction: Array) -> Iterator[tuple[Kind, tuple[int, ...]]]:
    if prediction.ndim > 1:
        yield "one-hot", prediction.shape
        yield "ids", prediction.shape[:-1]
    yield "binary", prediction.shape
    yield "gaussian", prediction.shape


def _log_softmax(z: Any) -> Any:
    shifted = z - np.max(z, axis=-1, keepdims=True)
    return shifted - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))


def _rows(target: Any, prediction: Any) -> Any:
    """A target as rows: the ids of classes as the rows of a unit matrix."""
    return np.eye(prediction.shape[-1])[target] if target.dtype.kind in "iu" else target


_REDUCTIONS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "mean": np.mean,
    "sum": np.sum,
    "mean over the rows": lambda loss: np.sum(loss) / np.shape(loss)[0],
}
#: Formulas, and the ways of reducing them that differ.
_FORMULAS: Final[Mapping[str, tuple[Loss, tuple[str, ...]]]] = {
    "the cross-entropy of its softmax": (
        lambda p, t: -np.sum(_rows(t, p) * _log_softmax(p), axis=-1),
        ("mean", "sum"),
    ),
    "the cross-entropy": (lambda p, t: -np.sum(_rows(t, p) * np.log(p), axis=-1), ("mean", "sum")),
    "the binary cross-entropy": (lambda p, t: -(t * np.log(p) + (1.0 - t) * np.log(1.0 - p)), tuple(_REDUCTIONS)),
    "the squared error": (lambda p, t: (p - t) ** 2, tuple(_REDUCTIONS)),
    "half the squared error": (lambda p, t: 0.5 * (p - t) ** 2, tuple(_REDUCTIONS)),
}
