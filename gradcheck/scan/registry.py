"""The rules: every file of `gradcheck/scan/rules/`, loaded when it is needed, proven to be complete before it may run.

`python -m gradcheck.scan.registry` writes the listing, which says of each rule what decides whether it is needed.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from functools import cache

from gradcheck import extensions
from gradcheck.errors import ExtensionError
from gradcheck.scan.listing import LISTED
from gradcheck.scan.model import Entry, Rule, Settings, State

#: Snippets of each sort without which a rule is not loaded.
FEWEST_EXAMPLES = 3
_PACKAGE = "gradcheck.scan.rules"
_CODE = re.compile(r"GRC\d{3}")
_LISTING = '''"""What decides whether a rule is needed; `python -m gradcheck.scan.registry` writes this."""

from __future__ import annotations

#: Code, name, state, and the words of which a file must hold one.
LISTED: tuple[tuple[str, str, str, tuple[bytes, ...]], ...] = (
'''


class Shelf(Mapping[str, Rule]):
    """Every rule by its code, in the order of codes; each is loaded when it is taken."""

    def __getitem__(self, code: str) -> Rule:
        return load(catalogue()[code].name)

    def __iter__(self) -> Iterator[str]:
        return iter(catalogue())

    def __len__(self) -> int:
        return len(catalogue())


def rules() -> Mapping[str, Rule]:
    """Every rule by its code, in the order of codes."""
    return Shelf()


@cache
def catalogue() -> Mapping[str, Entry]:
    """What is known of every rule before it is loaded, by its code, in the order of codes.

    Raises:
        ExtensionError: Two rules have one code, or one that is not listed yet is not complete.
    """
    there = extensions.names(_PACKAGE)
    listed = {name: Entry(code, name, State(state), needles) for code, name, state, needles in LISTED}
    found: dict[str, Entry] = {}
    for name in there:
        entry = listed.get(name) or entry_of(load(name))
        if entry.code in found:
            other = found[entry.code].name
            message = f"{_PACKAGE}.{name} has the code {entry.code} of {other}; give it one of its own"
            raise ExtensionError(message)
        found[entry.code] = entry
    return dict(sorted(found.items()))


@cache
def load(name: str) -> Rule:
    """The rule of a file.

    Raises:
        ExtensionError: It has not enough examples, a code that is none, or a name that is not its file's.
    """
    rule = extensions.load(_PACKAGE, name, "RULE", Rule)
    _refuse_incomplete(name, rule)
    return rule


def chosen(settings: Settings) -> tuple[Entry, ...]:
    """The rules a run asks: those named, or every stable one."""
    every = [entry for entry in catalogue().values() if entry.state is not State.RETIRED]
    if settings.codes is None:
        return tuple(entry for entry in every if entry.state is State.STABLE)
    return tuple(entry for entry in every if entry.code in settings.codes)


@cache
def codes_known() -> frozenset[str]:
    """The codes of all rules that are not retired."""
    return frozenset(code for code, entry in catalogue().items() if entry.state is not State.RETIRED)


def entry_of(rule: Rule) -> Entry:
    """What the listing says of a rule."""
    return Entry(rule.code, rule.name, rule.state, rule.needles)


def listing() -> str:
    """The source of the listing as the rules would have it."""
    loaded = sorted((load(name) for name in extensions.names(_PACKAGE)), key=lambda rule: rule.code)
    rows = [f"    {(rule.code, rule.name, rule.state.value, rule.needles)!r},\n" for rule in loaded]
    return f"{_LISTING}{''.join(rows)})  # fmt: skip\n"


def _refuse_incomplete(name: str, rule: Rule) -> None:
    if not _CODE.fullmatch(rule.code):
        message = f"{_PACKAGE}.{name} has the code {rule.code!r}; a code is GRC and three digits"
        raise ExtensionError(message)
    if rule.name != name:
        message = f"{_PACKAGE}.{name} is named {rule.name!r}; a rule is named like its file"
        raise ExtensionError(message)
    if rule.state is State.RETIRED:
        return
    for sort, examples in (("bad", rule.bad), ("good", rule.good)):
        if len(examples) < FEWEST_EXAMPLES:
            message = f"{_PACKAGE}.{name} has {len(examples)} {sort} examples; a rule needs {FEWEST_EXAMPLES} of each"
            raise ExtensionError(message)


if __name__ == "__main__":
    sys.stdout.write(listing())
