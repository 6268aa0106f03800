from __future__ import annotations

import builtins
import importlib
import os
import random
import signal
import sys
import textwrap
import warnings
from pathlib import Path

import numpy as np
import pytest

from gradcheck.cases.importing.loading import load, resolve
from gradcheck.errors import GradcheckError, LoadError


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        place = folder / f"{name.replace('__in__', '/')}.py"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(textwrap.dedent(text))
    return folder


def reason(file: Path, root: Path) -> str:
    with pytest.raises(LoadError) as raised:
        load(file, root)
    assert "\n" not in str(raised.value)
    return str(raised.value)


# Where imports start


def test_a_lone_file_is_imported_under_its_own_name(tmp_path: Path) -> None:
    write(tmp_path, layers="class Linear: ...")
    loaded = load(tmp_path / "layers.py", tmp_path)
    assert loaded.module.__name__ == "layers"
    assert resolve(loaded, "Linear").__qualname__ == "Linear"


def test_fifty_folders_with_the_same_file_names_never_mix(tmp_path: Path) -> None:
    for number in range(50):
        write(
            tmp_path / f"student_{number:02}",
            layers="from helper import NUMBER\nimport helper\nclass Linear: number = NUMBER + helper.NUMBER",
            helper=f"NUMBER = {number}",
            net="from layers import Linear\ndef late():\n    import tools\n    return tools.NUMBER",
            tools=f"NUMBER = {number}",
        )
    nets = [load(tmp_path / f"student_{number:02}" / "net.py", tmp_path) for number in range(50)]
    layers = [load(tmp_path / f"student_{number:02}" / "layers.py", tmp_path) for number in range(50)]
    assert [resolve(loaded, "Linear").number for loaded in layers] == [2 * number for number in range(50)]
    for number, net in enumerate(nets):
        with net.environment():
            assert net.module.late() == number
    assert not {"layers", "helper", "net", "tools"} & sys.modules.keys()


def test_files_of_one_folder_share_their_modules(tmp_path: Path) -> None:
    write(tmp_path, base="class Base: ...", a="from base import Base", b="from base import Base")
    a, b = load(tmp_path / "a.py", tmp_path), load(tmp_path / "b.py", tmp_path)
    assert a.module.Base is b.module.Base
    assert load(tmp_path / "base.py", tmp_path).module.Base is a.module.Base


def test_a_file_is_executed_once_however_often_it_is_loaded(tmp_path: Path) -> None:
    write(tmp_path, layers="import sys\nsys.count = getattr(sys, 'count', 0) + 1")
    try:
        assert load(tmp_path / "layers.py", tmp_path) is load(tmp_path / "layers.py", tmp_path)
        assert sys.count == 1  # type: ignore[attr-defined]
    finally:
        del sys.count  # type: ignore[attr-defined]


def test_a_failing_file_is_executed_once_too(tmp_path: Path) -> None:
    write(tmp_path, layers="import sys\nsys.count = getattr(sys, 'count', 0) + 1\nraise ValueError('no')")
    try:
        assert reason(tmp_path / "layers.py", tmp_path) == reason(tmp_path / "layers.py", tmp_path)
        assert sys.count == 1  # type: ignore[attr-defined]
    finally:
        del sys.count  # type: ignore[attr-defined]


def test_a_package_is_imported_from_above_its_top_so_that_relative_imports_work(tmp_path: Path) -> None:
    write(
        tmp_path / "src",
        net__in____init__="",
        net__in__base="class Base: ...",
        net__in__deep__in____init__="",
        net__in__deep__in__layers="from ..base import Base\nfrom net.base import Base as Same\n",
    )
    loaded = load(tmp_path / "src/net/deep/layers.py", tmp_path)
    assert loaded.module.__name__ == "net.deep.layers"
    assert loaded.module.Base is loaded.module.Same


def test_relative_imports_work_in_a_folder_that_is_no_package(tmp_path: Path) -> None:
    write(tmp_path / "my net", base="class Base: ...", layers="from .base import Base")
    assert load(tmp_path / "my net/layers.py", tmp_path).module.Base.__name__ == "Base"


