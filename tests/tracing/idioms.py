"""Idioms of NumPy layers that are traced exactly: name to a function of x (3, 4) and w (4, 5)."""

# ruff: noqa: C400, ICN001, NPY002, PLW0108 - written the way people write them

import math

import numpy
import numpy as np
from numpy import exp, zeros
from numpy.lib.stride_tricks import as_strided, sliding_window_view

vectorized_erf = np.vectorize(math.erf)
TABLE = np.arange(6.0).reshape(2, 3)


def softmax_in_place(x, w):
    z = x @ w
    z -= z.max(axis=1, keepdims=True)
    e = np.exp(z)
    e /= e.sum(axis=1, keepdims=True)
    return e


def layer_norm(x, w):
    mean = x.mean(axis=-1, keepdims=True)
    return (x - mean) / np.sqrt(x.var(axis=-1, keepdims=True) + 1e-5)


def attention(x, w):
    q = np.stack([x @ w, x @ w * 2.0]).transpose(1, 0, 2)
    s = np.matmul(q, q.swapaxes(-1, -2)) / np.sqrt(q.shape[-1])
    s = np.where(np.tril(np.ones(s.shape[-2:])) == 0, -1e9, s)
    p = np.exp(s - np.max(s, axis=-1, keepdims=True))
    return (p / np.sum(p, axis=-1, keepdims=True)) @ q


def filled_columns(x, w):
    out = np.zeros((x.shape[0], w.shape[1]))
    for i in range(w.shape[1]):
        out[:, i] = x.dot(w[:, i])
    return out


def filled_entries(x, w):
    out = np.empty((2, 3))
    for i in range(2):
        for j in range(3):
            out[i, j] = np.sum(x[i : i + 2, j : j + 2] * w[:2, :2])
    return out


def filled_bare_zeros(x, w):
    out = zeros((3, 5))
    for i in range(3):
        out[i] += x[i] @ w
    return out


def filled_like(x, w):
    out = np.zeros_like(x)
    out[1:] = x[:-1] * 2
    out[0] = x[0] ** 2
    return out


def padded_buffer(x, w):
    out = np.zeros((x.shape[0] + 2, x.shape[1] + 2))
    out[1:-1, 1:-1] = x
    return out * out


def im2col_add(x, w):
    out = np.zeros((4, 5))
    for i in range(2):
        for j in range(2):
            out[i : i + 3, j : j + 4] += x * w[i, j]
    return out


def input_written(x, w):
    x -= x.mean(axis=0)
    x /= 1.0 + np.abs(x)
    return x


def through_a_view(x, w):
    out = np.zeros((3, 4))
    row = out[1]
    row += x[0]
    row *= 3.0
    return out * x


def saved_then_changed(x, w):
    y = np.tanh(x)
    z = y * y
    y += 1.0
    return z + y


def masked_write(x, w):
    y = x.copy()
    y[x < 0] *= 0.1
    return y


def masked_constant(x, w):
    y = x * 2
    y[y < 0] = 0
    return y


def masked_from_other(x, w):
    y = np.exp(x)
    m = x > 0
    y[m] = x[m] ** 3
    return y


def add_at(x, w):
    out = np.zeros((2, 4))
    np.add.at(out, np.array([0, 1, 0]), x)
    return out**2


def subtract_at(x, w):
    out = np.ones((2, 4))
    np.subtract.at(out, [1, 1, 0], x)
    return out**2


def duplicate_write(x, w):
    out = np.zeros(4)
    out[[0, 1, 0]] = x[:, 0]
    return out**2


def duplicate_in_place_add(x, w):
    out = np.zeros(4)
    out[[0, 1, 0]] += x[:, 0]
    return out**2


def out_keyword(x, w):
    out = np.empty((3, 5))
    np.matmul(x, w, out=out)
    np.tanh(out, out=out)
    return out


def out_of_reduction(x, w):
    total = np.zeros(4)
    np.sum(x, axis=0, out=total)
    return total * x


