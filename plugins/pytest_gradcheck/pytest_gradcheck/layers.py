"""Which layers a file holds: read once per session, imported never."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pytest

    from gradcheck.source.model import LayerSite

# Files that are programs, or pytest's own: nobody keeps the layers of a project there.
OTHER_FILES = frozenset({"setup.py", "conftest.py", "__main__.py"})


class Layers:
    """The layers under the paths of this session.

    Attributes:
        found: Identities of the layers pytest came to.
        problems: Files that could not be read, one line each.
    """

    def __init__(self, config: pytest.Config) -> None:
        self.found: dict[str, None] = {}
        self.problems: dict[str, None] = {}
        self._config = config
        self._sites: dict[Path, dict[str, LayerSite]] = {}
        self._walked: list[Path] = []

    def of(self, file: Path) -> tuple[LayerSite, ...]:
        """The layers of one file in the order of their lines, without those that are only bases of others.

        Args:
            file: Absolute path.
        """
        if file.suffix != ".py" or file.name in OTHER_FILES:
            return ()
        if not self._walked:
            # All arguments at once: a folder of 2,000 files is read in one go, not file by file.
            self._walk(self._arguments())
        if not any(file.is_relative_to(path) for path in self._walked):
            self._walk([file])
        sites = tuple(self._sites.get(file, {}).values())
        self.found |= {site.identity: None for site in sites}
        return sites

    def _arguments(self) -> list[Path]:
        """The files and folders of the command line, without what stands behind `::`."""
        start = self._config.invocation_params.dir
        paths = [
            Path(os.path.abspath(start / argument.partition("::")[0]))  # noqa: PTH100 - pytest follows no links either
            for argument in self._config.args
        ]
        # With --pyargs an argument may be a module's name; its file is read when pytest comes to it.
        return [path for path in dict.fromkeys(paths) if path.exists()]

    def _walk(self, paths: Sequence[Path]) -> None:
        from gradcheck.commands.targets import discover
        from gradcheck.errors import ConfigurationError
        from gradcheck.source.discovery import find_layers

        self._walked += paths
        try:
            discovery = discover(paths, start=self._config.invocation_params.dir)
        except ConfigurationError:
            # Said by the layers' own items, so that the other tests of the run go on.
            discovery = find_layers(paths)
        self.problems |= {f"{p.path}:{p.line}: {p.message}": None for p in discovery.problems}
        for site in discovery.sites:
            if not site.is_abstract:
                # Of two classes of one name the later one is the module's.
                self._sites.setdefault(site.file, {})[site.qualname] = site
