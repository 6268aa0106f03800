"""Runs are written while they go on, survive a crash, and are read again."""

import json
import os
import signal
import subprocess
import sys

import numpy as np
import pytest

import gradcheck
from gradcheck.errors import UsageError
from reference_models.mlp import MLP
from reference_models.optimizers import SGD
from reference_models.tape.modules.mlp import MLP as OnTape  # noqa: N811 - two models of one name
from reference_models.tape.tensor import Tensor


def trained(folder, steps=6, **options):
    """A NumPy model trained for a few steps; (model, recorder's folder)."""
    model = MLP([3, 4, 2], seed=1)
    optimizer = SGD(model.parameters(), learning_rate=0.1)
    x = np.random.default_rng(0).normal(size=(5, 3))
    with gradcheck.record(model, optimizer, folder=folder, **options) as recorder:
        for _ in range(steps):
            y = model.forward(x)
            model.backward(y / y.size)
            optimizer.step(model.gradients())
            recorder.step(float(np.mean(y * y) / 2), accuracy=0.5)
    return model


def test_every_loss_and_what_else_is_handed_over_is_there(tmp_path):
    trained(tmp_path / "run")
    run = gradcheck.read_run(tmp_path / "run")
    steps, losses = run.series("loss")
    assert steps.tolist() == [1, 2, 3, 4, 5, 6]
    assert np.all(np.diff(losses) < 0)
    assert run.series("accuracy")[1].tolist() == [0.5] * 6
    assert (run.header["version"], run.header["model"], run.header["optimizer"]) == (1, "MLP", "SGD")
    assert run.header["parameters"]["layers[0].W"] == {"shape": [3, 4], "dtype": "float64"}


def test_norms_and_update_ratios_are_those_of_the_parameters(tmp_path):
    model = trained(tmp_path / "run", every=2)
    run = gradcheck.read_run(tmp_path / "run")
    steps, sizes = run.norms("layers[0].W", "value")
    assert steps.tolist() == [1, 2, 4, 6]
    assert sizes[-1] == pytest.approx(np.linalg.norm(model.layers[0].W), rel=1e-12)
    _, gradients = run.norms("layers[0].W", "gradient")
    updated, updates = run.norms("layers[0].W", "update")
    assert updated.tolist() == [2, 4, 6]
    assert updates[-1] == pytest.approx(0.1 * gradients[-1], rel=1e-9)
    assert run.norms("layers[0].W", "ratio")[1][-1] == pytest.approx(updates[-1] / sizes[-1], rel=1e-9)
    assert run.samples[0]["learning_rate"] == 0.1


def test_chosen_matrices_are_written_whole_and_without_pickles(tmp_path):
    model = trained(tmp_path / "run", every=3, matrices=["*.W"])
    run = gradcheck.read_run(tmp_path / "run")
    np.testing.assert_array_equal(run.matrix(6, "layers[0].W"), model.layers[0].W)
    np.testing.assert_array_equal(run.matrix(6, "layers[2].W", "gradient"), model.layers[2].dW)
    with pytest.raises(UsageError, match=r"no value of 'layers\[0\].b' at step 6"):
        run.matrix(6, "layers[0].b")


def test_a_run_is_appended_to_and_its_steps_go_on(tmp_path):
    trained(tmp_path / "run", steps=3)
    trained(tmp_path / "run", steps=2)
    assert gradcheck.read_run(tmp_path / "run").series("loss")[0].tolist() == [1, 2, 3, 4, 5]


def test_a_line_that_a_crash_has_torn_is_skipped_and_not_glued_to_the_next(tmp_path):
    trained(tmp_path / "run", steps=3)
    file = tmp_path / "run" / "steps.jsonl"
    file.write_bytes(file.read_bytes()[:-9])
    trained(tmp_path / "run", steps=2)
    run = gradcheck.read_run(tmp_path / "run")
    assert run.series("loss")[0].tolist() == [1, 2, 3, 4]
    assert run.skipped == 1


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="the system knows no SIGKILL")
def test_what_a_killed_process_had_written_is_read(tmp_path):
    source = (
        "import sys, gradcheck\n"
        "from reference_models.mlp import MLP\n"
        "recorder = gradcheck.record(MLP([2, 2]), folder=sys.argv[1], every=1)\n"
        "for step in range(10**9):\n"
        "    recorder.step(1.0 / (step + 1))\n"
        "    if step == 2500: print('written', flush=True)\n"
    )
    child = subprocess.Popen([sys.executable, "-c", source, str(tmp_path / "run")], stdout=subprocess.PIPE)
    assert child.stdout.readline() == b"written\n"
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    child.stdout.close()
    run = gradcheck.read_run(tmp_path / "run")
    steps, losses = run.series("loss")
    assert len(steps) >= 2000
    np.testing.assert_array_equal(losses, 1.0 / steps)
    assert run.skipped <= 2


