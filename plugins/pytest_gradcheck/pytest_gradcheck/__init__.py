"""pytest plugin that finds wrong gradients in hand-written backward passes.

This module is imported by every pytest run of whoever installed it, so it imports pytest and the standard library
only; everything else is imported once a run asks for gradients to be checked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_gradcheck.fixture import gradcheck

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["gradcheck", "pytest_addoption", "pytest_configure", "pytest_report_header"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options and the setting."""
    group = parser.getgroup("gradcheck", "gradients of hand-written layers")
    group.addoption("--gradcheck", action="store_true", help="check the gradients of the layers in the collected files")
    group.addoption(
        "--gradcheck-strict",
        action="store_true",
        help="fail layers that could not be built, checks that are inconclusive, and notes that are warnings",
    )
    group.addoption(
        "--gradcheck-seed", type=int, default=0, metavar="N", help="the seed of every draw (default: %(default)s)"
    )
    group.addoption(
        "--gradcheck-profile",
        choices=("fast", "default", "thorough"),
        default="default",
        help="how much a check may cost (default: %(default)s)",
    )
    group.addoption("--gradcheck-json", metavar="FILE", help="write everything there, for programs")
    group.addoption("--gradcheck-html", metavar="FILE", help="write a report for a browser there, in one file")
    group.addoption(
        "--gradcheck-save-run",
        nargs="?",
        const="",
        metavar="NAME",
        help="keep the run below .gradcheck/runs, for gradcheck report and gradcheck compare",
    )
    parser.addini("gradcheck_paths", "check the gradients of the layers in these paths, without --gradcheck", "paths")


def pytest_configure(config: pytest.Config) -> None:
    """Start working where the run asks for it; stay idle otherwise."""
    config.addinivalue_line("markers", "gradcheck: what checks a gradient; carried by the items of pytest-gradcheck")
    if not _is_active(config):
        return
    from pytest_gradcheck.collection import CollectionHooks
    from pytest_gradcheck.session import SessionHooks

    paths: list[Path] = config.getini("gradcheck_paths")
    if config.args_source is not pytest.Config.ArgsSource.ARGS:
        # A run that names nothing looks where it is told to look, testpaths or not.
        config.args.extend(str(path) for path in paths if str(path) not in config.args)
    only = () if config.getoption("gradcheck") else tuple(paths)
    collection = CollectionHooks(config, only=only)
    config.pluginmanager.register(collection, "gradcheck-collection")
    config.pluginmanager.register(SessionHooks(config, collection.layers), "gradcheck-session")
    if _files(config):
        from pytest_gradcheck.reporting import ReportHooks

        report = ReportHooks(config, collection.layers)
        collection.bench.keep = report.keep
        config.pluginmanager.register(report, "gradcheck-report")


def pytest_report_header(config: pytest.Config) -> str | None:
    """Say that an option is without effect; the active plugin has a header of its own."""
    asked = [*(["--gradcheck-strict"] if config.getoption("gradcheck_strict") else []), *_files(config)]
    if asked and not _is_active(config):
        return f"gradcheck: off; {asked[0]} has an effect together with --gradcheck only"
    return None


def _is_active(config: pytest.Config) -> bool:
    return bool(config.getoption("gradcheck") or config.getini("gradcheck_paths"))


def _files(config: pytest.Config) -> list[str]:
    """The options that ask for files; one without a name asks for them too."""
    names = ("json", "html", "save_run")
    asked = [name for name in names if config.getoption(f"gradcheck_{name}") is not None]
    return [f"--gradcheck-{name.replace('_', '-')}" for name in asked]