def test_a_parent_folder_is_tried_when_the_files_own_does_not_do(tmp_path: Path) -> None:
    write(tmp_path, nn__in__base="class Base: ...", nn__in__layers="from nn.base import Base")
    loaded = load(tmp_path / "nn/layers.py", tmp_path)
    assert loaded.module.__name__ == "nn.layers"
    assert loaded.found_elsewhere == ()


def test_a_module_missing_on_the_path_is_found_nearest_in_the_repository(tmp_path: Path) -> None:
    write(
        tmp_path,
        homework__in__lib__in__utils__in__math="WHICH = 'near'",
        archive__in__old__in__utils__in__math="WHICH = 'far'",
        homework__in__nn__in__layers="from utils.math import WHICH\nimport utils.math as again",
    )
    loaded = load(tmp_path / "homework/nn/layers.py", tmp_path)
    assert (loaded.module.WHICH, loaded.module.again.WHICH) == ("near", "near")
    assert loaded.found_elsewhere == (f"utils: {Path('homework/lib/utils')}",)
    assert "utils" not in sys.modules


def test_a_helper_that_only_the_neighbours_have_is_not_borrowed_from_one_of_them(tmp_path: Path) -> None:
    for name in ("ada", "emil"):
        write(tmp_path / name, layers="import helper", helper="")
    write(tmp_path / "kim", layers="import helper")
    message = reason(tmp_path / "kim/layers.py", tmp_path)
    assert message.startswith("kim/layers.py: importing it failed")
    assert "helper lies equally near in 2 places (ada/helper, emil/helper)" in message


def test_a_missing_module_of_the_repository_is_named(tmp_path: Path) -> None:
    write(tmp_path, net__in____init__="", net__in__layers="from .kernels import conv")
    assert reason(tmp_path / "net/layers.py", tmp_path) == (
        "net/layers.py: importing it failed, ModuleNotFoundError: No module named 'net.kernels' (net/layers.py:1); "
        "add the missing file to the project, or put the folder it lies in on PYTHONPATH"
    )


def test_a_package_that_fails_after_a_folder_of_it_was_imported_is_told_and_nothing_stays(tmp_path: Path) -> None:
    write(tmp_path, net__in____init__="from .parts.drawing import *", net__in__parts__in__other="A = 1")
    write(tmp_path, net__in__layers="from net.parts.other import A")
    before = builtins.__import__, set(sys.modules)
    assert "No module named 'net.parts.drawing'" in reason(tmp_path / "net/layers.py", tmp_path)
    assert (builtins.__import__, set(sys.modules)) == before


def test_a_root_inside_a_package_does_not_break_its_imports(tmp_path: Path) -> None:
    write(tmp_path, net__in____init__="", net__in__base="A = 1", net__in__deep__in____init__="")
    write(tmp_path / "net/deep", layers="from ..base import A")
    assert load(tmp_path / "net/deep/layers.py", tmp_path / "net/deep").module.A == 1


def test_a_module_that_is_in_use_already_is_reused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, already_in_use="class Linear: ...")
    monkeypatch.syspath_prepend(tmp_path)
    module = importlib.import_module("already_in_use")
    monkeypatch.setitem(sys.modules, "already_in_use", module)
    assert load(tmp_path / "already_in_use.py", tmp_path).module is module
    assert sys.modules["already_in_use"] is module


def test_a_loose_module_of_the_same_name_elsewhere_is_set_aside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "tests", helper_of_mine="WHICH = 'tests'")
    write(tmp_path / "src", helper_of_mine="WHICH = 'src'", layers="import helper_of_mine")
    monkeypatch.syspath_prepend(tmp_path / "tests")
    module = importlib.import_module("helper_of_mine")
    monkeypatch.setitem(sys.modules, "helper_of_mine", module)
    assert load(tmp_path / "src/layers.py", tmp_path).module.helper_of_mine.WHICH == "src"
    assert sys.modules["helper_of_mine"] is module


