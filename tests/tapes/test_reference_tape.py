"""The project's own tape: its operators and modules are right, and those broken on purpose are told by their line."""

from __future__ import annotations

from pathlib import Path

import pytest

from gradcheck.cases.declaring.configuration import LayerSettings
from gradcheck.source.discovery import find_layers
from gradcheck.tape_building import rehearse_module, told_back, whole
from gradcheck.tapes import apart
from gradcheck.types import Outcome, Profile

ROOT = Path(__file__).parents[2]
BROKEN = {
    "broken_copied_flag.py::CopiedFlagResidual": ({"x", "linear.W", "linear.b"}, 19),
    "broken_copied_flag.py::CopiedFlagDropout": ({"x", "linear.W", "linear.b"}, 32),
    "broken_extraction.py::ExtractedLinear": ({"x", "W", "b"}, 21),
    "broken_extraction.py::DetachedEmbedding": ({"W"}, 71),
    "broken_extraction.py::HalfExtractedLayerNorm": ({"x"}, 49),
    "broken_extraction.py::ExtractedResidual": ({"x"}, 61),
}
RIGHT = ("right_max_shift.py::ShiftedSoftmax", "right_max_shift.py::ShiftedLogSumExp")


def judged(identity, monkeypatch):
    monkeypatch.setattr(apart, "FORKS", False)
    path, _, name = f"tests/reference_models/tape/{identity}".partition("::")
    site = next(s for s in find_layers([ROOT / path], root=ROOT).sites if s.qualname == name)
    arguments = {"seed": 0, "profile": "fast", "init": {}, "inputs": {}, "forward": site.forward.name}
    return told_back(site, rehearse_module(ROOT / path, ROOT, name, arguments), 0)


def test_every_operator_of_its_tensor_is_right():
    site = next(s for s in find_layers([ROOT / "reference_models/tape/tensor.py"], root=ROOT).sites)
    result = whole(site, LayerSettings(), seed=0, profile=Profile.FAST)
    assert result.outcome is Outcome.PASSED
    judged_ones = {q.name for q in result.quantities if q.outcome is Outcome.PASSED}
    assert {"add", "matmul", "max", "getitem_arrays", "transpose", "concatenate", "where", "chain"} <= judged_ones


@pytest.mark.parametrize("identity", BROKEN)
def test_a_broken_module_is_told_by_its_tensors_and_the_line_of_the_cut(identity, monkeypatch):
    names, line = BROKEN[identity]
    result = judged(identity, monkeypatch)
    assert result.outcome is Outcome.FAILED
    assert {q.name for q in result.quantities if q.outcome is Outcome.FAILED} == names
    assert f"{identity.partition('::')[0]}:{line}" in " ".join(result.hint)


@pytest.mark.parametrize("identity", RIGHT)
def test_a_right_module_that_takes_a_maximum_as_a_number_passes(identity, monkeypatch):
    assert judged(identity, monkeypatch).outcome is Outcome.PASSED
