"""Whether a tape keeps what was made with it: a graph that grows with every operator slows and spoils the next."""

from __future__ import annotations

import gc
import sys

#: Packages whose objects stay for reasons of their own, such as a cache.
OWN_PACKAGES = sys.stdlib_module_names | {"gradcheck", "numpy", "msgspec"}


def leaves_something() -> bool:
    """Whether an object of somebody else's class lives on, of those made since `gc.freeze`.

    Tensors, nodes and contexts are such objects. Called where nothing of a tape is in use, so that what lives is held
    by a module, a class or a closure.
    """
    gc.collect()
    kinds = {type(one) for one in gc.get_objects()}
    return any(base.__module__.partition(".")[0] not in OWN_PACKAGES for kind in kinds for base in kind.__mro__)
