"""The rules: every file of `gradcheck/scan/rules/`, each proven to be complete before it may run."""

from __future__ import annotations

import re
from functools import cache

from gradcheck import extensions
from gradcheck.errors import ExtensionError
from gradcheck.scan.model import Rule, Settings, State

#: Snippets of each sort without which a rule is not loaded.
FEWEST_EXAMPLES = 3
_PACKAGE = "gradcheck.scan.rules"
_CODE = re.compile(r"GRC\d{3}")


@cache
def rules() -> dict[str, Rule]:
    """Every rule by its code, in the order of codes.

    Raises:
        ExtensionError: A rule without enough examples, with a code that is none, or with another's code.
    """
    found: dict[str, Rule] = {}
    for name, rule in extensions.load_all(_PACKAGE, "RULE", Rule).items():
        _refuse_incomplete(name, rule)
        if rule.code in found:
            message = f"{_PACKAGE}.{name} has the code {rule.code} of {found[rule.code].name}; give it one of its own"
            raise ExtensionError(message)
        found[rule.code] = rule
    return dict(sorted(found.items()))


def chosen(settings: Settings) -> tuple[Rule, ...]:
    """The rules a run asks: those named, or every stable one."""
    every = [rule for rule in rules().values() if rule.state is not State.RETIRED]
    if settings.codes is None:
        return tuple(rule for rule in every if rule.state is State.STABLE)
    return tuple(rule for rule in every if rule.code in settings.codes)


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
