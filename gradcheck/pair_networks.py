"""Networks that answer with their loss and the gradients of their own parameters: `loss(x, t)` and `gradient(x, t)`."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterator

from gradcheck import building
from gradcheck.cases.gradients.stabilisers import small_constants
from gradcheck.cases.guessing.construct import Construction, constructions
from gradcheck.cases.guessing.inputs import Inputs
from gradcheck.cases.pairs.binding import disagreement
from gradcheck.cases.states.state import floating, parts_of
from gradcheck.choosing import Accepted, Plan, Recipe, agrees, bound_or_prepared, request_of
from gradcheck.types import Case

#: How many constructed networks are tried before giving up on one that accepts no input.
MOST_CONSTRUCTED = 3


def network(cls: type, plan: Plan, recipe: Recipe | None) -> tuple[Case, Recipe] | None:
    """The Case of a class whose objects hold their weights, None where they hold none or accept no input.

    What its targets may be is not known: of the guesses it accepts the one on which it is the least wrong is taken.

    Args:
        cls: The class.
        plan: What is built: its functions are called by the user's names.
        recipe: What an earlier, identical search found; only that is tried.
    """
    for position, construction, layer in _constructed(cls, plan):
        if next(floating(layer), None) is None:
            return None
        if recipe is not None and position != recipe.construction:
            continue
        best = _least_wrong(layer, construction, position, plan, recipe)
        if best is not None:
            case = building.case_of(best, plan)
            return dataclasses.replace(case, stabilisers=_stabilisers(layer, case, plan)), best.recipe
    return None


def _constructed(cls: type, plan: Plan) -> Iterator[tuple[int, Construction, object]]:
    count = 0
    for position, construction in enumerate(constructions(cls, qualname=plan.identity.rpartition("::")[2])):
        with contextlib.suppress(Exception):  # the user's constructor may raise anything; the next guess may fit
            layer = building.construct(cls, construction, plan)
            count += 1
            yield position, construction, layer
        if count >= MOST_CONSTRUCTED:
            return


def _least_wrong(
    layer: object, construction: Construction, position: int, plan: Plan, recipe: Recipe | None
) -> Accepted | None:
    best: tuple[float, Accepted] | None = None
    for index, inputs in building.inputs_of(layer, plan, construction.arguments):
        here = Recipe(construction=position, inputs=index)
        if recipe not in {None, here}:
            continue
        with contextlib.suppress(Exception):  # the user's code may raise anything; the next guess may fit
            error, found = _tried(layer, construction, inputs, here, plan)
            if best is None or error < best[0]:
                best = error, found
            if error == 0.0:
                break
    return best[1] if best is not None else None


def _tried(
    layer: object, construction: Construction, inputs: Inputs, recipe: Recipe, plan: Plan
) -> tuple[float, Accepted]:
    """How wrong the network is on an input, which is no primal: its gradient is nobody's concern there."""
    own = dataclasses.replace(inputs, differentiable=())
    subject = bound_or_prepared(request_of(layer, own, plan))
    found = Accepted(subject=subject, layer=layer, construction=construction, inputs=own, recipe=recipe)
    return 0.0 if agrees(subject) else disagreement(subject, plan.seed), found


def _stabilisers(layer: object, case: Case, plan: Plan) -> tuple[float, ...]:
    """Those of the network and of the parts that it is made of."""
    with plan.environment():
        found = {value for part in parts_of(layer) for value in small_constants(part, "forward")}
    return tuple(sorted({*case.stabilisers, *found}))
