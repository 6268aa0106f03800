import numpy as np

from core.tensor import Parameter, Tensor


class TiedHead:
    def __init__(self, rows, width):
        self.table = Parameter(
            np.random.randn(rows, width),
        )

    def forward(self, x):
        weight = Tensor(self.table.data.T, requires_grad=self.table.requires_grad)  # GRC002
        logits = x @ weight
        return {"logits": logits}
