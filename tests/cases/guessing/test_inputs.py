"""Inputs are guessed from names, sizes and arrays, in an order that suits the layer, and drawn repeatably."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from gradcheck.cases.guessing.draws import draw
from gradcheck.cases.guessing.inputs import MOST, input_candidates
from gradcheck.cases.naming.forward_roles import forward_arguments, loss_roles


class Layer:
    def forward(self, x):
        return x


class Dense:
    def __init__(self, in_features=8, out_features=5):
        self.W = np.ones((in_features, out_features))
        self.b = np.ones(out_features)

    def forward(self, x, training=False):  # noqa: FBT002
        return x @ self.W + self.b


class ColumnDense:
    def __init__(self, rows=5, columns=9):
        self.weights = np.ones((rows, columns))
        self.bias = np.ones((rows, 1))

    def forward(self, input):  # noqa: A002
        return self.weights @ input + self.bias


def named(name, forward=None, **attributes):
    cls = type(name, (), {"forward": forward or Layer.forward})
    layer = cls()
    vars(layer).update(attributes)
    return layer


def candidates(layer, construction=None, seed=0, **keywords):
    name = type(layer).__name__
    return list(
        input_candidates(layer, layer.forward, qualname=name, construction=construction or {}, seed=seed, **keywords)
    )


def shapes(layer, construction=None, **keywords):
    found = candidates(layer, construction, **keywords)
    return [next(iter(one.arguments.values())).shape for one in found]


def accepted(layer, construction=None):
    for one in candidates(layer, construction):
        try:
            layer.forward(**one.arguments)
        except Exception:  # noqa: BLE001, S112 - the next input is tried, as a caller would
            continue
        return one
    pytest.fail("no input is accepted")


@pytest.mark.parametrize(
    ("name", "rank"),
    [
        ("ReLU", 2),
        ("Dense", 2),
        ("BatchNorm1d", 2),
        ("Conv2D", 4),
        ("MaxPooling", 4),
        ("SpatialDropout", 4),
        ("Conv1d", 3),
        ("LSTM", 3),
        ("MultiHeadAttention", 3),
        ("GRUCell", 2),
        ("MSELoss", 2),
    ],
)
def test_the_class_name_decides_the_rank_tried_first(name, rank):
    assert len(shapes(named(name))[0]) == rank


def test_an_embedding_gets_ids_below_its_vocabulary_first():
    layer = named("Embedding", W=np.ones((11, 8)))
    first = candidates(layer)[0]
    assert first.arguments["x"].dtype.kind == "i"
    assert 0 <= first.arguments["x"].min() <= first.arguments["x"].max() < 11
    assert first.differentiable == ()
    told = candidates(named("Embedding"), {"vocab_size": 3, "embedding_dim": 8})[0]
    assert told.arguments["x"].max() < 3


def test_a_layer_that_tells_nothing_is_offered_every_layout():
    kinds = {one.description for one in candidates(Layer())}
    expected = {
        "x (4, 8)", "x (4, 3, 8)", "x (4, 3, 6, 6)", "x (4, 6, 6, 3)", "x (8, 4)", "x (4, 3) ids", "x (4,) ids",
        "x (4, 8) probabilities", "x (4, 8) positive", "x (8,)", "x (6, 6)", "x (6, 6, 3)", "x (3, 6, 6)",
    }  # fmt: skip
    assert expected <= kinds


def test_single_samples_come_last():
    axes = [one.batch_axis for one in candidates(Layer())]
    first_single = axes.index(None)
    assert all(axis is None for axis in axes[first_single:])
    assert first_single > len(axes) // 2


def test_images_are_tried_with_channels_first_then_last():
    assert shapes(named("Conv2D"))[:2] == [(4, 3, 6, 6), (4, 6, 6, 3)]


@pytest.mark.parametrize(
    ("name", "construction", "shape"),
    [
        ("Dense", {"in_features": 12, "out_features": 5}, (4, 12)),
        ("Dense", {"n_out": 5, "n_in": 9}, (4, 9)),
        ("Conv2D", {"in_channels": 5, "out_channels": 2, "kernel_size": 3}, (4, 5, 6, 6)),
        ("Conv2D", {"in_channels": 3, "kernel_size": 3, "stride": 2}, (4, 3, 7, 7)),
        ("Conv1d", {"in_channels": 3, "kernel_size": 3, "stride": 2}, (4, 3, 7)),
        ("Conv2D", {"input_shape": (2, 9, 9)}, (4, 2, 9, 9)),
        ("Dense", {"input_shape": (13,)}, (4, 13)),
        ("LSTM", {"input_size": 9, "hidden_size": 6}, (4, 3, 9)),
        ("LSTM", {"input_size": 9, "seq_len": 7}, (4, 7, 9)),
        ("MultiHeadAttention", {"d_model": 16, "num_heads": 2}, (4, 3, 16)),
        ("BatchNorm2d", {"num_features": 10}, (4, 10, 6, 6)),
        ("MLP", {"layer_sizes": [10, 6, 5]}, (4, 10)),
    ],
)
def test_sizes_follow_the_constructors_arguments(name, construction, shape):
    assert shapes(named(name), construction)[0] == shape


@pytest.mark.parametrize(
    ("name", "weight", "shape"),
    [
        ("Dense", (13, 5), (4, 13)),
        ("Block", (2, 7, 3, 3), (4, 7, 6, 6)),
        ("Block", (3, 3, 7, 2), (4, 7, 6, 6)),
        ("Conv1d", (2, 7, 3), (4, 7, 6)),
    ],
)
def test_sizes_follow_the_arrays_a_layer_holds(name, weight, shape):
    assert shapes(named(name, weight=np.ones(weight)))[0] == shape


def test_both_axes_of_a_weight_are_tried():
    found = shapes(named("Dense", W=np.ones((13, 9))))
    assert (4, 13) in found
    assert (4, 9) in found


def test_a_column_shaped_bias_means_features_before_batch():
    layer = ColumnDense()
    first = accepted(layer)
    assert first.arguments["input"].shape == (9, 4)
    assert first.batch_axis == 1


@pytest.mark.parametrize("name", ["ReLU", "Conv2D", "LSTM", "MSELoss", "Embedding", "MultiHeadAttention", "RNNCell"])
def test_the_batch_size_changes_every_candidate_that_has_a_batch(name):
    layer = named(name)
    pairs = list(zip(candidates(layer), candidates(layer, batch=11), strict=False))
    assert pairs
    for usual, other in pairs:
        assert usual.batch_axis == other.batch_axis
        one, two = (next(iter(each.arguments.values())) for each in (usual, other))
        if usual.batch_axis is None:
            assert one.shape == two.shape
        else:
            assert (one.shape[usual.batch_axis], two.shape[usual.batch_axis]) == (4, 11)


def test_a_longer_batch_continues_a_shorter_one():
    layer = named("MaxPool2d")
    few, many = (candidates(layer, batch=size)[0].arguments["x"] for size in (4, 9))
    assert np.array_equal(few, many[:4])
    columns = [draw("gaussian", (8, size), "x", 0, batch_axis=1) for size in (4, 9)]
    assert np.array_equal(columns[0], columns[1][:, :4])


def test_values_depend_on_the_seed_and_the_argument_only():
    def forward(self, q, k, v):
        return q

    layer = named("Attention", forward)
    one, again, other = candidates(layer), candidates(layer), candidates(layer, seed=1)
    for first, second in zip(one, again, strict=True):
        for name, value in first.arguments.items():
            assert np.array_equal(value, second.arguments[name])
            assert value is not second.arguments[name]
    assert not np.array_equal(one[0].arguments["q"], other[0].arguments["q"])
    assert not np.array_equal(one[0].arguments["k"], one[0].arguments["v"])


@pytest.mark.parametrize("kind", ["gaussian", "positive", "shares", "probabilities"])
def test_values_have_short_decimals(kind):
    x = draw(kind, (4, 5), "x", 3)
    assert x.dtype == np.float64
    assert np.array_equal(x, np.round(x, 3))


@pytest.mark.parametrize("shape", [(4, 8), (4, 3, 6, 6), (4, 24, 16)])
def test_no_two_numbers_of_a_row_tie(shape):
    x = draw("gaussian", shape, "x", 0).reshape(shape[0], -1)
    gaps = np.diff(np.sort(x, axis=1), axis=1)
    assert gaps.min() >= min(0.01, 1.0 / x.shape[1]) - 0.0011
    assert not np.any(x == 0.0)
    assert abs(x.mean()) < 1.0


@pytest.mark.parametrize("classes", [2, 5, 10, 64, 512])
def test_probability_rows_sum_to_one_and_stay_away_from_zero(classes):
    rows = draw("probabilities", (4, classes), "p", 0)
    assert np.allclose(rows.sum(axis=1), 1.0, rtol=0.0, atol=1e-12)
    assert rows.min() > 0.1 / classes


def test_probability_columns_sum_to_one_along_the_classes():
    columns = draw("probabilities", (5, 4), "p", 0, batch_axis=1)
    assert np.allclose(columns.sum(axis=0), 1.0)


def two(first, second):
    scope = {}
    exec(f"def forward(self, {first}, {second}): return None", scope)  # noqa: S102 - names are what is tested
    return scope["forward"]


@pytest.mark.parametrize(
    ("first", "second", "prediction"),
    [
        ("y_pred", "y_true", "y_pred"),
        ("y_true", "y_pred", "y_pred"),
        ("x", "t", "x"),
        ("A", "Y", "A"),
        ("logits", "labels", "logits"),
        ("targets", "outputs", "outputs"),
        ("y", "t", "y"),
        ("y_true", "y", "y"),
        ("inputs", "expected", "inputs"),
        ("a", "b", "a"),
    ],
)
def test_roles_of_a_loss_come_from_names_not_from_positions(first, second, prediction):
    layer = named("MSELoss", two(first, second))
    one = candidates(layer)[0]
    assert list(one.arguments) == [first, second]
    assert one.differentiable == (prediction,)
    assert one.arguments[first].shape == one.arguments[second].shape


def kinds_of_targets(name, first="y_pred", second="y_true"):
    return [one.description for one in candidates(named(name, two(first, second)))]


def test_a_cross_entropy_is_given_probability_rows_and_one_hot_targets_first():
    first = candidates(named("CrossEntropyLoss", two("y_pred", "y_true")))[0]
    assert np.allclose(first.arguments["y_pred"].sum(axis=1), 1.0)
    assert np.array_equal(np.sort(first.arguments["y_true"], axis=1)[:, -1], np.ones(4))
    assert np.array_equal(first.arguments["y_true"].sum(axis=1), np.ones(4))


def test_a_cross_entropy_on_logits_is_given_gaussian_rows_first():
    for name, argument in (("SoftmaxCrossEntropy", "x"), ("CrossEntropyLoss", "logits")):
        assert kinds_of_targets(name, argument, "t")[0] == f"{argument} (4, 5), t (4, 5) one-hot"


def test_a_cross_entropy_is_also_given_integer_targets_and_columns():
    found = kinds_of_targets("CrossEntropyLoss")
    assert "y_pred (4, 5) probabilities, y_true (4,) ids" in found
    assert "y_pred (5, 4) probabilities, y_true (5, 4) one-hot" in found


@pytest.mark.parametrize("name", ["CrossEntropyLoss", "SoftmaxWithLoss", "NLLLoss", "BinaryCrossEntropy"])
def test_a_cross_entropy_never_gets_real_targets(name):
    found = kinds_of_targets(name)
    assert len(found) > 2
    assert all(line.endswith(("one-hot", "ids", "binary")) for line in found)


def test_a_binary_loss_is_given_binary_targets():
    first = candidates(named("BCELoss", two("y_pred", "y_true")))[0]
    assert set(np.unique(first.arguments["y_true"])) == {0.0, 1.0}
    assert np.all((first.arguments["y_pred"] > 0) & (first.arguments["y_pred"] < 1))
    assert [line.split("y_true ")[1] for line in kinds_of_targets("BCELoss")] == [
        "(4, 1) binary", "(4,) binary", "(4, 5) binary",
    ]  # fmt: skip


def test_a_hinge_loss_is_given_signs():
    first = candidates(named("HingeLoss", two("y_pred", "y_true")))[0]
    assert set(np.unique(first.arguments["y_true"])) == {-1.0, 1.0}


def test_a_squared_error_is_given_real_targets_that_differ_from_the_predictions():
    first = candidates(named("MSELoss", two("y_pred", "y_true")))[0]
    assert not np.any(first.arguments["y_pred"] == first.arguments["y_true"])


def test_an_elementwise_product_of_x_and_y_is_differentiated_by_both():
    first = candidates(named("Multiply", two("x", "y")))[0]
    assert first.differentiable == ("x", "y")
    assert first.arguments["x"].shape == first.arguments["y"].shape


def test_a_network_that_answers_with_its_loss_gets_targets_as_wide_as_its_output():
    layer = named("Classifier", two("x", "t"), W=np.ones((8, 3)))
    found = [one.description for one in candidates(layer, {"in_dim": 8, "out_dim": 3})]
    assert "x (4, 8), t (4,) ids" in found
    assert "x (4, 8), t (4, 3) one-hot" in found


def test_alignment_losses_get_lengths():
    def forward(self, logits, target, input_lengths, target_lengths):
        return None

    first = candidates(named("CTCLoss", forward))[0].arguments
    assert first["logits"].shape == (10, 4, 7)
    assert np.array_equal(first["input_lengths"], np.full(4, 10))
    assert np.array_equal(first["target_lengths"], np.full(4, first["target"].shape[1]))
    assert first["target"].min() > 0


def test_a_recurrent_cell_gets_its_state():
    def forward(self, x, h_prev, c_prev):
        return h_prev

    layer = named("LSTMCell", forward)
    first = candidates(layer, {"input_size": 8, "hidden_size": 6})[0]
    assert first.description == "x (4, 8), h_prev (4, 6), c_prev (4, 6)"
    assert first.differentiable == ("x", "h_prev", "c_prev")
    assert any(one.description == "x (8,), h_prev (6,), c_prev (6,)" for one in candidates(layer, {"hidden_size": 6}))


def test_keys_and_values_have_another_length_than_queries_then_the_same():
    def forward(self, query, key, value, mask):
        return query

    found = [one.description for one in candidates(named("Attention", forward), {"d_model": 8})]
    assert found[0] == "query (4, 3, 8), key (4, 5, 8), value (4, 5, 8), mask = None"
    assert found[1].startswith("query (4, 3, 8), key (4, 3, 8), value (4, 3, 8), mask (4, 1, 3) ones")
    assert candidates(named("Attention", forward))[1].arguments["mask"].dtype == bool


def test_training_flags_are_true_and_evaluation_flags_are_left_or_false():
    def forward(self, x, is_training, training=False, train_flg=False, eval=False, retain=True):  # noqa: A002, FBT002
        return x

    given = candidates(named("Dropout", forward))[0].arguments
    assert {name: value for name, value in given.items() if name != "x"} == {
        "is_training": True, "training": True, "train_flg": True,
    }  # fmt: skip

    def evaluated(self, x, eval):  # noqa: A002
        return x

    assert candidates(named("Dropout", evaluated))[0].arguments["eval"] is False


def test_a_learning_rate_is_one():
    def forward(self, x, lr):
        return x

    assert candidates(named("Dense", forward))[0].arguments["lr"] == 1.0


def test_starred_inputs_are_called_x():
    def forward(self, *args):
        return args[0]

    assert list(candidates(named("ReLU", forward))[0].arguments) == ["x"]


def test_an_input_with_a_default_is_still_given():
    def forward(self, x=None, mask=None):
        return x

    assert list(candidates(named("ReLU", forward))[0].arguments) == ["x"]


def test_a_forward_without_inputs_gets_none():
    def forward(self):
        return np.ones(3)

    found = candidates(named("Constant", forward))
    assert [one.description for one in found] == ["no inputs"]
    assert dict(found[0].arguments) == {}


def test_arguments_keep_forwards_order():
    def forward(self, mask, src, training, trg):
        return src

    assert all(list(one.arguments) == ["mask", "src", "training", "trg"] for one in candidates(named("X", forward)))


@pytest.mark.parametrize("name", ["ReLU", "Conv2D", "LSTM", "CrossEntropyLoss", "Loss", "Embedding", "Transformer"])
def test_there_are_at_most_twenty_four_and_none_twice(name):
    for forward in (Layer.forward, two("x", "t"), two("x", "h"), two("q", "mask")):
        lines = [one.description for one in candidates(named(name, forward, W=np.ones((3, 9))))]
        assert len(lines) == len(set(lines)) <= MOST == 24


def test_candidates_are_made_one_at_a_time():
    class Watched(Layer):
        reads = 0

    layer = Watched()
    found = input_candidates(layer, layer.forward, qualname="Watched", construction={}, seed=0)
    assert iter(found) is found
    assert len(list(itertools.islice(found, 2))) == 2


def test_a_logarithm_is_given_positive_numbers_first_and_others_late():
    assert np.all(candidates(named("Log"))[0].arguments["x"] > 0)
    assert "positive" not in candidates(named("LogSoftmax"))[0].description
    others = [one.description for one in candidates(named("ReLU"))]
    assert others.index("x (4, 8) positive") > 8


def test_the_layer_is_neither_called_nor_changed():
    class Touchy(Dense):
        def forward(self, x):
            message = "called"
            raise AssertionError(message)

    layer = Touchy()
    before = {name: value.copy() for name, value in vars(layer).items()}
    candidates(layer)
    assert all(np.array_equal(value, before[name]) for name, value in vars(layer).items())


def test_a_layer_with_slots_only_is_read_through_its_arrays():
    class Slotted:
        __slots__ = ("W",)

        def __init__(self):
            self.W = np.ones((13, 5))

        def forward(self, x):
            return x @ self.W

    assert accepted(Slotted()).arguments["x"].shape == (4, 13)


def test_loss_roles_need_two_arguments_and_a_reason():
    def forward(self, x, h):
        return x

    assert loss_roles(forward_arguments(named("Cell", forward).forward), "cell") is None
    assert loss_roles(forward_arguments(Layer().forward), "loss") is None
