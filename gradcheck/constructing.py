"""Of the guessed constructions of a class, the first whose object accepts an input, else why there is none."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any, TypeVar

from gradcheck.cases.guessing.construct import Construction
from gradcheck.cases.guessing.inputs import Inputs
from gradcheck.cases.importing.reasons import one_line
from gradcheck.choosing import Recipe

Found = TypeVar("Found")

#: How many constructed objects are tried before giving up on one that accepts no input.
MOST_CONSTRUCTED = 12


def first_accepting(
    guesses: Iterable[Construction],
    construct: Callable[[Construction], Any],
    choose: Callable[[Any, Construction, int], tuple[Found | None, str]],
    *,
    root: str,
    recipe: Recipe | None = None,
    most: int = MOST_CONSTRUCTED,
    telling: Collection[int] = (1,),
) -> tuple[Found | None, str]:
    """Construct one guess after another until something accepts an input.

    Args:
        guesses: Constructions, best guess first.
        construct: Makes the object.
        choose: (object, construction, its position) -> what was found on it, or None and why.
        root: Absolute project root, by which the user's frames are recognised.
        recipe: What an earlier, identical search found; only that construction is tried.
        most: How many objects are tried.
        telling: Which of the objects, counted from 1, have their refusal told; the last of them that was made.

    Returns:
        What was found, or None and why nothing was.
    """
    refusal = "its constructor was not understood"
    constructed = 0
    for position, construction in enumerate(guesses):
        if recipe is not None and position != recipe.construction:
            continue
        try:
            made = construct(construction)
        except Exception as error:  # noqa: BLE001 - the user's constructor may raise anything; the next guess may fit
            if position == 0:
                refusal = f"{construction.code} raises {one_line(error, root)}"
            continue
        constructed += 1
        found, refused = choose(made, construction, position)
        if found is not None:
            return found, ""
        if constructed in telling:
            refusal = f"{construction.code} accepts none of the inputs tried; {refused}"
        if constructed >= most:
            break
    return None, refusal if constructed else f"could not be constructed: {refusal}"


def recalled(candidates: Iterator[tuple[int, Inputs]], recipe: Recipe | None) -> Iterator[tuple[int, Inputs]]:
    """Of inputs with their positions the one that an earlier search took, all of them where there was none."""
    if recipe is None:
        return candidates
    # Those behind it are not drawn.
    return itertools.islice((one for one in candidates if one[0] == recipe.inputs), 1)