@pytest.mark.parametrize("name", ["random", "gradcheck", "layer.v2", "01-layers", "__init__"])
def test_a_file_may_have_any_name(tmp_path: Path, name: str) -> None:
    (tmp_path / f"{name}.py").write_text("class Linear: mine = True")
    before = {other: sys.modules.get(other) for other in ("random", "gradcheck")}
    assert resolve(load(tmp_path / f"{name}.py", tmp_path), "Linear").mine
    assert before == {other: sys.modules.get(other) for other in ("random", "gradcheck")}


def test_a_users_own_gradcheck_module_is_imported_by_its_neighbours(tmp_path: Path) -> None:
    ours = sys.modules["gradcheck"]
    write(
        tmp_path, gradcheck="def eval_numerical_gradient(): ...", layers="from gradcheck import eval_numerical_gradient"
    )
    loaded = load(tmp_path / "layers.py", tmp_path)
    assert loaded.module.eval_numerical_gradient.__module__ == "gradcheck"
    with loaded.environment():
        assert sys.modules["gradcheck"] is ours


def test_a_library_gets_pythons_module_where_the_user_has_one_of_that_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # `wave` stands for a module of the standard library that nothing has loaded yet.
    monkeypatch.delitem(sys.modules, "wave", raising=False)
    library = write(tmp_path / "site-packages", library_with_wave="import wave")
    monkeypatch.syspath_prepend(library)
    write(tmp_path / "mine", wave="WAVE = 1", layers="import library_with_wave as foreign")
    loaded = load(tmp_path / "mine/layers.py", tmp_path)
    assert hasattr(loaded.module.foreign.wave, "Wave_read")
    monkeypatch.delitem(sys.modules, "library_with_wave")


# What is left behind


def test_the_process_is_left_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(
        tmp_path,
        rude="""
            import logging, os, random, signal, sys, warnings
            import numpy as np
            sys.argv.append("--more")
            sys.path = ["elsewhere"] + sys.path
            sys.modules["made_by_hand"] = sys
            sys.stdout = sys.stderr
            sys.setrecursionlimit(12345)
            os.chdir(os.path.dirname(__file__))
            os.environ["RUDE"] = "yes"
            os.environ.pop("KEPT")
            random.seed(0); np.random.seed(0)
            warnings.simplefilter("error")
            np.seterr(all="raise"); np.set_printoptions(precision=2)
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            logging.basicConfig(level=1)
            print("x" * 100_000)
            print("the end")
        """,
    )
    monkeypatch.setenv("KEPT", "here")

    def state() -> list[object]:
        return [
            list(sys.path),
            {name: id(module) for name, module in sys.modules.items()},
            list(sys.argv),
            (
                id(sys.path),
                id(sys.argv),
                id(sys.stdin),
                id(sys.stdout),
                id(sys.stderr),
                __import__,
                list(sys.meta_path),
            ),
            Path.cwd(),
            dict(os.environ),
            random.getstate(),
            [part.tolist() if hasattr(part, "tolist") else part for part in np.random.get_state()],  # noqa: NPY002
            list(warnings.filters),
            (np.geterr(), np.get_printoptions()),
            (signal.getsignal(signal.SIGTERM), sys.getrecursionlimit(), sys.dont_write_bytecode),
        ]

    before = state()
    loaded = load(tmp_path / "rude.py", tmp_path)
    assert state() == before
    assert loaded.output.endswith("the end")
    assert len(loaded.output) < 5000
    assert sorted(place.name for place in tmp_path.iterdir()) == ["rude.py"]
    with loaded.environment():
        assert "elsewhere" in sys.path
    assert state() == before


