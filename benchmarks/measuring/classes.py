"""What hides the mistakes of the wrong layers: a class for each, from a fixed vocabulary."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

#: Class to what the ledgers call the mistakes in it.
CLASSES: Final[Mapping[str, frozenset[str]]] = {
    "another formula": frozenset(
        {
            "approximation_mismatch", "copied", "copy_of_another", "diagonal_only", "input_for_output",
            "missing_branch", "missing_factor", "missing_path", "missing_power", "missing_term", "not_normalised",
            "order_of_operations",
            "other", "output_for_input", "scale", "sign", "swapped", "wrong_constant", "wrong_derivative",
            "wrong_power",
        }
    ),
    "no gradient flows": frozenset({"detached", "in_place", "needs_input_grad", "none_upstream"}),
    "mean and sum": frozenset({"mean_for_sum", "sum_for_mean"}),
    "shapes and broadcasting": frozenset(
        {"count", "missing_broadcast_sum", "shape", "transpose", "transposed", "wrong_shape"}
    ),
    "one entry, row, column or border": frozenset({"border", "boundary", "one_column", "one_entry", "one_row"}),
    "clipped or masked": frozenset(
        {"clipped", "mask", "mask_from_upstream", "mask_inverted", "mask_missing", "resampled_mask"}
    ),
    "overwritten, not added": frozenset({"overwritten", "overwritten_not_accumulated"}),
    "not linear, or another answer each time": frozenset({"nondeterministic", "nonlinear", "upstream_ignored"}),
    "stale caches and buffers": frozenset(
        {
            "accumulated", "inconsistent_accumulation", "lost_in_pickle", "overwritten_cache", "shared_state", "stale",
            "stale_buffer", "stale_cache",
        }
    ),
    "training or evaluation": frozenset({"mode"}),
    "some batch sizes": frozenset({"batch"}),
    "some sizes, strides and paddings": frozenset({"padding", "size", "stride", "time"}),
    "some settings": frozenset({"axis", "option"}),
    "another number of axes": frozenset({"rank"}),
    "ties, zeros, large and small values": frozenset({"values"}),
    "memory layout": frozenset({"contiguity", "layout", "memory_order"}),
    "float32, overflow": frozenset({"downcast", "not_finite", "overflow"}),
}  # fmt: skip
#: Checks that themselves say what hides a mistake.
BY_CHECK: Final[Mapping[str, str]] = {"batch": "some batch sizes", "precision": "float32, overflow"}


def class_of(check: str, explanation: str) -> str:
    """What hides a mistake.

    Args:
        check: The check that must find it.
        explanation: What its ledger calls it.

    Raises:
        KeyError: The vocabulary has no such explanation.
    """
    found = [name for name, words in CLASSES.items() if explanation in words]
    if len(found) != 1:
        raise KeyError(explanation)
    return BY_CHECK.get(check, found[0])
