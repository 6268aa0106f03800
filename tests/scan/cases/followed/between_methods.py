import numpy as np


class Encoder:
    def prepare(self, x):
        self.h = x.data

    def forward(self, x):
        self.prepare(x)
        return Tensor(np.exp(self.h))  # GRC001


class Recurrent:
    """What a step hands to the next is cut off on purpose: truncated backpropagation through time."""

    def forward(self, inputs):
        state = Tensor(self.state.data)
        for x in inputs:
            state = self.cell(x, state)
        self.state = state
        return state
