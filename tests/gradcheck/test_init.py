from __future__ import annotations

import pytest

import gradcheck


@pytest.mark.parametrize("name", gradcheck.__all__)
def test_every_public_name_is_found_and_listed(name):
    assert getattr(gradcheck, name) is not None
    assert name in dir(gradcheck)


def test_every_lazy_name_is_public_and_every_public_name_but_the_version_is_lazy():
    assert {*gradcheck._HOMES, "__version__"} == set(gradcheck.__all__)


def test_an_unknown_name_is_an_attribute_error_that_names_it():
    with pytest.raises(AttributeError, match=r"module 'gradcheck' has no attribute 'chekc_layer'"):
        gradcheck.chekc_layer  # noqa: B018 - the access is what is tested


def test_a_name_is_looked_up_once():
    first = gradcheck.UsageError
    assert vars(gradcheck)["UsageError"] is first
