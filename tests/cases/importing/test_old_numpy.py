from __future__ import annotations

import textwrap
from pathlib import Path

import numpy as np
import pytest

from gradcheck.cases.importing.loading import load
from gradcheck.cases.importing.old_numpy import MISSING
from gradcheck.run import Runner
from gradcheck.source.discovery import find_layers
from gradcheck.types import Case, Outcome

pytestmark = pytest.mark.skipif("int" not in MISSING, reason="this NumPy still has the names")

OF_AN_OLDER_NUMPY = """
import numpy as np

class Scale:
    def __init__(self, n):
        self.w = np.ones(np.int(n))
    def forward(self, x):
        self.x = x
        out = np.zeros(x.shape, dtype=np.float)
        out[...] = x * self.w
        return out
    def backward(self, dout):
        self.dw = (dout * self.x).sum(0)
        return dout * self.w

class Square:
    def forward(self, x):
        self.x = x
        return x * x
    def backward(self, dout):
        return 2 * self.x * dout
"""


def project(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name}.py").write_text(textwrap.dedent(text))
    return folder


def built(root: Path) -> dict[str, Case]:
    runner = Runner(root)
    return {site.qualname: runner.build(site) for site in find_layers([root], root=root).sites}


def test_a_layer_that_says_a_removed_name_is_judged_and_says_so(tmp_path: Path) -> None:
    root = project(tmp_path, layers=OF_AN_OLDER_NUMPY)
    case = built(root)["Scale"]
    (note,) = case.notes
    assert note.startswith("`np.float` (write `float`), `np.int` (write `int`) are not in NumPy")
    result = Runner(root).check(case, "gradient")
    assert (result.outcome, result.oracle) == (Outcome.PASSED, "traced_autograd")


def test_the_layer_beside_it_that_says_none_is_not_noted(tmp_path: Path) -> None:
    cases = built(project(tmp_path, layers=OF_AN_OLDER_NUMPY))
    assert cases["Scale"].notes
    assert cases["Square"].notes == ()


def test_a_name_that_the_import_itself_needs_is_noted_for_every_layer_of_the_file(tmp_path: Path) -> None:
    root = project(tmp_path, layers=f"{OF_AN_OLDER_NUMPY}\nKIND = np.complex_\n")
    assert [note for note in built(root)["Square"].notes if note.startswith("`np.complex_`")]


def test_nobody_elses_numpy_is_changed(tmp_path: Path) -> None:
    root = project(
        tmp_path,
        older="import numpy\nimport numpy.linalg\nINT = numpy.int",
        newer="import numpy as np\nfrom older import INT",
    )
    before = set(dir(np))
    newer, older = (load(root / f"{name}.py", root).module for name in ("newer", "older"))
    assert newer.np is np
    assert older.INT is int
    assert older.numpy.ndarray is np.ndarray
    assert set(dir(np)) == before
    assert not hasattr(np, "int")


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("np.Inf", np.inf),
        ("np.NINF", -np.inf),
        ("np.lib.pad(np.ones(1), 1, 'constant').tolist()", [0.0, 1.0, 0.0]),
        ("np.product([2, 3])", 6),
        ("np.asscalar(np.array([2.0]))", 2.0),
        ("np.in1d(np.array([[1], [2]]), [2]).tolist()", [False, True]),
        ("np.asfarray([1]).dtype", np.dtype(float)),
        ("np.msort(np.array([[2], [1]])).tolist()", [[1], [2]]),
        ("isinstance(np.float_(1), np.floating) and isinstance(1.0, np.float)", True),
    ],
)
def test_old_names_mean_what_they_meant(tmp_path: Path, expression: str, value: object) -> None:
    root = project(tmp_path, layers=f"import numpy as np\nVALUE = {expression}")
    assert value == load(root / "layers.py", root).module.VALUE


def test_old_names_are_imported_by_name_too(tmp_path: Path) -> None:
    root = project(tmp_path, layers="from numpy import array, product\nVALUE = product(array([2, 3]))")
    assert load(root / "layers.py", root).module.VALUE == 6


def test_what_numpy_never_had_is_still_missed(tmp_path: Path) -> None:
    root = project(tmp_path, layers="import numpy as np\ndef old(): return np.int\ndef new(): return np.nosuchname")
    module = load(root / "layers.py", root).module
    with pytest.raises(AttributeError, match="nosuchname"):
        module.new()
