"""Which words a file's bytes hold: what decides, before anything is parsed, which rules need to see it."""

from __future__ import annotations

#: What a word that only a definition's line may hold begins with; the rest may stand anywhere on that line.
DEFINED = b"def *"
_HEADS = (b"def ", b"class ")
#: Parts of many words: where a part is not, no word that holds it need be searched for.
_STEMS = (b"0)", b"grad", b"oftmax", b"igmoid", b"anh", b"requires", b"nn", b"0 ")


class Held(dict[bytes, bool]):
    """Words, and whether some bytes hold them; each is searched for once, for many rules ask for the same.

    Args:
        data: The bytes of a file.
    """

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self._data = data
        self._definitions: bytes | None = None

    def __missing__(self, word: bytes) -> bool:
        if word.startswith(_HEADS):
            found = word.removeprefix(DEFINED) in self._defined()
        else:
            found = all(self[stem] for stem in _stems_of(word)) and word in self._data
        self[word] = found
        return found

    def any(self, words: tuple[bytes, ...]) -> bool:
        """Whether one of the words is there; where none is asked for, every file will do."""
        return not words or any(map(self.__getitem__, words))

    def _defined(self) -> bytes:
        """The lines that define functions and classes, a twentieth of a usual file."""
        if self._definitions is None:
            self._definitions = b"\n".join(_lines_with(b"def ", self._data) + _lines_with(b"class ", self._data))
        return self._definitions


def _lines_with(word: bytes, data: bytes) -> list[bytes]:
    """What follows a word on its line, the word included; leaps from one to the next."""
    found = []
    start = data.find(word)
    while start >= 0:
        end = data.find(b"\n", start)
        end = len(data) if end < 0 else end
        found.append(data[start:end])
        start = data.find(word, end)
    return found


_KNOWN: dict[bytes, tuple[bytes, ...]] = {}


def _stems_of(word: bytes) -> tuple[bytes, ...]:
    found = _KNOWN.get(word)
    if found is None:
        found = _KNOWN[word] = tuple(stem for stem in _STEMS if stem in word and stem != word)
    return found
