from __future__ import annotations

import math
import re
from xml.etree import ElementTree as ET

from reference_models.train.plot import HEIGHT, MARGIN, MOST_POINTS, WIDTH, Panel, drawing


def points_of(picture):
    found = re.search(r'<polyline points="([^"]*)"', picture)
    return [tuple(map(float, point.split(","))) for point in found[1].split()]


def test_the_curve_spans_its_panel_with_large_values_above():
    (left, top), (right, bottom) = points_of(drawing("t", [Panel(title="loss", x=[0, 10], y=[2.0, 1.0])]))
    assert (left, right) == (MARGIN, MARGIN + WIDTH)
    assert (top, bottom) == (MARGIN, MARGIN + HEIGHT)


def test_a_long_curve_is_thinned_by_means():
    picture = drawing("t", [Panel(title="loss", x=range(5 * MOST_POINTS), y=[0.0, 1.0, 0.0, 0.0, 0.0] * MOST_POINTS)])
    assert len(points_of(picture)) == MOST_POINTS
    assert len({y for _, y in points_of(picture)}) == 1


def test_what_is_not_finite_leaves_a_gap_and_no_nonsense():
    picture = drawing("t", [Panel(title="loss", x=[1, 2, 3], y=[1.0, math.inf, math.nan])])
    assert len(points_of(picture)) == 1
    assert "nan" not in picture
    assert "inf" not in picture


def test_panels_without_points_and_titles_with_signs_are_well_formed():
    picture = drawing("1 < 2 & 3", [Panel(title="<loss>", x=[], y=[]), Panel(title="b", x=[1], y=[1.0])])
    assert "1 < 2 & 3" in "".join(ET.fromstring(picture).itertext())  # noqa: S314 - our own text


def test_levels_are_within_the_panel():
    picture = drawing("t", [Panel(title="loss", x=[0, 1], y=[2.0, 1.0], levels={"entropy": 0.5})])
    assert f'y1="{MARGIN + HEIGHT:.1f}"' in picture
    assert "entropy 0.5" in picture
