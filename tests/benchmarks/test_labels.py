"""Labels of public code are complete, and are counted as they say."""

import re
from pathlib import Path

import pytest

from gradcheck.scan.registry import rules

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
FILES = sorted((BENCHMARKS / "scan_labels").glob("*.toml"))
CODE = """\
import numpy as np


def double(x, y):
    out = Tensor(np.add(x.data, 1))
    y.grad = out.numpy()
    return float(y) + np.array([1.0]).size


with torch.no_grad():
    z = torch.tensor([1.0])
"""
LABELS = """\
repository = "someone/tape"
commit = "0123456789"
state = "before"
scope = "^src/"

[[sites]]
file = "src/tape.py"
lines = [3, 4]
at = 7
verdict = "cut"
rules = ["GRC002", "GRC003"]
why = "wrapped again"

[[sites]]
file = "src/tape.py"
lines = [10]
verdict = "cut"
rules = ["GRC001"]
why = "wrapped again"

[[sites]]
file = "src/tape.py"
lines = [20]
verdict = "either"
rules = ["GRC001"]
why = "never runs"

[[sites]]
file = "src/tape.py"
lines = [30]
verdict = "right"
why = "a mask"

[[findings]]
file = "src/tape.py"
lines = [40]
verdict = "cut"
rules = ["GRC604"]
why = "an index twice"
"""


@pytest.fixture(autouse=True)
def importable(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))


@pytest.fixture
def labelled(tmp_path):
    from measuring.labels import read

    file = tmp_path / "someone.toml"
    file.write_text(LABELS)
    return read(file)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_label_has_a_reason_and_known_rules(file):
    from measuring.labels import Verdict, read

    told = read(file)
    assert told.state in {"before", "after"}
    assert re.fullmatch(r"[\w.-]+/[\w.-]+", told.repository)
    for label in (*told.sites, *told.findings):
        assert label.why
        assert label.lines
        assert set(label.rules) <= rules().keys()
        assert bool(label.rules) == (label.verdict is not Verdict.RIGHT)


def test_a_cut_is_found_where_it_begins_or_ends_by_any_of_its_rules(labelled):
    from measuring.labels import score

    for found in (("src/tape.py", 4, "GRC003"), ("src/tape.py", 7, "GRC002")):
        counts = score(labelled, [found], about_extractions=rules())
        assert counts.found == {"GRC002": 1}
        assert counts.missed == {"GRC001": 1}
        assert counts.true == {found[2]: 1}
        assert not counts.false


def test_what_is_right_or_not_labelled_is_a_false_alarm(labelled):
    from measuring.labels import score

    findings = [("src/tape.py", 30, "GRC001"), ("src/tape.py", 3, "GRC107"), ("src/tape.py", 20, "GRC001")]
    counts = score(labelled, findings, about_extractions=rules())
    assert counts.false == {"GRC001": 1, "GRC107": 1}


def test_formulas_count_where_they_were_judged(labelled):
    from measuring.labels import score

    findings = [("src/tape.py", 40, "GRC604"), ("src/tape.py", 50, "GRC604"), ("tests/tape.py", 50, "GRC604")]
    counts = score(labelled, findings, about_extractions=())
    assert counts.true == counts.unread == {"GRC604": 1}


def test_extractions_are_listed_whatever_a_scan_says(tmp_path):
    from measuring.extractions import extractions

    (tmp_path / "tape.py").write_text(CODE)
    (tmp_path / "test_tape.py").write_text(CODE)
    (tmp_path / "broken.py").write_text("def (")
    assert extractions(tmp_path) == {"tape.py": {5, 6, 7, 10, 11}}


def test_a_label_of_an_unknown_kind_is_refused(tmp_path):
    from measuring.labels import read

    file = tmp_path / "someone.toml"
    file.write_text(LABELS.replace('verdict = "right"', 'verdict = "fine"'))
    with pytest.raises(ValueError, match=r"someone\.toml: 'fine'"):
        read(file)
