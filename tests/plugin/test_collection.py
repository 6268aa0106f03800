"""Layer files become files, classes and checks; nothing of the user's is imported to find them."""

from __future__ import annotations

import pytest

pytest_plugins = ["pytester"]

CHECKS = (
    "build",
    "contract",
    "linearity",
    "gradient",
    "reference",
    "determinism",
    "protocol",
    "batch",
    "precision",
    "shapes",
)
EXPLOSIVE = """
raise SystemExit("a layer file was imported")


class Scale:
    def forward(self, x):
        return 2 * x

    def backward(self, grad):
        return 2 * grad
"""
LOADED = """
import sys


def pytest_unconfigure():
    heavy = {"numpy", "torch", "hypothesis", "src.layers", "layers"}
    print("LOADED", sorted(heavy & set(sys.modules)))
"""


def ids(result: pytest.RunResult) -> list[str]:
    return [line for line in result.outlines if "::" in line]


def items_of(path: str, *names: str) -> list[str]:
    return [f"{path}::{name}::{check}" for name in names for check in CHECKS]


def test_collection_lists_layers_and_checks_and_imports_nothing(project, layers):
    project.write(
        {
            "conftest.py": LOADED,
            "src/explosive.py": EXPLOSIVE,
            "src/__init__.py": "raise SystemExit('a package was imported')",
            "src/notes.py": "x = 1\n",
            "setup.py": EXPLOSIVE,
            "build/lib/layers.py": layers,
            ".hidden/layers.py": layers,
            "tests/test_layers.py": EXPLOSIVE.partition("\n\n\n")[2] + "\n\ndef test_passes():\n    pass\n",
        }
    )
    result = project.run("--gradcheck", "--collect-only", "-q", torch=True)
    assert result.ret == 0
    assert ids(result) == [
        *items_of("src/explosive.py", "Scale"),
        *items_of("src/layers.py", "ReLU", "Dense", "Unknown"),
        "tests/test_layers.py::test_passes",
    ]
    assert "LOADED []" in result.outlines


def test_the_tree_has_a_node_for_each_part_of_an_id(project):
    result = project.run("--gradcheck", "--collect-only", "src/layers.py::ReLU")
    result.stdout.fnmatch_lines(
        [
            "*<LayerFile layers.py>",
            "*  <LayerCollector ReLU>",
            "*    <GradcheckItem build>",
            "*    <GradcheckItem contract>",
        ]
    )
    result.stdout.no_fnmatch_line("*<Module*")
    result.stdout.no_fnmatch_line("*Dense*")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        pytest.param(["src/layers.py"], items_of("src/layers.py", "ReLU", "Dense", "Unknown"), id="a file"),
        pytest.param(["src/layers.py::Dense"], items_of("src/layers.py", "Dense"), id="a class"),
        pytest.param(["src/layers.py::ReLU::gradient"], ["src/layers.py::ReLU::gradient"], id="an item"),
        pytest.param(
            ["src", "-k", "Dense and (build or gradient)"],
            ["src/layers.py::Dense::build", "src/layers.py::Dense::gradient"],
            id="-k",
        ),
        pytest.param(
            [".", "-m", "gradcheck", "-k", "ReLU"], items_of("src/layers.py", "ReLU"), id="the marker, tests left out"
        ),
        pytest.param([".", "-m", "not gradcheck"], ["tests/test_it.py::test_passes"], id="not the marker"),
    ],
)
def test_a_part_can_be_selected(project, arguments, expected):
    project.write({"tests/test_it.py": "def test_passes(): pass\n"})
    result = project.run("--gradcheck", "--strict-markers", "--collect-only", "-q", *arguments)
    assert result.ret == 0
    assert ids(result) == expected


def test_a_test_file_that_is_named_is_a_test_module_and_a_layer_file_once_each(project, layers):
    # A module-scoped autouse fixture would run twice were the file collected as two modules.
    project.write(
        {
            "test_both.py": f"""
import pathlib, pytest
{layers}

@pytest.fixture(autouse=True, scope="module")
def once():
    with pathlib.Path("log").open("a") as log:
        log.write("once ")

def test_passes():
    pass
""",
        }
    )
    result = project.run("--gradcheck", "test_both.py", "-k", "ReLU or passes")
    result.assert_outcomes(passed=10, skipped=1, deselected=20)
    assert (project.pytester.path / "log").read_text() == "once "


def test_the_default_folders_of_pytest_and_exclude_are_respected(project, layers):
    project.write(
        {
            "pyproject.toml": "[tool.gradcheck]\nexclude = ['legacy/*']\n[tool.pytest]\nnorecursedirs = ['skipped']\n",
            "legacy/layers.py": layers,
            "skipped/layers.py": layers,
        }
    )
    result = project.run("--gradcheck", "--collect-only", "-q")
    assert {line.partition("::")[0] for line in ids(result)} == {"src/layers.py"}
    named = project.run("--gradcheck", "--collect-only", "-q", "legacy/layers.py")
    assert {line.partition("::")[0] for line in ids(named)} == {"legacy/layers.py"}


def test_a_function_with_a_backward_has_items_as_a_layer_has(project):
    pair = "def relu_forward(x):\n    return x * (x > 0), x\n\ndef relu_backward(dout, x):\n    return dout * (x > 0)\n"
    project.write({"src/pairs.py": pair})
    expected = (
        "build", "contract", "linearity", "gradient", "reference", "determinism",
        "protocol", "batch", "precision", "shapes",
    )  # fmt: skip
    result = project.run("--gradcheck", "src/pairs.py", "-q")
    result.assert_outcomes(passed=len(expected) - 1, skipped=1)
    listed = ids(project.run("--gradcheck", "--collect-only", "-q", "src/pairs.py"))
    assert listed == [f"src/pairs.py::relu_forward::{check}" for check in expected]
