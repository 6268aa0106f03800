"""The user's view of NumPy during a trace, and everything as it was afterwards.

Functions that dispatch on traced arrays stay NumPy's own. What makes arrays, or takes lists for them, is exchanged in
the namespaces of the user's modules alone: NumPy itself and what is compiled against it never meet a replacement.
"""

from __future__ import annotations

import builtins
import contextlib
import math
import sys
import threading
from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import Any

import numpy as np

from gradcheck.tracing import creation, mathematics, scientific, vectorized
from gradcheck.tracing.dispatch import Trace
from gradcheck.tracing.keeping import Kept, held_now, is_users
from gradcheck.tracing.refusal import is_library

_one_trace = threading.RLock()
_active: list[dict[int, Any]] = []


@contextlib.contextmanager
def exchanged(trace: Trace) -> Iterator[None]:
    """Exchange the names, and restore every module of the user's, whatever happens."""
    with _one_trace:
        kept = held_now()
        stand_ins = _stand_ins(trace, kept)
        for outer in _active:  # a trace within a trace meets the outer one's stand-ins
            stand_ins.update({id(outer[key]): stand_ins[key] for key in outer if key in stand_ins})
        importing = builtins.__import__

        def imported(name: str, namespace: Any = None, *arguments: Any, **keywords: Any) -> Any:
            found = importing(name, namespace, *arguments, **keywords)
            file = (namespace or {}).get("__file__") or ""
            return found if is_library(file) else stand_ins.get(id(found), found)

        try:
            _active.append(stand_ins)
            builtins.__import__ = imported  # type: ignore[assignment] # a statement inside forward, passed on as it is
            for module, names in kept.modules:
                _exchange(vars(module), names, stand_ins)
            yield
        finally:
            _active.pop()
            builtins.__import__ = importing
            kept.restore()
            _clean_new_modules(kept, stand_ins)


def _exchange(namespace: dict[str, Any], names: Mapping[str, Any], stand_ins: Mapping[int, Any]) -> None:
    for name, value in names.items():
        if id(value) in stand_ins:
            namespace[name] = stand_ins[id(value)]


def _clean_new_modules(kept: Kept, stand_ins: Mapping[int, Any]) -> None:
    """A module that forward imported for the first time took stand-ins out of ours."""
    new = [sys.modules[name] for name in sys.modules.keys() - kept.loaded]
    if not new:
        return
    originals = {id(stand_in): _original(stand_in) for stand_in in stand_ins.values()}
    for module in new:
        if is_users(module):
            _exchange(vars(module), dict(vars(module)), originals)


def _original(stand_in: Any) -> Any:
    return sys.modules[stand_in.__name__] if isinstance(stand_in, ModuleType) else stand_in.__wrapped__


def _stand_ins(trace: Trace, kept: Kept) -> dict[int, Any]:
    """Identity of a module or function to what stands for it during the trace; the originals live on."""
    found: dict[int, Any] = {}
    _replace(np, creation.replacements(trace), found)
    _replace(math, mathematics.replacements(), found)
    _replace(np.lib.stride_tricks, {"as_strided": creation.strided(trace)}, found)
    _replace(np.lib, {"stride_tricks": found[id(np.lib.stride_tricks)]}, found)
    _replace(np, {"lib": found[id(np.lib)]}, found)
    elementwise = mathematics.on_arrays()
    _replace(np, {"vectorize": vectorized.constructor(trace, elementwise)}, found)
    for _, names in kept.modules:
        for value in names.values():
            if isinstance(value, ModuleType) and value.__name__ == np.__name__ and id(value) not in found:
                found[id(value)] = _alike(value, found[id(np)])
            if type(value) is np.vectorize:
                found[id(value)] = vectorized.stand_in(trace, value, elementwise)
    for place in scientific.FUNCTIONS:
        module_name, _, name = place.rpartition(".")
        module = sys.modules.get(module_name)
        if module is not None and hasattr(module, name):
            replacement = scientific.replacement(place, trace, getattr(module, name))
            _replace(module, {name: replacement}, found)
            _replace(sys.modules["scipy"], {module_name.rpartition(".")[2]: found[id(module)]}, found)
    return found


def _alike(older: ModuleType, stand_in: ModuleType) -> ModuleType:
    """What stands for NumPy, with the names besides that a file of an older one was given."""
    found = ModuleType(older.__name__, older.__doc__)
    vars(found).update(vars(older))
    vars(found).update({name: one for name, one in vars(stand_in).items() if one is not vars(np).get(name)})
    return found


def _replace(module: ModuleType, names: Mapping[str, Any], found: dict[int, Any]) -> None:
    """A module like the given one, with some names exchanged, beside the functions themselves."""
    stand_in = found.get(id(module))
    if stand_in is None:
        stand_in = ModuleType(module.__name__, module.__doc__)
        vars(stand_in).update(vars(module))
        found[id(module)] = stand_in
    for name, replacement in names.items():
        found[id(getattr(module, name))] = replacement
    vars(stand_in).update(names)
