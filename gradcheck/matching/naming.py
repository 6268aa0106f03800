"""Which counterparts a class may have, by its name."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from gradcheck.types import Reference

#: What people put around a layer's name.
_BEFORE: Final = re.compile(r"^(my|our|custom|numpy|np|simple|basic|naive|vanilla|plain|fast|the)")
_AFTER: Final = re.compile(
    r"(layer|activation|function|func|fn|block|module|operation|op|loss|criterion|objective|numpy|np|naive|fast|v?\d+)$"
)
#: A shorter alias in the middle of a longer name says nothing: "elu" is within "values".
SHORTEST: Final = 4
#: At its beginning or end three letters do: "MSEOfRows".
SHORTEST_AT_AN_END: Final = 3


def plain(name: str) -> str:
    """A name in lower case, letters and digits only."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def stripped(name: str) -> tuple[str, ...]:
    """A class's plain name, and what is left of it as the words people put around it are taken off one by one."""
    found = [plain(name)]
    for left in found:
        shorter = (_BEFORE.sub("", left), _AFTER.sub("", left))
        found += [one for one in shorter if one and one not in found]
    return tuple(found)


def named(name: str, references: Mapping[str, Reference]) -> Reference | None:
    """The counterpart a person means by a name, in torch's spelling or another; None where there is none."""
    wanted = plain(name.rpartition(".")[2])
    for reference in references.values():
        if wanted in (plain(reference.title), plain(reference.name)):
            return reference
    return next((reference for reference in references.values() if wanted in reference.aliases), None)


def by_name(name: str, references: Mapping[str, Reference]) -> tuple[Reference | None, list[Reference]]:
    """The counterpart whose name a class has, and those whose name is within its, the longest first.

    Args:
        name: The class's own name.
        references: All counterparts.
    """
    own = next((found for n in stripped(name) if (found := _called(n, references)) is not None), None)
    whole = plain(name)
    within = []
    for reference in references.values():
        longest = max((len(alias) for alias in reference.aliases if _is_within(alias, whole)), default=0)
        if longest and reference is not own:
            within.append((-longest, reference.name, reference))
    return own, [reference for _, _, reference in sorted(within, key=lambda item: item[:2])]


def _is_within(alias: str, name: str) -> bool:
    at_an_end = name.startswith(alias) or name.endswith(alias)
    return alias in name and len(alias) >= (SHORTEST_AT_AN_END if at_an_end else SHORTEST)


def _called(name: str, references: Mapping[str, Reference]) -> Reference | None:
    return next((r for r in references.values() if name in r.aliases or name == plain(r.title)), None)


def titles(references: Mapping[str, Reference]) -> Sequence[str]:
    """What the counterparts are called in torch."""
    return [reference.title for reference in references.values()]
