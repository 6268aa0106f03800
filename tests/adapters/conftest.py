import pytest


@pytest.fixture(autouse=True)
def _few_configurations(few_configurations):
    """An adapter decides how a layer is called, whatever is tried with it."""
