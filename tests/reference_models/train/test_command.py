from __future__ import annotations

import subprocess
import sys
from xml.etree import ElementTree as ET

import pytest

from reference_models.train import command
from reference_models.train.loading import load_all
from reference_models.train.task import Result, Step, Task


def test_the_list_names_every_task_with_its_stated_result(capsys):
    assert command.main(["--list"]) == 0
    shown = capsys.readouterr().out
    for name, task in load_all().items():
        assert name in shown
        assert task.stated in shown


def test_the_tasks_of_the_milestones_are_there():
    milestones = {"line", "perceptron", "xor_single_layer", "xor", "spirals", "digits"}
    assert milestones | {"master_sequences", "copy", "reverse", "characters"} == set(load_all())


def test_the_module_is_a_command(tmp_path):
    plot = tmp_path / "new" / "folder" / "plot.svg"
    arguments = [sys.executable, "-m", "reference_models.train", "perceptron", "--seed", "3", "--output", str(plot)]
    done = subprocess.run(arguments, capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert done.stderr == ""
    first, *lines, verdict, last = done.stdout.splitlines()
    assert first.startswith("perceptron: a single layer tells two overlapping clouds apart; at least 93%")
    assert len(lines) == 20
    assert lines[-1].startswith("step   300  loss 0.")
    assert "93% asked: reached, after 300 steps and" in verdict
    assert last == f"plot: {plot}"
    assert ET.parse(plot).getroot().tag.endswith("svg")  # noqa: S314 - our own file


def run_task(monkeypatch, tmp_path, train, *arguments):
    task = Task(name="planted", summary="a model", stated="a result", steps=3, train=train)
    monkeypatch.setattr(command, "load_all", lambda: {"planted": task})
    return command.main(["planted", "--output", str(tmp_path / "plot.svg"), *arguments])


def train_that(reached):
    def train(seed, steps, report):
        for number in range(1, steps + 1):
            report(Step(number=number, loss=1 / number, measures={"accuracy": 0.5}))
        return Result(reached=reached, sentence=f"seed {seed} gave 0.5 < 1", levels={"bound": 0.1})

    return train


def test_a_result_that_is_not_reached_is_a_failure(monkeypatch, tmp_path, capsys):
    assert run_task(monkeypatch, tmp_path, train_that(reached=False), "--seed", "7") == 1
    assert "seed 7 gave 0.5 < 1: NOT reached, after 3 steps" in capsys.readouterr().out


def test_steps_and_seed_are_handed_on_and_the_plot_shows_the_curve(monkeypatch, tmp_path, capsys):
    assert run_task(monkeypatch, tmp_path, train_that(reached=True), "--steps", "5") == 0
    assert "after 5 steps" in capsys.readouterr().out
    picture = (tmp_path / "plot.svg").read_text()
    assert picture.count("<polyline") == 2
    assert "bound 0.1" in picture
    assert "seed 0 gave 0.5 &lt; 1" in picture


def test_training_for_no_step_is_judged_too(monkeypatch, tmp_path):
    assert run_task(monkeypatch, tmp_path, train_that(reached=False), "--steps", "0") == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nothing"], "invalid choice: 'nothing'"),
        ([], "name a task, or ask for --list"),
        (["xor", "--steps", "-1"], "argument --steps: -1 is negative, expected 0 or more"),
        (["xor", "--seed", "-1"], "argument --seed: -1 is negative, expected 0 or more"),
    ],
    ids=["unknown", "none", "negative steps", "negative seed"],
)
def test_what_cannot_be_run_is_told_in_a_line(arguments, message, capsys):
    with pytest.raises(SystemExit) as stop:
        command.main(arguments)
    assert stop.value.code == 2
    assert message in capsys.readouterr().err


def test_a_plot_that_cannot_be_written_is_told_before_the_training(tmp_path, capsys):
    assert command.main(["xor", "--output", str(tmp_path)]) == 2
    shown = capsys.readouterr()
    assert shown.err == f"cannot write the plot to {tmp_path}: Is a directory; choose another --output\n"
    assert shown.out == ""
