"""Right for the weights of the next step: they are moved before the gradient is taken."""

from __future__ import annotations

from collections.abc import Iterator

from gradcheck.cases.running.backward_plan import LEARNING_RATE
from gradcheck.types import Dispute, HypothesisOfError, Prediction, Role


def predict(dispute: Dispute) -> Iterator[Prediction]:
    """Actual is the true gradient where a parameter has made its step already."""
    subject = dispute.subject
    if not subject.updates_parameters:
        return
    own = [value for name, value in dispute.settings.items() if "rate" in name or name in {"lr", "eta", "alpha"}]
    rates = [LEARNING_RATE, *(float(value) for value in own if isinstance(value, float) and value > 0.0)]
    parameters = [name for name, role in subject.roles.items() if role is Role.PARAMETER and name in dispute.expected]
    sets = [(name,) for name in parameters] + ([tuple(parameters)] if len(parameters) > 1 else [])
    for rate in dict.fromkeys(rates):
        for names in sets:
            moved = {name: subject.primals[name] - rate * dispute.expected[name] for name in names}
            found = dispute.truth([dispute.evidence.y_bar], {**subject.primals, **moved})
            if found is not None:
                told = ", ".join(f"`{name}`" for name in names)
                yield Prediction(
                    actual=found[0],
                    sentence=f"it is the gradient for {told} of the next step",
                    claim=1.5 + 0.25 * len(names),
                    advice="take every gradient before any weight is moved",
                    scalable=False,
                )


HYPOTHESIS_OF_ERROR = HypothesisOfError(
    name="updated_first", summary="weights are moved before the gradient is taken", predict=predict, cost=1, least=1.75
)
