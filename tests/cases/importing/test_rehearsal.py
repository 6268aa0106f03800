from __future__ import annotations

import os
import select
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from gradcheck.cases.importing.rehearsal import Rehearsal, Verdict, rehearse
from gradcheck.errors import UsageError

# A limit that nothing here should reach, one for what never ends, and one where something must end before it.
SECONDS = 30.0
SHORT = 0.5
ENOUGH = 1.5

ACTION = """
    import os
    from gradcheck.cases.importing.loading import load, resolve
    from gradcheck.errors import BuildError

    def build(file, root, key, arguments):
        loaded = load(file, root)
        with loaded.environment():
            layer = resolve(loaded, key)()
        return {"name": key, "process": os.getpid(), "value": getattr(layer, "value", None), **arguments}

    def refuse(file, root, key, arguments):
        raise BuildError("no way to build " + key, ("first line", "second line"))

    def unspeakable(file, root, key, arguments):
        return {"what": object()}
"""


@pytest.fixture
def actions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    folder = tmp_path / "actions"
    folder.mkdir()
    (folder / "rehearsal_actions.py").write_text(textwrap.dedent(ACTION))
    monkeypatch.syspath_prepend(folder)
    return "rehearsal_actions"


@pytest.fixture(params=["forking", "without fork"])
def rehearsal(request: pytest.FixtureRequest) -> Iterator[Rehearsal]:
    with Rehearsal(forks=request.param == "forking") as running:
        yield running


def source(folder: Path, text: str, name: str = "layers.py") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    place = folder / name
    place.write_text(textwrap.dedent(text))
    return place


def ends(process: int) -> bool:
    """Wait for the event that a process, not a child of ours, has ended."""
    try:
        descriptor = os.pidfd_open(process)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([descriptor], [], [], 10)[0])
    finally:
        os.close(descriptor)


needs_process_handles = pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="waits for processes as Linux can")


def test_every_key_gets_the_answer_of_the_action_in_order(tmp_path: Path, actions: str, rehearsal: Rehearsal) -> None:
    file = source(tmp_path, "class B: value = 2\nclass A: value = 1")
    verdicts = rehearsal.rehearse(
        file, tmp_path, ["B", "A", "B"], action=f"{actions}:build", arguments={"seed": 7}, seconds=SECONDS
    )
    assert list(verdicts) == ["B", "A"]
    assert [verdict.ok for verdict in verdicts.values()] == [True, True]
    assert [(v.answer["name"], v.answer["value"], v.answer["seed"]) for v in verdicts.values()] == [
        ("B", 2, 7),
        ("A", 1, 7),
    ]
    assert verdicts["A"].answer["process"] == verdicts["B"].answer["process"] != os.getpid()


def test_nothing_of_the_file_reaches_this_process(tmp_path: Path, actions: str, rehearsal: Rehearsal) -> None:
    file = source(tmp_path, "import sys\nsys.left_behind = True\nclass A: ...")
    rehearsal.rehearse(file, tmp_path, ["A"], action=f"{actions}:build", arguments={}, seconds=SECONDS)
    assert not hasattr(sys, "left_behind")
    assert "layers" not in sys.modules
    assert sorted(place.name for place in tmp_path.iterdir()) == ["actions", "layers.py"]


def test_a_class_that_ends_the_process_costs_only_itself(tmp_path: Path, actions: str, rehearsal: Rehearsal) -> None:
    file = source(
        tmp_path,
        """
        import os, sys
        class First: ...
        class Exits:
            def __init__(self): os._exit(3)
        class Leaves:
            def __init__(self): sys.exit(4)
        class Raises:
            def __init__(self): raise ValueError("no such thing")
        class Last: ...
        """,
    )
    keys = ["First", "Exits", "Leaves", "Raises", "Last"]
    verdicts = rehearsal.rehearse(file, tmp_path, keys, action=f"{actions}:build", arguments={}, seconds=SECONDS)
    assert {key: verdict.reason for key, verdict in verdicts.items()} == {
        "First": "",
        "Exits": "building it ended the process (exit code 3)",
        "Leaves": "building it called sys.exit (code 4)",
        "Raises": "ValueError: no such thing (layers.py:9)",
        "Last": "",
    }


def test_a_class_that_loops_costs_only_itself(tmp_path: Path, actions: str, rehearsal: Rehearsal) -> None:
    file = source(
        tmp_path,
        """
        class First: ...
        class Loops:
            def __init__(self):
                print("building Loops")
                while True: pass
        class Last: ...
        """,
    )
    verdicts = rehearsal.rehearse(
        file, tmp_path, ["First", "Loops", "Last"], action=f"{actions}:build", arguments={}, seconds=ENOUGH
    )
    assert [verdict.ok for verdict in verdicts.values()] == [True, False, True]
    assert verdicts["Loops"].reason.startswith("building it did not finish within 1.5 s")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="what a worker prints is only seen where workers are forked")
