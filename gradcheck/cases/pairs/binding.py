"""From a pair and inputs to a Subject: the way of calling its backward under which most of its gradients agree."""

from __future__ import annotations

import dataclasses
import functools
import inspect
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from gradcheck.cases.gradients.bound import Bound
from gradcheck.cases.gradients.sources import Source, parts
from gradcheck.cases.importing.reasons import one_line
from gradcheck.cases.naming.family import plain
from gradcheck.cases.pairs.function_pair import FunctionPair, Handed, Reading
from gradcheck.cases.pairs.live import opened
from gradcheck.cases.pairs.matching import in_order, owners, unmatched, unsummed
from gradcheck.cases.pairs.readings import readings
from gradcheck.cases.pairs.roles import is_operand, is_parameter, role_of
from gradcheck.cases.pairs.settings import handing
from gradcheck.cases.running.calling import Argument, Calling
from gradcheck.cases.running.crashing import crashing_subject
from gradcheck.cases.running.evaluation import Evaluator
from gradcheck.cases.running.items import array_of, owner, with_items
from gradcheck.cases.running.request import Request
from gradcheck.errors import BuildError
from gradcheck.numerics import sampling, steps
from gradcheck.numerics.stencils import evaluate
from gradcheck.types import Array, Presentation, Role, Subject

#: Relative agreement along a random direction that tells one reading from another: far above rounding, and by chance
#: one unrelated gradient in a thousand.
AGREEMENT = 1.0e-3

#: Errors that may come of the dictionaries and layouts that were made up.
MAY_BE_OURS = (KeyError, AssertionError, BuildError)


def bind(request: Request) -> Subject:
    """Bind a pair on these inputs.

    Raises:
        BuildError: Forward's answer is no finite floating-point array, or backward's arguments or answers mean nothing.
        Exception: What forward or backward raises.
    """
    pair = request.evaluator.layer
    if not isinstance(pair, FunctionPair):
        raise BuildError("is no pair of functions")
    primals = _primals(request.arguments, request.differentiable)
    called: FunctionPair = request.evaluator.run(lambda: _called(request, primals))
    best: tuple[int, Subject] | None = None
    refusal: Exception | None = None
    for reading in readings(pair, called.raw, called.given or {}):
        try:
            assigned = _assigned(request, primals, reading)
        except Exception as error:  # noqa: BLE001 - the user's backward may raise anything; another reading may fit
            refusal = refusal or error
            continue
        for one in (*assigned, *_reduced(request, called, assigned[0])):
            subject = _subject(request, primals, one)
            agreeing = agreements(subject, request.evaluator.seed)
            if agreeing == len(subject.primals):
                return subject
            if best is None or agreeing > best[0]:
                best = agreeing, subject
    if best is not None:
        if request.is_loss and _adds_its_own(best[1]):
            raise BuildError("its backward adds the gradient of a loss of its own to what it is handed")
        return best[1]
    raise refusal or BuildError("backward returned no array that gradcheck recognises as a gradient")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Rebinding:
    """Binds the same functions on other inputs, called in the way that was found out.

    Attributes:
        request: What was bound.
        reading: How the functions are called.
        answer: What forward answered: its kind, and how many items of it.
    """

    request: Request
    reading: Reading
    answer: tuple[str, int]

    def __call__(self, layer: Any, arguments: Mapping[str, Any], presentation: Presentation) -> Subject | None:
        """The Subject of other inputs, None where forward's answer is of another make.

        Args:
            layer: The pair, or the same functions of another object.
            arguments: What forward is handed.
            presentation: How arrays lie in memory.

        Raises:
            BuildError: Forward's answer is not finite.
            Exception: What forward raises.
        """
        own = self.request.evaluator
        evaluator = own if layer is own.layer else dataclasses.replace(own, layer=layer)
        request = dataclasses.replace(self.request, evaluator=evaluator, arguments=arguments, presentation=presentation)
        primals = _primals(arguments, tuple(self.reading.owners))
        called: FunctionPair = evaluator.run(lambda: _called(request, primals))
        if _make(called.raw) != self.answer:
            return None
        subject = _subject(request, primals, handing(self.reading, layer, arguments))
        if not np.all(np.isfinite(subject.value(subject.primals))):
            raise BuildError("forward's answer is not finite")
        return subject


def _make(raw: Any) -> tuple[str, int]:
    return ("tuple", len(raw)) if isinstance(raw, (tuple, list)) else ("one", 1)


