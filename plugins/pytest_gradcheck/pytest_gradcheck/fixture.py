"""The fixture `gradcheck`, for ordinary tests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradcheck.types import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """What a test can ask of gradcheck.

    Attributes:
        check_layer: `gradcheck.check_layer`.
        check_vjp: `gradcheck.check_vjp`.
    """

    check_layer: Callable[..., Report]
    check_vjp: Callable[..., Report]


@pytest.fixture
def gradcheck() -> Library:
    """Check gradients inside a test: `gradcheck.check_layer(layer, x).raise_if_failed()`."""
    from gradcheck.interface import check_layer, check_vjp

    return Library(check_layer=check_layer, check_vjp=check_vjp)
