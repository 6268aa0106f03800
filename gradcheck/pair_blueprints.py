"""What an accepted pair was made of, and how to call it otherwise: the counterpart of `blueprints`."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from gradcheck.blueprints import argument_code
from gradcheck.cases.guessing.given import described
from gradcheck.cases.importing.reasons import one_line
from gradcheck.cases.pairs.binding import Rebinding
from gradcheck.cases.pairs.function_pair import FunctionPair, Handed, Reading
from gradcheck.cases.pairs.settings import settings_of, told
from gradcheck.cases.running.evaluation import protected
from gradcheck.choosing import Accepted, Plan
from gradcheck.errors import BuildError
from gradcheck.oracles import finite_difference
from gradcheck.types import Array, Blueprint, Built, Case, Presentation, Role, Subject


def blueprint_of(found: Accepted, plan: Plan, case_of: Callable[[Accepted], Case]) -> Blueprint | None:
    """The blueprint of a pair; None where how it is called was not found out.

    Args:
        found: The pair and the inputs it accepts.
        plan: What was built.
        case_of: Makes the Case of another accepted pair.
    """
    pair, rebind = found.layer, found.subject.rebind
    if not isinstance(pair, FunctionPair) or not isinstance(rebind, Rebinding):
        return None
    own = type(pair.owner) if pair.owner is not None else None
    code = argument_code(own, found.construction.code) if own is not None else None
    made = _Made(found=found, plan=plan, pair=pair, rebind=rebind, own=own, code=code or {}, case_of=case_of)
    settings = settings_of(pair, rebind.reading, found.inputs.arguments) if own is None else None
    prefix = "layer." if own is not None else ""
    return Blueprint(
        cls=own or type(pair),
        code=made.code,
        arguments=found.construction.arguments if settings is None else settings,
        is_constructed=code is not None,
        forward=pair.value_name,
        backward=pair.pullback_name,
        inputs=found.inputs.arguments,
        differentiable=found.inputs.differentiable,
        batch_axis=found.inputs.batch_axis,
        root=plan.root,
        environment=plan.environment,
        construct=made.construct,
        value=made.value,
        bind=made.bind,
        case=made.case,
        functions=tuple(pair.function(one) for one in (pair.value, pair.pullback) if one is not None),
        settings=settings,
        parameters=frozenset(n for n in found.inputs.differentiable if found.subject.roles.get(n) is Role.PARAMETER),
        handed=made.handed,
        calls=lambda names, upstream: _calls(pair, rebind.reading, names, upstream, prefix),
    )


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Made:
    """Makes and calls a pair otherwise.

    Attributes:
        found: The pair and the inputs it accepts.
        plan: What was built.
        pair: The same as it is.
        rebind: Binds it on other inputs.
        own: The class of the object that has both, None for functions.
        code: Source of each of that class's arguments.
        case_of: Makes the Case of another accepted pair.
    """

    found: Accepted
    plan: Plan
    pair: FunctionPair
    rebind: Rebinding
    own: type | None
    code: Mapping[str, str]
    case_of: Callable[[Accepted], Case]

    def construct(self, changed: Mapping[str, Any]) -> Built:
        """The object with other arguments; functions are told them when they are called."""
        construction = self.found.construction
        if self.own is None:
            return Built(layer=self.pair, code="", arguments=changed)
        if not changed:
            return Built(layer=self.pair, code=construction.code, arguments=construction.arguments)
        arguments = {**copy.deepcopy(dict(construction.arguments)), **changed}
        written = (f"{n}={changed[n]!r}" if n in changed else f"{n}={self.code[n]}" for n in arguments)
        with self.plan.environment(), protected(self.plan.seed, self.own):
            owner = self.own(**arguments)
        code = f"{self.own.__qualname__}({', '.join(written)})"
        return Built(layer=dataclasses.replace(self.pair, owner=owner), code=code, arguments=arguments)

    def handed(self, built: Built, inputs: Mapping[str, Any]) -> Mapping[str, Any]:
        """All that forward is handed."""
        return told(inputs, built.arguments) if self.own is None else inputs

    def bind(self, built: Built, inputs: Mapping[str, Any], presentation: Presentation) -> Subject | None:
        """The Subject there."""
        return self.rebind(built.layer, self.handed(built, inputs), presentation)

    def value(self, built: Built, inputs: Mapping[str, Any]) -> Array:
        """Forward's answer there."""
        subject = self._bound(built, inputs, Presentation())
        return subject.value(subject.primals)

    def case(self, built: Built, inputs: Mapping[str, Any], presentation: Presentation) -> Case:
        """The Case there, its functions called as before."""
        try:
            subject = self._bound(built, inputs, presentation)
        except BuildError:
            raise
        except Exception as error:  # the user's code may raise anything
            raise BuildError(one_line(error, self.plan.root)) from error
        noise = finite_difference.measure_noise(subject, subject.value(subject.primals))
        given = self.handed(built, inputs)
        construction = self.found.construction
        if self.own is not None:
            construction = dataclasses.replace(construction, arguments=built.arguments, code=built.code)
        other = dataclasses.replace(
            self.found,
            subject=dataclasses.replace(subject, noise=noise),
            layer=built.layer,
            construction=construction,
            inputs=dataclasses.replace(self.found.inputs, arguments=given, description=described(given)),
        )
        return self.case_of(other)

    def _bound(self, built: Built, inputs: Mapping[str, Any], presentation: Presentation) -> Subject:
        subject = self.bind(built, inputs, presentation)
        if subject is None:
            message = "its forward answers otherwise there"
            raise BuildError(message)
        return subject


def _calls(
    pair: FunctionPair, reading: Reading, inputs: Sequence[str], upstream: Callable[[str], str], prefix: str
) -> list[str]:
    """The lines that call forward, and backward with an upstream gradient of ones."""
    packed = {primal for keys in pair.packed.values() for primal in keys.values()}
    lines = []
    for name, keys in pair.packed.items():
        entries = ", ".join(f"{key!r}: {primal.replace('.', '_')}" for key, primal in keys.items())
        lines.append(f"{name} = {{**{name}, {entries}}}")
    called = ", ".join(f"{name}={name}" for name in inputs if name not in packed)
    lines.append(f"answer = {prefix}{pair.value_name}({called})")
    if pair.pullback is None:
        return lines
    handed = [_handed(one, upstream) for one in reading.handed]
    if all(one.name.isidentifier() for one in reading.handed):
        handed = [f"{one.name}={code}" for one, code in zip(reading.handed, handed, strict=True)]
    return [*lines, f"{prefix}{pair.pullback_name}({', '.join(handed)})"]


def _handed(argument: Handed, upstream: Callable[[str], str]) -> str:
    if argument.source == "upstream":
        return upstream(f"np.ones_like(answer{f'[{argument.place}]' if argument.place >= 0 else ''})")
    if argument.source == "input":
        return argument.of
    if argument.source == "answer":
        return "answer" if argument.place < 0 else f"answer[{argument.place}]"
    if argument.source == "rest":
        return f"answer[{argument.place}:]"
    return "answer" if argument.source == "whole" else repr(argument.constant)
