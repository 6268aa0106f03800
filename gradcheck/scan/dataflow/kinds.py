"""What can happen to a value on its way."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What was done to a value that a gradient does not pass."""

    ARGUMENT = "argument"  # it is a parameter of the function, untouched: what summaries are made of
    RAW = "raw"  # the plain array of a tracked tensor
    NUMPY = "numpy"  # the NumPy array of a torch tensor
    HELD = "held"  # a new tensor around an ARGUMENT, perhaps an array
    WRAPPED = "wrapped"  # a new tensor around RAW, without an edge
    COPIED = "copied"  # the same with the flag `requires_grad` copied
    RETURNED = "returned"  # a new tensor around NUMPY
    PARAMETER = "parameter"  # the data of a parameter
    LISTED = "listed"  # a new tensor made of a list of tensors
    RECONSTRUCTED = "reconstructed"  # a new tensor made of one tensor
    NUMBER = "number"  # a Python number taken from a tensor
    DETACHED = "detached"
    ROUNDED = "rounded"  # an operation without a derivative: argmax, comparison, rounding
    MUTATED = "mutated"  # written to through `.data`
