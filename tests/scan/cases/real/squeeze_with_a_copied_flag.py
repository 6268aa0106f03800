"""Squeeze and excitation: two leaves that claim to need a gradient."""

from core.tensor import Tensor


class SqueezeExcite:
    def forward(self, x):
        squeezed = Tensor(x.data.mean(axis=(2, 3)), requires_grad=x.requires_grad)  # GRC002
        gate = self.expand(self.reduce(squeezed))
        return Tensor(x.data * gate.data[:, :, None, None], requires_grad=x.requires_grad)  # GRC002
