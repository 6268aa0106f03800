from __future__ import annotations

import copy
import operator
from collections.abc import Callable
from typing import Any, Optional

import numpy as np
import pytest

from gradcheck.cases.importing.placeholders import MissingPackageError, Placeholder, lenient

USES: dict[str, Callable[[Any], object]] = {
    "a call": lambda library: library.show(),
    "arithmetic": lambda library: library.PI * 2,
    "arithmetic from the right": lambda library: 2 @ library.PI,
    "an item": lambda library: library.table["x"],
    "order": lambda library: library.SIZE < 3,
    "truth": lambda library: bool(library.available),
    "a loop": lambda library: list(library.names),
    "a length": lambda library: len(library.names),
    "a membership": lambda library: "x" in library.names,
    "a number": lambda library: float(library.PI),
    "a numpy function": lambda library: np.exp(library.PI),
    "an array operation": lambda library: np.ones(3) + library.PI,
    "setting an item": lambda library: operator.setitem(library.settings, "x", 1),
    "setting an attribute": lambda library: setattr(library.settings, "x", 1),
    "a context": lambda library: library.open().__enter__(),
}


@pytest.fixture
def library() -> Any:
    return Placeholder("yonder", "is not installed", "yonder")


def test_looking_at_a_placeholder_is_free(library: Any) -> None:
    assert repr(library.nn.Module) == "<yonder.nn.Module, which is not installed>"
    assert not isinstance(3, library.Tensor)
    assert Optional[library.Tensor] is not None  # noqa: UP045 - as people write it
    assert copy.deepcopy({"kept": library})["kept"] is library
    assert library.nn.relu == library.nn.relu != library.nn.elu
    assert {library.nn.relu: 1}[library.nn.relu] == 1
    assert not hasattr(library, "__array_interface__")


@pytest.mark.parametrize("use", list(USES))
def test_using_a_placeholder_names_what_is_missing(library: Any, use: str) -> None:
    with pytest.raises(MissingPackageError, match=r"^needs `yonder`, which is not installed$") as raised:
        USES[use](library)
    assert raised.value.name == "yonder"
    assert isinstance(raised.value, ImportError)


def test_an_import_may_call_compute_and_decide(library: Any) -> None:
    with lenient():
        library.style.use("x")
        library.settings["size"] = 3
        library.settings.size = 3
        with library.quiet():
            value = 2 * library.PI + library.rate(3)
        assert not library.available()
        assert list(library.names) == []
        assert repr(value) == "<yonder.PI, which is not installed>"
    with pytest.raises(MissingPackageError):
        value + 1


def test_an_import_may_take_what_is_missing_apart_into_names(library: Any) -> None:
    with lenient():
        figure, axes = library.subplots()
        (x, y), names = library.load(), list(library.names)
    assert all(isinstance(part, Placeholder) for part in (figure, axes, x, y))
    assert names == []


def test_a_number_cannot_be_made_up_even_in_an_import(library: Any) -> None:
    with lenient(), pytest.raises(MissingPackageError):
        float(library.PI)


def test_a_decorated_function_needs_the_package_when_called(library: Any) -> None:
    with lenient():

        @library.jit(parallel=True)
        def double(x: float) -> float:
            return 2 * x

    with pytest.raises(MissingPackageError):
        double(1.0)


def test_a_subclass_can_be_defined_and_not_built(library: Any) -> None:
    with lenient():

        class Net(library.nn.Module, library.Mixin, flag=True):  # type: ignore[misc]
            def forward(self, x: float) -> float:
                return x

    assert [base.__name__ for base in Net.__mro__] == ["Net", "Module", "Mixin", "object"]
    with pytest.raises(MissingPackageError, match=r"^needs `yonder`"):
        Net()
    assert Net.forward(None, 3) == 3
