"""The update rules as formulas on arrays in float64, each term in every form that is known of it.

A rule turns the gradient g of one parameter into what is subtracted from it, u; t counts steps from 1.
"""

from __future__ import annotations

import numpy as np

from gradcheck.optimizers.model import Array, Choices, Hyperparameters, State


def descend(state: State, g: Array, h: Hyperparameters, choices: Choices, t: int) -> Array:
    """Gradient descent: v <- momentum v + g,  u = learning_rate v, or learning_rate (g + momentum v) looking ahead."""
    mu, kept = h.momentum, choices["velocity"]
    if mu == 0:
        return h.learning_rate * g
    before = state.get("v", np.zeros_like(g))
    mine = (1 - mu) * g if kept.startswith("averaged") else g
    match kept:
        case "forgotten":
            v = g
        case "opposed":
            v = g - mu * before
        case "exchanged":
            v = (1 - mu) * before + mu * g
        case "damped from the second step":
            v = g if t == 1 else mu * before + (1 - mu) * g
        case _:
            v = mu * before + mine
    state["v"] = v
    v = v / (1 - mu**t) if kept == "averaged, corrected" else v
    match choices["direction"]:
        case "ahead":
            v = mine + mu * v
        case "ahead without momentum":
            v = g + v
        case "twice the velocity":
            v = v + mu * v
    rate = h.learning_rate**2 if choices["rate"] == "twice" else h.learning_rate
    u: Array = rate * v
    return u


def accumulate(state: State, g: Array, h: Hyperparameters, choices: Choices, t: int) -> Array:
    """AdaGrad: s <- s + g^2,  u = learning_rate g / (sqrt(s) + epsilon)."""
    del t
    inside = choices["epsilon"]
    start = h.epsilon if inside == "in the start" else h.accumulator
    before = state.get("s", np.full_like(g, start))
    square = np.abs(g) if choices["square"] == "absolute" else g if choices["square"] == "none" else g * g
    square = square + h.epsilon if inside == "in every square" else square
    s = square if choices["sum"] == "forgotten" else before + square
    state["s"] = s
    used = before if choices["sum"] == "late" else s
    u: Array = h.learning_rate * g / _root(used, h.epsilon, inside, choices["root"])
    return u


def divide(state: State, g: Array, h: Hyperparameters, choices: Choices, t: int) -> Array:
    """RMSProp: s <- beta2 s + (1 - beta2) g^2,  u = learning_rate g / (sqrt(s) + epsilon)."""
    b = h.beta2
    first = g * g if choices["start"] == "square" else np.ones_like(g)
    before = state.get("s", np.zeros_like(g) if choices["start"] == "zero" else first)
    square = np.abs(g) if choices["square"] == "absolute" else g if choices["square"] == "none" else g * g
    match choices["mean"]:
        case "exchanged":
            s = (1 - b) * before + b * square
        case "summed":
            s = b * before + square
        case "never forgotten":
            s = before + square
        case "forgotten":
            s = (1 - b) * square
        case _:
            s = b * before + (1 - b) * square
    state["s"] = s
    used = before if choices["mean"] == "late" else s
    used = used / (1 - b**t) if choices["correction"] == "power" else used
    if choices["centre"] == "mean":
        state["m"] = b * state.get("m", np.zeros_like(g)) + (1 - b) * g
        used = used - state["m"] ** 2
    u = g / _root(used, h.epsilon, choices["epsilon"], choices["root"])
    if h.momentum:
        u = state["v"] = h.momentum * state.get("v", np.zeros_like(g)) + u
    step: Array = h.learning_rate * u
    return step


def adapt(state: State, g: Array, h: Hyperparameters, choices: Choices, t: int) -> Array:
    """Adam: m, s <- running means of g, g^2, corrected by 1 - beta^t;  u = learning_rate m / (sqrt(s) + epsilon)."""
    b1, b2 = (h.beta2, h.beta1) if choices["betas"] == "exchanged" else (h.beta1, h.beta2)
    before_m, before_s = state.get("m", np.zeros_like(g)), state.get("s", np.zeros_like(g))
    exchanged = choices["moments"] == "exchanged"
    m = _mean(before_m, g * g if exchanged else g, b1, choices["first moment"])
    second = {"absolute": np.abs(g), "none": g, "of the first": m * m}.get(choices["square"], g * g)
    s = _mean(before_s, g if exchanged else second, b2, choices["second moment"])
    state["m"], state["s"] = m, s
    c1, c2 = _correction(b1, t, choices["first correction"]), _correction(b2, t, choices["second correction"])
    if choices["first correction"] == "of the second":
        c1 = 1 - b2**t
    if choices["second correction"] == "of the first":
        c2 = 1 - b1**t
    if choices["first correction"] == "stored":
        state["m"] = m / c1
    if choices["second correction"] == "stored":
        state["s"] = s / c2
    if h.amsgrad and choices["maximum"] == "of the moment":
        s = state["largest"] = np.maximum(state.get("largest", np.zeros_like(g)), s)
    s = s / c2
    if h.amsgrad and choices["maximum"] == "of the corrected moment":
        s = state["largest"] = np.maximum(state.get("largest", np.zeros_like(g)), s)
    inside = choices["epsilon"]
    if inside.endswith("uncorrected"):
        bottom = _root(s * c2, h.epsilon, inside.removesuffix(", uncorrected"), choices["root"]) / np.sqrt(c2)
    else:
        bottom = _root(s, h.epsilon, inside, choices["root"])
    top = {"gradient": g, "uncorrected": m}.get(choices["top"], m / c1)
    if h.nesterov or choices["top"] == "ahead":
        top = b1 * m / (1 - b1 ** (t + 1)) + (1 - b1) * g / c1
    u: Array = h.learning_rate * top / bottom
    return u


def _mean(before: Array, new: Array, kept: float, form: str) -> Array:
    """A running mean: what is kept of the one before, and the part of what is new."""
    old, share = {
        "summed": (kept, 1.0),
        "exchanged": (1 - kept, kept),
        "forgotten": (0.0, 1 - kept),
        "never forgotten": (1.0, 1 - kept),
    }.get(form, (kept, 1 - kept))
    mean: Array = old * before + share * new
    return mean


def _correction(kept: float, t: int, form: str) -> float:
    match form:
        case "none":
            return 1.0
        case "constant":
            return 1 - kept
        case "a step late":
            return 1 - kept ** (t - 1)
        case "a step early":
            return 1 - kept ** (t + 1)
        case "of the product":
            return 1 - kept * t
        case "opposed":
            return 1 / (1 - kept**t)
        case _:
            return 1 - kept**t


def _root(square: Array, epsilon: float, inside: str, root: str) -> Array:
    if root == "none":
        return square + epsilon
    within = {"inside": epsilon, "inside, squared": epsilon**2}.get(inside, 0.0)
    beside: Array = np.sqrt(square + within)
    if inside == "as a floor":
        beside = np.maximum(beside, epsilon)
    return beside + epsilon if inside == "outside" else beside
