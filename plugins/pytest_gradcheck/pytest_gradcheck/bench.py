"""Runners and cases of this process: a layer is built once, whichever of its items comes first."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    import pytest

    from gradcheck.errors import GradcheckError
    from gradcheck.report.schema import Result
    from gradcheck.run import Runner
    from gradcheck.source.model import LayerSite
    from gradcheck.types import Case

Known = TypeVar("Known")
#: Layers of one file that a process of xdist rehearses at once: another one may be sent the rest of them.
SHARED_LAYERS = 16


class Bench:
    """Builds layers and remembers what came of it, errors included.

    Attributes:
        seed: The seed of every draw.
        profile: How much a check may cost.
        strict: Whether what is inconclusive, not built or only noted fails.
        repeated: Options a command must repeat to come to the same verdict.
        keep: Takes what is written of a check and the check's name, None where nothing is.
    """

    def __init__(self, config: pytest.Config) -> None:
        self.seed: int = config.getoption("gradcheck_seed")
        self.profile: str = config.getoption("gradcheck_profile")
        self.strict: bool = config.getoption("gradcheck_strict")
        profile = () if self.profile == "default" else ("--profile", self.profile)
        self.repeated = (*profile, "--strict") if self.strict else profile
        self.keep: Callable[[Result, str], None] | None = None
        self._rehearsed: set[tuple[Path, str]] = set()
        self._shares_files = hasattr(config, "workerinput")
        self._runners: dict[Path, Runner | GradcheckError] = {}
        self._cases: dict[tuple[Path, str], Case | GradcheckError] = {}
        self._expected: dict[Path, dict[str, LayerSite]] = {}
        self._names: dict[tuple[Path, str], set[str]] = {}

    def expect(self, selected: Iterable[tuple[LayerSite, str]]) -> None:
        """Say what this session will ask for: layers of one file are rehearsed together.

        Args:
            selected: Layer and name of each item, in any order.
        """
        for site, name in selected:
            self._expected.setdefault(site.file, {})[site.qualname] = site
            self._names.setdefault((site.root, site.identity), set()).add(name)

    def expects(self, site: LayerSite, name: str) -> bool:
        """Whether the item of that name of that layer was selected."""
        return name in self._names.get((site.root, site.identity), ())

    def runner(self, root: Path) -> Runner:
        """The runner of a project.

        Raises:
            ConfigurationError: The project's settings are not valid.
        """
        from gradcheck.errors import GradcheckError
        from gradcheck.run import Runner

        if root not in self._runners:
            try:
                self._runners[root] = Runner(root, seed=self.seed, profile=self.profile)
            except GradcheckError as error:
                self._runners[root] = error
        return _given(self._runners[root])

    def case(self, site: LayerSite) -> Case:
        """The case of a layer, built when it is first asked for.

        Raises:
            BuildError: The layer could not be built.
            LoadError: Its file could not be imported.
            ConfigurationError: The project's settings are not valid.
        """
        from gradcheck.errors import GradcheckError

        key = (site.root, site.identity)
        if key not in self._cases:
            try:
                runner = self.runner(site.root)
                if key not in self._rehearsed:
                    together = self._beside(site)
                    self._rehearsed |= {(other.root, other.identity) for other in together}
                    runner.prepare([other for other in together if not runner.declared_skip(other.identity)])
                self._cases[key] = runner.build(site)
            except GradcheckError as error:
                self._cases[key] = error
        return _given(self._cases[key])

    def _beside(self, site: LayerSite) -> list[LayerSite]:
        """The layers to rehearse with one: those of its file, of which only the next may be this process's to check."""
        together = list(self._expected.get(site.file, {site.qualname: site}).values())
        if not self._shares_files:
            return together
        start = next((index for index, other in enumerate(together) if other.qualname == site.qualname), 0)
        return together[start : start + SHARED_LAYERS]


def _given(remembered: Known | GradcheckError) -> Known:
    if isinstance(remembered, Exception):
        # Raised again for each item: without the frames of the items before it.
        raise remembered.with_traceback(None)
    return remembered
