"""Where in a file values may leave a graph, and whether any function there has to be followed: told from its text."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gradcheck.scan.dataflow.words import imported_helpers, summarised_words, uses_torch, words_of
from gradcheck.scan.facts.outline import Extent, classes_in, goes_on
from gradcheck.scan.facts.roles import is_backward, is_forward, is_loss, wants_raw
from gradcheck.source.parse import has_long_line

if TYPE_CHECKING:
    from gradcheck.scan.facts.module import Module

# Of a function that is no forward pass and no loss, where tensors are torch's: what is back-propagated and what a loss
# is made of; and, of what leaves the graph, the tensors of a tape of one's own and what is written behind its back.
_TORCH_LOSS = re.compile(r"\.backward\(|(?:loss|cross_entropy|criterion|mse|nll|bce)\(")
_TORCH_MADE = re.compile(
    r"(?<![\w.])(?:Tensor|Variable)\(|__class__\(|\bcls\(|type\(\w+\)\(|\.data\b(?:[^=\n]*=|\.\w+_\()"
)
# What a match of each begins with: a search for a plain word is much the faster.
_TORCH_LOSS_WORDS = (".backward(", "loss(", "cross_entropy(", "criterion(", "mse(", "nll(", "bce(")
_TORCH_MADE_WORDS = ("Tensor(", "Variable(", "__class__(", "cls(", "type(", ".data")
_TENSOR = "ensor("
# What stands before `ensor(` where that makes a tensor of torch's: `is_tensor(` and `make_tensor(` lose no history.
_TORCH_TENSOR = re.compile(r"(?<!\w)(?:as_)?(?:Float|Double)?[Tt]\Z")
_LONGEST_TENSOR = len("?as_DoubleT")
# Which class is the tensor of a home-made tape is asked of each constructor when it is read.
_SINK = re.compile(r"\b[A-Z]\w*\(|(?:__class__|\bcls|type\(\w+\))\(|\.backward\(|\w\(")
#: Characters up to which a function is a helper whose summary is kept for other files.
HELPER = 800


@dataclass(slots=True)
class Places:
    """Offsets in a text, in order.

    Attributes:
        sources: Where a value may leave the graph.
        taken: Where an array is taken out of a tensor, or put into one.
    """

    sources: list[int]
    taken: list[int]

    def add_calls(self, helpers: Iterable[str], text: str) -> None:
        """Count calls of helpers that take an array out as sources of whoever calls them."""
        calls = {position for name in helpers for position in _positions(f"{name}(", text)}
        if calls:
            self.sources = sorted({*self.sources, *calls})
            self.taken = sorted({*self.taken, *calls})


def places_in(module: Module) -> Places:
    """The places of a file, calls of its own and others' helpers left out."""
    text = module.text
    sources, taking = words_of(module), summarised_words(module)
    found = {word: _positions(word, text) for word in {*sources, *taking} if word.strip(".(") in module.vocabulary}
    if _TENSOR in found and uses_torch(module):
        found[_TENSOR] = [
            place for place in found[_TENSOR] if _TORCH_TENSOR.search(text[max(0, place + 1 - _LONGEST_TENSOR) : place])
        ]
    return Places(
        sources=sorted(position for word in sources for position in found.get(word, ())),
        taken=sorted(position for word in taking for position in found.get(word, ())),
    )


def is_worth_following(module: Module) -> bool:
    """Whether a file that Python reads may have a function that `flows` follows, or a helper with a summary.

    It is asked before the file is parsed, and so errs on the side of yes: a function may end sooner than the text
    tells, and is asked for no more than holds for any longer one too.
    """
    text = module.text
    if has_long_line(text):
        return True
    places = places_in(module)
    places.add_calls(imported_helpers(module), text)
    if not places.sources and not places.taken:
        return False
    if not places.taken and not _has_way(module, text):
        return False
    if module.extents is None:
        return True
    functions = [one for one in module.extents if not one.is_class]
    if any(_may_be_helper(one, places, text) for one in functions):
        return True
    if ".backward(" in text:
        functions.append(Extent(0, len(text), "", is_class=False))
    makes_loss = any(is_loss(one.name) for one in module.extents if one.is_class)
    return any(_may_be_followed(one, places, module, makes_loss=makes_loss) for one in functions)


def _has_way(module: Module, text: str) -> bool:
    """Whether what leaves the graph may matter anywhere in a file; asked where no array is taken out."""
    named = (*module.defined, *classes_in(text))
    return (
        not uses_torch(module)
        or _found(_TORCH_LOSS, _TORCH_LOSS_WORDS, text, 0, len(text))
        or any(is_forward(name) or is_loss(name) for name in named)
    )


def _may_be_helper(function: Extent, places: Places, text: str) -> bool:
    """Whether it may be short, returns something and takes an array out on the way."""
    end = min(function.end, function.start + HELPER)
    takes = holds(places.taken, function.start, end) and text.find("return", function.start, end) >= 0
    return takes and not goes_on(text, function.start, function.start + HELPER)


def _may_be_followed(function: Extent, places: Places, module: Module, *, makes_loss: bool) -> bool:
    start, end, name, _ = function
    if not holds(places.sources, start, end):
        return False
    if not (makes_loss or is_forward(name) or is_loss(name) or may_matter(module, places.taken, start, end)):
        return False
    if is_backward(name) or "test" in name.lower():
        return False
    driven, tracked = is_driven(module.text, start, end), is_tracked(module.text, start, end)
    return driven or not wants_raw(name, tracked=tracked)


def may_matter(module: Module, taken: list[int], start: int, end: int) -> bool:
    """Whether what leaves the graph in a stretch of a file may be missed there, as far as its words tell."""
    text = module.text
    if not uses_torch(module):
        return _SINK.search(text, start, end) is not None
    if _found(_TORCH_LOSS, _TORCH_LOSS_WORDS, text, start, end):
        return True
    return holds(taken, start, end) and _found(_TORCH_MADE, _TORCH_MADE_WORDS, text, start, end)


def is_driven(text: str, start: int, end: int) -> bool:
    """Whether something is back-propagated in a stretch of a text."""
    return text.find(".backward(", start, end) >= 0


def is_tracked(text: str, start: int, end: int) -> bool:
    """Whether a flag that asks for gradients may be copied in a stretch of a text."""
    return text.find("grad", start, end) >= 0 or text.find("trainable", start, end) >= 0


def holds(offsets: list[int], start: int, end: int) -> bool:
    """Whether one of some offsets, in order, lies in a stretch."""
    index = bisect_left(offsets, start)
    return index < len(offsets) and offsets[index] < end


def _found(pattern: re.Pattern[str], words: Iterable[str], text: str, start: int, end: int) -> bool:
    places = [place for word in words if (place := text.find(word, start, end)) >= 0]
    return bool(places) and pattern.search(text, min(places), end) is not None


def _positions(word: str, text: str) -> list[int]:
    found = []
    position = text.find(word)
    while position >= 0:
        found.append(position)
        position = text.find(word, position + 1)
    return found
