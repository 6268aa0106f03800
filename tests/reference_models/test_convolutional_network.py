from __future__ import annotations

import pytest

from reference_models.convolutional_network import ConvolutionalNetwork


@pytest.mark.parametrize("sizes", [(1, 8), (2, 4)])
def test_it_agrees_with_torch(assert_twins, sizes):
    import torch

    in_channels, image_size = sizes
    functional = torch.nn.functional

    def twin(weights, x):
        for index in (0, 4):
            x = functional.conv2d(x, weights[f"layers[{index}].W"], weights[f"layers[{index}].b"], padding=1)
            gamma, beta = weights[f"layers[{index + 1}].gamma"], weights[f"layers[{index + 1}].beta"]
            x = functional.batch_norm(x, None, None, gamma, beta, training=True)
            x = functional.max_pool2d(functional.relu(x), 2)
        return x.flatten(1) @ weights["layers[9].W"] + weights["layers[9].b"]

    model = ConvolutionalNetwork(in_channels=in_channels, image_size=image_size, n_classes=3, channels=2)
    # Of two convolutions by three and two normalisations over all positions of the batch, and of the linear layer.
    roundings = 2 * (2 * 9 * 4 + 6 * 3 * image_size**2) + 4 * image_size**2 + 60
    assert_twins(model, twin, (3, in_channels, image_size, image_size), roundings=roundings)


def test_images_that_cannot_be_halved_twice_are_refused():
    with pytest.raises(ValueError, match="image_size=6 cannot be halved twice"):
        ConvolutionalNetwork(image_size=6)
