import pytest

from gradcheck.searching import hunt
from gradcheck.types import Profile


@pytest.fixture(autouse=True)
def _few_configurations(monkeypatch):
    """What the library hands to its checks needs no long search; tests/checks and tests/evidence search in full."""
    monkeypatch.setattr(hunt, "MOST_JUDGED", {Profile.DEFAULT: 4, Profile.THOROUGH: 8})
