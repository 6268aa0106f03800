"""Idioms that leave the trace: name to (function of x (3, 4) and w (4, 5), a word of the reason)."""

# ruff: noqa: NPY002, S301, BLE001

import copy
import functools
import pickle

import numpy as np

MADE_BY_NUMPY = functools.partial(np.array)
HELD = np.zeros((3, 4))


def swallowed(x, w):
    try:
        scale = float(x.sum())
    except Exception:
        scale = 1.0
    return scale * x


def assigned_into_plain(x, w):
    out = np.random.rand(3, 4)
    out[:] = x
    return out


def one_entry_into_plain(x, w):
    out = np.random.rand(4)
    out[0] = x[0, 0]
    return out


def added_into_plain(x, w):
    out = np.random.rand(3, 4)
    out += x
    return out


def out_is_plain(x, w):
    out = np.random.rand(3, 4)
    np.exp(x, out=out)
    return out


def at_into_plain(x, w):
    out = np.random.rand(3, 4)
    np.add.at(out, [0, 0, 1], x)
    return out


def copied_to_plain(x, w):
    out = np.random.rand(3, 4)
    np.copyto(out, x)
    return out


def printed_and_read(x, w):
    return x * float(f"{x[0, 0]:.17g}")


def written_with_percent(x, w):
    return x * float("%.17g" % x[0, 0])  # noqa: UP031 - people do


def module_level_array(x, w):
    HELD[...] = x
    return HELD * x


def sum_of_plain_into_number(x, w):
    weights = [float(v) for v in x[0]]
    return x * np.array(weights)


def range_of_value(x, w):
    return sum(x[0] for _ in range(int(abs(x[0, 0]) * 0 + 3)))


def buffer_of_whole_numbers(x, w):
    out = np.zeros((3, 4), dtype=int)
    out[:] = x
    return out * x


REFUSED = {
    "float()": (lambda x, w: float(x.sum()) * x, "float()"),
    "int()": (lambda x, w: int(x.sum()) * x, "moves in jumps"),
    "complex()": (lambda x, w: complex(x[0, 0]).real * x, "complex()"),
    "np.float64()": (lambda x, w: np.float64(x[0, 0]) * x, "plain array"),
    "np.array kept from before": (lambda x, w: MADE_BY_NUMPY([np.exp(r) for r in x]), "plain array"),
    "array of objects": (lambda x, w: np.array([x[0], x[1]], dtype=object)[0] * 2, "objects"),
    "frompyfunc": (lambda x, w: np.frompyfunc(lambda v: v * v, 1, 1)(x).astype(float), "vectorized"),
    "pickle": (lambda x, w: pickle.loads(pickle.dumps(x)) * x, "pickle"),
    "memoryview": (lambda x, w: np.frombuffer(memoryview(x)).reshape(3, 4), "bytes-like"),
    "data": (lambda x, w: np.frombuffer(x.data).reshape(3, 4), ".data"),
    "ctypes": (lambda x, w: x * x.ctypes.data, ".ctypes"),
    "tobytes": (lambda x, w: np.frombuffer(x.tobytes()).reshape(3, 4) * x, ".tobytes()"),
    "view as another dtype": (lambda x, w: x.view(np.int64) * x, ".view"),
    "np.random of a traced scale": (lambda x, w: np.random.normal(x), "plain array"),
    "np.interp": (lambda x, w: np.interp(x, [-1, 0, 1], [0, 1, 4]), "np.interp"),
    "np.cov": (lambda x, w: np.cov(x), "np.cov"),
    "np.histogram": (lambda x, w: np.histogram(x)[1] * x[0, 0], "np.histogram"),
    "np.polyval": (lambda x, w: np.polyval([1, 2, 3], x), "np.polyval"),
    "np.matrix": (lambda x, w: np.asarray(np.matrix(x)), "plain array"),
    "np.nditer": (lambda x, w: np.array([v * 1.0 for v in np.nditer(x)]), "plain array"),
    "longdouble": (lambda x, w: x.astype(np.longdouble).astype(float), "astype"),
    "np.maximum.at": (lambda x, w: np.maximum.at(np.zeros((2, 4)), [0, 1, 0], x), "maximum.at"),
    "plain answer": (lambda x, w: (x > 0).astype(float), "moves in jumps"),
    "copy by pickle": (lambda x, w: copy.copy([x])[0] * pickle.loads(pickle.dumps(x[0, 0])), "pickle"),
    "swallowed": (swallowed, "float()"),
    "np.random.permutation": (lambda x, w: np.random.permutation(x), "plain array"),
    "str": (lambda x, w: x * float(str(x[0, 0])), "could not convert"),
    "plain method": (lambda x, w: np.random.rand(5, 3).dot(x), "plain array"),
} | {
    function.__name__: (function, word)
    for function, word in (
        (assigned_into_plain, "plain array"),
        (one_entry_into_plain, "float()"),
        (added_into_plain, "plain array"),
        (out_is_plain, "plain array"),
        (at_into_plain, "plain array"),
        (copied_to_plain, "plain array"),
        (printed_and_read, "could not convert"),
        (written_with_percent, "float()"),
        (module_level_array, "plain array"),
        (sum_of_plain_into_number, "float()"),
        (range_of_value, "int()"),
        (buffer_of_whole_numbers, "plain array"),
    )
}
