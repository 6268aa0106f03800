"""The other classes a class could be given: those its module can name, and what is derived from them."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from gradcheck.cases.naming.family import plain

#: Packages whose classes are no layers of the user's.
_LIBRARIES = frozenset({"abc", "builtins", "collections", "enum", "functools", "numpy", "torch", "typing"})


def visible_classes(cls: type) -> dict[str, type]:
    """The classes of the user's code that a class's module can name, and their subclasses, in order of definition.

    The functions of the class know their module's names even when the module is not in `sys.modules`. Its own
    bases and heirs are left out: an object of theirs would need itself.
    """
    found: dict[str, type] = {}
    for owner in cls.__mro__[:-1]:
        for function in vars(owner).values():
            if isinstance(function, FunctionType):
                found.update(_user_classes(function.__globals__))
                for module in _user_modules(function):
                    found = {**dict(_user_classes(vars(module))), **found}
    for base in list(found.values()):
        for subclass in _subclasses(base):
            found.setdefault(subclass.__name__, subclass)
    # By ancestry, not issubclass: a Protocol raises where it is asked, and whatever looks alike passes for it.
    return {name: value for name, value in found.items() if value not in cls.__mro__ and cls not in value.__mro__}


def preferred(classes: Mapping[str, type], words: Sequence[str]) -> list[type]:
    """Concrete classes by their names, in the order of the words; a name that is the word comes first."""
    found: list[type] = []
    for word in words:
        for is_exact in (True, False):
            for name, cls in classes.items():
                fits = plain(name) == word if is_exact else word in plain(name)
                if fits and cls not in found and not inspect.isabstract(cls):
                    found.append(cls)
    return found


def heirs_of(cls: type) -> list[type]:
    """A class, unless it is abstract, and what is derived from it."""
    return [one for one in (cls, *_subclasses(cls)) if not inspect.isabstract(one)]


def _user_modules(function: FunctionType) -> Iterator[ModuleType]:
    """Modules of the same project that a function's module has imported whole."""
    project = Path(function.__code__.co_filename).parent.parent
    for value in list(function.__globals__.values()):
        if isinstance(value, ModuleType):
            file = getattr(value, "__file__", None)
            if isinstance(file, str) and Path(file).is_relative_to(project) and "site-packages" not in file:
                yield value


def _user_classes(names: Mapping[str, Any]) -> Iterator[tuple[str, type]]:
    for name, value in list(names.items()):
        if isinstance(value, type) and value.__module__.partition(".")[0] not in _LIBRARIES:
            yield name, value


def _subclasses(base: type) -> Iterator[type]:
    direct: list[type] = type.__subclasses__(base)
    for subclass in direct:
        yield subclass
        yield from _subclasses(subclass)
