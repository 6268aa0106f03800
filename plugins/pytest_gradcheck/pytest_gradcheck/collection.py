"""From layer files to items; nothing of the user's is imported, nothing is computed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_gradcheck.bench import Bench
from pytest_gradcheck.items import BUILD, GradcheckItem
from pytest_gradcheck.layers import Layers

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Sequence

    from gradcheck.source.model import LayerSite


class LayerCollector(pytest.Collector):
    """One layer: its build, then its checks; or an optimizer, a training or a part of a tape, and its check."""

    def __init__(self, *, site: LayerSite, bench: Bench, **arguments: Any) -> None:
        super().__init__(**arguments)
        self._site = site
        self._bench = bench

    def collect(self) -> Iterable[GradcheckItem]:
        """The items, cheap truths first."""
        from gradcheck.catalogue import WHOLE, check_names

        build = () if self._site.family in WHOLE else (BUILD,)
        for name in (*build, *check_names(self._site.family)):
            yield GradcheckItem.from_parent(self, name=name, site=self._site, bench=self._bench)


class LayerFile(pytest.File):
    """One file with layers; no `pytest.Module`, for nothing of it is imported."""

    def __init__(self, *, sites: Sequence[LayerSite], bench: Bench, **arguments: Any) -> None:
        super().__init__(**arguments)
        self._sites = sites
        self._bench = bench

    def collect(self) -> Iterable[LayerCollector]:
        """The layers in the order of their lines."""
        for site in self._sites:
            yield LayerCollector.from_parent(self, name=site.qualname, site=site, bench=self._bench)


class LayerPackage(pytest.Package):
    """A package of the user's, whose `__init__.py` pytest imports for its tests only.

    pytest imports it before any item below it; an `__init__.py` that ends the process would end the whole run.
    """

    def setup(self) -> None:
        """Import the package where an ordinary test below it needs it."""
        if any(self in item.iter_parents() for item in self.session.items if not isinstance(item, GradcheckItem)):
            super().setup()


class CollectionHooks:
    """The hooks of collection, registered where a run asks for gradients to be checked.

    Args:
        config: The run's configuration.
        only: Paths outside of which nothing is collected; empty for no such limit.
    """

    def __init__(self, config: pytest.Config, *, only: Sequence[Path]) -> None:
        self.layers = Layers(config)
        self.bench = Bench(config)
        self._only = only
        self._python_files: list[str] = config.getini("python_files")

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> LayerFile | None:
        """Collect a file that holds layers."""
        sites = self._sites(file_path)
        return LayerFile.from_parent(parent, path=file_path, sites=sites, bench=self.bench) if sites else None

    @pytest.hookimpl(wrapper=True)
    def pytest_pycollect_makemodule(self, module_path: Path) -> Generator[None, object, object]:
        """Keep pytest from importing a layer file as a test module only because it was named on the command line."""
        module = yield
        named_like_tests = any(_matches(module_path, pattern) for pattern in self._python_files)
        return module if named_like_tests or not self._sites(module_path) else None

    def pytest_collect_directory(self, path: Path, parent: pytest.Collector) -> LayerPackage | None:
        """Collect a package without importing it for layers."""
        try:
            is_package = (path / "__init__.py").is_file()
        except PermissionError:
            return None  # pytest decides what becomes of a folder that cannot be read
        return LayerPackage.from_parent(parent, path=path) if is_package else None

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Bring the checks of one layer together again where a plugin shuffled them: one asks what another found."""
        together: dict[object, list[pytest.Item]] = {}
        for item in items:
            together.setdefault(item.site.identity if isinstance(item, GradcheckItem) else item, []).append(item)
        items[:] = [item for group in together.values() for item in group]

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Tell the bench what was selected."""
        self.bench.expect((item.site, item.name) for item in session.items if isinstance(item, GradcheckItem))

    def _sites(self, file: Path) -> Sequence[LayerSite]:
        if self._only and not any(file.is_relative_to(path) for path in self._only):
            return ()
        return self.layers.of(file)


def _matches(path: Path, pattern: str) -> bool:
    # As pytest does: a pattern with a separator is matched against the whole path.
    return path.match(pattern) if "/" in pattern else Path(path.name).match(pattern)
