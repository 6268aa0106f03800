from __future__ import annotations

import pytest

from gradcheck.source.names import aliases_in, join, names_in


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import base", {"base": ("base",)}),
        ("import a.b.c", {"a": ("a",)}),
        ("import a.b as c", {"c": ("a.b",)}),
        ("import a, b as c", {"a": ("a",), "c": ("b",)}),
        ("from core.base import Layer", {"Layer": ("core.base.Layer",)}),
        ("from .base import Layer as L, Op", {"L": (".base.Layer",), "Op": (".base.Op",)}),
        ("from . import base", {"base": (".base",)}),
        ("from .. import base", {"base": ("..base",)}),
        ("from .import base", {"base": (".base",)}),
        ("from ..core.base import Layer", {"Layer": ("..core.base.Layer",)}),
        (
            "from base import (  # why\n    Layer,  # this one\n    Op as O,\n)",
            {"Layer": ("base.Layer",), "O": ("base.Op",)},
        ),
        ("from base import Layer, \\\n    Op\nx = 1", {"Layer": ("base.Layer",), "Op": ("base.Op",)}),
        ("from base \\\n  import Layer", {"Layer": ("base.Layer",)}),
        ("import a; import b", {"a": ("a",), "b": ("b",)}),
        ("if True:\n    import a\n    from b import c  # d", {"a": ("a",), "c": ("b.c",)}),
        ("try: import a\nexcept ImportError: pass", {"a": ("a",)}),
        (
            "try:\n    from .base import Layer\nexcept ImportError:\n    from base import Layer\n",
            {"Layer": (".base.Layer", "base.Layer")},
        ),
        ("important = 1\nfrom_x = 2\n# import a\nx.importer()\n", {}),
        ("from __future__ import annotations", {"annotations": ("__future__.annotations",)}),
        ("", {}),
    ],
)
def test_imports_become_a_table(text, expected):
    assert names_in(text).imported == expected


def test_star_imports_are_kept_apart():
    names = names_in("from .layers import *\nfrom base import *\n")
    assert names.stars == (".layers", "base")
    assert names.imported == {}


@pytest.mark.parametrize(
    ("written", "expected"),
    [("nn.Module", ("torch.nn.Module",)), ("nn", ("torch.nn",)), ("L", (".base.Layer",)), ("Unknown", ())],
)
def test_a_dotted_expression_is_spelt_out(written, expected):
    assert names_in("from torch import nn\nfrom .base import Layer as L\n").dotted(written) == expected


def test_aliases_at_module_level_are_found_and_others_are_not():
    text = "Layer = base.Module  # short\nOp=Layer\nx = 1\ny = f()\nif z:\n    Inner = Layer\n"
    assert aliases_in(text) == {"Layer": "base.Module", "Op": "Layer"}


def test_a_relative_module_keeps_its_dots():
    assert join(".", "base") == ".base"
    assert join("..core", "Layer") == "..core.Layer"
    assert join("core", "") == "core"
