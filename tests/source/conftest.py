from __future__ import annotations

import textwrap

import pytest


@pytest.fixture
def write(tmp_path):
    """Write files of a project, `{"pkg/layers.py": "..."}`, and return its root, which a pyproject.toml marks."""

    def write_files(files):
        (tmp_path / "pyproject.toml").touch()
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(text, bytes):
                path.write_bytes(text)
            else:
                path.write_text(textwrap.dedent(text), encoding="utf-8")
        return tmp_path

    return write_files


@pytest.fixture
def pair():
    """A class with a forward and a backward, as source."""

    def source(name, base="", forward="forward", backward="backward"):
        return (
            f"class {name}{f'({base})' if base else ''}:\n"
            f"    def {forward}(self, x):\n        return x\n"
            f"    def {backward}(self, grad):\n        return grad\n\n"
        )

    return source
