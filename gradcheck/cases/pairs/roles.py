"""What an argument of a forward function is, by its name: data, a weight, a state, a target, a setting."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from gradcheck.cases.naming import roles as constructor_roles
from gradcheck.cases.naming.family import plain
from gradcheck.cases.naming.forward_roles import role_of_argument

#: "weight", "input weight", "recurrent weight", "bias", "norm", "state", "target", "mask", "flag", "ids", "setting" or
#: "input".
PairRole = str

#: First match wins; whole names, in lower case without underscores.
_ROLES: Final[tuple[tuple[PairRole, re.Pattern[str]], ...]] = tuple(
    (role, re.compile("|".join(f"(?:{pattern})" for pattern in patterns)))
    for role, patterns in (
        ("input", ("inp|inps",)),
        ("input weight", ("w(ih|xh|hx|x|ax|in|x[ifocgrzt]|i2h)", "u", "wxhs?", "(in|input)(weights?|kernel)")),
        ("recurrent weight", ("w(hh|h|aa|h[ifocgrzt]|h2h|rec)", "whhs?", "recurrent(weights?|kernel)")),
        (
            "weight",
            (
                r"w\d*",
                r"ws?(curr|prev|out|l)?\d*",
                "wya|why|wy|wo|wq|wk|wv",
                "[a-z]*weights?[a-z]?",
                "kernels?",
                "k",
                "filters?",
                r"theta\d*",
                "params?",
                "coef(ficient)?s?",
                "embeddings?(matrix|table|weights?)?|table|emb",
                "w(f|i|c|o|u|g|s)",
            ),
        ),
        ("bias", (r"b\d*", r"bias(es)?\d*", r"b(curr|h|x|a|y|f|i|c|o|u|g|s|ih|hh|h[rzt]|out)", "intercept", "offset")),
        ("mask", (".*masks?",)),
        ("norm", ("gammas?", "betas?", "scales?", "shifts?", "g")),
        (
            "state",
            (
                "[hacs](0|prev|prevt|tm1|old|last|init|t1)",
                "prev(ious)?[hacs]?(state)?",
                "(init(ial)?|prev)?(hidden|state|cell)s?",
                "[hc]",
            ),
        ),
    )
)
_SHAPED = {"target": "target", "prediction": "input", "mask": "mask", "flag": "flag", "ids": "ids"}
#: Names that `roles` gives a value and that are settings of a function as well.
_SETTINGS: Final = re.compile(
    r".*(param|params|config|cfg|options|opts|hyper.*|hparam.*)$|num.*|n.*groups?|eps(ilon)?|alpha|reg|lambd?a?|lam|p|keepprob|rate|"
    r"stride.*|pad.*|pool.*|kernelsize|ksize|momentum|slope|axis|temperature|tau|dropout.*|verbose|delta|margin|label_?smoothing"
)


def role_of(name: str) -> PairRole:
    """What an argument of a forward function is; "input" where its name says nothing."""
    own = name.rpartition(".")[2]
    if own == "G":  # a number of groups; a small g is a scale
        return "setting"
    wanted = plain(own)
    for role, pattern in _ROLES:
        if pattern.fullmatch(wanted):
            return role
    known = role_of_argument(name)
    if known in _SHAPED:
        return _SHAPED[known]
    if _SETTINGS.fullmatch(wanted):
        return "setting"
    if known == "input" or constructor_roles.role_of(name) is None or len(wanted) == 1:
        return "input"
    return "setting"


def is_parameter(name: str) -> bool:
    """Whether an argument is what training moves: a weight, a bias, a scale."""
    return role_of(name) in {"weight", "input weight", "recurrent weight", "bias", "norm"}


def is_operand(name: str, names: Iterable[str]) -> bool:
    """Whether an argument is the `b` of `mul(a, b)`: beside an `a` and nothing else it is no bias."""
    return name == "b" and {plain(one) for one in names} == {"a", "b"}