def test_numbers_that_json_does_not_know_are_kept(tmp_path):
    with gradcheck.record(MLP([2, 2]), folder=tmp_path / "run") as recorder:
        for loss in (1.0, float("nan"), float("inf")):
            recorder.step(loss)
    text = (tmp_path / "run" / "steps.jsonl").read_text()
    assert [json.loads(line)["loss"] for line in text.splitlines()] == [1.0, "NaN", "Infinity"]
    np.testing.assert_array_equal(gradcheck.read_run(tmp_path / "run").series("loss")[1], [1.0, np.nan, np.inf])


def test_a_tape_is_recorded(tmp_path):
    model = OnTape([3, 4, 2], seed=0)
    optimizer = SGD(model.parameters(), learning_rate=0.1)
    with gradcheck.record(model, optimizer, folder=tmp_path / "run", every=1) as recorder:
        for _ in range(2):
            y = model.forward(Tensor(np.ones((4, 3))))
            loss = (y * y).sum()
            model.zero_grad()
            loss.backward()
            optimizer.step(model.gradients())
            recorder.step(loss)
    run = gradcheck.read_run(tmp_path / "run")
    assert run.series("loss")[1][1] < run.series("loss")[1][0]
    name = next(iter(model.parameters()))
    assert run.norms(name, "update")[1] == pytest.approx(0.1 * run.norms(name, "gradient")[1][1:])


def test_torch_is_recorded(tmp_path):
    torch = pytest.importorskip("torch")
    model = torch.nn.Linear(3, 2)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    with gradcheck.record(model, optimizer, folder=tmp_path / "run", every=1) as recorder:
        for _ in range(2):
            optimizer.zero_grad()
            loss = model(torch.ones(4, 3)).square().sum()
            loss.backward()
            optimizer.step()
            recorder.step(loss)
    run = gradcheck.read_run(tmp_path / "run")
    assert run.norms("weight", "update")[1] == pytest.approx(0.1 * run.norms("weight", "gradient")[1][1:], rel=1e-4)
    assert run.samples[0]["learning_rate"] == 0.1


def test_runs_get_folders_of_their_own_that_git_ignores(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folders = []
    for name in ("", "a b", ""):
        with gradcheck.record(MLP([2, 2]), name=name) as recorder:
            folders.append(recorder.folder.as_posix())
    assert folders == [".gradcheck/runs/0001", ".gradcheck/runs/0002-a-b", ".gradcheck/runs/0003"]
    assert (tmp_path / ".gradcheck" / ".gitignore").read_text() == "*\n"


def test_a_folder_of_something_else_is_refused(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(UsageError, match="holds other files and no run"):
        gradcheck.record(MLP([2, 2]), folder=tmp_path)
    with pytest.raises(UsageError, match="is not the folder of a run"):
        gradcheck.read_run(tmp_path)
    with pytest.raises(UsageError, match="every=0"):
        gradcheck.record(MLP([2, 2]), folder=tmp_path / "run", every=0)


def test_a_run_of_a_later_version_is_refused(tmp_path):
    (tmp_path / "run.json").write_text('{"format": "gradcheck-run", "version": 99}')
    with pytest.raises(UsageError, match="written in version 99"):
        gradcheck.read_run(tmp_path)


def test_the_model_is_left_as_it_was(tmp_path):
    model = MLP([2, 3, 2])
    before = {name: array.copy() for name, array in model.parameters().items()}
    with gradcheck.record(model, folder=tmp_path / "run", every=1, matrices=["*"]) as recorder:
        recorder.step(1.0)
        recorder.step(1.0)
    assert all(np.array_equal(array, before[name]) for name, array in model.parameters().items())
