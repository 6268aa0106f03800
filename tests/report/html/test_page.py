"""The report as text: what stands in the file, whoever opens it."""

from __future__ import annotations

import base64
import re
import struct
import zlib
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest

from gradcheck.report.html.page import HERE, render

MEGABYTE = 1_000_000
HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>&\"'"


class Elements(HTMLParser):
    """The names of all elements of a page, their attributes, and its text outside of scripts and styles."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data):
        if not self.found or self.found[-1][0] not in {"script", "style"}:
            self.text += data


@pytest.fixture
def wrong(build):
    generator = np.random.default_rng(3)
    expected = generator.normal(size=(64, 64))
    return build.explained(expected, expected + generator.normal(size=(64, 64)))


def test_twenty_right_layers_and_two_wrong_ones_of_64_x_64_are_below_a_megabyte(made, build, wrong):
    right = [
        build.passed(f"Right{i}", check=check) for i in range(20) for check in ("contract", "gradient", "linearity")
    ]
    page = render(made(wrong, replace(wrong, layer="src/layers.py::Other"), *right))
    assert len(page.encode()) <= MEGABYTE
    assert Elements(page).text.count("Right19") >= 2


def test_the_page_asks_nobody_for_anything(made, build, wrong):
    page = render(made(wrong))
    for _, attributes in Elements(page).found:
        for name in ("src", "href", "action", "data"):
            assert (attributes.get(name) or "#").startswith(("#", "data:"))
    style = "".join(re.findall(r"<style>(.*?)</style>", page, flags=re.DOTALL))
    assert "url(" not in style
    assert "@import" not in style
    assert "default-src 'none'" in page


def test_words_of_the_run_are_text_wherever_they_stand(made, build, tree):
    (tree / "src" / "layers.py").write_text(f"class Linear:\n    def backward(self, g):\n        return '{HOSTILE}'\n")
    result = build.explained(
        np.ones((2, 2)),
        np.zeros((2, 2)),
        name=HOSTILE,
        layer=f"src/layers.py::{HOSTILE}",
        headline=HOSTILE,
        construction=HOSTILE,
        hint=(HOSTILE,),
        notes=(HOSTILE,),
        table=(HOSTILE,),
        line=3,
    )
    why = replace(result.explanations[0], sentence=HOSTILE, evidence=(HOSTILE,), advice=HOSTILE)
    blame = replace(result.blame[HOSTILE], line=3, end_line=3, reason=HOSTILE)
    hostile = replace(result, explanations=(why,), blame={HOSTILE: blame})
    page = render(made(hostile, problems=[HOSTILE], missing=[HOSTILE]))
    elements = Elements(page)
    assert not any(name.startswith("on") for _, attributes in elements.found for name in attributes)
    assert [attributes for tag, attributes in elements.found if tag == "img"] == [
        attributes for tag, attributes in elements.found if tag == "img" and attributes["src"].startswith("data:image/")
    ]
    scripts = sum(tag == "script" for tag, _ in elements.found)
    assert scripts == sum(
        tag == "script" for tag, _ in Elements(render(made(build.explained(np.ones(2), np.zeros(2))))).found
    )
    assert elements.text.count(HOSTILE) >= 8


def test_the_verdict_stands_first_and_in_the_title(made, build, wrong):
    page = render(made(build.passed("A"), wrong))
    assert "<title>1 of 2 layers is wrong" in page
    assert page.index("1 of 2 layers is wrong</h1>") < page.index("<nav")
    assert "2 layers checked, nothing wrong" in render(made(build.passed("A"), build.passed("B")))


def test_a_run_of_nothing_is_a_page_too(made):
    assert "No layer was found" in render(made())


def test_what_is_missing_is_said_on_top(made, build):
    page = render(made(build.passed("A"), missing=["src/layers.py::B::gradient: worker gw1 crashed"]))
    assert "1 missing: nothing is known of them" in page
    assert page.index("worker gw1 crashed") < page.index("<nav")


def test_without_javascript_there_are_pictures_and_numbers(made, build, wrong):
    page = render(made(wrong))
    pictures = [a["src"] for tag, a in Elements(page).found if tag == "img"]
    assert len(pictures) == 3
    assert all(page.rfind("<noscript>", 0, at) > page.rfind("</noscript>", 0, at) for at in _places(page, "<img"))
    for source in pictures:
        picture = base64.b64decode(source.removeprefix("data:image/png;base64,"))
        assert picture.startswith(b"\x89PNG\r\n\x1a\n")
        assert struct.unpack(">II", picture[16:24]) == (64, 64)
    assert "the 20 worst entries" in page
    assert "        return 2 * g" in page
    assert wrong.headline in Elements(page).text


def test_the_picture_of_the_error_shows_the_one_wrong_entry(made, build):
    expected = np.ones((8, 8))
    actual = expected.copy()
    actual[2, 5] = 3.0
    page = render(made(build.failed(build.evidence(expected, actual))))
    source = [a["src"] for tag, a in Elements(page).found if tag == "img"][2]
    picture = base64.b64decode(source.removeprefix("data:image/png;base64,"))
    data = zlib.decompress(re.search(rb"IDAT(.*)....\x00\x00\x00\x00IEND", picture, flags=re.DOTALL)[1])
    shades = np.frombuffer(data, np.uint8).reshape(8, 9)[:, 1:]
    assert np.argwhere(shades != shades[0, 0]).tolist() == [[2, 5]]


def test_line_charts_are_vendored_with_their_licence_and_left_out_where_there_is_no_line(made, build, wrong):
    assert "uPlot (v" in render(made(wrong))
    assert "uPlot (v" not in render(made(build.failed(build.evidence(np.ones(3), np.zeros(3))), build.passed("A")))
    vendored = list((HERE / "vendor").iterdir())
    assert {file.name for file in vendored} == {"uPlot.LICENSE", "uPlot.iife.min.js", "uPlot.min.css"}


def _places(page: str, text: str) -> list[int]:
    return [match.start() for match in re.finditer(re.escape(text), page)]
