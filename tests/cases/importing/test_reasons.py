from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from gradcheck.cases.importing.reasons import one_line, user_line
from gradcheck.errors import BuildError, LoadError


def raised_by(folder: Path, text: str) -> BaseException:
    file = folder / "layers.py"
    file.write_text(textwrap.dedent(text))
    try:
        exec(compile(file.read_text(), str(file), "exec"), {})  # noqa: S102 - the file is the test's own
    except Exception as error:  # noqa: BLE001 - whatever the text raises is what is described
        return error
    return AssertionError("nothing was raised")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("def f():\n    return 1 / 0\nf()", "ZeroDivisionError: division by zero (layers.py:2)"),
        ("import numpy as np\nnp.ones((2, 3)) @ np.ones(2)", "ValueError: matmul: Input operand 1 has a mismatch"),
        ("import json\njson.loads('x')", "JSONDecodeError: Expecting value: line 1 column 1 (char 0) (layers.py:2)"),
        ("assert 1 == 2", "AssertionError (layers.py:1)"),
        ("raise ValueError('x' * 5000)", f"ValueError: {'x' * 300}... (layers.py:1)"),
        ("import numpy as np\nnp.alltrue([])", "uses `np.alltrue`, which NumPy no longer has; write `np.all`"),
        ("import numpy as np\nnp.nonsense", "AttributeError: module 'numpy' has no attribute 'nonsense' (layers.py:2)"),
        ("unicode('x')", "is Python 2 (it uses `unicode`) (layers.py:1)"),
    ],
)
def test_an_exception_is_told_in_one_line_with_the_users_own(tmp_path: Path, text: str, expected: str) -> None:
    line = one_line(raised_by(tmp_path, text), str(tmp_path))
    assert line.startswith(expected)
    assert "\n" not in line


def test_our_own_exceptions_are_told_without_their_kind() -> None:
    assert one_line(LoadError("layers.py: no"), "/repo") == "layers.py: no"
    assert one_line(BuildError("no way", ("a line",)), "/repo") == "no way"


def test_an_exception_outside_the_repository_names_no_line(tmp_path: Path) -> None:
    assert user_line(raised_by(tmp_path, "1 / 0"), "/elsewhere") == ""
