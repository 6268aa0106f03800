"""What every layer promises: its arguments stay as they were, float32 stays float32, backward belongs to forward."""

from __future__ import annotations

import copy
import inspect
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from reference_models import numpy_layers, parameters
from reference_models.numpy_layers import (
    GRU,
    LSTM,
    AvgPool2d,
    BatchNorm,
    BinaryCrossEntropy,
    BinaryCrossEntropyWithLogits,
    Conv1d,
    Conv2d,
    CrossEntropy,
    Decoder,
    DecoderLayer,
    Embedding,
    Encoder,
    EncoderLayer,
    FeedForward,
    GroupNorm,
    GRUCell,
    Huber,
    KLDivergence,
    LayerNorm,
    LearnedEncoding,
    Linear,
    LSTMCell,
    MaxPool2d,
    MeanAbsoluteError,
    MeanSquaredError,
    MultiHeadAttention,
    NegativeLogLikelihood,
    Residual,
    RMSNorm,
    ScaledDotProductAttention,
)

if TYPE_CHECKING:
    from collections.abc import Callable

# Its forward is in two halves, around a layer of the caller's.
WITHOUT_FORWARD = {Residual}
CLASSES = [member for _, member in inspect.getmembers(numpy_layers, inspect.isclass) if member not in WITHOUT_FORWARD]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """How to build a layer and call it: shapes of its floating-point inputs, and below what its integers are."""

    build: Callable[[], Any]
    shapes: tuple[tuple[int, ...], ...] = ((4, 6),)
    ids: dict[tuple[int, ...], int] = field(default_factory=dict)
    inputs_with_gradient: int = -1
    is_loss: bool = False
    draw: Callable = np.random.Generator.standard_normal


def regression(cls, **keywords):
    """A loss of a prediction and a target of one shape, the target without a gradient."""
    return Sample(build=cls, shapes=((4, 6), (4, 6)), inputs_with_gradient=1, is_loss=True, **keywords)


SEQUENCE = (2, 3, 6)
IMAGES = (3, 2, 5, 6)
SAMPLES = {
    Linear: Sample(build=lambda: Linear(6, 5)),
    LayerNorm: Sample(build=lambda: LayerNorm(6)),
    RMSNorm: Sample(build=lambda: RMSNorm(6)),
    Embedding: Sample(build=lambda: Embedding(7, 6), shapes=(), ids={(2, 9): 7}),
    FeedForward: Sample(build=lambda: FeedForward(6, 5)),
    ScaledDotProductAttention: Sample(build=ScaledDotProductAttention, shapes=(SEQUENCE, (2, 4, 6), (2, 4, 5))),
    MultiHeadAttention: Sample(build=lambda: MultiHeadAttention(6, 2), shapes=(SEQUENCE, (2, 4, 6), (2, 4, 6))),
    EncoderLayer: Sample(build=lambda: EncoderLayer(6, 2, 5), shapes=(SEQUENCE,)),
    Encoder: Sample(build=lambda: Encoder(2, 6, 2, 5), shapes=(SEQUENCE,)),
    DecoderLayer: Sample(build=lambda: DecoderLayer(6, 2, 5), shapes=(SEQUENCE, (2, 4, 6))),
    Decoder: Sample(build=lambda: Decoder(2, 6, 2, 5), shapes=(SEQUENCE, (2, 4, 6))),
    LearnedEncoding: Sample(build=lambda: LearnedEncoding(4, 6), shapes=(SEQUENCE,)),
    Conv2d: Sample(build=lambda: Conv2d(2, 3, 3, stride=2, padding=1), shapes=(IMAGES,)),
    Conv1d: Sample(build=lambda: Conv1d(3, 2, 3, padding=1), shapes=(SEQUENCE,)),
    MaxPool2d: Sample(build=lambda: MaxPool2d(2), shapes=(IMAGES,)),
    AvgPool2d: Sample(build=lambda: AvgPool2d(2), shapes=(IMAGES,)),
    BatchNorm: Sample(build=lambda: BatchNorm(2), shapes=(IMAGES,)),
    GroupNorm: Sample(build=lambda: GroupNorm(2, 6)),
    LSTMCell: Sample(build=lambda: LSTMCell(6, 3), shapes=((4, 6), (4, 3), (4, 3))),
    GRUCell: Sample(build=lambda: GRUCell(6, 3), shapes=((4, 6), (4, 3))),
    LSTM: Sample(build=lambda: LSTM(6, 3), shapes=(SEQUENCE,)),
    GRU: Sample(build=lambda: GRU(6, 3), shapes=(SEQUENCE,)),
    MeanSquaredError: regression(MeanSquaredError),
    MeanAbsoluteError: regression(MeanAbsoluteError),
    Huber: regression(Huber),
    BinaryCrossEntropy: regression(BinaryCrossEntropy, draw=np.random.Generator.random),
    BinaryCrossEntropyWithLogits: regression(BinaryCrossEntropyWithLogits, draw=np.random.Generator.random),
    KLDivergence: regression(KLDivergence, draw=np.random.Generator.random),
    NegativeLogLikelihood: Sample(build=NegativeLogLikelihood, ids={(4,): 6}, is_loss=True),
    CrossEntropy: Sample(build=CrossEntropy, ids={(4,): 6}, is_loss=True),
}


def sample_of(cls):
    """Its own, or that of a layer without parameters that works entry by entry or along the last axis."""
    return SAMPLES.get(cls) or Sample(build=cls)


LAYERS = [cls for cls in CLASSES if not sample_of(cls).is_loss]


def build(cls):
    return sample_of(cls).build()


