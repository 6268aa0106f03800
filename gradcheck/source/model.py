"""The nouns of static discovery: what is known of a layer before anything is imported."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter of a method, as written.

    Attributes:
        name: The parameter's name, without stars.
        has_default: Whether a default is given.
        star: "", "*" or "**".
        annotation: Source of the annotation, or "".
    """

    name: str
    has_default: bool = False
    star: str = ""
    annotation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """A method as written, `self` left out of its parameters.

    Attributes:
        name: The method's name.
        path: File that defines it, posix, relative to the project root (a base class may live elsewhere).
        line: 1-based line of its `def`.
        end_line: 1-based last line of its body.
        parameters: In order.
        is_static: Whether it is a staticmethod or classmethod.
        is_stub: Whether its body only raises NotImplementedError, is `pass`, `...` or a docstring.
    """

    name: str
    path: str
    line: int
    end_line: int
    parameters: tuple[Parameter, ...] = ()
    is_static: bool = False
    is_stub: bool = False

    @property
    def required(self) -> tuple[Parameter, ...]:
        """The parameters a caller must give."""
        return tuple(p for p in self.parameters if not p.has_default and not p.star)


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerSite:
    """A class with a forward and a backward, or functions that are one another's, found by reading.

    Attributes:
        root: The project root, absolute.
        path: The file, posix, relative to `root`.
        qualname: Dotted name of the class, or of the forward function, inside the module.
        line: 1-based line of the `class` or `def` statement.
        forward: The resolved forward method (inherited ones included).
        backward: The resolved backward method; for "torch_module" the forward, which autograd differentiates.
        bases: Names of the bases, as written.
        is_abstract: True when forward or backward is a stub; such a class is a base, not a layer.
        family: "instance" (forward and backward of one object), "torch_function", "torch_module" (forward only),
            "tape", "foreign"; "pair" (two functions), "value_and_gradient" (one that returns both), "activation" (an
            object with a function and its derivative), "methods" (a method and its derivative beside it);
            "context_function" (static methods of a home-made framework that
            are handed a context); "optimizer" for a class that is no layer but an optimizer,
            whose forward and backward are the method that makes a step; "training" for a function marked
            `@gradcheck.training`.
    """

    root: Path
    path: str
    qualname: str
    line: int
    forward: Method
    backward: Method
    bases: tuple[str, ...] = ()
    is_abstract: bool = False
    family: str = "instance"

    @property
    def identity(self) -> str:
        """The layer's identity everywhere: `posix/path/from/root.py::Qualname`."""
        return f"{self.path}::{self.qualname}"

    @property
    def file(self) -> Path:
        """Absolute path of the file."""
        return self.root / self.path
