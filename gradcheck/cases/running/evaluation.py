"""One evaluation of a layer that leaves nothing behind: on a copy, reseeded, silent.

Every forward and every backward runs on a deep copy, so that caches, running statistics and updates inside
backward of one evaluation never reach the next.
"""

from __future__ import annotations

import contextlib
import copy
import io
import random
import sys
import types
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np

from gradcheck.cases.running.deadline import deadline
from gradcheck.cases.states.anatomy import Anatomy, anatomy_of

Result = TypeVar("Result")
Environment = Callable[[], contextlib.AbstractContextManager[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluator:
    """Runs actions on fresh copies of one layer.

    Attributes:
        layer: The layer as constructed; never touched.
        seed: What `random` and `numpy.random` are seeded with before every evaluation.
        environment: A context under which the layer's module can import what it imports lazily.
    """

    layer: object
    seed: int
    environment: Environment = field(default=contextlib.nullcontext)
    _walked: list[Anatomy] = field(default_factory=list, init=False, repr=False, compare=False)

    @property
    def anatomy(self) -> Anatomy:
        """What the layer is made of; nothing changes it, so that it is walked once."""
        if not self._walked:
            self._walked.append(anatomy_of(self.layer))
        return self._walked[0]

    def copy(self, layer: object | None = None, instead: Mapping[int, Any] | None = None) -> Any:
        """A deep copy of the layer (or of the given state of it); modules it holds are shared.

        Args:
            layer: The state that is copied, where it is not the layer itself.
            instead: Identity of an object to what stands for it in the copy.
        """
        original, anatomy = (self.layer, self.anatomy) if layer is None else (layer, anatomy_of(layer))
        return copy.deepcopy(original, anatomy.memo() | dict(instead or {}))

    def run(self, action: Callable[[], Result]) -> Result:
        """Run an action reseeded, with warnings and output silenced, everything restored afterwards."""
        with self.environment(), protected(self.seed, type(self.layer)):
            return action()


#: Whether somebody further out restores the global generators, so that an evaluation need not: reading and writing
#: their 625 words costs as much as a small forward.
_kept = False


@contextlib.contextmanager
def undrawn() -> Iterator[None]:
    """Restore the global generators of random numbers in the end, once for all evaluations inside."""
    global _kept  # noqa: PLW0603 - what it tells of is global as well
    outside, python_state, numpy_state = _kept, random.getstate(), np.random.get_state()  # noqa: NPY002 - the user's code draws from it
    _kept = True
    try:
        yield
    finally:
        _kept = outside
        random.setstate(python_state)
        np.random.set_state(numpy_state)  # noqa: NPY002 - restoring what was found


@contextlib.contextmanager
def protected(seed: int, cls: type | None = None) -> Iterator[None]:
    """Reseed both generations of random numbers, silence, and restore all of it in `finally`.

    Args:
        seed: Seed of `random` and `numpy.random`.
        cls: The user's class, whose evaluation inside has a time limit; the generators that it, its bases and their
            modules hold are rewound as well.
    """
    global _kept  # noqa: PLW0603 - as above
    kept = _kept
    modules = _modules(cls)
    generators = [(generator, state_of(generator)) for generator in _generators(cls, modules)]
    original_factory = np.random.default_rng
    imported = [module for module in modules if vars(module).get("default_rng") is original_factory]

    def seeded_factory(given: Any = None) -> np.random.Generator:
        # Without a seed it would draw from the operating system: no two evaluations would agree.
        return original_factory(seed if given is None else given)

    with contextlib.nullcontext() if kept else undrawn():
        # What runs inside may be a whole training, in which an evaluation is to leave no trace.
        _kept = False
        try:
            random.seed(seed)
            np.random.seed(seed & 0xFFFFFFFF)  # noqa: NPY002 - the user's code draws from it
            np.random.default_rng = seeded_factory  # type: ignore[assignment] # same call, one overload fewer
            for module in imported:
                vars(module)["default_rng"] = seeded_factory
            with warnings.catch_warnings(), np.errstate(all="ignore"), contextlib.redirect_stdout(io.StringIO()):
                warnings.simplefilter("ignore")
                with deadline() if cls is not None else contextlib.nullcontext():
                    yield
        finally:
            _kept = kept
            np.random.default_rng = original_factory
            for module in imported:
                vars(module)["default_rng"] = original_factory
            for generator, state in generators:
                restore(generator, state)


Generator = np.random.Generator | np.random.RandomState | random.Random
GENERATORS = (np.random.Generator, np.random.RandomState, random.Random)


#: Types of which no object is a generator of random numbers: a module's hundred names have ten types.
_ordinary: set[type] = set()


def _modules(cls: type | None) -> list[types.ModuleType]:
    names = dict.fromkeys(base.__module__ for base in cls.__mro__[:-1]) if cls is not None else {}
    return [sys.modules[name] for name in names if name in sys.modules and name != "builtins"]


def _generators(cls: type | None, modules: Iterable[types.ModuleType]) -> list[Generator]:
    found: list[Generator] = []
    for holder in (*modules, *(cls.__mro__[:-1] if cls else ())):
        held = list(vars(holder).values())
        # Nearly every module is done with here.
        if kinds := set(map(type, held)) - _ordinary:
            _ordinary.update(kind for kind in kinds if not issubclass(kind, GENERATORS))
            found += [value for value in held if type(value) not in _ordinary]
    return found


def state_of(generator: Generator) -> Any:
    """What a generator of random numbers will draw next, copied."""
    if isinstance(generator, np.random.Generator):
        return copy.deepcopy(generator.bit_generator.state)
    return generator.get_state() if isinstance(generator, np.random.RandomState) else generator.getstate()


def restore(generator: Generator, state: Any) -> None:
    """Let a generator draw from a state again."""
    if isinstance(generator, np.random.Generator):
        generator.bit_generator.state = state
    elif isinstance(generator, np.random.RandomState):
        generator.set_state(state)
    else:
        generator.setstate(state)