def where_keyword(x, w):
    out = np.ones_like(x)
    np.divide(1.0, x, out=out, where=np.abs(x) > 0.1)
    return out


def stacked_rows(x, w):
    return np.array([np.exp(row) for row in x])


def stacked_numbers(x, w):
    return np.array([[x[i, j] * 2 for j in range(4)] for i in range(3)])


def list_of_states(x, w):
    states = [np.zeros(4)]
    for row in x:
        states.append(np.tanh(states[-1] + row))
    return np.stack(states[1:], axis=1)


def batch_norm(x, w):
    mu, var = np.mean(x, axis=0), np.var(x, axis=0)
    return w[:, 0] * (x - mu) / np.sqrt(var + 1e-8) + w[:, 1]


def cross_entropy(x, w):
    t = np.array([0, 2, 1])
    z = x - x.max(axis=1, keepdims=True)
    logp = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    return -logp[np.arange(3), t].mean()


def one_hot_loss(x, w):
    t = np.eye(4)[[0, 3, 1]]
    p = 1.0 / (1.0 + np.exp(-x))
    return -np.sum(t * np.log(p + 1e-12) + (1 - t) * np.log(1 - p + 1e-12)) / len(x)


def embedding(x, w):
    return w[np.array([[0, 1], [3, 0]])]


def max_pool(x, w):
    out = np.zeros((1, 2))
    for j in range(2):
        out[0, j] = np.max(x[:2, 2 * j : 2 * j + 2])
    return out


def pool_by_reshape(x, w):
    return x[:2].reshape(1, 2, 2, 2).max(axis=(1, 3))


def argmax_gather(x, w):
    return x[np.arange(3), np.argmax(x, axis=1)]


def lstm_gates(x, w):
    i, f, o = np.split(np.tanh(x @ w)[:, :3], 3, axis=1)
    return i * f + o


def tuple_of_four(x, w):
    a, b, c, d = x.T
    return a * b - c * d


def windows(x, w):
    v = sliding_window_view(x, (2, 2))
    return np.einsum("ijkl,kl->ij", v, w[:2, :2])


def strided_windows(x, w):
    s = x.strides
    v = as_strided(x, shape=(2, 3, 2, 2), strides=(s[0], s[1], s[0], s[1]))
    return np.tensordot(v, w[:2, :2], axes=((2, 3), (0, 1)))


def local_import(x, w):
    import numpy as numerics

    out = numerics.zeros((3, 4))
    out[:] = x * x
    return out


def local_from_import(x, w):
    from numpy import array, tanh

    return array([tanh(row) for row in x])


def branch_on_value(x, w):
    if np.abs(x).max() > 1e3:
        return x * 0
    return x * x if x.sum() > -1e9 else x


def relu_by_max(x, w):
    return np.maximum(0, x)


def relu_by_mask(x, w):
    return x * (x > 0)


def relu_by_where(x, w):
    return np.where(x > 0, x, 0.01 * x)


def elu(x, w):
    return np.where(x > 0, x, 0.5 * (np.exp(x) - 1))


def dropout(x, w):
    mask = (np.random.rand(*x.shape) > 0.5) / 0.5
    return x * mask


def dropout_by_binomial(x, w):
    return x * np.random.binomial(1, 0.7, size=x.shape) / 0.7


def noise_layer(x, w):
    return x + np.random.default_rng(3).normal(size=x.shape) * x


def overlapping_write(x, w):
    y = x.copy()
    y[1:] = y[:-1]
    return y * y


def one_buffer_two_names(x, w):
    a = np.zeros((3, 4))
    b = a
    b += x
    a *= 2
    return b + a


def view_of_a_view(x, w):
    a = np.zeros((3, 4))
    u = a.T[1:3]
    u[...] = x.T[:2]
    a += 1
    return u @ a


def ravelled_copy(x, w):
    a = x.T
    r = a.ravel()
    r *= 2
    return r + a.ravel()


