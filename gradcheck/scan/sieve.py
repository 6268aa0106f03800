"""Which rules need to see a file: decided by the words its bytes hold, before anything is parsed."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from string import ascii_letters, digits

from gradcheck.scan.model import Entry, Rule

#: What a word that only a definition's line may hold begins with; the rest may stand anywhere on that line.
DEFINED = b"def *"
_HEADS = (b"def ", b"class ")
# Each begins with a plain word: the expression engine leaps from one to the next.
_DEF = re.compile(rb"def [^\n]*")
_CLASS = re.compile(rb"class [^\n]*")
#: Parts of many words: where a part is not, no word that holds it need be searched for.
_STEMS = (b"grad", b"back", b"prop", b"oftmax", b"igmoid", b"anh", b"odule", b"0)", b">=")
_LETTERS = frozenset(ascii_letters.encode())
_IN_NAMES = frozenset((ascii_letters + digits + "_").encode())
#: Bytes to bytes, with a space for each that is in no name.
_NAMES_ALONE = bytes(byte if byte in _IN_NAMES else ord(" ") for byte in range(256))


#: A stem and the words to be searched for where it is, each with the part that is searched for.
_Groups = tuple[tuple[bytes, tuple[tuple[bytes, bytes], ...]], ...]


class Words:
    """What a file's bytes hold, in forms that are searched sooner than the whole.

    Args:
        data: The bytes of a file.

    Attributes:
        data: The same.
        names: Every name and keyword once, a sixth of a usual file: it tells that most words are not there.
        definitions: The lines that define functions and classes, a twentieth.
    """

    __slots__ = ("data", "definitions", "names")

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.names = b" ".join({*data.translate(_NAMES_ALONE).split()})
        self.definitions = b"\n".join((*_DEF.findall(data), *_CLASS.findall(data)))


class Sieve:
    """Rules, and what decides which of them a file needs.

    Args:
        rules: The rules of a run.
    """

    def __init__(self, rules: Iterable[Entry | Rule]) -> None:
        self.rules = tuple(rules)
        self._needles = [(rule, _shortest(rule.needles)) for rule in self.rules]
        words = {word for _, needles in self._needles for word in needles}
        defined = {word: word.removeprefix(DEFINED) for word in words if word.startswith(_HEADS)}
        named = {word: name for word in words - defined.keys() if (name := _name_in(word))}
        signs = {word: word for word in words - defined.keys() - named.keys()}
        self._defined, self._named, self._signs = _grouped(defined), _grouped(named), _grouped(signs)
        self._sure = {*defined, *signs} | {word for word, name in named.items() if word == name}

    def wanted(self, words: Words) -> list[Entry | Rule]:
        """The rules that a file holds a word of; one that asks for no word needs every file."""
        places = ((self._named, words.names), (self._defined, words.definitions), (self._signs, words.data))
        likely: set[bytes] = set()
        for groups, place in places:
            for stem, group in groups:
                if stem in place:
                    likely.update(word for word, part in group if part in place)
        sure = dict.fromkeys(likely & self._sure, True)
        found = []
        for rule, needles in self._needles:
            for word in needles:
                if word in likely:
                    if word not in sure:
                        sure[word] = word in words.data
                    if sure[word]:
                        found.append(rule)
                        break
            else:
                if not needles:
                    found.append(rule)
        return found


def _shortest(words: Iterable[bytes]) -> tuple[bytes, ...]:
    """The words that hold no other one."""
    return tuple(word for word in words if not any(other in word and other != word for other in words))


def _name_in(word: bytes) -> bytes:
    """The longest name in a word; nothing where it has no letter."""
    name = max(word.translate(_NAMES_ALONE).split(), key=len, default=b"")
    return name if any(byte in _LETTERS for byte in name) else b""


def _grouped(parts: Mapping[bytes, bytes]) -> _Groups:
    groups: defaultdict[bytes, list[tuple[bytes, bytes]]] = defaultdict(list)
    for word, part in sorted(parts.items()):
        groups[next((stem for stem in _STEMS if stem in part), part)].append((word, part))
    return tuple((stem, tuple(group)) for stem, group in groups.items())
