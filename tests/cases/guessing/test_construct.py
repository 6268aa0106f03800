"""Constructors are called with arguments that fit them, the likeliest first, and the code says the same."""

from __future__ import annotations

import inspect
import itertools

import numpy as np
import pytest

from gradcheck.cases.guessing.construct import MOST, constructions, signature_of


class Linear:
    def __init__(self, in_features, out_features, bias=True):  # noqa: FBT002
        self.W = np.ones((in_features, out_features))
        self.b = np.zeros(out_features) if bias else None

    def forward(self, x):
        return x @ self.W + self.b

    def backward(self, g):
        return g @ self.W.T


class Affine:
    def __init__(self, W, b):
        self.W, self.b = W, b


class LSTM:
    def __init__(self, Wx, Wh, b):
        self.Wx, self.Wh, self.b = Wx, Wh, b


class Conv2D:
    def __init__(self, W, b, stride=1):
        self.W, self.b, self.stride = W, b, stride


class BatchNormalization:
    def __init__(self, gamma, beta, momentum=0.9):
        self.gamma, self.beta = gamma, beta


class Swish:
    def __init__(self, beta):
        self.beta = float(beta)


class Pool:
    def __init__(self, pool_size, /, stride):
        self.pool_size, self.stride = pool_size, stride


class Tanh:
    def forward(self, x):
        return np.tanh(x)

    def backward(self, g):
        return g


class MLP:
    def __init__(self, input_size, output_size, hiddens, activations, weight_init_fn, bias_init_fn, lr):
        assert len(activations) == len(hiddens) + 1
        widths = [input_size, *hiddens, output_size]
        self.weights = [weight_init_fn(a, b) for a, b in itertools.pairwise(widths)]
        self.biases = [bias_init_fn(b) for b in widths[1:]]
        self.activations, self.lr = activations, lr


class Sequential:
    def __init__(self, layers):
        self.layers = layers
        for layer in layers:
            assert callable(layer.forward)


class Wrapped:
    def __init__(self, inner: Tanh):
        inner.forward(np.ones(2))
        self.inner = inner


class Activation:
    def __init__(self, activation, activation_prime):
        x = np.linspace(-1.0, 1.0, 5)
        step = 1e-6
        slope = (activation(x + step) - activation(x - step)) / (2 * step)
        assert np.allclose(slope, activation_prime(x), atol=1e-8)


class NamedActivation:
    def __init__(self, name):
        self.function = {"relu": np.abs, "sigmoid": np.tanh}[name]


class Reshape:
    def __init__(self, *shape):
        self.shape = shape


class Scaled:
    def __init__(self, factor, *shape):
        self.factor, self.shape = factor, shape


class BatchNorm:
    def __init__(self, num_features, momentum=0.9):
        self.num_features = num_features


class BatchNorm2d(BatchNorm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)


class Lazy:
    def __init__(self, units, input_shape=None):
        self.W = np.ones((input_shape[0], units))


class Transformer:
    def __init__(self, d_model=512, d_ff=2048, num_heads=8, max_len=5000):
        assert d_model % num_heads == 0


class Nothing:
    pass


class Fussy:
    """Takes only what is last in every list of candidates."""

    def __init__(self, in_features, kernel_size, stride, padding):
        message = "not these"
        raise ValueError(message)


class Densa:
    def __init__(self, entrante, saliente):
        self.W = np.ones((entrante, saliente))


ALL = [
    Linear, Affine, LSTM, Conv2D, BatchNormalization, Swish, Pool, Tanh, MLP, Sequential, Wrapped, Activation,
    NamedActivation, Reshape, Scaled, BatchNorm, BatchNorm2d, Lazy, Transformer, Nothing, Densa,
]  # fmt: skip


def first_that_builds(cls):
    for construction in constructions(cls, qualname=cls.__name__):
        try:
            return construction, construction.build(cls)
        except Exception:  # noqa: BLE001, S112 - the next construction is tried, as a caller would
            continue
    pytest.fail(f"no construction of {cls.__name__} works")


@pytest.mark.parametrize("cls", ALL)
def test_every_layer_is_constructed(cls):
    _, layer = first_that_builds(cls)
    assert isinstance(layer, cls)


@pytest.mark.parametrize("cls", ALL)
def test_the_code_makes_what_the_arguments_make(cls):
    construction, layer = first_that_builds(cls)
    names = {one.__name__: one for one in ALL}
    again = eval(construction.code, {"numpy": np, **names})  # noqa: S307 - our own code, of this module's classes
    assert type(again) is type(layer)
    for name, value in vars(layer).items():
        if isinstance(value, np.ndarray):
            assert np.array_equal(value, getattr(again, name))


def test_the_first_guess_reads_like_a_persons():
    first = next(constructions(Linear, qualname="Linear"))
    assert first.code == "Linear(in_features=8, out_features=5)"
    assert dict(first.arguments) == {"in_features": 8, "out_features": 5}


def test_a_nested_class_keeps_its_qualified_name():
    assert next(constructions(Nothing, qualname="Outer.Nothing")).code == "Outer.Nothing()"


