"""A part that is frozen on purpose runs without a graph."""

import torch
from torch import nn


class Prompted(nn.Module):
    def __init__(self, image_encoder, decoder, prompt_encoder):
        super().__init__()
        self.image_encoder = image_encoder
        self.decoder = decoder
        self.prompt_encoder = prompt_encoder
        for param in self.prompt_encoder.parameters():
            param.requires_grad = False

    def forward(self, image, box):
        embedded = self.image_encoder(image)
        with torch.no_grad():
            sparse, dense = self.prompt_encoder(boxes=box)
        return self.decoder(embedded, sparse, dense)
