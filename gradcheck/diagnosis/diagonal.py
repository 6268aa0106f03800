"""Only the diagonal of the Jacobian: each output differentiated by its own input alone."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from gradcheck.types import Dispute, HypothesisOfError, Prediction

#: Outputs whose gradients are taken one by one.
MOST_OUTPUTS = 256


def predict(dispute: Dispute) -> Iterator[Prediction]:
    """Actual is diag(J) * y_bar where J has more than its diagonal."""
    y_bar = dispute.evidence.y_bar
    if not dispute.is_free or y_bar.shape != dispute.x.shape or not 1 < y_bar.size <= MOST_OUTPUTS:
        return
    units = list(np.eye(y_bar.size).reshape(y_bar.size, *y_bar.shape))
    rows = dispute.truth(units, None)
    if rows is None:
        return
    diagonal = np.array([np.ravel(row)[k] for k, row in enumerate(rows)]).reshape(y_bar.shape)
    yield Prediction(
        actual=diagonal * y_bar,
        sentence="only the diagonal of the Jacobian is used: each output also depends on its neighbours' inputs",
        claim=1.5,
        advice="add the terms off the diagonal",
        scalable=False,
    )


HYPOTHESIS_OF_ERROR = HypothesisOfError(
    name="diagonal", summary="only the diagonal of the Jacobian is used", predict=predict, cost=2, least=1.5
)
