"""Which argument of backward is which, from its signature.

One required argument is the upstream gradient whatever its name, unless it carries the name
of a target; forward's own names mean forward's own arguments.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from gradcheck.cases.running.calling import Argument, Calling
from gradcheck.cases.running.request import Request
from gradcheck.errors import BuildError

#: The rate handed to a backward that updates weights: at 1 the update is the gradient.
LEARNING_RATE = 1.0
#: What is said of forward's answer where nothing is known of it.
NO_ITEMS: Mapping[str, int] = MappingProxyType({})

_RATE = re.compile(r"^(lr|learn(ing)?_?rate|l_?rate|rate|eta|alpha|step_?size|tasa\w*)$", re.IGNORECASE)
_TARGET = re.compile(
    r"^(y|t|y_?true|true|targets?|labels?|y_?t|truth|ground_?truth|expected|y_?hat_?true)$", re.IGNORECASE
)
PREDICTION = re.compile(
    r"^(dvalues|y_?pred|preds?|predictions?|y_?hat|outputs?|logits|probs?|probabilities)$", re.IGNORECASE
)
_FLAG = re.compile(r"^(is_?)?(train(ing)?(_?fl(a)?g)?|mode)$", re.IGNORECASE)
_CACHE = re.compile(r"^(cache|ctx|context|memory|saved)s?$", re.IGNORECASE)
#: A recurrent cell's backward(delta, h_t, h_prev_l, h_prev_t): output, input from the layer below, state before.
_CELL = re.compile(r"^h(_t|_prev_l|_prev_t)?$")
_UPSTREAM = re.compile(
    r"^(d_?out(puts?)?|grad(ient)?s?(_?out(puts?)?)?|out(put)?_?grad(ient)?s?|delta|upstream|dl_?d?\w+|d[a-z]\w*|d_\w+|dy|dz|da|accum_?grad|"
    r"err(or)?s?|top|eta_?next|g|dout|next_?grad|incoming|\w+_bar|grad_\w+|\w+_grad|cotangent|back|residual)$",
    re.IGNORECASE,
)


def calling_of(request: Request, *, by_place: bool = False, items: Mapping[str, int] = NO_ITEMS) -> Calling:
    """How the layer of a request is called: forward as asked, backward as its signature says.

    Args:
        request: The layer.
        by_place: Whether arguments whose names say nothing are upstream gradients of further outputs.
        items: Names of arguments that say nothing to the items of forward's answer that they are.

    Raises:
        BuildError: Backward has a required argument that means nothing to us.
    """
    method = getattr(request.evaluator.layer, request.backward)
    arguments, rate = plan(
        method, request.arguments, request.differentiable, is_loss=request.is_loss, by_place=by_place, items=items
    )
    return Calling(
        forward=request.forward,
        backward=request.backward,
        arguments=request.arguments,
        differentiable=request.differentiable,
        plan=arguments,
        learning_rate=rate,
        presentation=request.presentation,
    )


def plan(
    method: Any,
    forward_arguments: Mapping[str, Any],
    differentiable: Sequence[str],
    *,
    is_loss: bool,
    by_place: bool = False,
    items: Mapping[str, int] = NO_ITEMS,
) -> tuple[tuple[Argument, ...], float]:
    """Plan the call of backward.

    Args:
        method: The bound method.
        forward_arguments: What forward is given, by name.
        differentiable: Which of those are primals; for a loss the first is the prediction.
        is_loss: Whether prediction and target are handed to forward.
        by_place: Whether arguments whose names say nothing are upstream gradients of further outputs.
        items: Names of arguments that say nothing to the items of forward's answer that they are.

    Returns:
        The arguments, and the learning rate handed over (0 for none).

    Raises:
        BuildError: A required argument that means nothing to us.
    """
    parameters = [p for p in inspect.signature(method).parameters.values() if p.kind is not p.VAR_KEYWORD]
    required = [p for p in parameters if p.default is p.empty and p.kind is not p.VAR_POSITIONAL]
    upstream = _upstream(required, parameters, forward_arguments, is_loss=is_loss)
    is_cell = any(p.name == "h_prev_l" for p in required) and len(forward_arguments) > 1
    rate = 0.0
    arguments: list[Argument] = []
    further = _further(upstream, required, forward_arguments, differentiable, is_cell=is_cell, by_place=by_place)
    for p in parameters:
        keyword = p.kind is p.KEYWORD_ONLY
        if p.name == upstream or p.name in further:
            part = sum(a.source == "upstream" for a in arguments) if further else None
            arguments.append(Argument(name=p.name, source="upstream", part=part, keyword=keyword or p not in required))
            continue
        if p not in required:
            if _RATE.match(p.name) and p.kind is not p.VAR_POSITIONAL:
                rate = LEARNING_RATE
                arguments.append(Argument(name=p.name, source="constant", constant=rate, keyword=True))
            continue
        argument = _recognised(p.name, forward_arguments, differentiable, keyword=keyword, is_cell=is_cell)
        if p.name in items:
            argument = Argument(name=p.name, source="item", part=items[p.name], keyword=keyword)
        if argument is None:
            wanted = ", ".join(q.name for q in required)
            raise BuildError(f"backward({wanted}) needs `{p.name}`, which gradcheck has no value for")
        if argument.source == "constant" and _RATE.match(p.name):
            rate = LEARNING_RATE
        arguments.append(argument)
    return tuple(arguments), rate


def _upstream(
    required: list[inspect.Parameter],
    parameters: list[inspect.Parameter],
    forward: Mapping[str, Any],
    *,
    is_loss: bool,
) -> str:
    """The name of the upstream gradient's argument, "" where backward takes none."""
    others = [p for p in required if not any(pattern.match(p.name) for pattern in (_RATE, _CACHE, _FLAG))]
    if is_loss:
        # A default upstream gradient (`dout=1`) of a loss is taken as it is.
        free = [p for p in others if not _TARGET.match(p.name) and not PREDICTION.match(p.name)]
        return next((p.name for p in free if p.name not in forward), "")
    # `y` and `t` alone are anybody's; `labels` and `y_true` are targets wherever they stand.
    targets = [p.name for p in required if is_target(p.name) and p.name not in forward]
    if targets:
        wanted = ", ".join(p.name for p in required)
        raise BuildError(f"backward({wanted}) takes a target, not an upstream gradient: a network with its own loss")
    if len(required) == 1:
        return required[0].name
    unknown = [p for p in others if p.name not in forward and not _CELL.match(p.name)]
    if unknown:
        return next((p.name for p in unknown if _UPSTREAM.match(p.name)), unknown[0].name)
    if required:
        return ""
    return next((p.name for p in parameters if p.kind is not p.VAR_POSITIONAL and _UPSTREAM.match(p.name)), "")


