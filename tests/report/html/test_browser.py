"""The report in a real browser: what is drawn, what the pointer and the keys say, what is found."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gradcheck.report.html.colours import colours

DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
PIXEL = """([kind, row, column]) => {
    const canvas = document.querySelector(`article.chosen .map[data-kind="${kind}"] canvas`);
    return [...canvas.getContext("2d").getImageData(column, row, 1, 1).data].slice(0, 3);
}"""


def pixel(page, kind: str, row: int, column: int) -> str:
    return "#" + "".join(f"{channel:02x}" for channel in page.evaluate(PIXEL, [kind, row, column]))


def readout(page) -> str:
    return page.locator("article.chosen .readout").first.inner_text().replace("\n", " ")


def names(page) -> list[str]:
    return [row.inner_text().splitlines()[1] for row in page.locator("#list li:visible").all()]


@pytest.fixture
def planted():
    """A gradient of 64 x 64 with one wrong entry, at [17, 40]."""
    expected = np.random.default_rng(5).normal(size=(64, 64))
    actual = expected.copy()
    actual[17, 40] += 0.5
    return expected, actual


@pytest.fixture
def several(made, build, planted):
    wrong = build.explained(*planted)
    other = build.explained(np.ones((2, 3)), 2 * np.ones((2, 3)), layer="src/layers.py::Dense")
    return made(build.passed("ReLU"), other, build.passed("Sigmoid"), wrong)


def test_the_pixel_of_the_one_wrong_entry_has_the_colour_of_an_error_and_no_other(opened, made, build, planted):
    page = opened(made(build.explained(*planted)))
    shades = colours()["light"]
    assert pixel(page, "error", 17, 40) == shades["above"][-1]
    assert {pixel(page, "error", row, 40) for row in (0, 16, 18, 63)} == {shades["below"][0]}
    assert pixel(page, "expected", 16, 40) == pixel(page, "actual", 16, 40)


def test_one_wrong_entry_of_a_million_is_seen_and_named(opened, made, build):
    expected = np.ones((1000, 1000))
    actual = expected.copy()
    actual[617, 303] = 1.5
    page = opened(made(build.failed(build.evidence(expected, actual))))
    assert "W[617, 303]" in readout(page)
    assert pixel(page, "error", 617 // 8, 303 // 8) == colours()["light"]["above"][-1]
    assert "the worst of 8 × 8 entries" in page.locator("article.chosen .tools").inner_text()  # noqa: RUF001


def test_what_is_not_a_number_and_what_is_infinite_have_colours_of_their_own(opened, made, build):
    expected, allowed = np.ones((2, 2)), np.full((2, 2), 1e-12)
    expected[1, 1] = allowed[1, 1] = np.nan
    page = opened(
        made(build.failed(build.evidence(expected, np.array([[np.nan, np.inf], [1.0, 1.0]]), allowed=allowed)))
    )
    shades = colours()["light"]
    for kind in ("actual", "error"):
        assert pixel(page, kind, 0, 0) == shades["nan"]
        assert pixel(page, kind, 0, 1) == shades["infinite"]
    assert pixel(page, "expected", 1, 1) == pixel(page, "error", 1, 1) == shades["unknown"]
    assert len({shades["nan"], shades["infinite"], *shades["value"], *shades["below"], *shades["above"]}) == 18


def test_the_pointer_moves_one_cursor_over_all_three_maps_and_says_the_values(opened, made, build, planted):
    expected, actual = planted
    page = opened(made(build.explained(expected, actual)))
    canvas = page.locator('article.chosen .map[data-kind="expected"] canvas').first
    box = canvas.bounding_box()
    cell = (box["width"] - 2) / 64
    page.mouse.move(box["x"] + 1 + 40.5 * cell, box["y"] + 1 + 17.5 * cell)
    assert "W[17, 40]" in readout(page)
    assert "wrong" in readout(page)
    assert f"expected {expected[17, 40]:+.4f}"[:14] in readout(page)
    page.mouse.move(box["x"] + 1 + 2.5 * cell, box["y"] + 1 + 3.5 * cell)
    assert "W[3, 2]" in readout(page)
    assert "right" in readout(page)
    places = {
        (c.evaluate("e => e.style.left + e.style.top")) for c in page.locator("article.chosen .map .cursor").all()
    }
    assert len(places) == 1


def test_keys_move_from_entry_to_entry_and_back_to_the_worst(opened, made, build, planted):
    page = opened(made(build.explained(*planted)))
    trio = page.locator("article.chosen .trio").first
    trio.focus()
    for key, name in [
        ("ArrowRight", "W[17, 41]"),
        ("ArrowDown", "W[18, 41]"),
        ("Home", "W[18, 0]"),
        ("ArrowLeft", "W[18, 0]"),
        ("End", "W[18, 63]"),
        ("w", "W[17, 40]"),
    ]:
        page.keyboard.press(key)
        assert name in readout(page), key
    assert "arrow keys" in trio.get_attribute("aria-label")
    assert page.locator("article.chosen .readout").first.get_attribute("aria-live") == "polite"


def test_slices_of_a_deep_array_are_chosen_by_name_and_by_key(opened, made, build):
    expected = np.ones((2, 3, 4, 4))
    actual = expected.copy()
    actual[1, 2, 0, 3] = 7.0
    page = opened(made(build.failed(build.evidence(expected, actual))))
    assert "W[1, 2, 0, 3]" in readout(page)
    page.locator("article.chosen .trio").first.focus()
    page.keyboard.press("PageUp")
    assert "W[1, 1, 0, 3]" in readout(page)
    assert "right" in readout(page)
    page.locator("article.chosen .tools select").nth(1).select_option(label="[0, 0, :, :]")
    assert "W[0, 0, 0, 3]" in readout(page)


@pytest.mark.parametrize("shape", [(), (5,), (400,)])
def test_scalars_and_vectors_are_named_as_people_write_them(opened, made, build, shape):
    expected = np.ones(shape)
    actual = np.array(expected)
    actual.flat[-1] = 3.0
    page = opened(made(build.failed(build.evidence(expected, actual, name="b"))))
    assert readout(page).startswith(f"b[{shape[0] - 1}]" if shape else "b ")


def test_j_and_k_go_from_layer_to_layer_and_the_gravest_comes_first(opened, several):
    page = opened(several)
    title = page.locator("article.chosen h2")
    assert names(page)[2:] == ["ReLU", "Sigmoid"]
    assert set(names(page)[:2]) == {"Linear", "Dense"}
    first = names(page)[0]
    assert title.inner_text().startswith(first)
    page.keyboard.press("j")
    assert title.inner_text().startswith(names(page)[1])
    page.keyboard.press("k")
    page.keyboard.press("k")
    assert title.inner_text().startswith(first)
    assert page.locator("article:visible").count() == 1


def test_layers_are_filtered_by_words_and_outcomes_and_sorted(opened, several):
    page = opened(several)
    page.keyboard.press("/")
    page.keyboard.type("relu")
    assert names(page) == ["ReLU"]
    assert "1 of 4 layers" in page.locator("#shown").inner_text()
    assert page.locator("article.chosen h2").inner_text().startswith("ReLU")
    page.keyboard.type("zzz")
    assert page.locator("#nothing").is_visible()
    page.keyboard.press("Escape")
    assert len(names(page)) == 4
    page.keyboard.press("f")
    assert set(names(page)) == {"Linear", "Dense"}
    page.keyboard.press("f")
    page.keyboard.press("s")
    assert names(page) == ["Dense", "Linear", "ReLU", "Sigmoid"]


def test_words_of_the_run_cannot_run(opened, made, build):
    evil = "<img src=x onerror=\"document.title='run'\"><script>document.title='run'</script>"
    result = build.explained(
        np.ones((2, 2)), np.zeros((2, 2)), name=evil, headline=evil, layer=f"a.py::{evil}", notes=(evil,)
    )
    page = opened(made(result, problems=[evil]))
    page.keyboard.press("w")
    assert "run" not in page.title().split()
    assert evil in page.locator("article.chosen h2").inner_text()
    assert evil in readout(page)


def test_the_line_of_errors_against_steps_is_drawn_with_its_numbers_beside_it(opened, several):
    page = opened(several)
    sweep = page.locator("article.chosen .sweep")
    assert sweep.locator(".uplot canvas").count() == 1
    assert "1.0e-05 (chosen)" in sweep.locator("details table").evaluate("e => e.textContent")
    assert (
        page.locator("article.chosen .scatter canvas").get_attribute("aria-label").startswith(("6 entries, 6", "4096"))
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_dark_and_light_are_the_readers_choice_and_a_key_changes_them(opened, made, build, planted, scheme):
    page = opened(made(build.explained(*planted)), color_scheme=scheme)
    other = {"light": "dark", "dark": "light"}[scheme]
    assert pixel(page, "error", 17, 40) == colours()[scheme]["above"][-1]
    page.keyboard.press("t")
    assert pixel(page, "error", 17, 40) == colours()[other]["above"][-1]


def test_on_a_phone_nothing_is_wider_than_the_screen(opened, several):
    page = opened(several, viewport=PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert page.locator("article.chosen .map canvas").first.is_visible()


def test_without_javascript_every_layer_is_there_with_pictures(opened, several):
    page = opened(several, script=False)
    assert page.locator("article:visible").count() == 4
    assert page.locator(".map img:visible").count() == 6
    assert page.locator("button:visible").count() == 0
    widths = page.locator(".map img").evaluate_all("all => all.map(one => one.naturalWidth)")
    assert sorted(set(widths)) == [3, 64]


def test_a_check_that_is_folded_is_drawn_when_it_is_opened(opened, made, build, planted):
    first = build.explained(*planted)
    page = opened(made(first, replace(first, check="reference")))
    folded = page.locator("article.chosen details:not([open]) > summary", has_text="reference")
    assert page.locator("article.chosen canvas:visible").count() >= 4
    folded.click()
    page.wait_for_function("document.querySelectorAll('article.chosen .readout:not([hidden])').length === 2")


SHAPES = [(), (1,), (0,), (7,), (200,), (1, 300), (300, 1), (5, 4, 3), (2, 1, 1, 1), (130, 130), (3, 129, 2), (20_000,)]


def test_arrays_of_any_shape_and_size_of_numbers_are_drawn_without_an_error(opened, made, build):
    generator = np.random.default_rng(0)
    results = []
    with np.errstate(all="ignore"):
        for number, shape in enumerate(SHAPES * 2):
            expected = generator.normal(size=shape) * 10.0 ** generator.integers(-320, 300)
            actual = expected * generator.choice([2.0, -1.0, 0.0, 1e10])
            allowed = np.abs(expected) * 1e-12
            for array in (expected, actual, allowed) if shape else ():
                array[generator.random(shape) < generator.choice([0.0, 0.1, 1.0])] = generator.choice(
                    [np.nan, np.inf, 0.0]
                )
            evidence = build.evidence(expected, actual, allowed=allowed)
            results.append(build.failed(evidence, layer=f"src/layers.py::Layer{number}"))
    page = opened(made(*results))
    for _ in results:
        page.keyboard.press("j")
        for scale in page.locator("article.chosen .tools select").all()[:1]:
            scale.select_option("rank")
            scale.select_option("log")
    drawn = page.evaluate("Promise.all(gradients.made.values()).then((all) => all.length)")
    assert drawn == len([shape for shape in SHAPES * 2 if 0 not in shape])
