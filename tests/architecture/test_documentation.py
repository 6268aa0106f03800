"""The code in docs/extending.md is code that works."""

from __future__ import annotations

import importlib
import re
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest

from gradcheck import extensions
from gradcheck.marking import identities
from gradcheck.types import Case, Check, Context, Outcome, Profile, Pullback, Role, Subject

ROOT = Path(__file__).parents[2]
EXTENDING = (ROOT / "docs" / "extending.md").read_text(encoding="utf-8")
PYTHON = dict(re.findall(r"```python\n# (\S+)\n(.*?)```", EXTENDING, flags=re.DOTALL))


def module(path: str) -> dict:
    names: dict = {"__name__": "documented"}
    exec(compile(PYTHON[path], path, "exec", dont_inherit=True), names)  # noqa: S102 - our own documentation
    return names


def context(*, constant: float = 0.0, cotangent=None) -> Context:
    """A layer y = 2 x whose backward adds a constant."""

    def value(primals):
        return 2.0 * primals["x"]

    def value_and_vjp(primals):
        return value(primals), lambda y_bar: Pullback(gradients={"x": 2.0 * y_bar + constant})

    subject = Subject(
        name="layers.py::Double",
        primals=MappingProxyType({"x": np.arange(6.0).reshape(2, 3)}),
        roles={"x": Role.INPUT},
        value=value,
        value_and_vjp=value_and_vjp,
        cotangent=cotangent,
    )
    case = Case(layer="layers.py::Double", construction="Double()", inputs="x (2, 3) float64", seed=0, subject=subject)
    return Context(case=case, profile=Profile.DEFAULT, oracles={})


def test_the_documented_check_is_a_check_named_like_its_file():
    check = module("gradcheck/checks/zero_cotangent.py")["CHECK"]
    assert isinstance(check, Check)
    assert check.name == "zero_cotangent"


@pytest.mark.parametrize(
    ("wanted", "made"),
    [
        (Outcome.PASSED, context()),
        (Outcome.FAILED, context(constant=1.0)),
        (Outcome.NOT_APPLICABLE, context(cotangent=np.ones((2, 3)))),
    ],
    ids=lambda value: value.name if isinstance(value, Outcome) else "",
)
def test_the_documented_check_tells_right_from_wrong(wanted, made):
    result = module("gradcheck/checks/zero_cotangent.py")["CHECK"].examine(made)
    assert result.outcome is wanted
    assert result.compared == (0 if wanted is Outcome.NOT_APPLICABLE else 1)
    assert result.layer == "layers.py::Double"


def test_the_documented_case_carries_its_mark():
    assert identities(module("conftest.py")["conv2d"]) == ("src/layers.py::Conv2d",)


def test_every_folder_of_the_extension_table_exports_what_it_says():
    rows = re.findall(r"^\| `(gradcheck/[\w/]+)/` \| `(\w+)` \| `(\w+)` \|", EXTENDING, flags=re.MULTILINE)
    assert len(rows) == 10
    for folder, constant, dataclass in rows:
        name = extensions.names(folder.replace("/", "."))[0]
        loaded = getattr(importlib.import_module(f"{folder.replace('/', '.')}.{name}"), constant)
        assert type(loaded).__name__ == dataclass
