"""torch is imported inside functions only: it costs seconds, and everything but its oracles works without it."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
FOLDERS = ("gradcheck", "plugins", "reference_models")


def executed_on_import(node: ast.AST) -> Iterator[ast.AST]:
    """Every node below `node` that runs when the module is imported, or may."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(child, ast.If) and ast.unparse(child.test) in {"TYPE_CHECKING", "typing.TYPE_CHECKING"}:
            for alternative in child.orelse:
                yield alternative
                yield from executed_on_import(alternative)
            continue
        yield child
        yield from executed_on_import(child)


def torch_imports(text: str) -> list[int]:
    """Lines of the imports of torch that run when the module is imported."""
    lines = []
    for node in executed_on_import(ast.parse(text)):
        if isinstance(node, ast.Import):
            imported = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            imported = [node.module or ""] if node.level == 0 else []
        else:
            continue
        if any(name.split(".")[0] == "torch" for name in imported):
            lines.append(node.lineno)
    return lines


def test_no_module_imports_torch_when_it_is_imported():
    files = [file for folder in FOLDERS for file in sorted((ROOT / folder).rglob("*.py"))]
    found = {file.relative_to(ROOT).as_posix(): torch_imports(file.read_text(encoding="utf-8")) for file in files}
    assert "gradcheck/types/__init__.py" in found
    assert {path: lines for path, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    "text",
    [
        "import torch",
        "import numpy, torch.nn as nn",
        "from torch import Tensor",
        "from torch._numpy import array",
        "try:\n    import torch\nexcept ImportError:\n    torch = None",
        "class Oracle:\n    import torch",
        "if True:\n    import torch",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    pass\nelse:\n    import torch",
    ],
)
def test_an_import_that_runs_is_caught(text):
    assert torch_imports(text) != []


@pytest.mark.parametrize(
    "text",
    [
        "def oracle():\n    import torch",
        "async def oracle():\n    from torch import Tensor",
        "class Oracle:\n    def run(self):\n        import torch",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import torch",
        "import torchless",
        "from . import torch",
    ],
)
def test_an_import_that_waits_is_allowed(text):
    assert torch_imports(text) == []
