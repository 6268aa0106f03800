"""How the backward of a pair may be called: what each of its arguments is, from names, and what names leave open."""

from __future__ import annotations

import inspect
import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from gradcheck.cases.naming.family import plain
from gradcheck.cases.pairs.function_pair import FunctionPair, Handed, Reading
from gradcheck.cases.pairs.kept import Kept, kept
from gradcheck.cases.pairs.operation_readings import is_output, operation_reading
from gradcheck.cases.pairs.wording import is_used, returned_names
from gradcheck.errors import BuildError

#: Ways to read one pair that are tried.
MOST = 8

_CACHE = re.compile(r"cache|ctx|context|memory|saved|tape|residuals?$|^(stash|stored|tmp|state)s?$", re.IGNORECASE)
_UPSTREAM = re.compile(
    r"^(d_?[a-z]\w*|\w*grads?(_?\w+)?|\w*gradients?(_?\w+)?|g|gy|gz|go|\w*deltas?\w*|\w*upstream\w*|err(or)?s?|\w*cotangents?|"
    r"y_bar|top|next_?d\w*|prev_?d\w*|eta|incoming|v|vec|back|flowing\w*|sens\w*)$",
    re.IGNORECASE,
)
_OUTPUT = re.compile(
    r"^(y|a|s|out|outputs?|o|activations?|activated|act|y_?hat|result|res|fx|value|sig\w*|p|probs?)$", re.IGNORECASE
)
_FLAG = re.compile(r"^(is_?)?(train(ing)?(_?fl(a)?g)?|mode)$", re.IGNORECASE)


def readings(pair: FunctionPair, raw: Any, arguments: Mapping[str, Any]) -> Iterator[Reading]:
    """Yield ways to read a pair, the likeliest first.

    Args:
        pair: The pair; nothing of it is called.
        raw: What forward answered.
        arguments: What forward was given, by its own arguments' names.

    Raises:
        BuildError: Backward needs an argument that means nothing to us.
    """
    if pair.pullback is None:
        yield Reading(outputs=(0,), returned=returned_names(pair.function(pair.value))[1:])
        return
    backward = pair.function(pair.pullback)
    required = _required(backward, arguments, has_memory=pair.owner is not None)
    names = returned_names(pair.function(pair.value))
    by_place = operation_reading(backward, raw) if pair.in_order else None
    if by_place is not None:
        yield by_place
        if not any(name in arguments or name in names for name in required):
            return
    upstream = [name for name in required if _is_upstream(name, arguments, names, required)]
    returned = returned_names(backward)
    for taken in _upstreams_of(upstream, names, raw, backward):
        outputs = _outputs(raw, len(taken))
        for handed in itertools.islice(_fewest_first(_choices(pair, raw, arguments, names, required, taken)), MOST):
            takes = any(argument.source == "upstream" for argument in handed)
            places = tuple(a.place for a in handed if a.source == "upstream" and a.place >= 0) or outputs[:1]
            yield Reading(
                outputs=places,
                handed=handed,
                is_derivative=not takes,
                returned=returned,
                words=_words(handed, takes_upstream=takes),
            )


def _upstreams_of(upstream: Sequence[str], names: Sequence[str], raw: Any, backward: Any) -> Iterator[Sequence[str]]:
    """The arguments that are upstream gradients by their names; then the first alone.

    `deriv`, where forward answers with an expression beside its output, may be the value of that: only where backward
    looks at it, or a forgotten upstream gradient would be excused.
    """
    yield upstream
    has_expression = isinstance(raw, tuple) and len(names) == len(raw) and not all(names[1:])
    if len(upstream) > 1 and has_expression and all(is_used(backward, name) for name in upstream[1:]):
        yield upstream[:1]


def _choices(
    pair: FunctionPair,
    raw: Any,
    arguments: Mapping[str, Any],
    names: Sequence[str],
    required: Sequence[str],
    upstream: Sequence[str],
) -> list[list[Handed]]:
    """What each argument of backward may be.

    Raises:
        BuildError: One of them means nothing to us.
    """
    outputs = _outputs(raw, len(upstream))
    known = [name for name in required if _is_named(name, arguments, names)]
    open_ = [name for name in required if name not in (*known, *upstream) and not _FLAG.match(name)]
    # Where no name says so, the first is the upstream gradient.
    rest = open_ if upstream else open_[1:]
    further = kept(raw, outputs, names, known, () if pair.in_order else rest)
    options = [_options(name, raw, arguments, names, upstream, outputs, further) for name in required]
    for name, found in zip(required, options, strict=True):
        if not found:
            wanted = ", ".join(required)
            raise BuildError(f"{pair.pullback_name}({wanted}) needs `{name}`, which gradcheck has no value for")
    return options


def _is_named(name: str, arguments: Mapping[str, Any], returned: Sequence[str]) -> bool:
    """Whether an argument of backward is called as one of forward's, or as what forward returns."""
    return any(plain(other) == plain(name) for other in arguments) or (name in returned and len(returned) > 1)