def copies_by_index(x, w):
    a = x * 1
    m, n = a[[0, 1]], a[a > 0]
    m *= 3
    n += 1
    return a * a


def written_through_strides(x, w):
    a = np.zeros(8)
    as_strided(a, (3, 4), (8, 8))[0] = x[0]
    return a[:4] * x


def rolling_buffer(x, w):
    b = np.zeros((4, 4))
    for row in x:
        b = np.roll(b, -1, axis=0)
        b[-1] = row
    return b @ w


def user_class_of_operators(x, w):
    class Value:
        def __init__(self, data):
            self.data = data

        def __mul__(self, other):
            return Value(self.data * other.data)

    return (Value(x) * Value(w[:, 0])).data


def lists_among_arrays(x, w):
    return np.concatenate([[x[0, 0]], x[1], [1.0]]) ** 2


def loop_over_numbers(x, w):
    total = 0
    for row in x:
        for value in row:
            total += value**2 * math.exp(value)
    return np.asarray(total)


def python_max(x, w):
    return max(x[0, 0], x[1, 1]) * x


def python_sum(x, w):
    return sum(x) + sum(w[:, 0])


def nested_helper(x, w):
    def inner(z):
        return z / (1 + np.abs(z))

    return inner(inner(x))


def generator_rows(x, w):
    return np.vstack(list(row * 2 for row in x))


def apply_along(x, w):
    return np.apply_along_axis(lambda r: r / np.sqrt(np.sum(r * r)), 1, x)


def fft_power(x, w):
    return np.abs(np.fft.fft(x, axis=1)) ** 2


def rfft_real(x, w):
    return np.fft.irfft(np.fft.rfft(x) * 0.5)


def flat_assignment(x, w):
    out = np.zeros((3, 4))
    out.flat[3] = x[0, 0]
    out.flat = x.ravel() * x.ravel()
    return out


def put_along(x, w):
    out = np.zeros((3, 4))
    np.put_along_axis(out, np.argmax(x, axis=1)[:, None], x[:, :1], axis=1)
    return out


def fill_the_diagonal(x, w):
    y = x[:, :3] * 2
    np.fill_diagonal(y, x[0, 3])
    return y


def copy_to(x, w):
    y = np.ones((3, 4))
    np.copyto(y, x * x, where=x > 0)
    return y


def negative_step_write(x, w):
    y = np.zeros((3, 4))
    y[::-1, ::2] = x[:, :2]
    return y * 2


def newaxis_write(x, w):
    y = np.zeros((3, 4, 2))
    y[..., 0], y[..., 1] = x, x * x
    return y


def in_place_matmul(x, w):
    y = x @ w
    y @= np.eye(5) * 2
    return y


def in_place_power(x, w):
    y = np.exp(x)
    y **= 2
    return y


def swap_rows(x, w):
    y = x.copy()
    y[[0, 1]] = y[[1, 0]]
    return y * x


def transposed_write(x, w):
    y = np.zeros((4, 3))
    y.T[...] = x
    return y @ x


def reshaped_write(x, w):
    y = np.zeros((3, 4))
    y.reshape(-1)[:6] = x.ravel()[6:]
    return y + x


def chained_buffers(x, w):
    a, b = np.zeros(4), np.zeros(4)
    for i in range(3):
        a[:] = b + x[i]
        b[:] = np.sin(a)
    return b


def rewritten_buffer(x, w):
    h, out = np.zeros(4), []
    for i in range(3):
        h[:] = np.tanh(x[i] + h)
        out.append(h.copy())
    return np.concatenate(out)


def sort_method(x, w):
    y = x.copy()
    y.sort(axis=0)
    return y * w[:, 0]


def shape_assignment(x, w):
    y = x * 2
    y.shape = (2, 6)
    return y


def isinstance_checks(x, w):
    if isinstance(x, np.ndarray) and not isinstance(x.sum(), np.ndarray) and isinstance(x.sum(), float):
        return x * 3
    return x