def crashing(request: Request, root: str) -> Subject | None:
    """The Subject of a pair whose backward raises, where it is plain how it is called; None where it is not, or runs.

    Args:
        request: A pair on inputs.
        root: Absolute project root, by which the user's frames are recognised.
    """
    pair = request.evaluator.layer
    if not isinstance(pair, FunctionPair) or pair.pullback is None:
        return None
    primals = _primals(request.arguments, request.differentiable)
    try:
        called: FunctionPair = request.evaluator.run(lambda: _called(request, primals))
        reading = next(readings(pair, called.raw, called.given or {}))
    except Exception:  # noqa: BLE001 - forward refuses the inputs, or backward's arguments mean nothing
        return None
    if not _is_plain(reading, called):
        return None
    try:
        _assigned(request, primals, reading)
    except MAY_BE_OURS:
        return None
    except Exception as error:  # noqa: BLE001 - whatever the user's backward raises is what is asked for
        evaluator = dataclasses.replace(request.evaluator, layer=dataclasses.replace(pair, reading=reading))
        written = inspect.unwrap(pair.function(pair.pullback))
        again = dataclasses.replace(request, evaluator=evaluator)
        return crashing_subject(again, error, one_line(error, root), written)
    return None


def _is_plain(reading: Reading, called: FunctionPair) -> bool:
    """Whether backward is handed an upstream gradient, what forward kept, and forward's arguments by their names."""

    def is_kept(argument: Handed) -> bool:
        is_answer = argument.source in {"answer", "rest"} and argument.place > 0
        return isinstance(called.raw, tuple) and is_answer and not argument.is_guess

    takes = [argument.source == "upstream" for argument in reading.handed]
    rest = [argument for argument in reading.handed if argument.source != "upstream"]
    return any(takes) and all(is_kept(one) or (one.source == "input" and one.of == one.name) for one in rest)


def _reduced(request: Request, called: FunctionPair, reading: Reading) -> list[Reading]:
    """The same reading of a loss that answers per sample, as the derivative of the mean of its answers."""
    y = np.asarray(called.raw) if not reading.outputs else np.asarray(called.raw[reading.outputs[0]])
    if not (reading.is_derivative and request.is_loss and y.size > 1):
        return []
    words = "the loss answers per sample; its derivative is that of their mean"
    ways = ("entries",) if y.size == y.shape[0] else ("entries", "rows")
    return [dataclasses.replace(reading, averaged=way, words=words) for way in ways]


def agreements(subject: Subject, seed: int) -> int:
    """How many gradients agree with central differences along one direction each."""
    y, vjp = subject.value_and_vjp(subject.primals)
    y_bar = sampling.gaussian(sampling.generator(seed, "reading"), y.shape)
    gradients = vjp(y_bar).gradients
    count = 0
    for name, x in subject.primals.items():
        gradient = gradients.get(name)
        if gradient is not None and gradient.shape == x.shape:
            expected, actual = along(subject, name, y_bar, gradient, seed)
            count += abs(actual - expected) <= AGREEMENT * abs(expected)
    return count


def disagreement(subject: Subject, seed: int) -> float:
    """The largest share by which a gradient is off along one direction; infinite where one is missing."""
    y, vjp = subject.value_and_vjp(subject.primals)
    y_bar = (
        sampling.gaussian(sampling.generator(seed, "reading"), y.shape)
        if subject.cotangent is None
        else subject.cotangent
    )
    gradients = vjp(y_bar).gradients
    worst = 0.0
    for name, x in subject.primals.items():
        gradient = gradients.get(name)
        if gradient is None or gradient.shape != x.shape:
            return float("inf")
        expected, actual = along(subject, name, y_bar, gradient, seed)
        worst = max(worst, abs(actual - expected) / max(abs(expected), np.finfo(np.float64).tiny))
    return worst


def along(subject: Subject, name: str, y_bar: Array, gradient: Array, seed: int) -> tuple[float, float]:
    """The derivative of <y_bar, y> along a direction of one primal: by differences, and by its gradient."""
    x = subject.primals[name]
    tangent = sampling.direction(sampling.generator(seed, f"reading {name}"), x, steps.magnitude(x))
    base = subject.value(subject.primals)
    stencil = evaluate(
        lambda t: subject.value({**subject.primals, name: x + t * tangent}), steps.stencil_step(steps.EPSILON), base
    )
    return float(np.sum(y_bar * stencil.derivative())), float(np.sum(gradient * tangent))


def _adds_its_own(subject: Subject) -> bool:
    """Whether an upstream gradient of nothing leaves gradients: a step with its loss within."""
    y, vjp = subject.value_and_vjp(subject.primals)
    return any(bool(np.any(gradient)) for gradient in vjp(np.zeros_like(y)).gradients.values())


def _called(request: Request, primals: Mapping[str, Array]) -> FunctionPair:
    pair: FunctionPair = request.evaluator.copy()
    pair.answer(_arguments(request, primals))
    return pair


def _primals(arguments: Mapping[str, Any], names: Sequence[str]) -> dict[str, Array]:
    return {name: np.array(array_of(arguments, name), dtype=np.float64) for name in names}


