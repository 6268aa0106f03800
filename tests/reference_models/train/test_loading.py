from __future__ import annotations

import pytest

from reference_models.train import loading


@pytest.mark.parametrize(
    "text",
    ["", "TASK = 1", "from reference_models.train.tasks.line import TASK"],
    ids=["none", "no task", "not its own"],
)
def test_a_file_without_a_task_of_its_name_is_refused_by_name(text, tmp_path, monkeypatch):
    (tmp_path / "planted_task.py").write_text(text)
    monkeypatch.setattr(loading.tasks, "__path__", [str(tmp_path)])
    with pytest.raises(TypeError, match=r"tasks\.planted_task must export TASK, a Task named 'planted_task'"):
        loading.load_all()
