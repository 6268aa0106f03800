import pytest


@pytest.fixture(autouse=True)
def _few_configurations(few_configurations):
    """The library hands to its checks what they search."""
