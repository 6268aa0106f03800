"""Pairs whose operands are letters: matrices, points, distributions of which nothing but forward tells the shapes."""

import numpy as np

LEDGER = {
    "gated_product_forward": {"may_be": ["passed"], "trap": "a second weight that is one letter; a vector of it is accepted"},
    "product_of_three_forward": {"may_be": ["passed"], "trap": "matrices of any shapes that go together"},
    "likeness_forward": {"may_be": ["passed"], "trap": "b is no bias; one row of it broadcasts"},
    "apart_forward": {"may_be": ["passed"], "trap": "p is a point, no probability"},
    "turned_forward": {"may_be": ["passed"], "trap": "theta is an angle a row, no weight"},
    "taught_loss": {"may_be": ["passed"], "trap": "right for rows of q that sum to one"},
}


def gated_product_forward(x, W, V):
    return np.tanh(x @ W) * (x @ V), (x, W, V)


def gated_product_backward(dout, cache):
    x, W, V = cache
    t, v = np.tanh(x @ W), x @ V
    dt, dv = dout * v * (1 - t**2), dout * t
    return dt @ W.T + dv @ V.T, x.T @ dt, x.T @ dv


def product_of_three_forward(A, B, C):
    return A @ B @ C, (A, B, C)


def product_of_three_backward(dout, cache):
    A, B, C = cache
    return dout @ (B @ C).T, A.T @ dout @ C.T, (A @ B).T @ dout


def likeness_forward(a, b):
    """How alike the rows of two matrices are: the cosine of their angle."""
    lengths = np.linalg.norm(a, axis=1), np.linalg.norm(b, axis=1)
    c = np.sum(a * b, axis=1) / (lengths[0] * lengths[1])
    return c, (a, b, lengths, c)


def likeness_backward(dc, cache):
    a, b, (m, n), c = cache
    da = b / (m * n)[:, None] - a * (c / m**2)[:, None]
    db = a / (m * n)[:, None] - b * (c / n**2)[:, None]
    return dc[:, None] * da, dc[:, None] * db


def apart_forward(p, q):
    d = np.sqrt(np.sum((p - q) ** 2, axis=-1))
    return d, (p, q, d)


def apart_backward(dd, cache):
    p, q, d = cache
    step = (dd / d)[:, None] * (p - q)
    return step, -step


def turned_forward(v, theta):
    """Points of a plane, each turned by an angle of its own."""
    c, s = np.cos(theta), np.sin(theta)
    return np.stack([c * v[:, 0] - s * v[:, 1], s * v[:, 0] + c * v[:, 1]], axis=1), (v, c, s)


def turned_backward(dout, cache):
    v, c, s = cache
    dv = np.stack([c * dout[:, 0] + s * dout[:, 1], c * dout[:, 1] - s * dout[:, 0]], axis=1)
    slopes = np.stack([-s * v[:, 0] - c * v[:, 1], c * v[:, 0] - s * v[:, 1]], axis=1)
    return dv, np.sum(dout * slopes, axis=1)


def taught_loss(x, q):
    """The entropy of a softmax against a distribution for each row."""
    e = np.exp(x - x.max(axis=1, keepdims=True))
    s = e / e.sum(axis=1, keepdims=True)
    loss = -np.sum(q * np.log(s)) / len(x)
    dx = (s - q) / len(x)
    return loss, dx
