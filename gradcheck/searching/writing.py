"""A configuration as Python that runs."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from gradcheck.cases.running.presenting import CODE
from gradcheck.searching.space import Configuration
from gradcheck.types import Blueprint, Built

#: Columns of the code: what a report shows without cutting.
WIDTH = 76
#: Entries of an array that are written out; a larger one is drawn.
MOST_ENTRIES = 100
#: Numbers as they are, none of them rounded.
_FORMATS: Final[Any] = {"float_kind": lambda number: repr(float(number))}


def code_of(blueprint: Blueprint, built: Built, inputs: Mapping[str, Any], configuration: Configuration) -> list[str]:
    """The lines that build the layer, make the inputs and call forward.

    Args:
        blueprint: What the case was made of.
        built: The layer.
        inputs: Forward's arguments.
        configuration: How it was built and called.
    """
    lines = [f"layer = {built.code}"] if blueprint.is_constructed else []
    handed = blueprint.handed(built, inputs) if blueprint.handed is not None else inputs
    for name, value in handed.items():
        layout = configuration.presentation.inputs if name in blueprint.differentiable else ""
        # An entry of a dictionary of arrays is put into it where the functions are called.
        label = name.replace(".", "_")
        lines += _assigned(label, CODE[layout].format(label) if layout else "", value)
    if blueprint.calls is not None:
        return lines + blueprint.calls(list(handed), CODE[configuration.presentation.upstream].format)
    called = ", ".join(inputs)
    lines.append(f"y = layer.{blueprint.forward}({called})")
    if configuration.presentation.upstream:
        laid = CODE[configuration.presentation.upstream].format("y_bar")
        lines += ["y_bar = np.ones_like(y)", f"layer.{blueprint.backward}({laid})"]
    return lines


def _assigned(name: str, laid_out: str, value: Any) -> list[str]:
    if not isinstance(value, np.ndarray):
        return [f"{name} = {value!r}"]
    lines = _array(name, value)
    return [*lines, f"{name} = {laid_out}"] if laid_out and laid_out != name else lines


def _array(name: str, value: npt.NDArray[Any]) -> list[str]:
    if value.size == 0:
        return [f"{name} = np.zeros({value.shape})"]
    if value.size > MOST_ENTRIES:
        drawn = f"np.random.default_rng(0).standard_normal({value.shape})"
        return [f"{name} = {drawn}"] if value.dtype.kind == "f" else [f"{name} = np.zeros({value.shape}, int)"]
    text = " ".join(np.array2string(value, separator=", ", threshold=value.size + 1, formatter=_FORMATS).split())
    usual = value.dtype.kind == "f" or value.dtype == np.int_
    kind = "" if usual else ", dtype=bool" if value.dtype.kind == "b" else f", dtype='{value.dtype}'"
    whole = f"{name} = np.array({text}{kind})"
    return textwrap.wrap(whole, WIDTH, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False)