def conversions(x, w):
    y = np.asarray(x, dtype=np.float64)
    return np.ascontiguousarray(y.T).astype(float) ** 2


def comparison_arithmetic(x, w):
    return (1 - (x > 0)) * x + (x >= 0) * x**2


def vectorized_function(x, w):
    return np.vectorize(lambda v: v * v if v > 0 else 0.1 * v)(x)


def inverse(x, w):
    return np.linalg.inv(x @ x.T + np.eye(3) * 3.0)


def solve(x, w):
    return np.linalg.solve(x @ x.T + np.eye(3) * 3.0, x)


def log_determinant(x, w):
    return np.linalg.slogdet(x @ x.T + np.eye(3))[1]


def cholesky(x, w):
    return np.linalg.cholesky(x @ x.T + np.eye(3) * 2.0)


def moving_average(x, w):
    return np.array([np.convolve(row, w[:3, 0], mode="same") for row in x])


def enumerated(x, w):
    out = np.zeros(x.shape)
    for (i, j), value in np.ndenumerate(x):
        out[i, j] = value * (i + j)
    return out


def index_arrays_from_order(x, w):
    order = np.argsort(x, axis=1)
    return np.take_along_axis(x, order, axis=1) * w[:, 0]


def selected(x, w):
    return np.select([x > 0.5, x < -0.5], [x**2, -x], default=0.0)


def piecewise_by_masks(x, w):
    y = np.empty_like(x)
    y[x >= 0] = 1 / (1 + np.exp(-x[x >= 0]))
    y[x < 0] = np.exp(x[x < 0]) / (1 + np.exp(x[x < 0]))
    return y


def deep_copy(x, w):
    import copy

    return copy.deepcopy(x) * x


def fused_dictionary(x, w):
    cache = {"z": x @ w}
    cache["a"] = np.tanh(cache["z"])
    return cache["a"] * cache["z"]


def group_norm(x, w):
    g = x.reshape(3, 2, 2)
    return ((g - g.mean(-1, keepdims=True)) / np.sqrt(g.var(-1, keepdims=True) + 1e-5)).reshape(x.shape)


def logsumexp_by_hand(x, w):
    m = np.amax(x, axis=1, keepdims=True)
    return np.squeeze(m, 1) + np.log(np.sum(np.exp(x - m), axis=1))


def array_of_objects(x, w):
    out = np.empty(3, dtype=object)
    for i in range(3):
        out[i] = x[i]
    return np.exp(out[0]) * out.sum().tolist()[0]


def running_mean(x, w):
    mean = np.zeros(4)
    for row in x:
        mean = 0.9 * mean + 0.1 * row
    return x - mean


