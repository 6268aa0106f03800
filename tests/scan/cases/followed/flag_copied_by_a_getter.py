import numpy as np

from core.tensor import Parameter, Tensor


class Text:
    """A name that only says where something is fetched from is no reason for a cut; one that says what for is."""

    def __init__(self, rows, width):
        self.table = Parameter(np.random.randn(rows, width))

    def get_embeddings(self, tokens):
        return Tensor(self.table.data[tokens], requires_grad=self.table.requires_grad)  # GRC002

    def encode_image(self, image):
        features = self.visual(image)
        return Tensor(features.data / np.linalg.norm(features.data), requires_grad=features.requires_grad)  # GRC002

    def get_weights(self):
        return Tensor(self.table.data.copy())

    def to(self, device):
        return Tensor(device.move(self.table.data), requires_grad=self.table.requires_grad)
