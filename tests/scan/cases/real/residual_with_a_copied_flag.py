"""The flag of the sum looks right; the sum is a leaf."""

from core.tensor import Tensor


class ResidualBlock:
    def forward(self, x):
        h = self.second(self.first(x))
        return Tensor(x.data + h.data, requires_grad=x.requires_grad or h.requires_grad)  # GRC002
