"""The nouns of the numeric half; docs/glossary.md explains the words.

Shapes: x a primal, y the output, x_bar and y_bar their cotangents; a cotangent has its primal's shape.
"""

from gradcheck.types.blueprint import Blueprint, Built, Presentation
from gradcheck.types.leaves import Adapter, Check, Context, Profile
from gradcheck.types.oracle import Directional, Estimate, Exact, Oracle
from gradcheck.types.reference import Form, Reference, Signature
from gradcheck.types.results import CheckResult, Mismatch, Outcome, Quantity, Report
from gradcheck.types.subject import Array, Case, Cotangents, Primals, Pullback, Replay, Role, Subject, Tangents, Vjp
from gradcheck.types.training import Diagnosis, Holder, TrainingSetup

__all__ = [
    "Adapter",
    "Array",
    "Blueprint",
    "Built",
    "Case",
    "Check",
    "CheckResult",
    "Context",
    "Cotangents",
    "Diagnosis",
    "Directional",
    "Estimate",
    "Exact",
    "Form",
    "Holder",
    "Mismatch",
    "Oracle",
    "Outcome",
    "Presentation",
    "Primals",
    "Profile",
    "Pullback",
    "Quantity",
    "Reference",
    "Replay",
    "Report",
    "Role",
    "Signature",
    "Subject",
    "Tangents",
    "TrainingSetup",
    "Vjp",
]
