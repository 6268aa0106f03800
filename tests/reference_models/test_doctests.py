"""The examples in the docstrings are true."""

from __future__ import annotations

import doctest
import importlib
import inspect
import pkgutil

import pytest

import reference_models

MODULES = sorted(module.name for module in pkgutil.walk_packages(reference_models.__path__, "reference_models."))

# What a command runs, or what has no body.
WITHOUT_EXAMPLES = ("reference_models.line", "reference_models.train.model", "reference_models.train.tasks.")


def defines_something(module):
    """Whether a class or function is written in the module itself, rather than brought together from others."""
    members = [
        member for _, member in inspect.getmembers(module) if inspect.isclass(member) or inspect.isfunction(member)
    ]
    return any(member.__module__ == module.__name__ for member in members)


def test_the_modules_are_found():
    assert {"reference_models.mlp", "reference_models.numpy_layers.linear"} <= set(MODULES)


@pytest.mark.parametrize("name", MODULES)
def test_every_example_gives_what_it_shows(name):
    module = importlib.import_module(name)
    results = doctest.testmod(module)
    assert results.failed == 0
    assert (results.attempted == 0) == (name.startswith(WITHOUT_EXAMPLES) or not defines_something(module))
