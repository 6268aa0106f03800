"""The nouns of the numeric half; docs/glossary.md explains the words.

Shapes: x a primal, y the output, x_bar and y_bar their cotangents; a cotangent has its primal's shape.
"""

from gradcheck.types.blueprint import Blueprint, Built, Presentation
from gradcheck.types.evidence import Evidence, StepError, Sweep
from gradcheck.types.explanation import Blame, Dispute, Explanation, HypothesisOfError, Prediction
from gradcheck.types.leaves import Adapter, Check, Context, Profile
from gradcheck.types.oracle import Directional, Estimate, Exact, Oracle
from gradcheck.types.reference import Form, Reference, Signature
from gradcheck.types.results import CheckResult, Mismatch, Outcome, Quantity, Report
from gradcheck.types.session import Answer, Call, Session
from gradcheck.types.subject import Array, Case, Cotangents, Primals, Pullback, Replay, Role, Subject, Tangents, Vjp
from gradcheck.types.training import Diagnosis, Holder, TrainingSetup

__all__ = [
    "Adapter",
    "Answer",
    "Array",
    "Blame",
    "Blueprint",
    "Built",
    "Call",
    "Case",
    "Check",
    "CheckResult",
    "Context",
    "Cotangents",
    "Diagnosis",
    "Directional",
    "Dispute",
    "Estimate",
    "Evidence",
    "Exact",
    "Explanation",
    "Form",
    "Holder",
    "HypothesisOfError",
    "Mismatch",
    "Oracle",
    "Outcome",
    "Prediction",
    "Presentation",
    "Primals",
    "Profile",
    "Pullback",
    "Quantity",
    "Reference",
    "Replay",
    "Report",
    "Role",
    "Session",
    "Signature",
    "StepError",
    "Subject",
    "Sweep",
    "Tangents",
    "TrainingSetup",
    "Vjp",
]
