"""Layers and models of tensors: forward alone is written, gradients follow from it.

Their parts, names and initial weights are those of the layers written by hand in NumPy.
"""

from __future__ import annotations

from reference_models.tape.modules.decoder import Decoder
from reference_models.tape.modules.decoder_layer import DecoderLayer
from reference_models.tape.modules.embedding import Embedding
from reference_models.tape.modules.encoder import Encoder
from reference_models.tape.modules.encoder_layer import EncoderLayer
from reference_models.tape.modules.feed_forward import FeedForward
from reference_models.tape.modules.gpt import GPT
from reference_models.tape.modules.layer_norm import LayerNorm
from reference_models.tape.modules.linear import Linear
from reference_models.tape.modules.mlp import MLP
from reference_models.tape.modules.multi_head_attention import MultiHeadAttention
from reference_models.tape.modules.residual import Residual
from reference_models.tape.modules.transformer import Transformer

__all__ = [
    "GPT",
    "MLP",
    "Decoder",
    "DecoderLayer",
    "Embedding",
    "Encoder",
    "EncoderLayer",
    "FeedForward",
    "LayerNorm",
    "Linear",
    "MultiHeadAttention",
    "Residual",
    "Transformer",
]