def test_what_a_dying_class_printed_is_kept_and_its_place_is_named(tmp_path: Path, actions: str) -> None:
    file = source(
        tmp_path,
        """
        import ctypes
        class Loops:
            def __init__(self):
                print("x" * 100_000); print("building Loops")
                while True: pass
        class Crashes:
            def __init__(self): ctypes.string_at(0)
        """,
    )
    verdicts = rehearse(file, tmp_path, ["Loops", "Crashes"], action=f"{actions}:build", arguments={}, seconds=ENOUGH)
    assert verdicts["Loops"].reason == "building it did not finish within 1.5 s, in __init__ of layers.py"
    assert "building Loops" in verdicts["Loops"].output
    assert len(verdicts["Loops"].output) < 5000
    assert verdicts["Crashes"].reason == "building it ended the process (signal SIGSEGV), in __init__ of layers.py"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("import os\nos._exit(5)", "importing it ended the process (exit code 5)"),
        ("while True: pass", "importing it did not finish within 0.5 s"),
        ("import sys\nsys.exit(1)", "layers.py: importing it called sys.exit (code 1)"),
        ("input('your name? ')", "layers.py: importing it failed, asks for input"),
        ("import os\nos.kill(os.getpid(), 9)", "importing it ended the process (signal SIGKILL)"),
        ("import tkinter\nwindow = tkinter.Tk()\nwindow.mainloop()", "layers.py: importing it failed, TclError"),
        (
            "import argparse\np = argparse.ArgumentParser()\np.add_argument('data')\np.parse_args()",
            "layers.py: importing it called sys.exit (code 2): layers.py: error: the following arguments are required",
        ),
    ],
)
def test_an_import_that_fails_costs_every_class_of_the_file_and_says_why(
    tmp_path: Path, actions: str, text: str, reason: str
) -> None:
    if "tkinter" in text:
        pytest.importorskip("tkinter")
    file = source(tmp_path, text + "\nclass A: ...\nclass B: ...")
    seconds = SHORT if "while" in text else SECONDS
    verdicts = rehearse(file, tmp_path, ["A", "B"], action=f"{actions}:build", arguments={}, seconds=seconds)
    assert list(verdicts) == ["A", "B"]
    for verdict in verdicts.values():
        assert not verdict.ok
        assert verdict.reason.startswith(reason)


def test_an_import_that_ends_the_process_does_not_end_the_rehearsal(
    tmp_path: Path, actions: str, rehearsal: Rehearsal
) -> None:
    dies = source(tmp_path / "dies", "import os\nos._exit(5)")
    lives = source(tmp_path / "lives", "class A: ...")
    for file, reason in ((dies, "importing it ended the process (exit code 5)"), (lives, "")):
        verdicts = rehearsal.rehearse(file, tmp_path, ["A"], action=f"{actions}:build", arguments={}, seconds=SECONDS)
        assert verdicts["A"].reason == reason


def test_a_file_that_reads_its_input_and_prints_a_lot_survives(tmp_path: Path, actions: str) -> None:
    file = source(tmp_path, "import os\nos.read(0, 10)\nfor i in range(9999): print('x' * 100)\nclass A: value = 1")
    verdicts = rehearse(file, tmp_path, ["A"], action=f"{actions}:build", arguments={}, seconds=SECONDS)
    assert verdicts["A"].answer["value"] == 1


def test_a_class_built_with_a_missing_library_says_so(tmp_path: Path, actions: str) -> None:
    file = source(
        tmp_path,
        """
        import yonderplot.pyplot as plt
        class Plots:
            def __init__(self): plt.show()
        class Computes: ...
        """,
    )
    verdicts = rehearse(file, tmp_path, ["Plots", "Computes"], action=f"{actions}:build", arguments={}, seconds=SECONDS)
    assert verdicts["Plots"].reason == "needs `yonderplot`, which is not installed (layers.py:4)"
    assert verdicts["Computes"].ok


def test_an_actions_own_refusal_keeps_its_remedy(tmp_path: Path, actions: str) -> None:
    file = source(tmp_path, "class A: ...")
    verdicts = rehearse(file, tmp_path, ["A"], action=f"{actions}:refuse", arguments={}, seconds=SECONDS)
    assert verdicts["A"] == Verdict(ok=False, reason="no way to build A", remedy=("first line", "second line"))


def test_an_answer_that_json_cannot_carry_is_no_answer(tmp_path: Path, actions: str) -> None:
    file = source(tmp_path, "class A: ...")
    verdicts = rehearse(file, tmp_path, ["A"], action=f"{actions}:unspeakable", arguments={}, seconds=SECONDS)
    assert verdicts["A"].reason == "TypeError: Object of type object is not JSON serializable"


