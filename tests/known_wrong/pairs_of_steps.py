"""Functions whose backward or derivative is wrong: recurrent steps, losses, several arguments."""

import numpy as np

LEDGER = {
    "rnn_step_forward": {
        "check": "gradient",
        "wrt": ["Wh"],
        "explanation": "output_for_input",
        "diagnosis": ["quantity"],
        "explained": "not at all",
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-08, "reference": 1e-10}
    },
    "lstm_step_forward": {
        "check": "gradient",
        "wrt": ["x", "prev_h", "prev_c", "Wx", "Wh", "b"],
        "explanation": "missing_path",
        "diagnosis": ["constant_operand"],
        "oracles": ["traced_autograd", "finite_difference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-08}
    },
    "word_embedding_forward": {
        "check": "gradient",
        "wrt": ["W"],
        "explanation": "overwritten",
        "diagnosis": ["overwritten"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-07, "reference": 1e-11}
    },
    "hinge_loss": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "sum_for_mean",
        "diagnosis": ["scale"],
        "oracles": ["traced_autograd", "finite_difference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-09}
    },
    "softmax_classifier_loss": {
        "check": "gradient",
        "wrt": ["W"],
        "explanation": "missing_factor",
        "diagnosis": ["missing_term", "constant_operand"],
        "oracles": ["traced_autograd", "finite_difference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-07}
    },
    "mse": {
        "check": "gradient",
        "wrt": ["y_pred"],
        "explanation": "sign",
        "diagnosis": ["sign"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-08, "reference": 1e-11}
    },
    "binary_cross_entropy": {
        "check": "gradient",
        "wrt": ["y_pred"],
        "explanation": "missing_term",
        "diagnosis": ["constant_operand"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-09, "finite_difference": 1e-08, "reference": 1e-09}
    },
    "product_forward": {
        "check": "gradient",
        "wrt": ["left", "right"],
        "explanation": "swapped",
        "diagnosis": ["copied"],
        "oracles": ["traced_autograd", "finite_difference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-08}
    },
    "gelu": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "missing_term",
        "diagnosis": ["local_derivative", "constant_operand"],
        "oracles": ["traced_autograd", "finite_difference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-08}
    },
    "log_sum_exp_forward": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "not_normalised",
        "diagnosis": ["passed_over"],
        "explained": "wrongly",
        "oracles": ["traced_autograd", "finite_difference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-08}
    },
    "recurrence_forward": {
        "check": "gradient",
        "wrt": ["parameters.Waa"],
        "explanation": "input_for_output",
        "diagnosis": ["quantity"],
        "explained": "not at all",
        "oracles": ["traced_autograd", "finite_difference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-07}
    },
    "rosenbrock": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "missing_term",
        "diagnosis": ["constant_operand"],
        "oracles": ["traced_autograd", "finite_difference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-07}
    },
}


def logistic(x):
    return 1 / (1 + np.exp(-x))


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    next_h = np.tanh(x @ Wx + prev_h @ Wh + b)
    return next_h, (x, prev_h, Wx, Wh, next_h)


def rnn_step_backward(dnext_h, cache):
    """Multiplies by the state after the step where the state before it belongs."""
    x, prev_h, Wx, Wh, next_h = cache
    da = dnext_h * (1 - next_h**2)
    return da @ Wx.T, da @ Wh.T, x.T @ da, next_h.T @ da, da.sum(axis=0)


def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
    i, f, o, g = np.split(x @ Wx + prev_h @ Wh + b, 4, axis=1)
    i, f, o, g = logistic(i), logistic(f), logistic(o), np.tanh(g)
    next_c = f * prev_c + i * g
    next_h = o * np.tanh(next_c)
    return next_h, next_c, (x, prev_h, prev_c, Wx, Wh, i, f, o, g, next_c)


def lstm_step_backward(dnext_h, dnext_c, cache):
    """Forgets that the new cell also reaches the loss through the new state."""
    x, prev_h, prev_c, Wx, Wh, i, f, o, g, next_c = cache
    dc = dnext_c
    do = dnext_h * np.tanh(next_c)
    da = np.concatenate((dc * g * i * (1 - i), dc * prev_c * f * (1 - f), do * o * (1 - o), dc * i * (1 - g**2)), axis=1)
    return da @ Wx.T, da @ Wh.T, dc * f, x.T @ da, prev_h.T @ da, da.sum(axis=0)


def word_embedding_forward(x, W):
    return W[x], (x, W.shape)


def word_embedding_backward(dout, cache):
    """Assigns to rows by their ids, so that of a word met twice only the last counts."""
    x, shape = cache
    dW = np.zeros(shape)
    dW[x] = dout
    return dW


def hinge_loss(x, y):
    """Means the loss over the batch and leaves its gradient a sum."""
    rows = np.arange(len(x))
    margins = np.maximum(0, x - x[rows, y][:, None] + 1)
    margins[rows, y] = 0
    dx = (margins > 0).astype(float)
    dx[rows, y] -= dx.sum(axis=1)
    loss = margins.sum() / len(x)
    return loss, dx


def softmax_classifier_loss(W, X, y, reg):
    """Differentiates the square of the penalty without its two."""
    scores = X @ W
    p = np.exp(scores - scores.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    loss = -np.log(p[np.arange(len(X)), y]).mean() + reg * np.sum(W * W)
    p[np.arange(len(X)), y] -= 1
    dW = X.T @ p / len(X) + reg * W
    return loss, dW


def mse(y_true, y_pred):
    return np.mean((y_true - y_pred) ** 2)


def mse_grad(y_true, y_pred):
    """Takes the prediction off the target, as forward may, for it squares."""
    return 2 * (y_true - y_pred) / y_true.size


def binary_cross_entropy(y_true, y_pred):
    return -np.mean(y_true * np.log(y_pred) + (1 - y_true) * np.log(1 - y_pred))


def binary_cross_entropy_prime(y_true, y_pred):
    """Leaves out the half of the answers that are no."""
    return -y_true / y_pred / y_true.size


def product_forward(left, right):
    return left * right, (left, right)


def product_backward(dout, cache):
    """Exchanges the two gradients, which have the same shape."""
    left, right = cache
    return {"dleft": dout * left, "dright": dout * right}


def gelu(x):
    return x / (1 + np.exp(-1.702 * x))


def gelu_derivative(x):
    """Differentiates the first factor of the product and not the second."""
    return 1 / (1 + np.exp(-1.702 * x))


def log_sum_exp_forward(x):
    largest = x.max(axis=1, keepdims=True)
    e = np.exp(x - largest)
    return largest[:, 0] + np.log(e.sum(axis=1)), e


def log_sum_exp_backward(dout, cache):
    """Hands on the exponentials without dividing them by their sum."""
    return dout[:, None] * cache


def recurrence_forward(xt, a_prev, parameters):
    a_next = np.tanh(parameters["Wax"] @ xt + parameters["Waa"] @ a_prev + parameters["ba"])
    return a_next, (a_next, a_prev, xt, parameters)


def recurrence_backward(da_next, cache):
    """Multiplies by the data where the state belongs, cut to its size."""
    a_next, a_prev, xt, parameters = cache
    dz = da_next * (1 - a_next**2)
    gradients = {"dxt": parameters["Wax"].T @ dz, "da_prev": parameters["Waa"].T @ dz}
    gradients |= {"dWax": dz @ xt.T, "dWaa": dz @ xt[: len(a_prev)].T, "dba": dz.sum(axis=1, keepdims=True)}
    return gradients


def rosenbrock(x):
    return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def rosenbrock_der(x):
    """Leaves out what each coordinate adds as the one after another."""
    gradient = np.zeros_like(x)
    gradient[:-1] = -400 * x[:-1] * (x[1:] - x[:-1] ** 2) - 2 * (1 - x[:-1])
    return gradient
