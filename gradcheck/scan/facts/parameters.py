"""Which attributes of a layer are trained: what its `__init__` makes of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gradcheck.scan.facts.classes import ClassSketch

_PARAMETER = re.compile(r"(?:\w+\.)*Parameter\(|requires_grad\s*=\s*True|\brequires_grad_\(")
_MODULE = re.compile(
    r"(?:nn\.|layers?\.)?(?:Linear|Conv\w*|Embedding|LSTM|GRU|RNN|Dense|BatchNorm\w*|LayerNorm|MultiheadAttention|Bilinear)\("
)
_FROZEN = re.compile(r"requires_grad\s*=\s*False|requires_grad_\(False\)")


def is_trained(attribute: str, owner: ClassSketch | None) -> bool:
    """Whether `self.<attribute>` is a parameter, or a layer that holds some."""
    if owner is None:
        return False
    value = dict(owner.own).get(attribute, "")
    return bool(_PARAMETER.search(value) or _MODULE.match(value)) and not _FROZEN.search(value)