def test_combinations_come_by_how_many_choices_differ_from_the_first():
    tried = [c.arguments for c in constructions(Fussy, qualname="Fussy")]
    differing = [sum(one[name] != tried[0][name] for name in one) for one in tried]
    assert differing == sorted(differing)
    assert max(differing) >= 2


@pytest.mark.parametrize("cls", [*ALL, Fussy])
def test_there_are_at_most_sixty_and_none_twice(cls):
    codes = [c.code for c in constructions(cls, qualname=cls.__name__)]
    assert 1 <= len(codes) <= MOST == 60
    assert len(set(codes)) == len(codes)


def test_optional_arguments_that_matter_are_varied_one_at_a_time():
    codes = [c.code for c in constructions(Linear, qualname="Linear")]
    assert "Linear(in_features=8, out_features=5, bias=False)" not in codes  # an array or a flag: its default is right
    variations = [dict(c.arguments) for c in constructions(Conv2D, qualname="Conv2D")]
    strides = {repr(one["stride"]) for one in variations if "stride" in one}
    assert strides == {"2", "(2, 2)", "(1, 1)"}


def test_an_optional_size_that_defaults_to_none_is_given_soon():
    codes = [c.code for c in itertools.islice(constructions(Lazy, qualname="Lazy"), 3)]
    assert "Lazy(units=5, input_shape=(8,))" in codes


def test_large_default_sizes_are_made_small_first():
    codes = [c.code for c in itertools.islice(constructions(Transformer, qualname="Transformer"), 2)]
    assert codes == ["Transformer(d_model=8, d_ff=6, num_heads=2)", "Transformer()"]


def test_arrays_of_one_layer_fit_one_another():
    for construction in constructions(Affine, qualname="Affine"):
        W, b = construction.arguments["W"], construction.arguments["b"]
        assert b.size in (*W.shape, 1)
    arrays = next(constructions(LSTM, qualname="LSTM")).arguments
    assert arrays["Wx"].shape[1] == arrays["Wh"].shape[1] == arrays["b"].shape[0] == 4 * arrays["Wh"].shape[0]
    kernel = next(constructions(Conv2D, qualname="Conv2D")).arguments
    assert kernel["W"].shape == (2, 3, 3, 3)
    assert kernel["b"].shape == (2,)


def test_a_guess_at_the_shape_of_a_parameter_is_owned_up_to():
    assert next(constructions(Affine, qualname="Affine")).has_guessed_shapes
    assert next(constructions(MLP, qualname="MLP")).has_guessed_shapes
    assert not next(constructions(Linear, qualname="Linear")).has_guessed_shapes


def test_both_shapes_of_a_bias_are_tried():
    shapes = [c.arguments["b"].shape for c in constructions(Affine, qualname="Affine")]
    assert (5,) in shapes
    assert (1, 5) in shapes
    assert (5, 1) in shapes


def test_gamma_and_beta_are_arrays_together_and_a_number_alone():
    both = next(constructions(BatchNormalization, qualname="BatchNormalization")).arguments
    assert both["gamma"].shape == both["beta"].shape == (8,)
    assert isinstance(next(constructions(Swish, qualname="Swish")).arguments["beta"], float)


def test_arguments_are_made_anew_each_time():
    one, other = (next(constructions(Affine, qualname="Affine")).arguments["W"] for _ in range(2))
    assert one is not other
    assert np.array_equal(one, other)
    layers = [next(constructions(MLP, qualname="MLP")).arguments["activations"] for _ in range(2)]
    assert layers[0][0] is not layers[0][1]
    assert layers[0][0] is not layers[1][0]


def test_positional_only_arguments_are_passed_by_position():
    construction, layer = first_that_builds(Pool)
    assert construction.positional == ("pool_size",)
    assert construction.code == f"Pool({layer.pool_size}, stride={layer.stride})"


def test_a_starred_argument_is_spread():
    construction, layer = first_that_builds(Scaled)
    assert construction.starred == "shape"
    assert layer.shape == construction.arguments["shape"]
    assert construction.positional == ("factor",)


def test_what_is_handed_on_to_a_base_class_is_looked_up_there():
    assert [p.name for p in signature_of(BatchNorm2d)] == ["num_features", "momentum"]
    assert next(constructions(BatchNorm2d, qualname="BatchNorm2d")).arguments == {"num_features": 8}


def test_objects_come_from_the_classs_own_module():
    construction, layer = first_that_builds(MLP)
    assert "activations=[Tanh(), Tanh()]" in construction.code
    assert isinstance(layer.activations[0], Tanh)
    _, network = first_that_builds(Sequential)
    assert [type(part) for part in network.layers] == [Linear, Tanh]


def test_an_annotated_class_of_the_module_is_made():
    construction, _ = first_that_builds(Wrapped)
    assert construction.code == "Wrapped(inner=Tanh())"


def test_a_class_without_a_signature_is_constructed_without_arguments():
    class FromC(dict):
        """A class whose constructor is not written in Python."""

    assert [c.code for c in constructions(FromC, qualname="FromC")] == ["FromC()"]
    assert inspect.isclass(FromC)
