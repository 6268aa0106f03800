"""Right functions of several layers, whose weights are numbered."""

import numpy as np

LEDGER = {
    "stack_forward": {"may_be": ["passed"], "trap": "keys made in a loop, columns, a list of caches"},
    "gated_forward": {"may_be": ["passed"], "trap": "numbered weights that lie side by side"},
}


def stack_forward(X, parameters):
    caches, A = [], X
    for layer in range(1, len(parameters) // 2 + 1):
        Z = np.dot(parameters["W" + str(layer)], A) + parameters["b" + str(layer)]
        caches.append((A, parameters["W" + str(layer)], np.tanh(Z)))
        A = np.tanh(Z)
    return A, caches


def stack_backward(dA, caches):
    grads = {}
    for layer in range(len(caches), 0, -1):
        A_prev, W, A = caches[layer - 1]
        dZ = dA * (1 - A**2)
        grads[f"dW{layer}"], grads[f"db{layer}"] = dZ @ A_prev.T, dZ.sum(axis=1, keepdims=True)
        dA = W.T @ dZ
    return grads | {"dX": dA}


def gated_forward(x, W1, b1, W2, b2):
    a, g = x @ W1 + b1, np.tanh(x @ W2 + b2)
    return a * g, (x, a, g, W1, W2)


def gated_backward(dout, cache):
    x, a, g, W1, W2 = cache
    da, dg = dout * g, dout * a * (1 - g**2)
    return da @ W1.T + dg @ W2.T, x.T @ da, da.sum(0), x.T @ dg, dg.sum(0)
