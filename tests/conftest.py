from __future__ import annotations

import pytest
from hypothesis import settings

# The same examples every time, and no verdict by the clock: a loaded machine is no failure.
settings.register_profile("gradcheck", deadline=None, derandomize=True)
settings.load_profile("gradcheck")


@pytest.fixture
def few_configurations(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not about the search needs no long one; tests/checks/test_shapes.py and tests/evidence search in full."""
    from gradcheck.searching import hunt
    from gradcheck.types import Profile

    monkeypatch.setattr(hunt, "MOST_JUDGED", {Profile.DEFAULT: 4, Profile.THOROUGH: 8})
