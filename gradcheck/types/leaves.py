"""What a leaf is handed and what it exports: checks and adapters."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from gradcheck.types.oracle import Oracle
from gradcheck.types.reference import Reference
from gradcheck.types.results import CheckResult
from gradcheck.types.subject import Case, Subject


class Profile(enum.Enum):
    """How much a run may cost."""

    FAST = "fast"
    DEFAULT = "default"
    THOROUGH = "thorough"


def _nothing_found(check: str) -> CheckResult | None:  # noqa: ARG001 - the signature of `Context.found`
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What `run` hands each check: the case and what it may ask.

    Attributes:
        case: The case under check.
        profile: How much the check may cost.
        oracles: Name to oracle, in the order of trust.
        parameter_gradients: "sum" or "mean": the declared convention, "" where none is declared.
        expect: Declared intent, such as "straight-through", or "".
        references: () -> name to torch counterpart; loaded when the first check asks.
        reference: Name of the counterpart a person declared, or "".
        found: Name of another check -> what it found on this case, run now where it was not; None where a check is
            run by itself.
        ask: (another case of the layer, name of a check) -> what that check finds there.
    """

    case: Case
    profile: Profile
    oracles: Mapping[str, Oracle]
    parameter_gradients: str = ""
    expect: str = ""
    references: Callable[[], Mapping[str, Reference]] = dict
    reference: str = ""
    found: Callable[[str], CheckResult | None] = _nothing_found
    ask: Callable[[Case, str], CheckResult] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapter:
    """Knows one layer convention.

    Attributes:
        name: The adapter's name, its file's.
        summary: One line.
        recognises: (Request of cases/running/request.py) -> whether the convention is this one; decided before anything
            is called. Of all adapters exactly one recognises a request.
        bind: (the same Request) -> Subject; raises BuildError where the layer leaves nothing to compare, and
            whatever its forward or backward raises.
    """

    name: str
    summary: str
    recognises: Callable[..., bool]
    bind: Callable[..., Subject]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One property of a right layer; `examine` answers with a CheckResult and never raises for a wrong layer."""

    name: str
    summary: str
    examine: Callable[[Context], CheckResult]