@pytest.mark.parametrize(
    "action", ["no_such_module_at_all:build", "gradcheck.cases.importing.loading:no_such_function"]
)
def test_an_action_that_is_not_there_is_the_callers_mistake(tmp_path: Path, action: str) -> None:
    file = source(tmp_path, "class A: ...")
    with pytest.raises(UsageError, match=action):
        rehearse(file, tmp_path, ["A"], action=action, arguments={}, seconds=SECONDS)


def test_fifty_folders_with_the_same_file_names_never_mix(tmp_path: Path, actions: str) -> None:
    values = []
    for number in range(50):
        folder = tmp_path / f"student_{number:02}"
        source(folder, f"NUMBER = {number}", "helper.py")
        file = source(folder, "from helper import NUMBER\nclass Linear: value = NUMBER")
        verdicts = rehearse(file, tmp_path, ["Linear"], action=f"{actions}:build", arguments={}, seconds=SECONDS)
        values.append(verdicts["Linear"].answer["value"])
    assert values == list(range(50))


@needs_process_handles
def test_processes_that_a_file_starts_do_not_outlive_its_rehearsal(tmp_path: Path, actions: str) -> None:
    file = source(
        tmp_path,
        """
        import subprocess, sys
        sleeper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        class Quick: value = sleeper.pid
        class Loops:
            def __init__(self):
                while True: pass
        """,
    )
    for keys in (["Quick"], ["Quick", "Loops"]):
        verdicts = rehearse(file, tmp_path, keys, action=f"{actions}:build", arguments={}, seconds=ENOUGH)
        assert verdicts["Quick"].ok
        assert ends(verdicts["Quick"].answer["value"])


@needs_process_handles
def test_a_class_that_kills_its_parent_process_costs_only_itself(tmp_path: Path, actions: str) -> None:
    file = source(
        tmp_path,
        """
        import os
        from pathlib import Path
        class Kills:
            def __init__(self):
                Path(__file__).with_name("process").write_text(str(os.getpid()))
                os.kill(os.getppid(), 9)
                while True: pass
        class Last: ...
        """,
    )
    with Rehearsal() as rehearsal:
        verdicts = rehearsal.rehearse(
            file, tmp_path, ["Kills", "Last"], action=f"{actions}:build", arguments={}, seconds=ENOUGH
        )
    assert verdicts["Kills"].reason == "building it did not finish within 1.5 s"
    assert verdicts["Last"].ok
    assert ends(int((tmp_path / "process").read_text()))


def test_an_interrupt_leaves_no_process_behind_and_the_next_rehearsal_works(
    tmp_path: Path, actions: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    loops = source(tmp_path / "loops", "while True: pass")
    good = source(tmp_path / "good", "class A: ...")
    with Rehearsal() as rehearsal:
        process = rehearsal._running()
        receive = process.receive

        def interrupted(seconds: float) -> object:
            if receive(seconds)["event"] == "ready":
                raise KeyboardInterrupt
            return {"event": "late"}

        monkeypatch.setattr(process, "receive", interrupted)
        with pytest.raises(KeyboardInterrupt):
            rehearsal.rehearse(loops, tmp_path, ["A"], action=f"{actions}:build", arguments={}, seconds=SECONDS)
        assert not process.alive()
        verdicts = rehearsal.rehearse(good, tmp_path, ["A"], action=f"{actions}:build", arguments={}, seconds=SECONDS)
        assert verdicts["A"].ok


def test_several_threads_may_rehearse_at_once(tmp_path: Path, actions: str) -> None:
    files = [source(tmp_path / str(number), f"class A: value = {number}") for number in range(8)]
    values: dict[int, int] = {}

    def one(number: int) -> None:
        verdicts = rehearse(files[number], tmp_path, ["A"], action=f"{actions}:build", arguments={}, seconds=SECONDS)
        values[number] = verdicts["A"].answer["value"]

    threads = [threading.Thread(target=one, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert values == {number: number for number in range(8)}


@needs_process_handles
@pytest.mark.parametrize("end", ["pass", "import os; os._exit(0)", "import os; os.kill(os.getpid(), 9)"])
def test_the_rehearsal_process_ends_with_the_run_however_it_ends(tmp_path: Path, actions: str, end: str) -> None:
    file = source(tmp_path, "class A: ...")
    script = f"""
        import sys
        from pathlib import Path
        sys.path[:] = {sys.path!r}
        from gradcheck.cases.importing import rehearsal
        verdicts = rehearsal.rehearse(Path({str(file)!r}), Path({str(tmp_path)!r}), ["A"],
                                      action="{actions}:build", arguments={{}}, seconds={SECONDS})
        assert verdicts["A"].ok
        print(rehearsal._shared._process._child.pid, flush=True)
        {end}
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, check=False)
    assert ends(int(done.stdout))
