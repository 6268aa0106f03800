"""Which rules run: codes and beginnings of codes, chosen and left out, in layers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gradcheck.errors import UsageError
from gradcheck.scan.model import State

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from gradcheck.scan.model import Entry, Rule

#: Stands for every code.
ALL = "ALL"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One layer of choices: the configuration's, or the command line's.

    Attributes:
        select: Codes that run instead of those chosen so far; None: those stay.
        extend: Codes that run as well.
        ignore: Codes that do not.
        where: What names them, for messages, such as `--select`; one for each of the three.
    """

    select: tuple[str, ...] | None = None
    extend: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    where: tuple[str, str, str] = ("--select", "--extend-select", "--ignore")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The codes that run, and what a person should know about the choice."""

    codes: frozenset[str]
    warnings: tuple[str, ...] = ()


def resolve(layers: Sequence[Choice], rules: Mapping[str, Rule] | Mapping[str, Entry], *, preview: bool) -> Chosen:
    """The codes that run. Within a layer the longer word wins: `--select GRC2 --ignore GRC204`.

    Args:
        layers: From the weakest to the strongest; one that selects forgets the weaker ones.
        rules: Every rule by code.
        preview: Whether preview rules may run.

    Raises:
        UsageError: A word that no code begins with; the message names the nearest.
    """
    offered = {
        code for code, rule in rules.items() if rule.state is State.STABLE or (preview and rule.state is State.PREVIEW)
    }
    codes = set(offered)
    warnings: list[str] = []
    for layer in layers:
        for words, where in zip((layer.select or (), layer.extend, layer.ignore), layer.where, strict=True):
            for word in words:
                matching(word, rules, where)
        wanted = {code: _best(code, (*(layer.select or ()), *layer.extend)) for code in offered}
        unwanted = {code: _best(code, layer.ignore) for code in offered}
        if layer.select is not None:
            codes.clear()
        codes |= {code for code, strength in wanted.items() if strength > 0}
        codes -= {code for code, strength in unwanted.items() if strength > 0 and strength >= wanted[code]}
        named = (*(layer.select or ()), *layer.extend)
        warnings += [_idle(rules[word]) for word in named if word in rules and word not in offered]
    return Chosen(codes=frozenset(codes), warnings=tuple(dict.fromkeys(warnings)))


def matching(word: str, rules: Mapping[str, Rule] | Mapping[str, Entry], where: str) -> frozenset[str]:
    """The codes a word stands for: itself, those it is the beginning of, or all of them.

    Raises:
        UsageError: There is none.
    """
    found = frozenset(code for code in rules if _best(code, (word,)))
    if not found:
        from gradcheck.cases.declaring.validation import nearest

        names = {rule.name: rule.code for rule in rules.values()}
        known = names.get(word.replace("-", "_"), "")
        remedy = f"; {word} is {known}" if known else nearest(word, rules)
        raise UsageError(f"{where}: there is no rule {word!r}{remedy}")
    return found


def _best(code: str, words: Iterable[str]) -> int:
    """How exactly one of the words means a code: its length, 1 for `ALL`, 0 for none."""
    return max((1 if word == ALL else len(word) for word in words if word == ALL or _begins(code, word)), default=0)


def _begins(code: str, word: str) -> bool:
    return bool(word) and code.startswith(word)


def _idle(rule: Entry | Rule) -> str:
    if rule.state is State.RETIRED:
        return f"{rule.code} ({rule.name}) is retired and does not run any more"
    return f"{rule.code} ({rule.name}) is a preview rule and runs with --preview alone"
