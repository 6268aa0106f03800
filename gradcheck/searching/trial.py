"""One configuration tried: forward rejects it, or backward is right there, or it is wrong."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gradcheck.cases.guessing.given import described
from gradcheck.cases.running.presenting import BROADCAST
from gradcheck.cases.states.state import slots
from gradcheck.errors import BuildError
from gradcheck.searching import confirming, emptiness, meaning, screening
from gradcheck.searching.confirming import Confirmed
from gradcheck.searching.space import Configuration, Space
from gradcheck.types import Built, Case, CheckResult, Context, Oracle, Presentation, Role, Subject


class Ruling(enum.Enum):
    """What a configuration is found to be."""

    REJECTED = "forward does not take it"
    RIGHT = "backward is right"
    UNDECIDED = "nothing could be compared"
    WRONG = "backward is wrong"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What became of a configuration.

    Attributes:
        ruling: What it is.
        note: What is not wrong and worth a word, one sentence.
        case: The case, for one that is wrong.
        result: What the check that failed found there.
    """

    ruling: Ruling
    note: str = ""
    case: Case | None = None
    result: CheckResult | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """Tries configurations of one layer.

    Attributes:
        context: What the check was handed.
        space: The configurations.
        oracle: Finite differences.
        ask: (case, check) -> what that check finds there.
        trusted: Names of the gradients that are right as the layer was built; what is wrong or undecided there is
            the gradient check's business.
    """

    context: Context
    space: Space
    oracle: Oracle
    ask: Callable[[Case, str], CheckResult]
    trusted: frozenset[str]
    _built: dict[str, Built | None] = field(default_factory=dict)

    def of(self, configuration: Configuration, inputs: Mapping[str, Any]) -> Tried:
        """Try one configuration.

        Args:
            configuration: How the layer is built and called.
            inputs: Forward's arguments there.
        """
        with self.space.blueprint.environment():
            return self._tried(configuration, inputs)

    def _tried(self, configuration: Configuration, inputs: Mapping[str, Any]) -> Tried:
        built = self._construct(configuration.arguments)
        if built is None:
            return Tried(ruling=Ruling.REJECTED)
        try:
            subject = self._bound(built, inputs, configuration.presentation)
        except Exception:  # noqa: BLE001 - the user's forward may raise anything; it does not take this
            return Tried(ruling=Ruling.REJECTED)
        if self.space.is_empty(configuration):
            return self._of_nothing(subject, built, inputs)
        if configuration.extra and not meaning.is_same_function(subject, len(configuration.extra)):
            return Tried(ruling=Ruling.REJECTED)
        is_repeated = configuration.presentation.upstream == BROADCAST
        seen = screening.screened(subject, self.context.case.seed, self.oracle, self._judged(subject), is_repeated)
        if not seen.is_suspicious:
            return Tried(ruling=Ruling.RIGHT if seen.compared else Ruling.UNDECIDED)
        if meaning.is_taken_for_square(self.space.blueprint, built, inputs):
            note = (
                "forward takes an image whose sides differ for a square; what its backward answers there says nothing"
            )
            return Tried(ruling=Ruling.UNDECIDED, note=note)
        return self._confirmed(built, inputs, configuration)

    def _of_nothing(self, subject: Subject, built: Built, inputs: Mapping[str, Any]) -> Tried:
        seen = emptiness.seen(subject, self._judged(subject))
        if seen.error is not None:
            # Whoever has no samples is told so; no gradient is silently wrong.
            note = f"forward takes a batch of no samples, backward raises {type(seen.error).__name__} on it"
            return Tried(ruling=Ruling.UNDECIDED, note=note)
        if seen.undefined and not seen.wrong:
            names = ", ".join(f"`{name}`" for name in seen.undefined)
            note = f"of a batch of no samples backward leaves a gradient of {names} that is not finite"
            return Tried(ruling=Ruling.UNDECIDED, note=note)
        if not seen.wrong:
            return Tried(ruling=Ruling.RIGHT if seen.compared else Ruling.UNDECIDED)
        case = dataclasses.replace(
            self.context.case, construction=built.code or self.context.case.construction, inputs=described(inputs)
        )
        return Tried(ruling=Ruling.WRONG, case=case, result=emptiness.failure(case, subject, seen))

    def _construct(self, changed: Mapping[str, Any]) -> Built | None:
        key = repr(sorted(changed.items()))
        if key not in self._built:
            try:
                self._built[key] = self.space.blueprint.construct(changed)
            except Exception:  # noqa: BLE001 - the user's constructor may raise anything; it refuses
                self._built[key] = None
            else:
                if self._is_hollow(self._built[key]):
                    self._built[key] = None
        return self._built[key]

    def _is_hollow(self, built: Built | None) -> bool:
        """Whether a parameter of the case has no entries here: half of one feature is none, and no layer is left."""
        parameters = {name for name, role in self.context.case.subject.roles.items() if role is Role.PARAMETER}
        held = slots(built.layer) if built is not None else ()
        return any(slot.path in parameters and isinstance(value, np.ndarray) and not value.size for slot, value in held)

    def _bound(self, built: Built, inputs: Mapping[str, Any], presentation: Presentation) -> Subject:
        """The subject, by what is known of the case's own; where that does not do, from the beginning."""
        blueprint, own = self.space.blueprint, self.context.case.subject
        known = own.cotangent is None or bool(np.all(own.cotangent == 1.0))
        subject = blueprint.bind(built, inputs, presentation) if known else None
        if subject is None:
            return blueprint.case(built, inputs, presentation).subject
        return dataclasses.replace(subject, noise=own.noise, precision=own.precision)

    def _judged(self, subject: Subject) -> list[str]:
        own = self.context.case.subject.primals
        return [name for name in subject.primals if name in self.trusted or name not in own]

    def _confirmed(self, built: Built, inputs: Mapping[str, Any], configuration: Configuration) -> Tried:
        try:
            case = self.space.blueprint.case(built, inputs, configuration.presentation)
        except BuildError:
            return Tried(ruling=Ruling.REJECTED)
        except Exception:  # noqa: BLE001 - the user's code may raise anything where it is asked more; no verdict
            return Tried(ruling=Ruling.UNDECIDED)
        found: Confirmed = confirming.confirmed(
            case, configuration, self._judged(case.subject), self.oracle, self.ask, self.context.case
        )
        if found.result is None:
            return Tried(ruling=Ruling.UNDECIDED, note=found.note)
        return Tried(ruling=Ruling.WRONG, case=case, result=found.result)
