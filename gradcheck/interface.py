"""The same checks from Python: a layer, or a function and its vector-Jacobian product."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any

import numpy as np

from gradcheck import extensions, pair_building
from gradcheck.answering import answered
from gradcheck.builders import builder_of
from gradcheck.cases.running.evaluation import protected
from gradcheck.cases.torch.kinds import kind_of
from gradcheck.catalogue import FUNCTIONS, check_names
from gradcheck.choosing import Plan
from gradcheck.diagnosing import diagnose
from gradcheck.errors import BuildError, UsageError
from gradcheck.marking import TRAINING_STEPS
from gradcheck.numerics.sampling import seed_of
from gradcheck.oracles import finite_difference
from gradcheck.run import references
from gradcheck.source.methods import PAIRS
from gradcheck.trials.binding import bind
from gradcheck.types import (
    Array,
    Case,
    CheckResult,
    Context,
    Oracle,
    Profile,
    Pullback,
    Report,
    Role,
    Subject,
    TrainingSetup,
    Vjp,
)


def check_layer(
    layer: object,
    *inputs: Any,
    seed: int = 0,
    profile: str = "default",
    parameter_gradients: str = "",
    **named: Any,
) -> Report:
    """Check every gradient of a constructed layer; the layer itself is not touched.

    <y_bar, J x_dot> = <backward(y_bar), x_dot> for every input and every parameter x.

    Args:
        layer: An object with forward and backward (or another known pair of names), an nn.Module, or a class that
            inherits from torch.autograd.Function.
        *inputs: Forward's inputs in order; floating-point arrays and tensors are differentiated by, of any shape.
        seed: Seed of every draw.
        profile: "fast", "default" or "thorough".
        parameter_gradients: "mean" where the layer divides them by the batch size on purpose.
        **named: Forward's inputs by name.

    Returns:
        A Report: `.ok`, `.results`, `.raise_if_failed()`.

    Raises:
        UsageError: The layer has no forward and backward, or forward does not run on the inputs.

    >>> import numpy as np
    >>> class Square:
    ...     def forward(self, x):
    ...         self.x = x
    ...         return x * x
    ...     def backward(self, y_bar):
    ...         return self.x * y_bar          # the factor 2 is missing
    >>> report = check_layer(Square(), np.array([[1.0, -2.0, 3.0]]))
    >>> report.ok
    False
    >>> next(r.headline for r in report.results if r.check == "gradient")
    'Square: gradient of `x` is wrong in 3 of 3 entries; actual = 1/2 * expected'
    """
    kind = kind_of(layer)
    forward, backward = ("forward", "backward") if kind else _methods(layer)
    cls = layer if isinstance(layer, type) else type(layer)
    identity = f"{cls.__module__}::{cls.__qualname__}"
    plan = Plan(identity=identity, forward=forward, backward=backward, seed=seed_of(identity, seed))
    family = f"torch_{kind}" if kind else "instance"
    builder = builder_of(family)
    try:
        arguments = builder.given(layer, forward, inputs, named)
        case = builder.build_given(layer, arguments, plan, f"{cls.__name__}(...)")
    except BuildError as error:
        raise UsageError(f"{identity} does not run on {_shapes(inputs, named)}: {error.reason}") from error
    return _report(case, profile, parameter_gradients, check_names(family), seed)


def check_pair(
    forward: Callable[..., Any],
    backward: Callable[..., Any] | None,
    *inputs: Any,
    seed: int = 0,
    profile: str = "default",
    parameter_gradients: str = "",
    **named: Any,
) -> Report:
    """Check a function and the one that is its backward or its derivative, called as their arguments are named.

    <y_bar, J x_dot> = <backward(y_bar), x_dot> for every floating-point array x that has a gradient.

    Args:
        forward: (x, w, ...) -> y, or (y, cache), or several outputs and a cache; (loss, gradient) without a backward.
        backward: (dout, cache), (dout, x, w), (x), (y), ... -> the gradients as a tuple, a list or a dictionary, or the
            derivative of an elementwise function. None where forward answers with its gradient.
        *inputs: Forward's inputs in order, of any shape.
        seed: Seed of every draw.
        profile: "fast", "default" or "thorough".
        parameter_gradients: "mean" where backward divides those of weights and biases by the batch size on purpose.
        **named: Forward's inputs by name.

    Returns:
        A Report: `.ok`, `.results`, `.raise_if_failed()`.

    Raises:
        UsageError: Forward or backward does not run on the inputs, or an argument of backward means nothing to us.

    >>> import numpy as np
    >>> def scale_forward(x, w):
    ...     return x * w, (x, w)
    >>> def scale_backward(dout, cache):
    ...     x, w = cache
    ...     return dout, (dout * x).sum(axis=0)          # the factor w is missing
    >>> report = check_pair(scale_forward, scale_backward, np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([0.5, 2.0]))
    >>> next(r.headline for r in report.results if r.check == "gradient")
    'scale_forward: gradient of `x` is wrong in 4 of 4 entries; its slopes are 1; forward has 0.5 and 2'
    """
    name, module = getattr(forward, "__name__", "forward"), getattr(forward, "__module__", None) or __name__
    layer = pair_building.pair_of(forward, backward, name=name, module=module)
    identity = f"{module}::{getattr(forward, '__qualname__', name)}"
    plan = Plan(identity=identity, forward=name, backward="backward", seed=seed_of(identity, seed))
    try:
        arguments = pair_building.given(layer, name, inputs, named)
        case = pair_building.build_given(layer, arguments, plan, f"{name}(...)")
    except BuildError as error:
        raise UsageError(f"{identity} does not run on {_shapes(inputs, named)}: {error.reason}") from error
    return _report(case, profile, parameter_gradients, check_names("pair"), seed)


def check_vjp(
    value: Callable[..., Array],
    vjp: Callable[..., Any],
    primals: Mapping[str, Array] | tuple[Array, ...],
    *,
    seed: int = 0,
    profile: str = "default",
) -> Report:
    """Check a vector-Jacobian product against the function it belongs to.

    <y_bar, J x_dot> = <vjp(y_bar), x_dot>.

    Args:
        value: (*primals) -> y, an array of any shape.
        vjp: (y_bar, *primals) -> one gradient per primal in order (a bare array for one primal), or a mapping.
        primals: The point: floating-point arrays in order, or by name in that order.
        seed: Seed of every draw.
        profile: "fast", "default" or "thorough".

    Returns:
        A Report: `.ok`, `.results`, `.raise_if_failed()`.

    Raises:
        UsageError: There are no primals, or one is no floating-point array.

    >>> import numpy as np
    >>> check_vjp(np.sin, lambda y_bar, x: y_bar * np.cos(x), (np.array([0.1, 0.7]),)).ok
    True
    """
    named = dict(primals) if isinstance(primals, Mapping) else {f"x{i}": x for i, x in enumerate(primals)}
    handed: Mapping[str, object] = named
    for name, x in handed.items():
        if not isinstance(x, np.ndarray) or not np.issubdtype(x.dtype, np.floating):
            raise UsageError(f"primal {name} must be a floating-point array, got {name}={x!r}")
    if not named:
        raise UsageError("primals must hold at least one array, got none")
    identity = f"{getattr(value, '__module__', None) or 'numpy'}::{getattr(value, '__name__', 'function')}"
    subject = _subject(identity, value, vjp, {name: np.array(x, dtype=np.float64) for name, x in named.items()}, seed)
    y = subject.value(subject.primals)
    subject = dataclasses.replace(subject, noise=finite_difference.measure_noise(subject, y))
    shapes = ", ".join(f"{name} {x.shape}" for name, x in subject.primals.items())
    case = Case(
        layer=identity, construction=f"{identity.rpartition('::')[2]}(...)", inputs=shapes,
        seed=seed_of(identity, seed), subject=subject,
    )  # fmt: skip
    return _report(case, profile, "", check_names(FUNCTIONS), seed)


def check_training(
    model: TrainingSetup | Any,
    loss: Any = None,
    optimizer: Any = None,
    batch: Any = None,
    *,
    step: Callable[[], Any] | None = None,
    steps: int = TRAINING_STEPS,
    seed: int = 0,
) -> Report:
    """Find out why a model does not learn; model, optimizer and random state are put back as they were.

    Two calls are understood: `check_training(model, loss, optimizer, (x, target))` for a torch module, a model on a
    tape, or a NumPy model with forward and backward; `check_training(TrainingSetup(...))` for everything else.

    Args:
        model: The model, or a TrainingSetup.
        loss: (output, target) -> the loss. For NumPy an object with forward and backward, a pair of functions (value,
            gradient), or a function that returns both.
        optimizer: What moves the parameters: an object with step or update. May be left out where `step` is given.
        batch: What the model reads, and the target last: one batch, on which every step is taken.
        step: One step of your own loop, a function without arguments; without it the usual order of calls is taken,
            and a mistake in the loop goes unseen.
        steps: Steps of the longest walk; the loss must fall visibly within them.
        seed: Seed of every draw.

    Returns:
        A Report, one result per finding, root cause first: `.ok`, `.results`, `.raise_if_failed()`.

    Raises:
        UsageError: Something is missing, or what was handed over raised.

    >>> import numpy as np
    >>> W, x = np.array([1.0, 2.0]), np.array([[1.0, 2.0], [3.0, 4.0]])
    >>> def gradients():
    ...     return {"W": x.T @ (x @ W)}
    >>> def step():
    ...     moved = W - 0.01 * gradients()["W"]          # never written back
    >>> report = check_training(
    ...     TrainingSetup(parameters={"W": W}, loss=lambda: np.sum((x @ W) ** 2) / 2, gradients=gradients, step=step)
    ... )
    >>> report.results[0].headline
    '100 steps left W as it was'
    """
    if steps < 1:
        raise UsageError(f"steps must be at least 1, got steps={steps}")
    return diagnose(bind(model, loss, optimizer, batch, step), steps=steps, seed=seed)


def _subject(
    identity: str, value: Callable[..., Array], vjp: Callable[..., Any], primals: Mapping[str, Array], seed: int
) -> Subject:
    def plain_value(at: Mapping[str, Array]) -> Array:
        with protected(seed):
            return np.array(value(*(np.array(at[name]) for name in primals)), dtype=np.float64)

    def value_and_vjp(at: Mapping[str, Array]) -> tuple[Array, Vjp]:
        def pullback(y_bar: Array) -> Pullback:
            given = {name: np.array(at[name]) for name in primals}
            upstream = np.array(y_bar)
            with protected(seed):
                returned = vjp(upstream, *given.values())
            changed = [name for name in primals if not np.array_equal(given[name], at[name], equal_nan=True)]
            if not np.array_equal(upstream, y_bar, equal_nan=True):
                changed.append("upstream gradient")
            return Pullback(**_sorted(returned, primals), changed=tuple(changed))

        return plain_value(at), pullback

    def replay(at: Mapping[str, Array], exchange: Any, surrounding: AbstractContextManager[None]) -> Any:
        with protected(seed), surrounding:
            return value(*(exchange(at[name], name) for name in primals))

    return Subject(
        name=identity,
        primals=primals,
        roles=dict.fromkeys(primals, Role.INPUT),
        value=plain_value,
        value_and_vjp=value_and_vjp,
        replay=replay,
        native={"output": np.dtype(np.float64)},
    )


def _sorted(returned: Any, primals: Mapping[str, Array]) -> dict[str, Any]:
    if isinstance(returned, Mapping):
        found = {name: returned.get(name) for name in primals}
    else:
        parts = returned if isinstance(returned, (tuple, list)) else (returned,)
        found = dict(zip(primals, (*parts, *(None for _ in primals)), strict=False))
    gradients = {name: np.asarray(gradient) for name, gradient in found.items() if gradient is not None}
    return {"gradients": gradients, "absent": {n: "vjp returned None for it" for n in found if n not in gradients}}


def _report(case: Case, profile: str, parameter_gradients: str, names: tuple[str, ...], seed: int) -> Report:
    if profile not in {p.value for p in Profile}:
        raise UsageError(f"profile must be one of fast, default, thorough; got profile={profile!r}")
    if parameter_gradients not in {"", "sum", "mean"}:
        raise UsageError(
            f"parameter_gradients must be 'sum' or 'mean'; got parameter_gradients={parameter_gradients!r}"
        )
    oracles = extensions.load_all("gradcheck.oracles", "ORACLE", Oracle)
    known: dict[str, CheckResult] = {}

    def found(name: str) -> CheckResult:
        if name not in known:
            known[name] = dataclasses.replace(answered(name, context, known), seed=seed)
        return known[name]

    context = Context(
        case=case,
        profile=Profile(profile),
        oracles=oracles,
        parameter_gradients=parameter_gradients,
        references=references,
        found=found,
    )
    return Report(results=tuple(found(name) for name in names))


def _methods(layer: object) -> tuple[str, str]:
    for forward, backward in PAIRS:
        if callable(getattr(layer, forward, None)) and callable(getattr(layer, backward, None)):
            return forward, backward
    known = "names such as forward_pass and backward_pass, or fprop and bprop, are known too"
    raise UsageError(f"{type(layer).__name__} has no forward and backward; {known}")


def _shapes(inputs: tuple[Any, ...], named: Mapping[str, Any]) -> str:
    parts = [f"{getattr(value, 'shape', value)}" for value in inputs]
    return ", ".join([*parts, *(f"{name}={getattr(value, 'shape', value)}" for name, value in named.items())])
