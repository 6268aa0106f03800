"""Functions of several numbered layers whose backward forgets something between them."""

import numpy as np

LEDGER = {
    "two_layer_forward": {
        "check": "gradient",
        "wrt": ["x", "params.W1", "params.b1"],
        "explanation": "missing_factor",
        "diagnosis": ["passed_over"],
        "oracles": ["traced_autograd", "finite_difference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-09}
    },
}


def two_layer_forward(x, params):
    h = np.tanh(x @ params["W1"] + params["b1"])
    return h @ params["W2"] + params["b2"], (x, h, params)


def two_layer_backward(dout, cache):
    """The derivative of tanh was lost when the second layer was added."""
    x, h, params = cache
    dh = dout @ params["W2"].T
    grads = {"W1": x.T @ dh, "b1": dh.sum(axis=0), "W2": h.T @ dout, "b2": dout.sum(axis=0)}
    return dh @ params["W1"].T, grads
