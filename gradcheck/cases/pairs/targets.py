"""What is built of a pair's site: functions of a module, methods of a static function, or the class that has both."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcheck.cases.guessing.construct import Construction
from gradcheck.cases.importing.loading import Loaded, resolve
from gradcheck.cases.pairs.candidates import signature_of
from gradcheck.cases.pairs.contexts import as_pair
from gradcheck.cases.pairs.function_pair import FunctionPair
from gradcheck.cases.pairs.wording import attributes_read
from gradcheck.errors import LoadError
from gradcheck.source.families import ACTIVATION, CONTEXT_FUNCTION
from gradcheck.source.model import LayerSite
from gradcheck.source.pairs import METHODS, VALUE_AND_GRADIENT

#: Calls of an object's own methods that are followed.
MOST_CALLS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What is built: the functions of a module, or the class whose objects have them.

    Attributes:
        site: Where it was found.
        value, pullback: The functions, or the names of methods; no pullback where forward answers with its gradient.
        cls: The class, None for functions.
    """

    site: LayerSite
    value: Any
    pullback: Any
    cls: type | None = None

    def pair(self, owner: object | None) -> FunctionPair:
        """The two as one layer."""
        module = self.cls.__module__ if self.cls is not None else getattr(self.value, "__module__", __name__)
        names = inspect.signature(self.value).parameters if self.site.family == CONTEXT_FUNCTION else ()
        return pair_of(
            self.value,
            self.pullback,
            name=self.site.qualname.rpartition(".")[2],
            module=module,
            owner=owner,
            in_order=tuple(names),
        )


def reads_arrays(owner: object, method: str, depth: int = MOST_CALLS) -> bool:
    """Whether a method looks at arrays that its object holds: a derivative beside it may be by these.

    Args:
        owner: The object.
        method: Name of its method.
        depth: How many calls of its own methods are followed.
    """
    for name in attributes_read(inspect.unwrap(getattr(type(owner), method))):
        held = getattr(owner, name, None)
        if callable(held) and hasattr(type(owner), name):
            if depth and reads_arrays(owner, name, depth - 1):
                return True
        elif any(isinstance(one, np.ndarray) for one in (held, *(held if isinstance(held, (list, tuple)) else ()))):
            return True
    return False


class Unmade(Construction):
    """No construction: an object whose constructor did not run, for methods that do not look at it."""

    def build(self, cls: type) -> Any:
        """An object of the class without any attribute of its own."""
        return object.__new__(cls)


def pair_of(
    value: Any, pullback: Any, *, name: str, module: str, owner: object | None = None, in_order: tuple[str, ...] = ()
) -> FunctionPair:
    """Two functions, or two methods of one object, as one layer, in a class that says whose module they are of.

    Args:
        value: The forward function, or its name on the owner.
        pullback: The backward function, or its name; None where forward answers with its gradient.
        name: What the layer is called.
        module: Name of the module the functions are of.
        owner: The object, None for functions of a module.
        in_order: Names of forward's arguments where backward answers with one gradient for each, in their order.
    """
    kind = type(name, (FunctionPair,), {"__module__": module})
    packed = {} if owner is not None else signature_of(value).packed
    found: FunctionPair = kind(owner=owner, value=value, pullback=pullback, packed=packed, in_order=in_order)
    return found


def target(loaded: Loaded, site: LayerSite) -> Target:
    """The functions of a site, or its class, in an imported file.

    Raises:
        LoadError: They are not there once the file is imported.
    """
    if site.family == ACTIVATION:
        cls = resolve(loaded, site.qualname)
        return Target(site=site, value=site.forward.name, pullback=site.backward.name, cls=cls)
    if site.family == METHODS:
        cls = resolve(loaded, site.qualname.rpartition(".")[0])
        return Target(site=site, value=site.forward.name, pullback=site.backward.name, cls=cls)
    if site.family == CONTEXT_FUNCTION:
        answered, pulled_back = as_pair(resolve(loaded, site.qualname), site.forward.name, site.backward.name)
        return Target(site=site, value=answered, pullback=pulled_back)
    value = _function(loaded, site, site.forward.name)
    pullback = None if site.family == VALUE_AND_GRADIENT else _function(loaded, site, site.backward.name)
    return Target(site=site, value=value, pullback=pullback)


def _function(loaded: Loaded, site: LayerSite, name: str) -> Any:
    found = getattr(loaded.module, name, None)
    if callable(found):
        return found
    what = "is not there" if found is None else f"is {found!r}, no function,"
    raise LoadError(f"{site.path}: {name} {what} after the import; define it at the top of the module, unconditionally")
