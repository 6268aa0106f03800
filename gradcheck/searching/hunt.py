"""The search itself: Hypothesis tosses the coins, what is wrong is made small, and remembered."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from time import monotonic
from typing import TYPE_CHECKING, Any

from gradcheck.searching.arguments import same
from gradcheck.searching.space import EXTRA, Configuration, Space
from gradcheck.searching.trial import Ruling, Tried
from gradcheck.types import Profile

if TYPE_CHECKING:
    from hypothesis.database import ExampleDatabase

#: Configurations that forward takes, judged at most, by profile.
MOST_JUDGED = {Profile.DEFAULT: 40, Profile.THOROUGH: 400}
#: Draws per configuration judged: forward rejects many a one.
DRAWS = 3
#: Configurations tried at most to make a wrong one smaller, by profile.
MOST_SMALLER = {Profile.DEFAULT: 60, Profile.THOROUGH: 300}
#: Lines of Python that are run at most (`work.py`), a million of them a second: only a layer whose forward takes long
#: gets there, and is told so.
MOST_WORK = {Profile.DEFAULT: 3.0e7, Profile.THOROUGH: 3.0e8}
#: Seconds after which nothing new is tried all the same, ten times what that work should take: what no counting sees.
DEADLINE = {Profile.DEFAULT: 300.0, Profile.THOROUGH: 3000.0}
#: Where failing configurations are kept, below the project root.
KEPT = Path(".gradcheck") / "examples"


@dataclass(slots=True, kw_only=True)
class Hunt:
    """What was tried.

    Attributes:
        profile: How much it may cost.
        trial: (configuration, forward's arguments there) -> what became of it.
        space: The configurations.
        cost: (forward's arguments) -> lines of Python that looking at them takes.
        trusted: Names of the gradients that are right as the layer was built.
        tried: What became of each, by what it is.
        right: Those on which backward is right.
        judged: How many forward took.
        wrong: The failing configuration that was found last: after shrinking, the smallest.
        options: What chose it.
        is_late: Whether it ended because forward takes long.
    """

    profile: Profile
    trial: Callable[[Configuration, Mapping[str, Any]], Tried]
    space: Space
    cost: Callable[[Mapping[str, Any]], float]
    trusted: frozenset[str] = frozenset()
    tried: dict[str, Tried] = field(default_factory=dict)
    right: list[Configuration] = field(default_factory=list)
    judged: int = 0
    wrong: tuple[Configuration, Tried] | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    is_late: bool = False
    _tried_smaller: int = 0
    _work: float = 0.0
    _began: float = field(default_factory=monotonic)

    def ends(self, coins: Sequence[bool]) -> bool:
        """Whether the configuration that coins choose is wrong, or nothing new is tried any more."""
        return self.fails(coins) or self.is_over

    def fails(self, coins: Sequence[bool]) -> bool:
        """Whether the configuration that coins choose is wrong."""
        return self.is_wrong(self.space.decoded(coins))

    def takes_more_axes(self) -> bool:
        """Whether one axis more is something that backward takes too, if wrongly."""
        more = dataclasses.replace(self.space.as_built, extra=EXTRA[1])
        tried = self._try(more)
        return tried is not None and tried.ruling in {Ruling.RIGHT, Ruling.WRONG}

    def shrink(self) -> None:
        """Take the simplest option of each choice that still fails, until none gets simpler.

        Hypothesis would shrink coin by coin: it keeps large arrays for long, and misses options several coins away.
        """
        before: dict[str, Any] = {}
        kept = self._simplified(self.space.explicit(self.options), list(self.space.factors))
        while kept != before:
            before = dict(kept)
            for name, factor in self.space.factors.items():
                for option in factor.options:
                    if same(option, kept[name]) or self.is_wrong({**kept, name: option}):
                        kept[name] = option
                        break

    def _simplified(self, kept: dict[str, Any], names: Sequence[str]) -> dict[str, Any]:
        """The options with the simplest of as many choices at once as still fail: most have no part in a mistake."""
        names = [name for name in names if not same(kept[name], self.space.factors[name].options[0])]
        simplest = {**kept, **{name: self.space.factors[name].options[0] for name in names}}
        if not names or self.is_wrong(simplest):
            return simplest
        half = len(names) // 2
        return self._simplified(self._simplified(kept, names[:half]), names[half:]) if half else kept

    def is_wrong(self, options: Mapping[str, Any]) -> bool:
        """Whether the configuration that these options make is wrong."""
        configuration = self.space.configuration(options)
        tried = self._try(configuration)
        if tried is None or tried.ruling is not Ruling.WRONG:
            return False
        self.wrong, self.options = (configuration, tried), options
        return True

    def _try(self, configuration: Configuration) -> Tried | None:
        key = repr(configuration)
        if key in self.tried:
            return self.tried[key]
        self._tried_smaller += self.wrong is not None
        if self.is_over:
            return None
        tried = self.tried[key] = self._looked_at(configuration)
        self.judged += tried.ruling is not Ruling.REJECTED
        if tried.ruling is Ruling.RIGHT:
            self.right.append(configuration)
        return tried

    def _looked_at(self, configuration: Configuration) -> Tried:
        try:
            inputs = self.space.inputs(configuration)
        except Exception:  # noqa: BLE001 - there may be no inputs of these shapes in their domains: it is rejected as one that forward refuses
            return Tried(ruling=Ruling.REJECTED)
        self._work += self.cost(inputs)
        return self.trial(configuration, inputs)

    @property
    def is_over(self) -> bool:
        """Whether nothing new is tried any more; from then on always."""
        too_much = self._work > MOST_WORK[self.profile]
        self.is_late = self.is_late or too_much or monotonic() - self._began > DEADLINE[self.profile]
        if self.wrong is None:
            return self.is_late or self.judged >= MOST_JUDGED[self.profile]
        return self.is_late or self._tried_smaller > MOST_SMALLER[self.profile]


def search(hunt: Hunt, *, seed: int, key: str, root: str) -> None:
    """Look for a wrong configuration; the hunt then has it.

    Args:
        hunt: What is tried, and what was.
        seed: The layer's seed: the same coins for it in any order and any worker.
        key: What its failing configurations are kept under.
        root: The project root; "" where nothing is kept.
    """
    from hypothesis import HealthCheck, Phase, Verbosity, find, settings, strategies
    from hypothesis.database import DirectoryBasedExampleDatabase
    from hypothesis.errors import NoSuchExample

    kept = DirectoryBasedExampleDatabase(Path(root) / KEPT) if root else None
    if kept is not None and _is_known(hunt, kept, key):
        return
    if any(hunt.is_wrong(options) for options in hunt.space.sweep()):
        hunt.shrink()
        _keep(hunt, kept, key, root)
        return
    if hunt.is_over:
        return
    # Coins only: for numbers Hypothesis reads the user's sources and keeps what it finds in a folder of its own.
    coins = strategies.tuples(*[strategies.booleans()] * hunt.space.bits)
    chosen = settings(
        max_examples=DRAWS * MOST_JUDGED[hunt.profile],
        database=None,
        deadline=None,
        derandomize=False,
        phases=(Phase.generate,),
        verbosity=Verbosity.quiet,
        suppress_health_check=list(HealthCheck),
        print_blob=False,
        backend="hypothesis",
    )
    try:
        # Drawing on where nothing is tried any more would take longer than the search has.
        find(coins, hunt.ends, settings=chosen, random=Random(seed))  # noqa: S311 - no secret
    except NoSuchExample:
        return
    if hunt.wrong is not None:
        hunt.shrink()
        _keep(hunt, kept, key, root)


def _is_known(hunt: Hunt, kept: ExampleDatabase, key: str) -> bool:
    """Whether a configuration that failed before fails still; what does not is forgotten.

    Hypothesis replays by itself only what it has searched without a seed.
    """
    for value in sorted(kept.fetch(key.encode())):
        if len(value) == hunt.space.bits and hunt.fails([bool(coin) for coin in value]):
            hunt.shrink()
            return True
        kept.delete(key.encode(), value)
    return False


def _keep(hunt: Hunt, kept: ExampleDatabase | None, key: str, root: str) -> None:
    """Remember what failed, in a folder that is nobody's source."""
    if kept is None:
        return
    kept.save(key.encode(), bytes(hunt.space.coins(hunt.options)))
    ignore = Path(root) / KEPT.parent / ".gitignore"
    if ignore.parent.is_dir() and not ignore.exists():
        ignore.write_text("*\n", encoding="utf-8")
