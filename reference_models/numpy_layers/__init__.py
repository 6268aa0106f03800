"""One layer per file, each with forward(x) -> y and backward(y_bar) -> x_bar.

A layer remembers its latest forward, backward belongs to that one. Parameter gradients are overwritten by each
backward, not accumulated. Arguments are never modified; float32 in gives float32 out.

What is computed is computed in the wider of x and the parameters, and rounded to x's type at the end: a float32 x costs
float64's time until the parameters are float32 as well, which `reference_models.parameters.cast` makes them. A layer of
whole numbers, such as Embedding, answers in the type of its parameters.
"""

from __future__ import annotations

from reference_models.numpy_layers.avg_pool2d import AvgPool2d
from reference_models.numpy_layers.batch_norm import BatchNorm
from reference_models.numpy_layers.binary_cross_entropy import BinaryCrossEntropy, BinaryCrossEntropyWithLogits
from reference_models.numpy_layers.conv1d import Conv1d
from reference_models.numpy_layers.conv2d import Conv2d
from reference_models.numpy_layers.cross_entropy import CrossEntropy
from reference_models.numpy_layers.decoder import Decoder
from reference_models.numpy_layers.decoder_layer import DecoderLayer
from reference_models.numpy_layers.dropout import Dropout
from reference_models.numpy_layers.elu import ELU, SELU
from reference_models.numpy_layers.embedding import Embedding
from reference_models.numpy_layers.encoder import Encoder
from reference_models.numpy_layers.encoder_layer import EncoderLayer
from reference_models.numpy_layers.feed_forward import FeedForward
from reference_models.numpy_layers.flatten import Flatten
from reference_models.numpy_layers.gelu import GELU, TanhGELU
from reference_models.numpy_layers.group_norm import GroupNorm
from reference_models.numpy_layers.gru import GRU
from reference_models.numpy_layers.gru_cell import GRUCell
from reference_models.numpy_layers.huber import Huber
from reference_models.numpy_layers.kl_divergence import KLDivergence
from reference_models.numpy_layers.layer_norm import LayerNorm
from reference_models.numpy_layers.leaky_relu import LeakyReLU
from reference_models.numpy_layers.learned_encoding import LearnedEncoding
from reference_models.numpy_layers.linear import Linear
from reference_models.numpy_layers.log_softmax import LogSoftmax
from reference_models.numpy_layers.lstm import LSTM
from reference_models.numpy_layers.lstm_cell import LSTMCell
from reference_models.numpy_layers.masks import causal_mask, padding_mask
from reference_models.numpy_layers.max_pool2d import MaxPool2d
from reference_models.numpy_layers.mean_absolute_error import MeanAbsoluteError
from reference_models.numpy_layers.mean_squared_error import MeanSquaredError
from reference_models.numpy_layers.multi_head_attention import MultiHeadAttention
from reference_models.numpy_layers.negative_log_likelihood import NegativeLogLikelihood
from reference_models.numpy_layers.relu import ReLU
from reference_models.numpy_layers.residual import Residual
from reference_models.numpy_layers.rms_norm import RMSNorm
from reference_models.numpy_layers.scaled_dot_product_attention import ScaledDotProductAttention
from reference_models.numpy_layers.sigmoid import Sigmoid
from reference_models.numpy_layers.silu import SiLU
from reference_models.numpy_layers.sinusoidal_encoding import SinusoidalEncoding
from reference_models.numpy_layers.softmax import Softmax
from reference_models.numpy_layers.softplus import Softplus
from reference_models.numpy_layers.tanh import Tanh

__all__ = [
    "ELU",
    "GELU",
    "GRU",
    "LSTM",
    "SELU",
    "AvgPool2d",
    "BatchNorm",
    "BinaryCrossEntropy",
    "BinaryCrossEntropyWithLogits",
    "Conv1d",
    "Conv2d",
    "CrossEntropy",
    "Decoder",
    "DecoderLayer",
    "Dropout",
    "Embedding",
    "Encoder",
    "EncoderLayer",
    "FeedForward",
    "Flatten",
    "GRUCell",
    "GroupNorm",
    "Huber",
    "KLDivergence",
    "LSTMCell",
    "LayerNorm",
    "LeakyReLU",
    "LearnedEncoding",
    "Linear",
    "LogSoftmax",
    "MaxPool2d",
    "MeanAbsoluteError",
    "MeanSquaredError",
    "MultiHeadAttention",
    "NegativeLogLikelihood",
    "RMSNorm",
    "ReLU",
    "Residual",
    "ScaledDotProductAttention",
    "SiLU",
    "Sigmoid",
    "SinusoidalEncoding",
    "Softmax",
    "Softplus",
    "Tanh",
    "TanhGELU",
    "causal_mask",
    "padding_mask",
]
