"""Names of constructor arguments mean what people mean by them."""

from __future__ import annotations

import pytest

from gradcheck.cases.naming import sizes
from gradcheck.cases.naming.family import family_of
from gradcheck.cases.naming.roles import ROLES, role_of, values_of

NAMES = {
    "in features": "in_features in_dim input_size n_in inputs_num input_dim fan_in in_units num_inputs D_in nin",
    "out features": "out_features output_dim n_out units n_units neurons nodes num_neurons output_size fan_out",
    "features": "d_model embed_dim num_features n_features embedding_dim normalized_shape size wordvec_size",
    "hidden": "hidden_size d_ff num_hidden hidden_dim latent_dim n_hidden ffn_dim",
    "in channels": "in_channels in_chnls num_input_channels in_filters c_in in_ch in_planes",
    "out channels": "out_channels out_ch n_filters num_filters nb_filter filters out_ch1",
    "kernel": "kernel_size kernel filter_size pool_size pool_h kernel_width k filter_width window_size",
    "kernel shape": "kernel_shape filter_shape pool_shape kernel_shape1",
    "stride": "stride stride1 stride_h stride_skip",
    "padding": "padding pad pad1 zero_padding",
    "vocabulary": "vocab_size num_embeddings src_vocab_size V",
    "heads": "num_heads heads_num n_heads h_heads",
    "depth": "num_layers layers_num n_layers",
    "longest": "max_len max_length max_seq_len",
    "time": "seq_len time_steps T nb_seq context_len",
    "batch": "batch_size nb_batch",
    "dropout": "dropout dropout_rate p drop_prob rate",
    "keep": "keep_prob keep_rate",
    "learning rate": "lr learning_rate",
    "momentum": "momentum decay",
    "epsilon": "eps epsilon",
    "slope": "alpha negative_slope",
    "initialiser": "weight_init_fn bias_init_fn init w_init kernel_initializer initialization gamma_init",
    "optimizer": "optimizer optimiser opt",
    "loss": "loss criterion loss_fn",
    "activation": "activation act_fn activation_fn nonlinearity gate_activation f",
    "activations": "activations hidden_activations",
    "derivative": "activation_prime f_prime activation_derivative",
    "layers": "layers layer_list modules",
    "layer": "wrapped_layer encoder net model",
    "widths": "layer_sizes sizes dims layer_dims",
    "hidden widths": "hiddens hidden_sizes hidden_layers",
    "flag": "use_bias return_sequences trainable debug",
    "weight": "W w weights",
    "bias": "b bias",
    "input shape": "input_shape in_shape",
    "output shape": "output_shape target_shape shape",
    "factor": "upsampling_factor downsampling_factor scale_factor",
    "dtype": "dtype data_type",
    "axis": "axis",
    "padding index": "pad_idx BLANK ignore_index",
    "spatial": "input_width image_size",
    "list of kernels": "kernel_sizes",
}


@pytest.mark.parametrize(("role", "name"), [(role, name) for role, names in NAMES.items() for name in names.split()])
def test_a_name_has_its_role(role, name):
    found = role_of(name)
    assert found is not None
    assert found.name == role


@pytest.mark.parametrize("name", ["conv_weight_init_fn", "bias_initializer", "init_weight", "forget_bias_init"])
def test_initialisers_come_before_the_weights_they_name(name):
    assert role_of(name).name == "initialiser"


def test_a_name_that_means_nothing_has_no_role():
    assert role_of("tasa_de_algo") is None


def test_one_letter_means_a_kernel_only_to_a_convolution():
    assert role_of("f", "image").name == "kernel"
    assert role_of("f", "rows").name == "activation"
    assert role_of("depth", "image").name == "out channels"
    assert role_of("depth", "rows") is None


def test_unknown_names_get_from_then_to_then_a_small_count():
    firsts = [values_of(None, "", "rows", place)[0] for place in range(3)]
    assert firsts == [sizes.FEATURES, sizes.OUTPUTS, sizes.KERNEL]


@pytest.mark.parametrize(
    ("annotation", "kind"),
    [("bool", bool), ("float", float), ("str", str), ("tuple[int, int]", tuple), ("List[int]", list), ("int", int)],
)
def test_an_annotation_decides_where_the_name_does_not(annotation, kind):
    assert type(values_of(None, annotation, "rows")[0]) is kind


def test_an_annotation_breaks_the_tie_between_the_values_of_a_role():
    padding = role_of("padding")
    assert values_of(padding, "", "image")[0] == 1
    assert values_of(padding, "str", "image")[0] == "same"
    kernel = role_of("kernel_size")
    assert values_of(kernel, "tuple[int, int]", "image")[0] == (sizes.KERNEL, sizes.KERNEL)


@pytest.mark.parametrize(("family", "rank"), [("image", 3), ("rows", 1), ("recurrent", 2)])
def test_an_input_shape_suits_the_family(family, rank):
    assert len(values_of(role_of("input_shape"), "", family)[0]) == rank


def test_the_table_has_no_role_that_can_never_match():
    assert all(role.pattern.pattern for role in ROLES)
    reached = {role_of(name).name for names in NAMES.values() for name in names.split()}
    assert len(reached) == len(NAMES)


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("Conv2d", "image"),
        ("MaxPool2d_stride1", "image"),
        ("Flatten", "image"),
        ("BatchNorm2d", "image"),
        ("Conv1d", "signal"),
        ("Upsample1d", "signal"),
        ("BatchNorm1d", "rows"),
        ("LSTM", "recurrent"),
        ("SimpleRNN", "recurrent"),
        ("GRUCell", "cell"),
        ("MultiHeadAttention", "attention"),
        ("TransformerEncoderLayer", "attention"),
        ("Embedding", "embedding"),
        ("SoftmaxCrossEntropy", "loss"),
        ("MSELoss", "loss"),
        ("MeanSquaredError", "loss"),
        ("Outer.BCE", "loss"),
        ("Sequence", "recurrent"),
        ("Reduce", "rows"),
        ("Dense", "rows"),
        ("ReLU", "rows"),
    ],
)
def test_a_class_name_tells_the_kind_of_layer(name, family):
    assert family_of(name) == family


def test_sizes_that_meet_in_one_array_differ():
    rows = (sizes.BATCH, sizes.TIME, sizes.FEATURES, sizes.OUTPUTS, sizes.HIDDEN, sizes.VOCABULARY)
    images = (sizes.BATCH, sizes.CHANNELS, sizes.SPATIAL, sizes.FILTERS)
    assert len(set(rows)) == len(rows)
    assert len(set(images)) == len(images)
    assert sizes.SOURCE not in {sizes.TIME, sizes.BATCH, sizes.FEATURES}
    assert sizes.FEATURES % sizes.HEADS == 0
    assert sizes.STRIDE < sizes.KERNEL
