"""The examples in the docstrings are true."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import reference_models

MODULES = sorted(module.name for module in pkgutil.walk_packages(reference_models.__path__, "reference_models."))

# Without a layer of their own.
WITHOUT_EXAMPLES = {"reference_models.numpy_layers", "reference_models.line", "reference_models.optimizers"}


def test_the_modules_are_found():
    assert {"reference_models.mlp", "reference_models.numpy_layers.linear"} <= set(MODULES)


@pytest.mark.parametrize("name", MODULES)
def test_every_example_gives_what_it_shows(name):
    results = doctest.testmod(importlib.import_module(name))
    assert results.failed == 0
    assert (results.attempted == 0) == (name in WITHOUT_EXAMPLES)