def _arguments(request: Request, primals: Mapping[str, Array]) -> dict[str, Any]:
    return with_items(_copies(request.arguments), {name: x.copy() for name, x in primals.items()})


def _copies(arguments: Mapping[str, Any]) -> dict[str, Any]:
    return {
        n: v.copy() if isinstance(v, np.ndarray) else dict(v) if isinstance(v, dict) else v
        for n, v in arguments.items()
    }


def _assigned(request: Request, primals: Mapping[str, Array], reading: Reading) -> list[Reading]:
    """The reading with its gradients given to their variables, in every way that names and shapes leave open."""

    def action() -> Any:
        pair: FunctionPair = request.evaluator.copy()
        pair.reading = reading
        y = np.asarray(pair.forward(**_arguments(request, primals)))
        if not (np.issubdtype(y.dtype, np.floating) and np.all(np.isfinite(y)) and y.size):
            raise BuildError("forward's answer is not finite")
        upstream = sampling.gaussian(sampling.generator(request.evaluator.seed, "binding"), y.shape)
        return pair.returned(float(upstream) if y.ndim == 0 else upstream)

    available = parts(request.evaluator.run(action))
    # A slope that was taken for a setting has a gradient all the same where backward answers one.
    settings = {name: np.asarray(value) for name, value in request.arguments.items() if type(value) is float}
    places = list(request.arguments)
    numbers = dict(sorted({**primals, **settings}.items(), key=lambda item: places.index(owner(item[0]))))
    order = request.evaluator.layer.in_order  # type: ignore[attr-defined] # a pair, as bind has seen
    assignments = in_order(available, order, primals) if order else owners(available, reading.returned, primals)
    beside = biases(request.evaluator.layer, primals)
    given = [unsummed(available, _fitting(one, dict(available), primals), primals, beside) for one in assignments]
    found = [
        dataclasses.replace(reading, owners=one, unmatched=unmatched(available, reading.returned, one, numbers))
        for one in given
        if one
    ]
    if not found:
        raise BuildError("backward returned no array that gradcheck recognises as a gradient")
    return found


def biases(pair: Any, names: Iterable[str]) -> frozenset[str]:
    """The biases and scales that are no operands: spelt out, or those of a function that says it is one of a bias."""
    said = "bias" in plain(pair.value_name)
    return frozenset(n for n in names if role_of(n) in {"bias", "norm"} and (said or len(plain(n)) > 1))


def _fitting(assigned: Mapping[str, Any], arrays: Mapping[Any, Array], primals: Mapping[str, Array]) -> dict[str, Any]:
    """The assignment without the numbers that an array is answered for: one number fits everything as a guess."""
    return {name: key for name, key in assigned.items() if primals[name].ndim or arrays[key].size == 1}


def _subject(request: Request, primals: Mapping[str, Array], reading: Reading) -> Subject:
    pair = dataclasses.replace(request.evaluator.layer, reading=reading)  # type: ignore[type-var] # asked for in bind
    evaluator = Evaluator(layer=pair, seed=request.evaluator.seed, environment=request.evaluator.environment)
    point = {name: x for name, x in primals.items() if name in reading.owners}
    arguments = with_items(request.arguments, {n: x for n, x in primals.items() if n not in point})
    calling = Calling(
        forward="forward",
        backward="backward",
        arguments=arguments,
        differentiable=tuple(point),
        plan=(Argument(name="upstream", source="upstream"),),
        presentation=request.presentation,
    )

    def action() -> tuple[Any, Any]:
        layer = evaluator.copy()
        return calling.run_forward(layer, point)[0], layer.raw

    raw, raw_answer = evaluator.run(action)
    output = calling.output_of(raw, pair)
    bound = Bound(
        identity=request.identity,
        evaluator=evaluator,
        calling=calling,
        parameters={},
        sources={name: Source(kind="returned", key=(name,)) for name in point},
        point=point,
        output_dtype=output.dtype,
        is_scalar=not isinstance(raw, np.ndarray) and np.ndim(output) == 0,
    )
    odd = {name: shape for name, shape in reading.unmatched.items() if name not in point}
    moved = {name for name in primals if is_parameter(name) and not is_operand(name, primals)}
    missing = [name for name in primals if name not in point and name in moved and name not in odd]
    return Subject(
        name=request.identity,
        primals=point,
        roles={name: Role.PARAMETER if name in moved else Role.INPUT for name in point},
        native={"output": output.dtype},
        value=bound.value,
        value_and_vjp=bound.value_and_vjp,
        replay=bound.replay,
        drive=functools.partial(opened, bound),
        rebind=Rebinding(request=request, reading=reading, answer=_make(raw_answer)),
        unchecked=tuple(f"`{name}`: backward returns no gradient for it" for name in missing),
        uncompared=tuple(f"backward answers `{name}` a gradient of shape {shape}" for name, shape in odd.items()),
        notes=(reading.words,) if reading.words else (),
    )
