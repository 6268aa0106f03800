"""The checks there are, in the order of a report, and which families of sites have them; imports none of them."""

from __future__ import annotations

from gradcheck import extensions
from gradcheck.source.families import TAPE
from gradcheck.source.optimizers import OPTIMIZER
from gradcheck.source.pairs import FAMILIES as PAIRS
from gradcheck.source.tape_modules import TAPE_MODULE
from gradcheck.source.trainings import TRAINING

#: Checks in the order of a report: cheap truths first. What is not named here follows in alphabetical order.
ORDER = (
    "contract",
    "linearity",
    "gradient",
    "reference",
    "flow",
    "double_backward",
    "determinism",
    "protocol",
    "batch",
    "precision",
    "shapes",
)
#: The family of a vector-Jacobian product that a person hands over: nothing is known of it that could be driven.
FUNCTIONS = "function"
#: Families whose forward and backward are the user's own, and can be called again, on other inputs, in float32.
DRIVEN = frozenset({"instance", *PAIRS})
#: Checks that only layers of some families have; every other check is for all of them.
FAMILIES = {
    "batch": DRIVEN,
    "double_backward": frozenset({"torch_function"}),
    "flow": frozenset({"torch_module"}),
    "in_place": frozenset({"torch_function"}),
    "memory_layout": frozenset({"torch_function"}),
    "precision": DRIVEN,
    "protocol": DRIVEN,
    "shapes": DRIVEN,
    "requested": frozenset({"torch_function"}),
    "undefined": frozenset({"torch_function"}),
}
#: Checks of a hand-written backward, which a module leaves to autograd.
BACKWARD_CHECKS = frozenset({"contract", "linearity", "reference"})
#: Families that are examined as a whole, without a case, and their one check; that of a module of a tape is the check
#: of gradients that every layer has, done in a child process.
WHOLE = {OPTIMIZER: OPTIMIZER, TRAINING: TRAINING, TAPE: "operators", TAPE_MODULE: "gradient"}


def check_names(family: str = "") -> tuple[str, ...]:
    """Names of the checks in the order they are run; imports none of them.

    Args:
        family: Only those that sites of this family have; every check of layers where it is left out.
    """
    if family in WHOLE:
        return (WHOLE[family],)
    present = [name for name in extensions.names("gradcheck.checks") if not family or _is_for(name, family)]
    return (*(name for name in ORDER if name in present), *(name for name in present if name not in ORDER))


def _is_for(check: str, family: str) -> bool:
    if family == "torch_module" and check in BACKWARD_CHECKS:
        return False
    return check not in FAMILIES or family in FAMILIES[check]
