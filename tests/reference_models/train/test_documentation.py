"""The code in docs/reference_models.md is code that works."""

from __future__ import annotations

import re
from pathlib import Path

from reference_models.train.loading import load_all

PAGE = (Path(__file__).parents[3] / "docs" / "reference_models.md").read_text(encoding="utf-8")


def test_the_documented_task_is_one_and_reaches_its_result():
    [(path, text)] = re.findall(r"```python\n# (\S+)\n(.*?)```", PAGE, flags=re.DOTALL)
    names: dict = {"__name__": "documented"}
    exec(compile(text, path, "exec", dont_inherit=True), names)  # noqa: S102 - our own documentation
    task = names["TASK"]
    assert task.name == Path(path).stem
    result = task.train(0, task.steps, lambda step: None)
    assert result.reached, result.sentence


def test_every_task_has_its_row():
    rows = re.findall(r"^\| `(\w+)` \|", PAGE, flags=re.MULTILINE)
    assert set(load_all()) <= set(rows)
