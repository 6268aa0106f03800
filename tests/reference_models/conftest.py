"""What compares a layer with its twin in torch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from reference_models import parameters

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

# Of a float64 sum of a few thousand terms, each rounded to 2^-53.
DOUBLE = 1e-12
SINGLE_ROUNDING = 2.0**-24

# Large enough to stand out of float64's rounding, small enough for the response to be linear.
RELATIVE_CHANGE = 2.0**-26
CHANGES = 2


def draw(rng, shape):
    """Gaussian float64 numbers that float32 holds exactly, so that both precisions are given the same."""
    return rng.standard_normal(shape).astype(np.float32).astype(np.float64)


def redraw_parameters(layer, rng):
    """Away from where they start: a gamma of 1 and a beta of 0 hide mistakes."""
    for array in parameters.parameters(layer).values():
        array[...] = (array + 0.3 * rng.standard_normal(array.shape)).astype(np.float32)


def narrowed(array):
    """To float32; whole numbers, masks and None stay what they are."""
    return array.astype(np.float32) if getattr(array, "dtype", None) == np.float64 else array


def as_tuple(value):
    return value if isinstance(value, tuple) else (value,)


def outcome_of_layer(layer, inputs, constants, cotangents):
    """Name to array: every output and every gradient."""
    outputs = as_tuple(layer.forward(*inputs, *constants))
    returned = layer.backward(*cotangents) if cotangents else layer.backward()
    outcome = {f"y{index}": np.asarray(output) for index, output in enumerate(outputs)}
    # Beyond the inputs there is nothing: a gradient of a mask or of targets would be noticed by strict.
    gradients = [] if returned is None else as_tuple(returned)
    for index, (_, gradient) in enumerate(zip(inputs, gradients, strict=True)):
        outcome[f"x{index}_bar"] = gradient
    return outcome | {f"d {name}": gradient for name, gradient in parameters.gradients(layer).items()}


def outcome_of_twin(counterpart, weights, inputs, cotangents):
    """The same names to what torch says in float64."""
    import torch

    leaves = {name: torch.tensor(array, requires_grad=True) for name, array in weights.items()}
    tensors = [torch.tensor(array, requires_grad=True) for array in inputs]
    outputs = as_tuple(counterpart(leaves, *tensors))
    upstream = [torch.tensor(array) for array in cotangents] or [None]
    wanted = [*tensors, *leaves.values()]
    found = torch.autograd.grad(outputs, wanted, upstream, allow_unused=True)
    names = [f"x{index}_bar" for index in range(len(inputs))] + [f"d {name}" for name in leaves]
    outcome = {f"y{index}": output.detach().numpy() for index, output in enumerate(outputs)}
    for name, leaf, gradient in zip(names, wanted, found, strict=True):
        outcome[name] = np.zeros(leaf.shape) if gradient is None else gradient.numpy()
    return outcome


def unsteady(rng):
    """While it is entered, everything torch computes, on the way and on the way back, is off by a relative change."""
    import torch
    from torch.utils._python_dispatch import TorchDispatchMode

    generator = torch.Generator().manual_seed(int(rng.integers(2**31)))

    def shares(value, given):
        return any(
            isinstance(other, torch.Tensor) and other.untyped_storage().data_ptr() == value.untyped_storage().data_ptr()
            for other in given
        )

    def changed(value, given):
        # A view computes nothing.
        if not isinstance(value, torch.Tensor) or not value.is_floating_point() or shares(value, given):
            return value
        signs = torch.empty_like(value).bernoulli_(0.5, generator=generator) * 2 - 1
        return value * (1 + RELATIVE_CHANGE * signs)

    class Unsteady(TorchDispatchMode):
        def __torch_dispatch__(self, function, types, args=(), kwargs=None):
            outputs = function(*args, **(kwargs or {}))
            if isinstance(outputs, tuple | list):
                return type(outputs)(changed(value, args) for value in outputs)
            return changed(outputs, args)

    return Unsteady()


def magnitudes(expected, run, weights, inputs, cotangents, rng):
    """How large the terms are that each array is summed of.

    That is how far it moves, per relative change of everything that goes in and of every intermediate result, signs
    drawn at random; and at least its largest entry. A sum whose terms cancel moves by its terms, not by what is left.
    """

    def changed(array):
        return array * (1 + RELATIVE_CHANGE * rng.choice([-1.0, 1.0], array.shape))

    largest = {name: np.abs(array).max(initial=0) for name, array in expected.items()}
    for _ in range(CHANGES):
        changes = [{name: changed(array) for name, array in weights.items()}]
        changes += [[changed(array) for array in arrays] for arrays in (inputs, cotangents)]
        with unsteady(rng):
            moved = run(*changes)
        for name, array in expected.items():
            response = np.abs(moved[name] - array).max(initial=0) / RELATIVE_CHANGE
            largest[name] = max(largest[name], response)
    return largest


def assert_near(actual, expected, allowed, dtype):
    assert actual.keys() == expected.keys()
    for name, array in expected.items():
        assert actual[name].dtype == dtype, name
        assert actual[name].shape == array.shape, name
        error = np.abs(actual[name].astype(np.float64) - array).max(initial=0)
        assert error <= allowed[name], f"{name}: {dtype} is off by {error:.3g}, allowed {allowed[name]:.3g}"


@pytest.fixture(scope="session")
def assert_twins() -> Callable:
    """Assert that a layer and its twin give the same value and the same gradients, in float64 and in float32.

    In float64 to 1e-12 of the magnitude of the summed terms; in float32 to one rounding, 2^-24 of that magnitude, for
    each of the roundings on the longest way through the layer and back.
    """
    pytest.importorskip("torch", reason="torch is not installed, nothing to compare with")

    def check(
        layer: Any,
        counterpart: Callable,
        *shapes: tuple[int, ...],
        roundings: int,
        seed: int = 0,
        constants: Sequence[Any] = (),
        inputs: Sequence[np.ndarray] | None = None,
    ) -> None:
        rng = np.random.default_rng(seed)
        redraw_parameters(layer, rng)
        weights = {name: array.copy() for name, array in parameters.parameters(layer).items()}
        inputs = [draw(rng, shape) for shape in shapes] if inputs is None else list(inputs)
        outputs = as_tuple(layer.forward(*inputs, *constants))
        is_loss = np.ndim(outputs[0]) == 0
        cotangents = [] if is_loss else [draw(rng, output.shape) for output in outputs]

        def run(weights, inputs, cotangents):
            return outcome_of_twin(counterpart, weights, inputs, cotangents)

        expected = run(weights, inputs, cotangents)
        size = magnitudes(expected, run, weights, inputs, cotangents, rng)
        actual = outcome_of_layer(layer, inputs, constants, cotangents)
        assert_near(actual, expected, {name: DOUBLE * size[name] for name in size}, np.float64)

        parameters.cast(layer, np.float32)
        single = [[narrowed(array) for array in arrays] for arrays in (inputs, constants, cotangents)]
        actual = outcome_of_layer(layer, *single)
        allowed = {name: roundings * SINGLE_ROUNDING * size[name] for name in size}
        assert_near(actual, expected, allowed, np.float32)

    return check


# Ours to torch's; a weight of ours is inputs by outputs, torch's the other way about.
TORCH_NAMES = {
    "attention.output_projection": "self_attn.out_proj",
    "self_attention.output_projection": "self_attn.out_proj",
    "cross_attention.output_projection": "multihead_attn.out_proj",
    "feed_forward.first": "linear1",
    "feed_forward.second": "linear2",
}
TORCH_ATTENTIONS = {"attention": "self_attn", "self_attention": "self_attn", "cross_attention": "multihead_attn"}
PROJECTIONS = ("query_projection", "key_projection", "value_projection")
TORCH_ATTRIBUTES = {"W": "weight", "b": "bias", "gamma": "weight", "beta": "bias"}


@pytest.fixture(scope="session")
def torch_weights() -> Callable:
    """Map our weights of an encoder, a decoder, or of one layer of either, to the names of torch's."""

    def of_layer(ours: dict[str, Any]) -> dict[str, Any]:
        import torch

        mapped = {}
        residuals = [name.removesuffix(".norm.gamma") for name in ours if name.endswith(".norm.gamma")]
        # torch numbers the normalisations in the order of the parts, and so do our layers hold them.
        names = TORCH_NAMES | {f"{name}.norm": f"norm{number}" for number, name in enumerate(residuals, start=1)}
        for our_place, torch_place in names.items():
            for attribute, torch_attribute in TORCH_ATTRIBUTES.items():
                if f"{our_place}.{attribute}" in ours:
                    array = ours[f"{our_place}.{attribute}"]
                    mapped[f"{torch_place}.{torch_attribute}"] = array.T if attribute == "W" else array
        for our_place, torch_place in TORCH_ATTENTIONS.items():
            if f"{our_place}.{PROJECTIONS[0]}.W" in ours:
                weights = [ours[f"{our_place}.{name}.W"].T for name in PROJECTIONS]
                biases = [ours[f"{our_place}.{name}.b"] for name in PROJECTIONS]
                mapped[f"{torch_place}.in_proj_weight"] = torch.cat(weights)
                mapped[f"{torch_place}.in_proj_bias"] = torch.cat(biases)
        return mapped

    def whole(ours: dict[str, Any]) -> dict[str, Any]:
        mapped = {
            f"norm.{TORCH_ATTRIBUTES[name[5:]]}": array for name, array in ours.items() if name.startswith("norm.")
        }
        stacked = {name.split(".")[0] for name in ours if name.startswith("layers[")}
        if not stacked:
            return of_layer(ours)
        for prefix in stacked:
            inner = {
                name.removeprefix(f"{prefix}."): array for name, array in ours.items() if name.startswith(f"{prefix}.")
            }
            number = prefix.removeprefix("layers[").removesuffix("]")
            mapped |= {f"layers.{number}.{name}": array for name, array in of_layer(inner).items()}
        return mapped

    return whole