def test_the_process_is_left_as_it_was_by_an_interrupt(tmp_path: Path) -> None:
    write(
        tmp_path,
        interrupted="import sys\nsys.path.append('x')\nimport neighbour\nraise KeyboardInterrupt",
        neighbour="",
    )
    path, modules = list(sys.path), set(sys.modules)
    with pytest.raises(KeyboardInterrupt):
        load(tmp_path / "interrupted.py", tmp_path)
    assert (sys.path, set(sys.modules)) == (path, modules)


def test_a_file_sees_itself_as_a_script_without_arguments_and_not_as_main(tmp_path: Path) -> None:
    write(
        tmp_path, layers="import os, sys\nseen = (__name__, list(sys.argv), sys.stdin.read(), os.environ['MPLBACKEND'])"
    )
    loaded = load(tmp_path / "layers.py", tmp_path)
    assert loaded.module.seen == ("layers", [str(tmp_path / "layers.py")], "", "Agg")


def test_warnings_at_import_are_no_errors(tmp_path: Path) -> None:
    write(tmp_path, layers=r"PATTERN = '\d'" + "\nimport warnings\nwarnings.warn('old')")
    assert load(tmp_path / "layers.py", tmp_path).module.PATTERN == r"\d"


# Reasons


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import sys\nsys.exit(3)", "importing it called sys.exit (code 3); put what should only run as a script"),
        (
            "import argparse\np = argparse.ArgumentParser()\np.add_argument('--data', required=True)\np.parse_args()",
            "importing it called sys.exit (code 2): layers.py: error: the following arguments are required: --data;",
        ),
        ("name = input()", "importing it failed, asks for input, and there is nobody to answer (layers.py:1);"),
        ("print 'hello'", "is Python 2 (layers.py:1: print 'hello'); port it to Python 3"),
        ("try:\n    pass\nexcept ValueError, e:\n    pass", "is Python 2 (layers.py:3: except ValueError, e:)"),
        ("for i in xrange(3): pass", "is Python 2 (it uses `xrange`) (layers.py:1)"),
        ("def f(:\n  pass", "does not parse: invalid syntax (layers.py:1: def f(:); mend the syntax"),
        ("x = 1\nraise ValueError('bad\\nworse')", "importing it failed, ValueError: bad (layers.py:2); put what"),
        (
            "from os import nothing",
            "ImportError: cannot import name 'nothing' from 'os' (layers.py:1); mend that import",
        ),
        ("class Weird(BaseException): ...\nraise Weird", "importing it failed, Weird (layers.py:2)"),
        ("import yonder.lib\nyonder.lib.X + int(yonder.lib.Y)", "importing it needs `yonder`, which is not installed"),
        ("from yonder import *\nclass A(Scene): ...", "the name may come from yonder, not installed here"),
    ],
)
def test_a_failure_is_told_in_one_line_with_a_remedy(tmp_path: Path, text: str, expected: str) -> None:
    write(tmp_path, layers=text)
    message = reason(tmp_path / "layers.py", tmp_path)
    assert message.startswith("layers.py: ")
    assert expected in message


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert reason(tmp_path / "none.py", tmp_path) == "none.py: there is no such file; check the path"


def test_a_class_that_is_not_there_is_named(tmp_path: Path) -> None:
    write(tmp_path, layers="def Linear(): ...\nif __name__ == '__main__':\n    class Conv: ...")
    loaded = load(tmp_path / "layers.py", tmp_path)
    with pytest.raises(LoadError, match=r"layers\.py: Conv is not there after the import"):
        resolve(loaded, "Conv")
    with pytest.raises(LoadError, match=r"Linear is <function Linear .* not a class"):
        resolve(loaded, "Linear")


# Libraries that are not installed


def test_a_plotting_import_is_replaced_and_costs_only_what_plots(tmp_path: Path) -> None:
    write(
        tmp_path,
        layers="""
            import yonderplot.pyplot as plt
            from yonderplot import cm, colors as c
            plt.style.use("ggplot"); plt.rcParams["figure.figsize"] = (4, 3)

            class Linear:
                def forward(self, x): return 2 * x
                def show(self): plt.plot([1])
        """,
    )
    loaded = load(tmp_path / "layers.py", tmp_path)
    assert loaded.placeholders == ("yonderplot",)
    assert not [name for name in sys.modules if name.startswith("yonderplot")]
    layer = resolve(loaded, "Linear")()
    assert layer.forward(2) == 4
    with pytest.raises(GradcheckError, match=r"^needs `yonderplot`, which is not installed$"):
        layer.show()


