"""Why a function of a file is no layer: in what form its gradient was expected, and what is there instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcheck.source.functions import functions_in
from gradcheck.source.pair_names import key, partner
from gradcheck.source.pairs import is_pair, why_no_loss
from gradcheck.source.parse import UnparsableError, parse
from gradcheck.source.reading import decode
from gradcheck.source.repository import Repository

if TYPE_CHECKING:
    from pathlib import Path

#: What a function and its gradient are called, for a person whose function is neither.
_FORMS = "`{name}_forward` with `{name}_backward`, `{name}` with `{name}_prime`, or `return loss, dx`"


def why_no_layer(file: Path, root: Path, name: str) -> str:
    """Why a function at the top of a file is not examined; "" where the file has no such function.

    Args:
        file: The file, absolute.
        root: The project root, absolute.
        name: What a person called the layer.
    """
    posix = Repository(root).posix(file.as_posix())
    try:
        # What one look at a file's bytes passes over as holding no gradient is read all the same.
        facts = functions_in(parse(decode(file.read_bytes(), posix).text), posix)
    except (OSError, UnparsableError):
        return ""  # told among the problems of the file
    last = {fact.method.name: fact for fact in facts}
    if name not in last:
        return ""
    known = {key(one): one for one in last}
    forward = partner(name, known)
    if forward and is_pair(last[forward], last[name]):
        return f"it is the backward of {forward}; name that"
    backward = next((one for one in last if partner(one, known) == name), "")
    one, other = (name, forward) if forward else (backward, name)
    if one:
        return (
            f"{one} is called as the backward of {other}, but one of the two has no `return`, or {one} takes arguments "
            f"that {other} has not and that are not called an upstream gradient or a cache"
        )
    stem = name.removesuffix("_forward")
    return f"it has no backward beside it, and {why_no_loss(last[name])}; expected {_FORMS.format(name=stem)}"