TRACED = {
    name: function
    for name, function in dict(globals()).items()
    if callable(function) and getattr(function, "__module__", None) == __name__ and name.islower()
} | {
    "np.exp imported by name": lambda x, w: exp(x),
    "module under its own name": lambda x, w: numpy.zeros(4) + numpy.ones((3, 4)) * x,
    "linear": lambda x, w: x @ w + w[0],
    "np.dot": lambda x, w: np.dot(x, w),
    "method dot": lambda x, w: x.dot(w),
    "plain left operand": lambda x, w: np.arange(12).reshape(3, 4) * x,
    "plain matrix left": lambda x, w: TABLE @ x,
    "plain matrix right": lambda x, w: x.T @ TABLE.T[:3],
    "np.float64 left": lambda x, w: np.float64(2.0) * x - np.float64(1.0) / (3 + np.abs(x)),
    "np.float32 right": lambda x, w: x * np.float32(0.25),
    "numbers": lambda x, w: 2 - 3 * x / 4 + 1,
    "reflected power": lambda x, w: 2.0**x,
    "square root of a number": lambda x, w: x / np.sqrt(x.shape[1]) / math.sqrt(4),
    "negative, absolute": lambda x, w: -abs(x) + (+x),
    "sum over axes": lambda x, w: x.sum(axis=(0, 1)) * x.sum(0),
    "mean keepdims": lambda x, w: x - np.mean(x, axis=1, keepdims=True),
    "std": lambda x, w: np.std(x, axis=0, ddof=1) + x.std(),
    "prod": lambda x, w: np.prod(x, axis=1),
    "cumsum": lambda x, w: np.cumsum(x, axis=1) + x.cumsum().reshape(3, 4),
    "cumprod": lambda x, w: np.cumprod(x, axis=0),
    "reduce": lambda x, w: np.add.reduce(x, axis=1) + np.multiply.reduce(x, 1),
    "accumulate": lambda x, w: np.add.accumulate(x, axis=1),
    "outer ufunc": lambda x, w: np.subtract.outer(x[0], w[:, 0]),
    "np.outer": lambda x, w: np.outer(x[0], w[0]),
    "np.inner": lambda x, w: np.inner(x, w.T),
    "np.vdot": lambda x, w: np.vdot(x[0], w[:, 0]),
    "np.kron": lambda x, w: np.kron(x[:2, :2], w[:2, :2]),
    "np.trace": lambda x, w: np.trace(x[:, :3] @ x[:, 1:]),
    "np.cross": lambda x, w: np.cross(x[:, :3], w[:3, :3]),
    "einsum": lambda x, w: np.einsum("bi,ij->bj", x, w),
    "einsum implicit": lambda x, w: np.einsum("ij,jk", x, w),
    "einsum ellipsis": lambda x, w: np.einsum("...i,i->...", x, w[:, 0], optimize=True),
    "einsum of lists": lambda x, w: np.einsum(x, [0, 1], w, [1, 2], [0, 2]),
    "tensordot": lambda x, w: np.tensordot(x, w, axes=1) + np.tensordot(x, w, axes=([1], [0])),
    "reshape -1": lambda x, w: x.reshape(-1, 2) * 2,
    "reshape Fortran": lambda x, w: x.reshape((4, 3), order="F") @ x,
    "ravel, flatten": lambda x, w: x.ravel() * x.flatten(),
    "flatten Fortran": lambda x, w: x.flatten(order="F") * np.arange(12),
    "transpose": lambda x, w: x.T @ x + x.transpose(1, 0) @ np.transpose(x, (0, 1)),
    "moveaxis": lambda x, w: np.moveaxis(x[None], 0, -1) * 2,
    "rollaxis": lambda x, w: np.rollaxis(x[None], 2) * 2,
    "expand, squeeze": lambda x, w: np.squeeze(np.expand_dims(x, (0, 2))) * x,
    "newaxis": lambda x, w: x[:, None, :] * w.T[None],
    "ellipsis": lambda x, w: x[..., 1] * x[..., -1],
    "negative step": lambda x, w: x[::-1, ::-2] * 2,
    "mixed index": lambda x, w: x[0, [1, 1, 3]] * x[1:, [0, 1, 2]],
    "index of two arrays": lambda x, w: x[[0, 1], [2, 2]],
    "boolean rows": lambda x, w: x[np.array([True, False, True])],
    "boolean entries": lambda x, w: x[x > 0].sum() * x,
    "np.ix_": lambda x, w: x[np.ix_([0, 2], [1, 3])],
    "take": lambda x, w: np.take(x, [0, 0, 3], axis=1) + x.take([1, 2, 3], axis=1),
    "np.take flat": lambda x, w: np.take(x, [0, 11]),
    "concatenate": lambda x, w: np.concatenate([x, w.T[:, :]], axis=0) * 2,
    "concatenate with plain": lambda x, w: np.concatenate((np.ones((3, 1)), x), axis=1) @ w[[0, 1, 2, 3, 0]],
    "hstack, vstack, dstack": lambda x, w: np.hstack([x, x * 2]).sum() + np.vstack((x, x)) * np.dstack([x, x]).sum(),
    "column_stack": lambda x, w: np.column_stack([x[:, 0], x[:, 1] ** 2]),
    "np.c_": lambda x, w: np.c_[np.ones(3), x] * 2,
    "np.r_": lambda x, w: np.r_[x[0], 1.0, w[0]] ** 2,
    "append, insert, delete": lambda x, w: np.append(x[0], w[0]) * np.insert(x[1], [1] * 5, 3) * np.delete(x, 3).sum(),
    "block": lambda x, w: np.block([[x, x], [x, np.zeros((3, 4))]]) ** 2,
    "repeat, tile": lambda x, w: np.repeat(x, 2, axis=0) * np.tile(x, (2, 1)),
    "repeat by counts": lambda x, w: x.repeat([1, 2, 0], axis=0),
    "roll": lambda x, w: np.roll(x, 1, axis=0) * x,
    "flip, rot90": lambda x, w: np.flip(x) * np.fliplr(x) * np.rot90(x, 2),
    "pad": lambda x, w: np.pad(x, ((1, 0), (2, 1))) ** 2,
    "pad with a number": lambda x, w: np.pad(x, 1, mode="constant", constant_values=2.0) ** 2,
    "pad by reflection": lambda x, w: np.pad(x, 1, mode="reflect") * np.pad(x, 1, mode="edge"),
    "tril, triu": lambda x, w: np.tril(x) * 2 + np.triu(x, 1) ** 2,
    "diag": lambda x, w: np.diag(x[0]) @ w + np.diag(w[:4, :4])[:, None],
    "diagonal": lambda x, w: x.diagonal() * np.diagonal(w, 1)[:3],
    "broadcast_to": lambda x, w: np.broadcast_to(x[0], (3, 4)) * x,
    "split": lambda x, w: np.split(x, [1, 3], axis=1)[1] * np.array_split(x, 2, axis=1)[0],
    "meshgrid": lambda x, w: np.multiply(*np.meshgrid(x[0], w[0])),
    "clip": lambda x, w: np.clip(x, -0.5, 0.5) + x.clip(min=-0.2) + np.clip(x, None, 0.3),
    "minimum, maximum": lambda x, w: np.minimum(x, 0.5) * np.maximum(x, w[:, 0]),
    "max, min": lambda x, w: x.max(axis=1) * np.min(x, axis=1) + np.amax(x),
    "ptp": lambda x, w: np.ptp(x, axis=1),
    "median": lambda x, w: np.median(x, axis=1) + np.median(x),
    "percentile": lambda x, w: np.percentile(x, 30, axis=0),
    "average": lambda x, w: np.average(x, axis=1, weights=[1, 2, 3, 4]),
    "sort": lambda x, w: np.sort(x, axis=1) * w[:, 0],
    "diff": lambda x, w: np.diff(x, axis=1) ** 2,
    "linalg.norm": lambda x, w: x / np.linalg.norm(x, axis=1, keepdims=True) + np.linalg.norm(x),
    "linalg.norm of order 1": lambda x, w: np.linalg.norm(x, 1, axis=0) + np.linalg.norm(x, ord=np.inf, axis=0),
    "linalg.det": lambda x, w: np.linalg.det(x[:, :3]),
    "multi_dot": lambda x, w: np.linalg.multi_dot([x, w, w.T]),
    "erf": lambda x, w: 0.5 * x * (1 + vectorized_erf(x / np.sqrt(2))),
    "gelu by tanh": lambda x, w: 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3))),
    "softplus": lambda x, w: np.log1p(np.exp(-np.abs(x))) + np.maximum(x, 0),
    "logaddexp": lambda x, w: np.logaddexp(0, x),
    "logaddexp.reduce": lambda x, w: np.logaddexp.reduce(x, axis=1),
    "sigmoid, silu": lambda x, w: x / (1.0 + np.exp(-x)),
    "trigonometry": lambda x, w: np.sin(x) * np.cos(x) + np.arctan2(x, 2.0) + np.sinh(x) * np.arctan(x),
    "hypot, square, cbrt": lambda x, w: np.hypot(x, 1.0) + np.square(x) + np.cbrt(x),
    "reciprocal": lambda x, w: np.reciprocal(x * x + 1) + np.power(x, 3) + np.power(np.abs(x), 1.5),
    "log2, log10, exp2": lambda x, w: np.log2(x**2 + 1) + np.log10(x**2 + 1) + np.exp2(x) + np.expm1(x),
    "remainder": lambda x, w: (x * 3) % 2.0 + np.fmod(x, 1.0),
    "floor, sign, round": lambda x, w: np.floor(x) * x + np.sign(x) * x + np.round(x) * x,
    "divmod": lambda x, w: divmod(x * 3, 2.0)[1],
    "nan_to_num": lambda x, w: np.nan_to_num(x) * 2,
    "nansum": lambda x, w: np.nansum(x, axis=0),
    "whole numbers": lambda x, w: x * np.argmax(x, axis=1)[:, None] + x.astype(int),
    "full_like, ones_like": lambda x, w: np.full_like(x, 2.0) * x + np.ones_like(x),
    "full of a traced number": lambda x, w: np.full((2, 3), x[0, 0]) * 2,
    "arange": lambda x, w: x * np.arange(4) + np.linspace(0, 1, 4),
    "sum of a list": lambda x, w: np.sum([x, x * x], axis=0) + np.mean([x[0], x[1]], axis=0),
    "math on entries": lambda x, w: np.array([math.tanh(v) for v in x[0]]),
    "math.pow, math.log": lambda x, w: math.pow(x[0, 0] ** 2 + 1, 2) * math.log(x[0, 1] ** 2 + 1) * x,
    "fromiter": lambda x, w: np.fromiter((v * v for v in x[0]), dtype=float),
    "item": lambda x, w: x.sum().item() * x,
    "item with an index": lambda x, w: x.item(3) * x + x.item(1, 2) + x.item((2, 0)),
    "item of one entry": lambda x, w: (x[:1, :3] @ x[:1, :3].T).item() * math.exp(x[0, 0].item()),
    "tolist": lambda x, w: np.array(x.tolist()) * x + sum(x[0].tolist()) + x[1, 1].tolist(),
    "number in the middle": lambda x, w: x[0, 0] * x + x[1, 1] ** 2,
    "np.asarray of a list": lambda x, w: np.asarray([x[0], x[1]]) * 2,
    "real, conj": lambda x, w: x.real * x.conj() + np.conjugate(x),
    "empty axis": lambda x, w: x[:, :, np.newaxis].mean(axis=-1),
    "swapaxes": lambda x, w: x.swapaxes(0, 1) @ x,
    "at negative index": lambda x, w: x[-1] * x[-2:],
    "np.where of one": lambda x, w: x[np.where(x > 0)] ** 2,
    "logical masks": lambda x, w: x * np.logical_and(x > -1, x < 1),
    "isfinite guard": lambda x, w: np.where(np.isfinite(x), x, 0.0) * 2,
    "choose": lambda x, w: np.choose(np.array([0, 1, 0, 1]), [x[0], x[1]]),
    "compress, extract": lambda x, w: np.compress([True, False, True], x, axis=0).sum() + np.extract(x > 0, x).sum(),
    "partition": lambda x, w: np.partition(x, 1, axis=1).sum(axis=0),
    "eigenvalues": lambda x, w: np.linalg.eigvalsh(x @ x.T),
    "contains and len": lambda x, w: x * len(x) if 1e9 not in x else x,
    "np.atleast_2d": lambda x, w: np.atleast_2d(x[0]) @ w,
    "heaviside": lambda x, w: np.heaviside(x, 0.5) * x,
    "in-place on a copy": lambda x, w: np.add(x.copy(), 1, out=x.copy()),
    "matrix power": lambda x, w: np.linalg.matrix_power(x[:, :3], 3),
    "empty sum": lambda x, w: x + x[:0].sum(),
    "constant": lambda x, w: np.ones((2, 2)) + 0 * x[:2, :2],
}
