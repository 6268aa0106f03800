"""Names of functions and methods that give a function's gradient, and the name of the function each belongs to.

`conv_backward_naive` belongs to `conv_forward_naive`, `sigmoid_prime` and `dSigmoid` to `sigmoid`,
`batchnorm_backward_alt` to `batchnorm_forward`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

#: Words that say "backward" and the words of the forward beside it, the commonest first.
_BACKWARD: Mapping[str, tuple[str, ...]] = {
    "backward": ("forward", "fwd"),
    "backwards": ("forwards", "forward"),
    "bwd": ("fwd", "forward"),
    "backprop": ("forward", "forwardprop", "fprop", "prop"),
    "bprop": ("fprop", "forward"),
    "backpropagation": ("forwardpropagation", "propagation", "forward"),
    "backpropagate": ("forwardpropagate", "propagate", "forward"),
    "back": ("forward", "front"),
    "vjp": ("forward", "jvp"),
    "pullback": ("forward",),
    "bp": ("fp", "forward"),
}
#: Words that say "derivative": of what the name is without them.
_DERIVATIVE = frozenset(
    {
        "grad", "grads", "gradient", "gradients", "deriv", "derivative", "derivate", "derivation", "prime", "der", "dx",
        "dz", "delta", "df", "d", "diff",
    }
)  # fmt: skip
#: Those of both that are parts of other words too.
_WEAK = frozenset({"back", "bp", "diff", "delta"})
#: Words a function may carry beside its name: `sigmoid_function`, `relu_forward`.
_OWN = ("", "forward", "function", "fn", "func", "activation")
#: A name shorter than this after a bare `d` is a word of its own: `dot`, `data`; these are too.
_SHORTEST_AFTER_D = 3
_AFTER_D = frozenset({"split", "stack", "array", "type"})

#: Methods of an object that answers with a function's value and with its derivative, the most telling pairs first.
VALUE_NAMES = (
    "fn", "func", "function", "f", "loss", "cost", "activation", "activate", "apply", "forward", "feedforward",
    "evaluate", "value", "calculate", "output", "call", "__call__",
)  # fmt: skip
DERIVATIVE_NAMES = (
    "grad", "gradient", "derivative", "deriv", "derivate", "prime", "df", "dfn", "d", "der", "diff", "delta",
    "derivation", "loss_grad", "loss_gradient", "loss_prime", "dloss", "cost_derivative", "cost_prime",
    "activation_derivative", "activation_prime", "fn_prime", "function_derivative", "fprime", "f_prime", "_grad",
    "_gradient", "_derivative",
)  # fmt: skip

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_PREFIXED = re.compile(r"^d_?(?=[a-zA-Z])(.+)$")

#: Libraries whose functions take arrays of their own: beside no NumPy, what a file defines is for these.
_OTHER_ARRAYS = re.compile(
    rb"^[ \t]*(?:import|from)[ \t]+(?:torch|triton|jax|tensorflow|mxnet|paddle|mlx|tinygrad)\b", re.MULTILINE
)
_VALUED = re.compile(
    rb"^[ \t]+return[ \t]+\(?[ \t]*(?:\w*(?:[lL]oss|[cC]ost|[eE]rror|[oO]bjective|nll|energy)\w*|[JjLlEe])"
    rb"[ \t]*,[ \t]*[-(\[]?[ \t]*\w*(?:d|grad)",
    re.MULTILINE,
)
#: A function that is called a loss and answers with an expression and a gradient.
_LOSS = re.compile(
    rb"^def[ \t]+\w*(?:loss|cost|error|objective|nll|energy|risk|entropy|hinge|huber|mse|bce)",
    re.MULTILINE | re.IGNORECASE,
)
_SECOND = re.compile(rb"^[ \t]+return[ \t].*,[ \t]*[-(\[]?[ \t]*\w*(?:d|grad)", re.MULTILINE)
_METHOD = re.compile(rb"^[ \t]+def[ \t]+(?:" + "|".join(DERIVATIVE_NAMES).encode() + rb")[ \t]*\(", re.MULTILINE)
_FUNCTION = re.compile(rb"^[ \t]{0,4}def[ \t]+(\w+)", re.MULTILINE)
_WORDS = re.compile(rb"[bB]ack|[bB]wd|bprop|[gG]rad|[dD]eriv|[pP]rime|vjp|_der\b|_diff\b|_d[xz]\b|_bp\b|[dD]elta|\bd")


def may_hold(data: bytes) -> bool:
    """Whether a file may hold a gradient written as a function; a wrong yes costs a parse, a wrong no a pair."""
    if b"numpy" not in data and _OTHER_ARRAYS.search(data):
        return False
    if (
        _VALUED.search(data)
        or (_LOSS.search(data) and _SECOND.search(data))
        or (b"class" in data and _METHOD.search(data))
    ):
        return True
    defined = _FUNCTION.findall(data)
    telling = [name for name in defined if _WORDS.search(name)]
    if not telling:
        return False
    known = {key(name.decode("utf-8", "replace")): name.decode("utf-8", "replace") for name in defined}
    return any(partner(name.decode("utf-8", "replace"), known) for name in telling)


def words(name: str) -> tuple[str, ...]:
    """The words of a name in lower case: `softmaxGrad_v2` is softmax, grad, v2; `back_prop` is one word."""
    parts = [part.lower() for piece in name.split("_") for part in _HUMP.split(piece) if part]
    joined: list[str] = []
    for part in parts:
        if joined and joined[-1] in {"back", "forward", "feed"} and part.startswith("prop"):
            joined[-1] += part
        else:
            joined.append(part)
    return tuple(joined)


def partner(name: str, known: Mapping[str, str]) -> str:
    """The function that `name` is the backward or the derivative of, or "".

    Args:
        name: Name of a function.
        known: `key` of every function beside it, to its name.
    """
    found = (known[candidate] for candidate in _candidates(name) if candidate in known)
    return next((one for one in found if one != name), "")


def is_derivative(name: str) -> bool:
    """Whether a name says "derivative" rather than "backward": `sigmoid_prime`, `d_tanh`."""
    parts = set(words(name))
    return not parts & set(_BACKWARD) and (bool(parts & (_DERIVATIVE - _WEAK)) or _PREFIXED.match(name) is not None)


def is_weak(name: str) -> bool:
    """Whether the word that says "backward" is half of many others (`roll_back`, `time_diff`): arguments must tell."""
    parts = words(name)
    strong = (set(_BACKWARD) | _DERIVATIVE) - _WEAK
    return bool(_WEAK & set(parts)) and not strong & set(parts)


def key(name: str) -> str:
    """A name without its underscores and humps, by which functions are looked up."""
    return "".join(words(name))


def _candidates(name: str) -> Iterator[str]:
    parts = words(name)
    for place, word in enumerate(parts):
        if word not in _BACKWARD and word not in _DERIVATIVE:
            continue
        before, after = parts[:place], parts[place + 1 :]
        for tail in dict.fromkeys((after, ())):
            if not before and not tail:
                continue
            for other in _BACKWARD.get(word, ()):
                yield "".join((*before, other, *tail))
            if word != "delta" or place == 0:
                yield from ("".join((*before, *tail)) + own for own in _OWN)
    match = _PREFIXED.match(name)
    if match and len(match[1]) >= _SHORTEST_AFTER_D and match[1] not in _AFTER_D:
        yield from (key(match[1]) + own for own in _OWN)
