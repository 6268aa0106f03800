"""What operations do to a gradient, by their last name."""

from __future__ import annotations

import re

from gradcheck.scan.facts.roles import words

#: Attributes that say something of a tensor and hold none of its values.
METADATA = frozenset(
    {"device", "dtype", "grad", "grad_fn", "is_cuda", "is_leaf", "itemsize", "layout", "name", "nbytes", "ndim",
     "requires_grad", "shape", "size", "strides"}
)  # fmt: skip

#: Operations whose result has no derivative, or no values of what they are given.
NO_DERIVATIVE = frozenset(
    [
        "all",
        "allclose",
        "any",
        "arange",
        "argmax",
        "argmin",
        "argpartition",
        "argsort",
        "array_equal",
        "bincount",
        "bool",
        "ceil",
        "count_nonzero",
        "digitize",
        "dim",
        "enumerate_shape",
        "eq",
        "equal",
        "eye",
        "floor",
        "ge",
        "gt",
        "hasattr",
        "hash",
        "histogram",
        "id",
        "int",
        "is_tensor",
        "isclose",
        "isfinite",
        "isin",
        "isinf",
        "isinstance",
        "isnan",
        "issubclass",
        "le",
        "len",
        "log_likelihood",
        "logical_and",
        "logical_not",
        "logical_or",
        "logical_xor",
        "long",
        "lt",
        "ndim",
        "ne",
        "nonzero",
        "not_equal",
        "numel",
        "one_hot",
        "ones_like",
        "print",
        "rand_like",
        "randint",
        "randn_like",
        "range",
        "repr",
        "rint",
        "round",
        "searchsorted",
        "shape",
        "sign",
        "size",
        "str",
        "type",
        "unique",
        "zeros_like",
    ]
)

#: Those of them that turn values into values, so that a loss made of them looks like a loss.
ROUNDING = frozenset({"argmax", "argmin", "ceil", "eq", "equal", "floor", "ge", "gt", "int", "le", "long", "lt", "ne",
                      "rint", "round", "sign"})  # fmt: skip

#: Methods that hand out a tensor's array.
RAW_METHODS = frozenset({"asnumpy", "numpy", "realize_cached_data", "to_numpy"})

#: Ways to a Python number.
NUMBER_METHODS = frozenset({"item", "tolist"})

#: Makers of tensors from arrays.
TORCH_CONSTRUCTORS = frozenset(
    {"FloatTensor", "DoubleTensor", "Tensor", "Variable", "as_tensor", "from_numpy", "tensor"}
)
TORCH_LISTS = TORCH_CONSTRUCTORS - {"from_numpy", "Variable"}

#: Results of nothing tracked.
FRESH_MAKERS = frozenset(
    [
        "arange",
        "empty",
        "empty_like",
        "eye",
        "full",
        "full_like",
        "linspace",
        "list",
        "dict",
        "load",
        "next",
        "normal",
        "ones",
        "ones_like",
        "permutation",
        "rand",
        "randint",
        "randn",
        "random",
        "uniform",
        "zeros",
        "zeros_like",
    ]
)

#: Extra arguments of a constructor that do not attach its result to anything.
_PLAIN_KEYWORDS = frozenset({"copy", "data", "device", "dtype", "is_leaf", "label", "name", "req_grad", "requires_grad",
                             "requires_gradient", "trainable", "type"})  # fmt: skip
_FLAG = re.compile(r"requires?_?grad|req_grad|needs_grad|trainable", re.IGNORECASE)
_PLAIN_VALUE = re.compile(
    r"(?:True|False|None|-?[\d.]+|[\"'][^\"']*[\"']|[\w.]*\b(?:dtype|device|name|label|float\d*|int\d*)"
    r"|not [\w.]+)\Z"
)
_ATTACHING = re.compile(
    r"(?:\A|_|set)(?:creator|parents?|ctx|context|history|grad_fn|backward|children|src|op)\Z"
    r"|attach|connect|link|make_op|record|regist|track|with_grad|build_graph|add_node|set_|trace|tape"
)
_EDGE = re.compile(
    r"_?(?:back|bwd|vjp|ctx|context|creator|prev|parent|child|depends|grad_f|graph|history|op\b|ops\b|src|saved|inputs?\b"
    r"|func|fn\b|f\b|node|generation|tape|local_grad|args)"
)


def copies_flag(keyword: str, value: str) -> bool:
    """Whether an argument of a constructor hands a flag on that something else has."""
    if value in {"True", "False", "None"}:
        return False
    return bool(_FLAG.search(value)) or (bool(keyword) and bool(_FLAG.fullmatch(keyword)))


def is_plain_argument(keyword: str, value: str) -> bool:
    """Whether an argument of a constructor attaches nothing: a flag, a type, a name."""
    return keyword in _PLAIN_KEYWORDS or bool(_FLAG.search(value)) or bool(_PLAIN_VALUE.match(value))


def attaches(function: str) -> bool:
    """Whether a function or method of this name puts a tensor on a tape."""
    return bool(_ATTACHING.search("_".join(words(function))))


def is_edge(attribute: str) -> bool:
    """Whether an attribute of this name leads from a result to what it was made of."""
    return bool(_EDGE.match(attribute))
