"""What one job needed of this package and of NumPy, the next one finds loaded."""

import sys
import textwrap

import pytest

from gradcheck.cases.importing.rehearsal import Rehearsal
from gradcheck.cases.importing.rehearsal_child import FORKS

SECONDS = 30.0
NAMES = ("numpy.ma", "gradcheck.catalogue", "colorsys")
ACTION = f"""
    import importlib
    import sys

    def loaded(file, root, key, arguments):
        before = [name for name in {NAMES} if name in sys.modules]
        for name in {NAMES}:
            importlib.import_module(name)
        return before
"""


@pytest.mark.skipif(not FORKS, reason="every job has an interpreter of its own here")
def test_parts_that_are_imported_late_are_imported_once(tmp_path, monkeypatch):
    (tmp_path / "late_actions.py").write_text(textwrap.dedent(ACTION))
    (tmp_path / "layers.py").write_text("")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    with Rehearsal() as rehearsal:
        first, second = (
            rehearsal.rehearse(
                tmp_path / "layers.py", tmp_path, ["A"], action="late_actions:loaded", arguments={}, seconds=SECONDS
            )["A"].answer
            for _ in range(2)
        )
    assert first == []
    assert second == ["numpy.ma", "gradcheck.catalogue"]
