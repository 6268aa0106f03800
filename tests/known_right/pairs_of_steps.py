"""Right recurrent steps, losses and other functions of several arguments, with their gradients."""

import numpy as np

LEDGER = {
    "rnn_step_forward": {"may_be": ["passed"], "trap": "a state among the arguments"},
    "lstm_step_forward": {"may_be": ["passed"], "trap": "two outputs and two upstream gradients"},
    "gru_step_forward": {"may_be": ["passed"], "trap": "weights of two gates side by side, of the candidate apart"},
    "word_embedding_forward": {"may_be": ["passed"], "trap": "whole numbers that repeat"},
    "hinge_loss": {"may_be": ["passed"], "trap": "value and gradient in one answer"},
    "softmax_classifier_loss": {"may_be": ["passed"], "trap": "weights first, no gradient for the data"},
    "mse": {"may_be": ["passed"], "trap": "the target comes first"},
    "binary_cross_entropy": {"may_be": ["passed"], "trap": "clipped: only for numbers between 0 and 1"},
    "squared_rows": {"may_be": ["passed"], "trap": "answers per sample, differentiates their mean"},
    "mse_of_column": {"may_be": ["passed"], "trap": "divides by the rows: right for one answer a row"},
    "linear_forward": {"may_be": ["inconclusive"], "trap": "columns; parameter gradients are means over the batch"},
    "product_forward": {"may_be": ["passed"], "trap": "gradients in a dictionary, in another order"},
    "gated_forward": {"may_be": ["passed"], "trap": "gradients in a list, told apart by the names it returns"},
    "blend_forward": {"may_be": ["passed"], "trap": "gradients of one shape whose names say nothing"},
    "rosenbrock": {"may_be": ["passed"], "trap": "a number of a vector"},
    "recurrence_forward": {"may_be": ["passed"], "trap": "arrays in a dictionary, columns"},
    "huber": {"may_be": ["passed"], "trap": "corners at the threshold"},
    "fused_softmax": {"may_be": ["inconclusive"], "trap": "hands the upstream gradient on to the loss that follows"},
    "cross_entropy_of_probabilities": {"may_be": ["inconclusive"], "trap": "its derivative is that by the logits"},
    "quantise_forward": {"may_be": ["not applicable"], "trap": "a straight-through estimator"},
}


def logistic(x):
    return 1 / (1 + np.exp(-x))


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    next_h = np.tanh(x @ Wx + prev_h @ Wh + b)
    return next_h, (x, prev_h, Wx, Wh, next_h)


def rnn_step_backward(dnext_h, cache):
    x, prev_h, Wx, Wh, next_h = cache
    da = dnext_h * (1 - next_h**2)
    return da @ Wx.T, da @ Wh.T, x.T @ da, prev_h.T @ da, da.sum(axis=0)


def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
    i, f, o, g = np.split(x @ Wx + prev_h @ Wh + b, 4, axis=1)
    i, f, o, g = logistic(i), logistic(f), logistic(o), np.tanh(g)
    next_c = f * prev_c + i * g
    next_h = o * np.tanh(next_c)
    return next_h, next_c, (x, prev_h, prev_c, Wx, Wh, i, f, o, g, next_c)


def lstm_step_backward(dnext_h, dnext_c, cache):
    x, prev_h, prev_c, Wx, Wh, i, f, o, g, next_c = cache
    t = np.tanh(next_c)
    dc = dnext_c + dnext_h * o * (1 - t**2)
    gates = (dc * g * i * (1 - i), dc * prev_c * f * (1 - f), dnext_h * t * o * (1 - o), dc * i * (1 - g**2))
    da = np.concatenate(gates, axis=1)
    return da @ Wx.T, da @ Wh.T, dc * f, x.T @ da, prev_h.T @ da, da.sum(axis=0)


def gru_step_forward(x, prev_h, Wx, Wh, b, Wxc, Whc, bc):
    width = prev_h.shape[1]
    gates = logistic(x @ Wx + prev_h @ Wh + b)
    r, z = gates[:, :width], gates[:, width : 2 * width]
    candidate = np.tanh(x @ Wxc + (r * prev_h) @ Whc + bc)
    return z * prev_h + (1 - z) * candidate, (x, prev_h, Wx, Wh, Wxc, Whc, r, z, candidate)


def gru_step_backward(dnext_h, cache):
    x, prev_h, Wx, Wh, Wxc, Whc, r, z, candidate = cache
    da = dnext_h * (1 - z) * (1 - candidate**2)
    dreset = da @ Whc.T
    dgates = np.concatenate([dreset * prev_h * r * (1 - r), dnext_h * (prev_h - candidate) * z * (1 - z)], axis=1)
    dx = da @ Wxc.T + dgates @ Wx.T
    dprev_h = dnext_h * z + dreset * r + dgates @ Wh.T
    return dx, dprev_h, x.T @ dgates, prev_h.T @ dgates, dgates.sum(0), x.T @ da, (r * prev_h).T @ da, da.sum(0)


