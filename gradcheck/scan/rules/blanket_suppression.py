"""GRC902: a comment that silences everything; found by `gradcheck.scan.suppressions` once all rules were asked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from gradcheck.scan.model import Example, Hit, Precision, Rule, Severity
from gradcheck.scan.suppressions import BLANKET, BLANKET_REMEDY

if TYPE_CHECKING:
    from gradcheck.scan.facts.module import Module


def examine(_node: None, _module: Module) -> Iterable[Hit]:
    """Nothing: what a comment silences is known only after the other rules were asked."""
    return ()


RULE = Rule(
    code=BLANKET,
    name="blanket_suppression",
    summary="A `# gradcheck: ignore` that names no code",
    why="It also hides what was not there when it was written.",
    remedy=BLANKET_REMEDY,
    severity=Severity.WARNING,
    precision=Precision.VERY_HIGH,
    needles=(b"gradcheck:",),
    kinds=frozenset(),
    examine=examine,
    bad=(
        Example(
            text="w.require_grad = False  # gradcheck: ignore\n",
            fixed="w.require_grad = False  # gradcheck: ignore[GRC013]\n",
        ),
        Example(
            text="# gradcheck: ignore-file generated\nw.require_grad = False\n",
            fixed="# gradcheck: ignore-file[GRC013] generated\nw.require_grad = False\n",
        ),
        Example(text="w.requires_grad = False  # gradcheck: ignore\n", fixed="w.requires_grad = False\n"),
    ),
    good=(
        "w.require_grad = False  # gradcheck: ignore[GRC013]\n",
        "# gradcheck: ignore-file[GRC013] generated\nw.require_grad = False\n",
        'text = "# gradcheck: ignore"\n',
    ),
)
