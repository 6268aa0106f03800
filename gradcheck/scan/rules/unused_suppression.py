"""GRC901: a comment that silences nothing; found by `gradcheck.scan.suppressions` once all rules were asked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from gradcheck.scan.model import Example, Hit, Precision, Rule, Severity
from gradcheck.scan.suppressions import UNUSED, UNUSED_REMEDY

if TYPE_CHECKING:
    from gradcheck.scan.facts.module import Module


def examine(_node: None, _module: Module) -> Iterable[Hit]:
    """Nothing: what a comment silences is known only after the other rules were asked."""
    return ()


RULE = Rule(
    code=UNUSED,
    name="unused_suppression",
    summary="A `# gradcheck: ignore[...]` that silences nothing",
    why="What it silenced is mended or moved; left behind, it hides the next mistake on that line.",
    remedy=UNUSED_REMEDY,
    severity=Severity.WARNING,
    precision=Precision.VERY_HIGH,
    needles=(b"gradcheck:",),
    kinds=frozenset(),
    examine=examine,
    bad=(
        Example(
            text="w.requires_grad = False  # gradcheck: ignore[GRC013]\n",
            fixed="w.requires_grad = False\n",
        ),
        Example(
            text="# gradcheck: ignore-file[GRC013] they come from a generator\nw.requires_grad = False\n",
            fixed="w.requires_grad = False\n",
        ),
        Example(
            text="w.require_grad = False  # gradcheck: ignore[GRC013, GRC999] set by hand\n",
            fixed="w.require_grad = False  # gradcheck: ignore[GRC013] set by hand\n",
        ),
        Example(
            text="def freeze(w):\n    # gradcheck: ignore-block[GRC013]\n    w.requires_grad = False\n",
            fixed="def freeze(w):\n    w.requires_grad = False\n",
        ),
    ),
    good=(
        "w.require_grad = False  # gradcheck: ignore[GRC013] read by our own optimizer\n",
        "# gradcheck: ignore-block[GRC013] read by our own optimizer\ndef freeze(w):\n    w.require_grad = False\n",
        'text = "# gradcheck: ignore[GRC013]"\n',
        "w.require_grad = False  # gradcheck: ignore[GRC013, GRC901] on some branches only\n",
        "w.requires_grad = False  # gradcheck: ignore[GRC013, GRC901] on some branches only\n",
    ),
)