def _required(backward: Any, arguments: Mapping[str, Any], *, has_memory: bool) -> list[str]:
    """Backward's arguments that are handed over: the required ones, and those that forward has too.

    An object that may do without an argument remembers what forward was given.
    """
    try:
        parameters = inspect.signature(backward).parameters.values()
    except (TypeError, ValueError):
        return ["x"]  # written in C: a derivative, most likely
    kinds = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    given = [
        p
        for p in parameters
        if p.kind not in kinds and (p.default is p.empty or (p.name in arguments and not has_memory))
    ]
    return [p.name for p in given]


def _is_upstream(name: str, arguments: Mapping[str, Any], returned: Sequence[str], required: Sequence[str]) -> bool:
    if name in arguments or name in returned or _CACHE.search(name) or _FLAG.match(name):
        return False
    if len(required) == 1 and _OUTPUT.match(name):
        return False
    return _UPSTREAM.match(name) is not None


def _outputs(raw: Any, upstreams: int) -> tuple[int, ...]:
    """The places of forward's outputs: as many as backward takes upstream gradients, caches left out."""
    if not isinstance(raw, (tuple, list)):
        return ()
    floats = [place for place, item in enumerate(raw) if is_output(item)]
    return tuple(floats[: max(upstreams, 1)])


def _options(
    name: str,
    raw: Any,
    arguments: Mapping[str, Any],
    returned: Sequence[str],
    upstream: Sequence[str],
    outputs: Sequence[int],
    further: Kept,
) -> list[Handed]:
    """What one argument of backward may be, the likeliest first."""
    if name in upstream:
        place = upstream.index(name)
        return [Handed(name=name, source="upstream", place=outputs[place] if place < len(outputs) else -1)]
    same = next((other for other in arguments if other == name), "")
    same = same or next((other for other in arguments if plain(other) == plain(name)), "")
    as_output = Handed(name=name, source="answer", place=outputs[0] if outputs else -1)
    if same:
        itself = Handed(name=name, source="input", of=same)
        return (
            [itself, as_output]
            if not upstream and np.ndim(arguments[same]) >= 0 and _is_float(arguments[same])
            else [itself]
        )
    if name in returned and len(returned) > 1:
        return [Handed(name=name, source="answer", place=returned.index(name))]
    if _CACHE.search(name):
        several = further.sure(name) if len(further.by_place) > 1 else []
        return [*several, *_caches(name, raw, arguments, outputs)]
    if _FLAG.match(name):
        return [Handed(name=name, source="constant", constant="train" if name == "mode" else True)]
    first = next((other for other, value in arguments.items() if _is_float(value)), "")
    as_input = [Handed(name=name, source="input", of=first)] if first else []
    as_upstream = [] if upstream else [Handed(name=name, source="upstream", place=outputs[0] if outputs else -1)]
    sure, possible = further.sure(name), further.possible(name)
    if _OUTPUT.match(name):
        return [as_output, *as_input, *sure, *possible]
    if upstream or re.match(r"^(x|z|inputs?|input_?data|a_?prev|x_?in|u|t|arr|data|val|n|m)$", name, re.IGNORECASE):
        return [*sure, *as_input, *possible, as_output, *as_upstream]
    return [*as_upstream, *sure, *as_input, *possible, as_output]


def _caches(name: str, raw: Any, arguments: Mapping[str, Any], outputs: Sequence[int]) -> list[Handed]:
    if not isinstance(raw, (tuple, list)):
        # A function that answers with its value alone: its cache is what it was given, or what it answered.
        inputs = [Handed(name=name, source="input", of=other) for other, v in arguments.items() if _is_float(v)]
        return [*inputs[:1], Handed(name=name, source="whole")]
    rest = len(outputs)
    found = [Handed(name=name, source="answer", place=len(raw) - 1)]
    if len(raw) - rest > 1:
        found.append(Handed(name=name, source="rest", place=rest))
    if len(raw) == 2 and is_output(raw[1]):
        found += [Handed(name=name, source="input", of=o) for o, v in arguments.items() if _is_float(v)][:1]
    return found


def _is_float(value: Any) -> bool:
    return (isinstance(value, np.ndarray) and np.issubdtype(value.dtype, np.floating)) or isinstance(value, float)


def _fewest_first(options: Sequence[Sequence[Handed]]) -> Iterator[tuple[Handed, ...]]:
    """Every choice of one option each, those with the fewest departures from the first options first."""
    ranked = sorted(
        itertools.product(*(range(len(found)) for found in options)), key=lambda places: (sum(places), places)
    )
    for places in ranked:
        chosen = tuple(found[place] for found, place in zip(options, places, strict=True))
        if sum(argument.source == "upstream" for argument in chosen) <= max(1, _upstreams(options)):
            yield chosen


def _upstreams(options: Sequence[Sequence[Handed]]) -> int:
    return sum(len(found) == 1 and found[0].source == "upstream" for found in options)


def _words(handed: Sequence[Handed], *, takes_upstream: bool) -> str:
    if takes_upstream or not any(argument.source == "answer" for argument in handed):
        return ""
    return "the derivative is taken of forward's output: it is handed that, and not the input"
