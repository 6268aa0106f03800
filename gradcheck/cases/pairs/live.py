"""A session on a pair: each backward is handed what its own forward was given and answered."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from gradcheck.cases.gradients.live import session_on
from gradcheck.errors import UsageError
from gradcheck.types import Answer, Array, Call, Primals, Session

if TYPE_CHECKING:
    from gradcheck.cases.gradients.bound import Bound
    from gradcheck.cases.pairs.function_pair import FunctionPair


def opened(bound: Bound) -> Session:
    """A session on a copy of the pair as bound; what module globals hold is everybody's."""
    pair: FunctionPair = bound.evaluator.copy()
    session = session_on(bound, pair, is_fresh=pair.owner is not None)

    def forward(primals: Primals, given: Mapping[str, Any], draw: int) -> Call:
        call = session.forward(primals, given, draw)
        return dataclasses.replace(call, raw=(pair.raw, pair.given), shapes=pair.shapes())

    def backward(call: Call, y_bar: Array) -> Answer:
        pair.raw, pair.given = call.raw
        return session.backward(call, y_bar)

    is_object = pair.owner is not None
    return dataclasses.replace(
        session,
        forward=forward,
        backward=backward,
        backward_alone=session.backward_alone if is_object and not pair.is_handed else None,
        pickled=session.pickled if is_object else _refused("pickled"),
        copied=session.copied if is_object else _refused("copied"),
        is_object=is_object,
        is_handed=not is_object and pair.is_handed,
    )


def _refused(how: str) -> Callable[[], Session]:
    def refuse() -> Session:
        message = f"two functions are not {how}"
        raise UsageError(message)

    return refuse
