"""Functions whose backward is handed what forward answers beside its output, and is wrong all the same."""

import numpy as np

LEDGER = {
    "rectify_forward": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "mask_missing",
        "diagnosis": ["passed_over", "local_derivative", "mask", "region"],
        "oracles": ["traced_autograd", "finite_difference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-08}
    },
    "penalised_loss": {
        "check": "gradient",
        "wrt": ["W"],
        "explanation": "missing_factor",
        "diagnosis": ["missing_term"],
        "oracles": ["traced_autograd", "finite_difference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-06}
    },
    "margin_loss": {
        "check": "gradient",
        "wrt": ["scores"],
        "explanation": "missing_factor",
        "diagnosis": ["scale"],
        "oracles": ["traced_autograd", "finite_difference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-08}
    },
}


def rectify_forward(x):
    return np.clip(x, 0, 1), (x > 0).astype(x.dtype)


def rectify_backward(dout, mask):
    """Grew an upper bound in forward; the mask still knows the lower one alone."""
    return dout * mask


def penalised_loss(W, X, y, reg):
    """Forgot the 1/2 before the penalty when it differentiated."""
    s = X @ W
    p = np.exp(s - s.max(1, keepdims=True))
    p /= p.sum(1, keepdims=True)
    n = len(y)
    loss = -np.log(p[np.arange(n), y]).mean() + 0.5 * reg * (W * W).sum()
    p[np.arange(n), y] -= 1
    dW = X.T @ p / n + 2 * reg * W
    return loss, dW


def margin_loss(scores, target):
    """Means the loss over rows, and the gradient over no rows at all."""
    dscores = np.tanh(scores - target)
    return np.log(np.cosh(scores - target)).sum() / len(scores), dscores
