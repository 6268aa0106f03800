"""A real browser, where there is one."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gradcheck.report.html.page import render

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    chromium = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    if chromium is None:
        pytest.skip(f"none of {', '.join(CHROMIUMS)} is installed")
    with playwright.sync_playwright() as driver:
        # In a container there is one user, root, and for root Chromium has no sandbox.
        started = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def opened(browser: Any, tmp_path: Path) -> Iterator[Any]:
    """Document -> its page in the browser, drawn; a page error or a request for anything else fails the test."""
    trouble: list[str] = []
    contexts: list[Any] = []

    def show(document: Any, *, script: bool = True, **options: Any) -> Any:
        file = tmp_path / "report.html"
        file.write_text(render(document), encoding="utf-8")
        context = browser.new_context(**{"viewport": DESKTOP, "java_script_enabled": script, **options})
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: trouble.append(f"page error: {error}"))
        page.on("console", lambda said: trouble.append(said.text) if said.type == "error" else None)
        page.on(
            "request", lambda asked: None if asked.url.startswith(("file:", "data:")) else trouble.append(asked.url)
        )
        page.goto(file.as_uri())
        if script:
            page.wait_for_selector("html[data-ready=true]")
        return page

    yield show
    for context in contexts:
        context.close()
    assert trouble == []