def arguments_of(cls, dtype=np.float64):
    """Arguments of forward; read-only, so that a write raises."""
    rng = np.random.default_rng(8)
    sample = sample_of(cls)
    arguments = [sample.draw(rng, shape).astype(dtype) for shape in sample.shapes]
    arguments += [rng.integers(0, limit, shape) for shape, limit in sample.ids.items()]
    for argument in arguments:
        argument.flags.writeable = False
    return arguments


def run(layer, arguments):
    """Forward and backward with read-only upstream gradients; returns (outputs, upstream, gradients) as tuples."""
    outputs = as_tuple(layer.forward(*arguments))
    if sample_of(type(layer)).is_loss:
        return outputs, (), as_tuple(layer.backward())
    rng = np.random.default_rng(9)
    upstream = tuple(rng.standard_normal(output.shape).astype(output.dtype) for output in outputs)
    for y_bar in upstream:
        y_bar.flags.writeable = False
    return outputs, upstream, gradients_of(layer, upstream)


def as_tuple(value):
    return value if isinstance(value, tuple) else (value,)


def gradients_of(layer, upstream):
    """Of its inputs, then of its parameters."""
    returned = layer.backward(*upstream)
    return (() if returned is None else as_tuple(returned)) + tuple(parameters.gradients(layer).values())


def single(cls):
    layer = build(cls)
    parameters.cast(layer, np.float32)
    return layer


def test_the_classes_are_found():
    assert {cls.__name__ for cls in CLASSES} < set(numpy_layers.__all__)
    assert set(SAMPLES) < set(CLASSES)
    assert len(CLASSES) >= 11


@pytest.mark.parametrize("cls", CLASSES)
def test_it_is_compared_with_torch(cls):
    texts = [file.read_text(encoding="utf-8") for file in Path(__file__).parent.glob("test_*.py")]
    compared = [text for text in texts if "importorskip" in text or "assert_twins" in text]
    assert any(f"{cls.__name__}(" in text for text in compared)


@pytest.mark.parametrize("cls", CLASSES)
def test_its_arguments_are_left_as_they_were(cls):
    arguments = arguments_of(cls)
    copies = [argument.copy() for argument in arguments]
    _, upstream, _ = run(build(cls), arguments)
    assert all(np.array_equal(one, other) for one, other in zip(arguments, copies, strict=True))
    rng = np.random.default_rng(9)
    assert all(np.array_equal(y_bar, rng.standard_normal(y_bar.shape)) for y_bar in upstream)


@pytest.mark.parametrize("cls", CLASSES)
def test_what_it_returns_shares_no_memory_with_what_it_was_given(cls):
    arguments = arguments_of(cls)
    outputs, upstream, gradients = run(build(cls), arguments)
    given = [*arguments, *upstream]
    assert not any(np.shares_memory(one, other) for one in map(np.asarray, (*outputs, *gradients)) for other in given)


@pytest.mark.parametrize("cls", CLASSES)
def test_float32_stays_float32(cls):
    outputs, _, gradients = run(single(cls), arguments_of(cls, np.float32))
    assert {array.dtype for array in (*outputs, *gradients)} == {np.dtype(np.float32)}


@pytest.mark.parametrize("cls", [cls for cls in CLASSES if sample_of(cls).shapes])
def test_float32_stays_float32_though_the_weights_are_wider(cls):
    outputs, _, gradients = run(build(cls), arguments_of(cls, np.float32))
    assert {array.dtype for array in (*outputs, *gradients)} == {np.dtype(np.float32)}


@pytest.mark.parametrize("cls", CLASSES)
def test_float32_gives_the_float64_answer_to_single_precision(cls):
    outputs, _, gradients = run(build(cls), arguments_of(cls))
    single_outputs, _, single_gradients = run(single(cls), arguments_of(cls, np.float32))
    pairs = zip((*outputs, *gradients), (*single_outputs, *single_gradients), strict=True)
    for one, other in pairs:
        np.testing.assert_allclose(other, one, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("cls", CLASSES)
def test_backward_belongs_to_the_latest_forward_and_may_be_called_twice(cls):
    layer, fresh = build(cls), build(cls)
    layer.forward(*[argument[::-1] for argument in arguments_of(cls)])
    if hasattr(layer, "rng"):
        layer.rng = copy.deepcopy(fresh.rng)
    _, upstream, gradients = run(layer, arguments_of(cls))
    _, _, expected = run(fresh, arguments_of(cls))
    again = as_tuple(layer.backward()) if not upstream else gradients_of(layer, upstream)
    assert all(np.array_equal(one, other) for one, other in zip(gradients, expected, strict=True))
    assert all(np.array_equal(one, other) for one, other in zip(again, expected, strict=True))


@pytest.mark.parametrize("cls", LAYERS)
def test_backward_is_linear_in_the_upstream_gradient(cls):
    layer = build(cls)
    outputs, first, gradients = run(layer, arguments_of(cls))
    rng = np.random.default_rng(10)
    second = [rng.standard_normal(output.shape) for output in outputs]
    combined = gradients_of(layer, [2 * one - 3 * other for one, other in zip(first, second, strict=True)])
    for whole, one, other in zip(combined, gradients, gradients_of(layer, second), strict=True):
        np.testing.assert_allclose(whole, 2 * one - 3 * other, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("cls", CLASSES)
def test_each_gradient_has_the_shape_of_what_it_belongs_to(cls):
    arguments = arguments_of(cls)
    layer = build(cls)
    _, _, gradients = run(layer, arguments)
    sample = sample_of(cls)
    inputs = [argument.shape for argument in arguments if argument.dtype == np.float64]
    expected = inputs[: sample.inputs_with_gradient] if sample.inputs_with_gradient >= 0 else inputs
    expected += [array.shape for array in parameters.parameters(layer).values()]
    assert [gradient.shape for gradient in gradients] == expected
