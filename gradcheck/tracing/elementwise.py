"""NumPy's and SciPy's ufuncs by name, in torch's operators."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

#: Ufuncs whose answer is whole numbers or booleans: constant almost everywhere, computed by NumPy itself.
PLAIN = frozenset(
    [
        "greater",
        "greater_equal",
        "less",
        "less_equal",
        "equal",
        "not_equal",
        "logical_and",
        "logical_or",
        "logical_xor",
        "logical_not",
        "isnan",
        "isinf",
        "isfinite",
        "isnat",
        "signbit",
    ]
)
#: Ufuncs that torch knows under NumPy's name.
_SAME = [
    "add",
    "subtract",
    "multiply",
    "negative",
    "positive",
    "exp",
    "exp2",
    "expm1",
    "log",
    "log2",
    "log10",
    "log1p",
    "sqrt",
    "square",
    "reciprocal",
    "sin",
    "cos",
    "tan",
    "arcsin",
    "arccos",
    "arctan",
    "arctan2",
    "sinh",
    "cosh",
    "tanh",
    "arcsinh",
    "arccosh",
    "arctanh",
    "hypot",
    "maximum",
    "minimum",
    "fmax",
    "fmin",
    "sign",
    "floor",
    "ceil",
    "trunc",
    "floor_divide",
    "remainder",
    "fmod",
    "logaddexp",
    "logaddexp2",
    "heaviside",
    "copysign",
    "matmul",
    "vecdot",
    "float_power",
    "deg2rad",
    "rad2deg",
]


def table(torch: Any) -> dict[str, Callable[..., Any]]:
    """Ufunc name to a function of tensors of one dtype."""
    special = torch.special
    found = {name: getattr(torch, name) for name in _SAME if hasattr(torch, name)}
    found.update({
        "divide": torch.true_divide,
        "power": torch.pow,
        "absolute": torch.abs,
        "fabs": torch.abs,
        "rint": torch.round,
        "cbrt": lambda x: torch.sign(x) * torch.abs(x).pow(1.0 / 3.0),
        "conjugate": torch.conj_physical,
        "degrees": torch.rad2deg,
        "radians": torch.deg2rad,
        "divmod": lambda x, y: (torch.floor_divide(x, y), torch.remainder(x, y)),
        "modf": lambda x: (x - torch.trunc(x), torch.trunc(x)),
        "clip": lambda x, low, high: torch.minimum(torch.maximum(x, low), high),
        "matvec": lambda a, x: torch.matmul(a, x[..., None])[..., 0],
        "vecmat": lambda x, a: torch.matmul(x[..., None, :].conj(), a)[..., 0, :],
        "vecdot": lambda x, y: (x.conj() * y).sum(-1),
    })  # fmt: skip
    found.update({
        "erf": special.erf,
        "erfc": special.erfc,
        "erfcx": special.erfcx,
        "erfinv": special.erfinv,
        "expit": torch.sigmoid,
        "logit": torch.logit,
        "log_expit": torch.nn.functional.logsigmoid,
        "gammaln": special.gammaln,
        "gamma": lambda x: torch.exp(special.gammaln(x)) * torch.where(
            (x < 0) & (torch.floor(x) % 2 != 0), -torch.ones_like(x), torch.ones_like(x)
        ),
        "psi": special.digamma,
        "ndtr": special.ndtr,
        "log_ndtr": special.log_ndtr,
        "ndtri": special.ndtri,
        "xlogy": torch.xlogy,
        "xlog1py": special.xlog1py,
        "entr": special.entr,
        "rel_entr": lambda x, y: torch.xlogy(x, x) - torch.xlogy(x, y),
        "i0": torch.i0,
        "i0e": special.i0e,
        "i1": special.i1,
        "i1e": special.i1e,
        "sinc": torch.sinc,
        "exp10": lambda x: torch.exp(x * math.log(10.0)),
    })  # fmt: skip
    return found


#: Name of a ufunc to the reduction that its `.reduce` is.
REDUCTIONS = {
    "add": "sum", "multiply": "prod", "maximum": "max", "minimum": "min", "fmax": "max", "fmin": "min",
    "logaddexp": "logsumexp", "logical_and": "all", "logical_or": "any",
}  # fmt: skip
#: Name of a ufunc to what its `.accumulate` is.
ACCUMULATIONS = {"add": "cumsum", "multiply": "cumprod", "maximum": "cummax", "minimum": "cummin"}