def test_a_lazy_import_of_a_missing_library_is_replaced_too(tmp_path: Path) -> None:
    write(tmp_path, layers="def show():\n    import yonderplot\n    yonderplot.show()")
    loaded = load(tmp_path / "layers.py", tmp_path)
    with loaded.environment(), pytest.raises(ImportError, match=r"^needs `yonderplot`, which is not installed$"):
        loaded.module.show()


@pytest.mark.parametrize(
    "text",
    [
        "try:\n    from yonder import jit\nexcept ImportError:\n    jit = None",
        "try:\n    import yonder.jit as jit\nexcept:\n    jit = None",
        "import contextlib\njit = None\nwith contextlib.suppress(ImportError):\n    from yonder import jit",
    ],
)
def test_a_file_that_provides_for_a_missing_library_sees_it_missing(tmp_path: Path, text: str) -> None:
    write(tmp_path, layers=text)
    loaded = load(tmp_path / "layers.py", tmp_path)
    assert loaded.module.jit is None
    assert loaded.placeholders == ()


def test_an_installed_library_is_told_the_truth_about_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = write(
        tmp_path / "site-packages",
        probing_library="import importlib\ntry:\n    import yonder\nexcept ImportError:\n    yonder = None",
    )
    monkeypatch.syspath_prepend(library)
    write(tmp_path / "mine", layers="import yonder\nimport probing_library")
    loaded = load(tmp_path / "mine/layers.py", tmp_path)
    assert loaded.module.probing_library.yonder is None
    assert loaded.placeholders == ("yonder",)
    monkeypatch.delitem(sys.modules, "probing_library")


def test_a_library_that_cannot_be_imported_is_replaced_and_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = write(tmp_path / "site-packages", broken_library="raise ImportError('libGL.so.1: cannot open')")
    monkeypatch.syspath_prepend(library)
    write(tmp_path / "mine", layers="import broken_library as cv\ndef use(): cv.imread('x')")
    loaded = load(tmp_path / "mine/layers.py", tmp_path)
    with pytest.raises(ImportError, match=r"needs `broken_library`, which cannot be imported here \(libGL\.so\.1"):
        loaded.module.use()


def test_cupy_is_replaced_by_numpy(tmp_path: Path) -> None:
    pytest.importorskip("numpy")
    write(tmp_path, layers="import cupy as cp\nfrom cupy.linalg import norm")
    loaded = load(tmp_path / "layers.py", tmp_path)
    assert loaded.module.cp is np
    assert loaded.module.norm is np.linalg.norm
    assert loaded.placeholders == ("cupy",)


@pytest.mark.parametrize("statement", ["import yonder", "from yonder import backend", "import yonder.backend"])
def test_a_folder_of_scripts_is_not_the_library_of_that_name(tmp_path: Path, statement: str) -> None:
    write(
        tmp_path,
        yonder__in__train="",
        layers=f"{statement}\ndef use(): yonder.backend() if 'yonder' in globals() else backend()",
    )
    loaded = load(tmp_path / "layers.py", tmp_path)
    assert loaded.placeholders == ("yonder",)
    with pytest.raises(ImportError, match=r"^needs `yonder`, which is not installed$"):
        loaded.module.use()


def test_abstract_classes_that_left_collections_are_found_where_they_went(tmp_path: Path) -> None:
    write(tmp_path, layers="from collections import Hashable, OrderedDict\nclass Key(Hashable): ...")
    loaded = load(tmp_path / "layers.py", tmp_path)
    assert loaded.found_elsewhere == ("collections.Hashable: collections.abc",)
    assert isinstance(loaded.module.OrderedDict, type)
