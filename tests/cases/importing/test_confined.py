"""An import writes nothing into the project and leaves nothing running that would keep a process from ending."""

import atexit
import builtins
import logging
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from gradcheck.cases.importing import confined as confining
from gradcheck.cases.importing.confined import confined


@pytest.mark.parametrize(
    "write",
    [
        lambda folder: (folder / "a.txt").write_text("x"),
        lambda folder: (folder / "made" / "b").mkdir(parents=True),
        lambda folder: os.makedirs(folder / "made" / "b", exist_ok=True),  # noqa: PTH103 - as people write it
        lambda folder: np.savez(folder / "c.npz", x=np.ones(3)),
        lambda folder: logging.FileHandler(folder / "d.log").close(),
        lambda folder: open(str(folder / "e"), "xb").close(),  # noqa: PTH123 - as people write it
    ],
    ids=["a text", "folders of a path", "folders", "arrays", "a log", "a file in binary"],
)
def test_what_is_written_into_the_project_goes_nowhere(tmp_path, write):
    with confined([str(tmp_path)]):
        write(tmp_path)
    assert list(tmp_path.iterdir()) == []


def written_and_read(folder):
    (folder / "a.txt").write_text("x")
    return (folder / "a.txt").read_text()


def saved_and_loaded(folder):
    np.savez(folder / "b.npz", x=np.arange(3))
    return np.load(folder / "b.npz")["x"].tolist()


def appended(folder):
    with open(folder / "log", "a") as log:  # noqa: PTH123 - as people write it
        log.write("2")
    return (folder / "log").read_text()


@pytest.mark.parametrize(
    ("use", "read"), [(written_and_read, "x"), (saved_and_loaded, [0, 1, 2]), (appended, "12")], ids=lambda one: None
)
def test_an_import_reads_what_it_wrote_and_the_project_is_as_it_was(tmp_path, use, read):
    (tmp_path / "log").write_text("1")
    with confined([str(tmp_path)]):
        assert use(tmp_path) == read
    assert [file.name for file in tmp_path.iterdir()] == ["log"]
    assert (tmp_path / "log").read_text() == "1"


def test_a_file_that_is_not_there_is_not_updated(tmp_path):
    with confined([str(tmp_path)]), pytest.raises(FileNotFoundError):
        open(tmp_path / "none", "r+").close()  # noqa: PTH123 - as people write it


def test_reading_there_and_writing_elsewhere_are_as_ever(tmp_path):
    (tmp_path / "inside").mkdir()
    (tmp_path / "inside" / "data.csv").write_text("1,2")
    with confined([str(tmp_path / "inside")]):
        assert np.loadtxt(tmp_path / "inside" / "data.csv", delimiter=",").tolist() == [1, 2]
        (tmp_path / "cache.txt").write_text("kept")
    assert (tmp_path / "cache.txt").read_text() == "kept"


def test_everything_is_what_it_was_afterwards(tmp_path):
    before = (builtins.open, os.mkdir, atexit.register, threading.Thread.start, subprocess.Popen.__init__)
    with pytest.raises(ValueError, match="import failed"), confined([str(tmp_path)]):
        raise ValueError("import failed")
    assert (builtins.open, os.mkdir, atexit.register, threading.Thread.start, subprocess.Popen.__init__) == before


def test_no_thread_is_waited_for(tmp_path):
    done = threading.Event()
    with confined([str(tmp_path)]):
        thread = threading.Thread(target=done.wait)
        thread.start()
    assert thread.daemon
    done.set()
    thread.join()


def test_a_program_that_still_runs_is_ended_with_the_process(tmp_path, monkeypatch):
    monkeypatch.setattr(confining, "_started", [])
    with confined([str(tmp_path)]):
        program = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    confining._end_programs()
    assert program.wait() != 0
    program.stdin.close()


def test_only_what_the_project_itself_wants_done_at_exit_is_forgotten(tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(atexit, "register", lambda function: asked.append(function) or function)
    with confined([str(Path(__file__).parent)]):
        atexit.register(lambda: None)
        atexit.register(os.getcwd)
    assert asked == [os.getcwd]


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="a timer of POSIX")
def test_a_timer_does_not_outlive_the_import(tmp_path):
    before = signal.getitimer(signal.ITIMER_REAL)[0]
    with confined([str(tmp_path)]):
        signal.setitimer(signal.ITIMER_REAL, before + 3600.0)
    assert abs(signal.getitimer(signal.ITIMER_REAL)[0] - before) < 60.0