def word_embedding_forward(x, W):
    return W[x], (x, W.shape)


def word_embedding_backward(dout, cache):
    x, shape = cache
    dW = np.zeros(shape)
    np.add.at(dW, x, dout)
    return dW


def hinge_loss(x, y):
    rows = np.arange(len(x))
    margins = np.maximum(0, x - x[rows, y][:, None] + 1)
    margins[rows, y] = 0
    dx = (margins > 0).astype(float)
    dx[rows, y] -= dx.sum(axis=1)
    loss = margins.sum() / len(x)
    dx /= len(x)
    return loss, dx


def softmax_classifier_loss(W, X, y, reg):
    scores = X @ W
    p = np.exp(scores - scores.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    loss = -np.log(p[np.arange(len(X)), y]).mean() + reg * np.sum(W * W)
    p[np.arange(len(X)), y] -= 1
    dW = X.T @ p / len(X) + 2 * reg * W
    return loss, dW


def mse(y_true, y_pred):
    return np.mean((y_true - y_pred) ** 2)


def mse_grad(y_true, y_pred):
    return 2 * (y_pred - y_true) / y_true.size


def binary_cross_entropy(y_true, y_pred):
    p = np.clip(y_pred, 1e-12, 1 - 1e-12)
    return -np.mean(y_true * np.log(p) + (1 - y_true) * np.log(1 - p))


def binary_cross_entropy_prime(y_true, y_pred):
    return ((1 - y_true) / (1 - y_pred) - y_true / y_pred) / y_true.size


def squared_rows(y_true, y_pred):
    return np.sum((y_pred - y_true) ** 2, axis=1) / 2


def squared_rows_gradient(y_true, y_pred):
    return (y_pred - y_true) / len(y_true)


def mse_of_column(y_true, y_pred):
    return np.mean((y_true - y_pred) ** 2)


def mse_of_column_derivative(y_true, y_pred):
    return 2 * (y_pred - y_true) / len(y_true)


def linear_forward(A, W, b):
    return W @ A + b, (A, W, b)


def linear_backward(dZ, cache):
    A_prev, W, _ = cache
    m = A_prev.shape[1]
    dW = dZ @ A_prev.T / m
    db = dZ.sum(axis=1, keepdims=True) / m
    dA_prev = W.T @ dZ
    return dA_prev, dW, db


def product_forward(left, right):
    return left * right, (left, right)


def product_backward(dout, cache):
    left, right = cache
    return {"dright": dout * left, "dleft": dout * right}


def gated_forward(x, z):
    gate = logistic(z)
    return x * gate, (x, gate)


def gated_backward(dout, cache):
    x, gate = cache
    dx = dout * gate
    dz = dout * x * gate * (1 - gate)
    return [dz, dx]


def blend_forward(x, other):
    return np.sin(x) * np.exp(other / 4), (x, other)


def blend_backward(dout, cache):
    x, other = cache
    first = dout * np.sin(x) * np.exp(other / 4) / 4
    second = dout * np.cos(x) * np.exp(other / 4)
    return first, second


def rosenbrock(x):
    return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def rosenbrock_der(x):
    gradient = np.zeros_like(x)
    gradient[:-1] = -400 * x[:-1] * (x[1:] - x[:-1] ** 2) - 2 * (1 - x[:-1])
    gradient[1:] += 200 * (x[1:] - x[:-1] ** 2)
    return gradient


def recurrence_forward(xt, a_prev, parameters):
    a_next = np.tanh(parameters["Wax"] @ xt + parameters["Waa"] @ a_prev + parameters["ba"])
    return a_next, (a_next, a_prev, xt, parameters)


def recurrence_backward(da_next, cache):
    a_next, a_prev, xt, parameters = cache
    dz = da_next * (1 - a_next**2)
    gradients = {"dxt": parameters["Wax"].T @ dz, "da_prev": parameters["Waa"].T @ dz}
    gradients |= {"dWax": dz @ xt.T, "dWaa": dz @ a_prev.T, "dba": dz.sum(axis=1, keepdims=True)}
    return gradients


def huber(error, delta):
    small = np.abs(error) <= delta
    return np.where(small, error**2 / 2, delta * (np.abs(error) - delta / 2))


def huber_derivative(error, delta):
    return np.clip(error, -delta, delta)


def fused_softmax(x):
    e = np.exp(x - x.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def fused_softmax_backward(dout, cache):
    return dout


def cross_entropy_of_probabilities(y_true, y_pred):
    return -np.sum(y_true * np.log(y_pred)) / len(y_true)


def cross_entropy_of_probabilities_gradient(y_true, y_pred):
    return (y_pred - y_true) / len(y_true)


def quantise_forward(x):
    return np.round(4 * x) / 4, x.shape


def quantise_backward(dout, cache):
    return dout
