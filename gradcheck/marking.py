"""The marks `@gradcheck.case` and `@gradcheck.training` leave on functions that make a layer's case, or a training."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, overload

from gradcheck.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

Function = TypeVar("Function", bound="Callable[..., object]")

MARK = "__gradcheck_case__"
"""Name of the attribute that holds the marked identities, a tuple of strings."""
REFERENCES = "__gradcheck_references__"
"""Name of the attribute that holds the counterparts declared, by identity."""
STEPS = "__gradcheck_training_steps__"
"""Name of the attribute that holds the number of steps a training is walked."""
TRAINING_STEPS = 100
"""Steps in which a model that learns shows it on one batch, and a transformer's warm-up is over."""


def case(identity: str, *, reference: str = "") -> Callable[[Function], Function]:
    """Mark a function as the maker of one layer's case; the function itself is returned unchanged.

    The function takes no arguments and returns the layer and its inputs. A function may carry several marks.
    Marking registers nothing: gradcheck finds marks in conftest.py and in the files named under
    `[tool.gradcheck] cases`.

    Args:
        identity: `posix/path/from/project/root.py::Qualname` of the layer.
        reference: Name of torch's layer of the kind, such as "LayerNorm", whose forward it must agree with; or "".

    Raises:
        UsageError: `identity` does not have that form.

    >>> @case("src/layers.py::Conv2d")
    ... def conv2d():
    ...     return "layer", "inputs"
    >>> identities(conv2d)
    ('src/layers.py::Conv2d',)
    """
    given: object = identity  # a person may hand over anything
    path, separator, qualname = given.partition("::") if isinstance(given, str) else ("", "", "")
    if not (separator and path.endswith(".py") and qualname) or "\\" in path:
        message = (
            f"gradcheck.case needs the identity of a layer such as 'src/layers.py::Conv2d' "
            f"(the file as seen from the project root, forward slashes, two colons, the class); got {identity!r}"
        )
        raise UsageError(message)

    def mark(function: Function) -> Function:
        setattr(function, MARK, (*identities(function), identity))
        if reference:
            setattr(function, REFERENCES, {**references(function), identity: reference})
        return function

    return mark


def identities(function: object) -> tuple[str, ...]:
    """The identities `function` was marked with, innermost mark first; empty when it was not marked."""
    return tuple(getattr(function, MARK, ()))


def references(function: object) -> dict[str, str]:
    """The torch counterparts `function` was marked with, by identity."""
    return dict(getattr(function, REFERENCES, {}))


@overload
def training(function: Function) -> Function: ...
@overload
def training(*, steps: int = TRAINING_STEPS) -> Callable[[Function], Function]: ...
def training(
    function: Function | None = None, *, steps: int = TRAINING_STEPS
) -> Function | Callable[[Function], Function]:
    """Mark a function as the maker of a training, which `gradcheck check` and the plugin then examine.

    The function takes no arguments and returns what `gradcheck.check_training` takes: model, loss, optimizer and batch,
    a dict of them with `step` beside, or a TrainingSetup. Marks are found by reading, in every file that is checked.

    Args:
        function: The function, where the mark is used without parentheses.
        steps: Steps of the longest walk; the loss must fall visibly within them.

    Raises:
        UsageError: `steps` is no whole number above 0.

    >>> @training(steps=20)
    ... def setup():
    ...     return "model", "loss", "optimizer", ("x", "target")
    >>> training_steps(setup)
    20
    """
    given: object = steps  # a person may hand over anything
    if not isinstance(given, int) or isinstance(given, bool) or given < 1:
        raise UsageError(f"gradcheck.training: steps must be a whole number above 0, got steps={steps!r}")

    def mark(marked: Function) -> Function:
        setattr(marked, STEPS, steps)
        return marked

    return mark if function is None else mark(function)


def training_steps(function: object) -> int:
    """The steps `function` was marked with."""
    return int(getattr(function, STEPS, TRAINING_STEPS))
