"""What an accepted layer was made of, and how to make it otherwise."""

from __future__ import annotations

import ast
import contextlib
import copy
import dataclasses
import inspect
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import numpy as np

from gradcheck.cases.guessing.given import described
from gradcheck.cases.importing.reasons import one_line
from gradcheck.cases.running.calling import Calling
from gradcheck.cases.running.crashing import crashing_subject
from gradcheck.cases.running.evaluation import Evaluator, protected
from gradcheck.cases.running.hooks import prepared
from gradcheck.choosing import Accepted, Plan, bound_or_prepared, request_of
from gradcheck.errors import BuildError
from gradcheck.types import Array, Blueprint, Built, Case, Presentation, Subject

Result = TypeVar("Result")


def blueprint_of(found: Accepted, plan: Plan, case_of: Callable[[Accepted, Plan], Case]) -> Blueprint:
    """The blueprint of a layer.

    Args:
        found: The layer and the inputs it accepts.
        plan: What was built.
        case_of: Makes the Case of another accepted layer.
    """
    cls = type(found.layer)
    code = argument_code(cls, found.construction.code)

    def construct(changed: Mapping[str, Any]) -> Built:
        return _constructed(found, plan, code or {}, changed)

    def value(built: Built, inputs: Mapping[str, Any]) -> Array:
        calling = Calling(
            forward=plan.forward, backward=plan.backward, arguments=inputs, differentiable=found.inputs.differentiable
        )

        def run(layer: object) -> Array:
            evaluator = Evaluator(layer=layer, seed=plan.seed, environment=plan.environment)

            def action() -> Array:
                copied: Any = evaluator.copy()
                raw, _ = calling.run_forward(copied, {})
                return np.array(calling.output_of(raw, copied), dtype=np.float64)

            return evaluator.run(action)

        return _as_is_or_prepared(run, built, inputs, plan)

    def bind(built: Built, inputs: Mapping[str, Any], presentation: Presentation) -> Subject | None:
        rebind = found.subject.rebind
        if rebind is None:
            return None
        return _as_is_or_prepared(lambda layer: rebind(layer, inputs, presentation), built, inputs, plan)

    def case(built: Built, inputs: Mapping[str, Any], presentation: Presentation) -> Case:
        return case_of(_accepted(found, plan, built, inputs, presentation), plan)

    return Blueprint(
        cls=cls,
        code=code or {},
        arguments=found.construction.arguments,
        is_constructed=code is not None,
        forward=plan.forward,
        backward=plan.backward,
        inputs=found.inputs.arguments,
        differentiable=found.inputs.differentiable,
        batch_axis=found.inputs.batch_axis,
        root=plan.root,
        environment=plan.environment,
        construct=construct,
        value=value,
        bind=bind,
        case=case,
    )


def _as_is_or_prepared(
    action: Callable[[object], Result], built: Built, inputs: Mapping[str, Any], plan: Plan
) -> Result:
    """The action on the layer as it is, else as it is after the hooks that frameworks call first."""
    try:
        return action(built.layer)
    except Exception:  # the user's code may raise anything; it is raised again where the hooks do not help
        x = next((value for value in inputs.values() if isinstance(value, np.ndarray) and value.ndim), None)
        evaluator = Evaluator(layer=built.layer, seed=plan.seed, environment=plan.environment)
        for layer in prepared(evaluator, x) if x is not None else ():
            with contextlib.suppress(Exception):  # the first error is the one to tell
                return action(layer)
        raise


def argument_code(cls: type, code: str) -> dict[str, str] | None:
    """Source of each argument of a call of a class, by name; None where it is no such call.

    >>> argument_code(dict, "dict(a=[1, 2], b='x')")
    {'a': '[1, 2]', 'b': "'x'"}
    """
    try:
        call = ast.parse(code, mode="eval").body
    except SyntaxError:
        return None
    if not isinstance(call, ast.Call) or ast.unparse(call.func) != cls.__qualname__ or call.args:
        return None
    return {one.arg: ast.unparse(one.value) for one in call.keywords if one.arg is not None}


def _constructed(found: Accepted, plan: Plan, code: Mapping[str, str], changed: Mapping[str, Any]) -> Built:
    if not changed:
        return Built(layer=found.layer, code=found.construction.code, arguments=found.construction.arguments)
    cls = type(found.layer)
    # Objects among them are the first layer's own; another layer must not share their state.
    arguments = {**copy.deepcopy(dict(found.construction.arguments)), **changed}
    order = [name for name in inspect.signature(cls).parameters if name in arguments]
    order += [name for name in arguments if name not in order]
    written = (f"{n}={changed[n]!r}" if n in changed else f"{n}={code[n]}" for n in order)
    with plan.environment(), protected(plan.seed, cls):
        layer = cls(**arguments)
    return Built(layer=layer, code=f"{cls.__qualname__}({', '.join(written)})", arguments=arguments)


def _accepted(
    found: Accepted, plan: Plan, built: Built, arguments: Mapping[str, Any], presentation: Presentation
) -> Accepted:
    """The other layer, bound from the beginning; one whose backward raises is bound to say so."""
    inputs = dataclasses.replace(found.inputs, arguments=arguments, description=described(arguments))
    construction = dataclasses.replace(found.construction, arguments=built.arguments, code=built.code)
    request = dataclasses.replace(request_of(built.layer, inputs, plan), presentation=presentation)
    try:
        subject = bound_or_prepared(request)
    except Exception as error:  # the user's code may raise anything; raised again where backward is not to blame
        told = one_line(error, plan.root)
        broken = crashing_subject(request, error, told)
        if broken is None:
            raise BuildError(told) from error
        subject = broken
    return dataclasses.replace(found, subject=subject, layer=built.layer, construction=construction, inputs=inputs)
