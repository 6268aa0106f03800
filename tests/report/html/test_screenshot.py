"""The picture in the README is one of the report of the broken examples.

To make it again: GRADCHECK_WRITE_SCREENSHOT=1 python -m pytest tests/report/html/test_screenshot.py
"""

from __future__ import annotations

import os
import struct
from pathlib import Path

from gradcheck.cli import main

ROOT = Path(__file__).parents[3]
PICTURE = ROOT / "docs" / "report.png"
SIZE = {"width": 1200, "height": 880}
SHOWN = "SoftmaxDiagonalOnly"
#: A README that takes long to load is not read.
MOST_BYTES = 200_000


def size_of(picture: bytes) -> tuple[int, int]:
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    return struct.unpack(">II", picture[16:24])


def test_the_report_of_the_broken_examples_is_shown_in_the_readme(browser, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    page = tmp_path / "report.html"
    assert main(["check", "examples/broken_layers.py", "--check", "gradient", "-q", "--html", str(page)]) == 1
    assert page.as_uri() in capsys.readouterr().out
    context = browser.new_context(viewport=SIZE, color_scheme="light")
    shown = context.new_page()
    shown.goto(page.as_uri())
    shown.wait_for_selector("html[data-ready=true]")
    assert "layers are wrong" in shown.locator("h1").inner_text()
    shown.locator("#list a", has_text=SHOWN).click()
    assert shown.locator("article.chosen canvas:visible").count() >= 4
    # What is of this machine and of today is no part of the picture.
    shown.locator(".top > .quiet").evaluate("line => { line.textContent = 'seed 0 · profile default'; }")
    shown.locator(".brand .quiet").evaluate("folder => { folder.textContent = 'examples'; }")
    shown.evaluate("scrollTo(0, 0)")
    picture = shown.screenshot()
    context.close()
    if os.environ.get("GRADCHECK_WRITE_SCREENSHOT"):
        PICTURE.write_bytes(picture)
    assert size_of(picture) == size_of(PICTURE.read_bytes()) == (SIZE["width"], SIZE["height"])
    assert len(PICTURE.read_bytes()) <= MOST_BYTES
    assert "](docs/report.png)" in (ROOT / "README.md").read_text(encoding="utf-8")