def unknown(request: Request) -> tuple[str, ...]:
    """The required arguments of backward beside its upstream gradients whose names say nothing."""
    parameters = inspect.signature(getattr(request.evaluator.layer, request.backward)).parameters.values()
    required = [p for p in parameters if p.default is p.empty and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
    upstream = _upstream(required, required, request.arguments, is_loss=request.is_loss)
    return tuple(
        p.name
        for p in required
        if p.name != upstream
        and not _UPSTREAM.match(p.name)
        and _recognised(p.name, request.arguments, request.differentiable, keyword=False, is_cell=False) is None
    )


def is_target(name: str) -> bool:
    """Whether an argument of backward is a target wherever it stands."""
    return len(name) > 1 and bool(_TARGET.match(name))


def _further(
    upstream: str,
    required: Sequence[inspect.Parameter],
    forward: Mapping[str, Any],
    differentiable: Sequence[str],
    *,
    is_cell: bool,
    by_place: bool,
) -> set[str]:
    """The other arguments that are upstream gradients, by their names or their places: those of further outputs."""
    if not upstream:
        return set()
    return {
        p.name
        for p in required
        if p.name != upstream
        and (by_place or _UPSTREAM.match(p.name))
        and _recognised(p.name, forward, differentiable, keyword=False, is_cell=is_cell) is None
    }


def _recognised(
    name: str, forward: Mapping[str, Any], differentiable: Sequence[str], *, keyword: bool, is_cell: bool
) -> Argument | None:
    if name in forward and not (name == "h" and is_cell):
        return Argument(name=name, source="input", of=name, keyword=keyword)
    if is_cell and _CELL.match(name):
        return _of_cell(name, forward, keyword=keyword)
    if _RATE.match(name):
        return Argument(name=name, source="constant", constant=LEARNING_RATE, keyword=keyword)
    if _FLAG.match(name):
        return Argument(name=name, source="constant", constant=True, keyword=keyword)
    if _CACHE.match(name):
        return Argument(name=name, source="cache", keyword=keyword)
    others = [key for key in forward if key not in differentiable]
    if _TARGET.match(name) and others:
        return Argument(name=name, source="input", of=others[0], keyword=keyword)
    if PREDICTION.match(name) and len(forward) > 1:
        return Argument(name=name, source="input", of=differentiable[0], keyword=keyword)
    if re.match(r"^(x|inputs?|input_?data|a_?prev|x_?in)$", name, re.IGNORECASE) and differentiable:
        return Argument(name=name, source="input", of=differentiable[0], keyword=keyword)
    if re.match(r"^(out(put)?s?|y|a|activations?)$", name, re.IGNORECASE):
        return Argument(name=name, source="output", keyword=keyword)
    return None


def _of_cell(name: str, forward: Mapping[str, Any], *, keyword: bool) -> Argument:
    if name in {"h", "h_t"}:
        return Argument(name=name, source="output", keyword=keyword)
    first, second = list(forward)[:2]
    return Argument(name=name, source="input", of=first if name == "h_prev_l" else second, keyword=keyword)
