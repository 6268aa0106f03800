"""What a function or class is for, judged by its name: where raw values are meant to be raw."""

from __future__ import annotations

import re
from functools import lru_cache

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+")

#: Words of the names of functions in which a tensor's array is wanted as such: helpers of gradients, evaluation,
#: input and output, initial values, constructors, results without a derivative.
_RAW_WORDS = frozenset(
    [
        "accuracy",
        "acc",
        "adapter",
        "arange",
        "argmax",
        "argmin",
        "argsort",
        "assert",
        "augment",
        "backward",
        "backprop",
        "benchmark",
        "beam",
        "bprop",
        "bwd",
        "calibrate",
        "cast",
        "check",
        "clip",
        "clone",
        "collate",
        "compare",
        "convert",
        "copy",
        "corrcoef",
        "cpu",
        "cuda",
        "dataset",
        "debug",
        "decode",
        "deepcopy",
        "demo",
        "detach",
        "device",
        "diff",
        "dump",
        "ema",
        "encode_labels",
        "eq",
        "equal",
        "eval",
        "evaluate",
        "evaluation",
        "example",
        "export",
        "eye",
        "fit",
        "float",
        "format",
        "ge",
        "generate",
        "generation",
        "get_parameters",
        "grad",
        "gradcheck",
        "gradient",
        "gradients",
        "greedy",
        "gt",
        "histogram",
        "hook",
        "image",
        "imshow",
        "infer",
        "inference",
        "init",
        "initialise",
        "initialize",
        "int",
        "item",
        "jvp",
        "le",
        "like",
        "load",
        "loader",
        "log",
        "logger",
        "lt",
        "main",
        "mask",
        "masks",
        "masked_indices",
        "metric",
        "metrics",
        "migrate",
        "momentum",
        "ndarray",
        "ne",
        "numeric",
        "numerical",
        "numpy",
        "one_hot",
        "onehot",
        "ones",
        "optimise",
        "optimize",
        "optimizer",
        "perturb",
        "plot",
        "postprocess",
        "predict",
        "prediction",
        "prepare",
        "preprocess",
        "print",
        "prune",
        "quantise",
        "quantize",
        "rand",
        "randn",
        "random",
        "read",
        "repr",
        "reset",
        "restore",
        "rollout",
        "save",
        "score",
        "serialize",
        "set",
        "show",
        "sign",
        "snapshot",
        "stats",
        "statistics",
        "step",
        "str",
        "stringify",
        "summary",
        "sync",
        "teacher",
        "test",
        "tests",
        "tolist",
        "train",
        "trainer",
        "tokenise",
        "tokenize",
        "update",
        "validate",
        "validation",
        "view_data",
        "visualise",
        "visualize",
        "vjp",
        "write",
        "zero",
        "zeros",
    ]
)
_RAW_FIRST = frozenset({"as", "from", "get", "is", "set", "to"})
#: Those of both that say little: a function whose result claims to be tracked is judged by the other words of its name.
_VAGUE = frozenset({"get", "image", "mask", "masks", "score"})
#: Words of the names of decorators that hand on what a function returns: what it is, how it fails, what it costs.
_TRANSPARENT_WORDS = frozenset(
    [
        "abstractmethod",
        "cache",
        "cached",
        "classmethod",
        "deprecated",
        "error",
        "errors",
        "exception",
        "exceptions",
        "final",
        "log",
        "logged",
        "memory",
        "overload",
        "override",
        "profile",
        "profiled",
        "property",
        "staticmethod",
        "timed",
        "timer",
        "typechecked",
        "validated",
    ]
)
_BACKWARD_WORDS = frozenset(
    {"backward", "backprop", "bprop", "bwd", "grad", "gradient", "gradients", "vjp", "jvp", "pullback"}
)
_LOSS_WORDS = frozenset({"loss", "losses", "criterion", "objective", "penalty", "regularizer", "regularization"})
_STATE_CLASSES = frozenset(
    [
        "adam",
        "callback",
        "checkpoint",
        "checkpoints",
        "dataloader",
        "dataset",
        "ema",
        "evaluator",
        "function",
        "initializer",
        "loader",
        "logger",
        "metric",
        "metrics",
        "observer",
        "op",
        "operation",
        "optimiser",
        "optimizer",
        "plotter",
        "pruner",
        "quantizer",
        "sampler",
        "scheduler",
        "sgd",
        "test",
        "tests",
        "tracker",
    ]
)
# Values that carry no gradient whatever is done with them.
_CONSTANT_WORDS = frozenset(
    [
        "attention_mask",
        "causal",
        "cls",
        "done",
        "dones",
        "gold",
        "ids",
        "idx",
        "idxs",
        "index",
        "indexes",
        "indices",
        "key_padding",
        "label",
        "labels",
        "length",
        "lengths",
        "mask",
        "masks",
        "onehot",
        "perm",
        "permutation",
        "pos",
        "position",
        "positions",
        "seed",
        "target",
        "targets",
        "teacher",
        "timestep",
        "timesteps",
        "token",
        "tokens",
        "truth",
        "y_true",
    ]
)


# The same names come up again and again: `forward`, `__init__`, `loss`.
@lru_cache(maxsize=4096)
def words(name: str) -> tuple[str, ...]:
    """The words a name is made of, in lower case: `to_numpy`, `toNumpy` and `ToNumpy` are `to` and `numpy`."""
    return tuple(word.lower() for word in _WORDS.findall(name))


def wants_raw(function: str, *, tracked: bool = False) -> bool:
    """Whether a function of this name is expected to take tensors apart; `tracked`: its result has a copied flag."""
    found = tuple(word for word in words(function) if not (tracked and word in _VAGUE))
    about = {*found} - _BACKWARD_WORDS if is_loss(function) else {*found}  # a gradient loss is a loss
    return bool(found) and (found[0] in _RAW_FIRST or not _RAW_WORDS.isdisjoint(about) or function in _RAW_WORDS)


def passes_on(decorator: str) -> bool:
    """Whether a decorator of this name leaves alone what a function returns; any other may attach a backward to it."""
    return not _TRANSPARENT_WORDS.isdisjoint(words(decorator.rpartition(".")[2]))


def is_backward(function: str) -> bool:
    """Whether a function of this name computes gradients."""
    return not _BACKWARD_WORDS.isdisjoint(words(function)) and not is_loss(function)


def is_forward(function: str) -> bool:
    """Whether a function of this name is a forward pass."""
    found = words(function)
    return function in {"__call__", "call"} or "forward" in found or "fprop" in found


def is_loss(function: str) -> bool:
    """Whether a function or a value of this name is a loss."""
    return not _LOSS_WORDS.isdisjoint(words(function))


def keeps_state(class_name: str) -> bool:
    """Whether a class of this name handles values outside of the graph: optimizers, datasets, metrics, operations."""
    found = words(class_name)
    return not _STATE_CLASSES.isdisjoint((*found, "".join(found), "".join(found[-2:])))


def is_constant(name: str) -> bool:
    """Whether a value of this name has no gradient by its nature: labels, masks, indices."""
    found = words(name)
    return not _CONSTANT_WORDS.isdisjoint((*found, "_".join(found)))
