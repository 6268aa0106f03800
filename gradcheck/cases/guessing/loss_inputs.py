"""Predictions and targets to try on a loss: which pairs make sense follows from its name.

A cross-entropy is never given real targets: its gradient is usually written for rows that sum to one, and a
layer is not wrong for that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gradcheck.cases.guessing.companions import Value
from gradcheck.cases.guessing.draws import Kind
from gradcheck.cases.guessing.known import Known
from gradcheck.cases.naming import sizes
from gradcheck.cases.naming.family import plain

_BINARY = re.compile(r"bce|binary|logistic|sigmoid")
_CLASSES = re.compile(r"entropy|nll|softmax|categorical|focal|likelihood|logloss|ce$|^ce|ctc")
_LOGITS = re.compile(r"softmax|logit|focal|sigmoid")
_MARGIN = re.compile(r"hinge|margin|svm")
_DISTRIBUTIONS = re.compile(r"hellinger|^kl|kldiv|kullback|jensen|divergence")
#: What a teacher is followed by: its answers are distributions.
_TAUGHT = re.compile(r"^kd|distil|student|teacher")


Pair = tuple[Value, Value]


def pairs(qualname: str, names: tuple[str, str], known: Known, batch: int, *, has_lengths: bool) -> Iterator[Pair]:
    """Yield pairs of prediction and target, the most likely first.

    Args:
        qualname: Name of the class.
        names: Names of the argument that is differentiated and of its target.
        known: Sizes that fit the layer.
        batch: Rows.
        has_lengths: Whether lengths of sequences are asked for as well (a CTC loss).
    """
    name, argument = plain(qualname.rpartition(".")[2]), plain(names[0])
    if has_lengths:
        yield from (_aligned(batch, kind) for kind in ("probabilities", "gaussian"))
    takes_logits = _LOGITS.search(name) is not None or "logit" in argument
    if known.family != "loss":
        yield from _network(known, batch)
    if _BINARY.search(name):
        yield from _binary(batch, logits=takes_logits)
        return
    is_taught = any(_TAUGHT.search(one) for one in (name, argument)) or names[1] == "q"
    if is_taught or (_DISTRIBUTIONS.search(name) and takes_logits):
        shape = (batch, sizes.OUTPUTS)
        yield Value(kind="gaussian", shape=shape), Value(kind="probabilities", shape=shape)
    if _DISTRIBUTIONS.search(name):
        yield _same("probabilities", (batch, sizes.OUTPUTS))
    elif _MARGIN.search(name):
        yield from _margins(batch)
    elif _CLASSES.search(name):
        yield from _classes(batch, logits=takes_logits)
        yield from _classes(batch, logits=not takes_logits)
        yield from _binary(batch, logits=takes_logits)
        return
    yield from _real(batch)
    yield from _classes(batch, logits=takes_logits)
    yield from _classes(batch, logits=not takes_logits)
    yield from _binary(batch, logits=takes_logits)


def _classes(batch: int, *, logits: bool) -> Iterator[Pair]:
    kind: Kind = "gaussian" if logits else "probabilities"
    m, t, v = sizes.OUTPUTS, sizes.TIME, sizes.VOCABULARY
    rows = Value(kind=kind, shape=(batch, m))
    yield rows, Value(kind="one-hot", shape=(batch, m))
    yield rows, Value(kind="ids", shape=(batch,), below=m)
    columns = Value(kind=kind, shape=(m, batch), batch_axis=1)
    steps = Value(kind=kind, shape=(batch, t, v))
    yield columns, Value(kind="one-hot", shape=(m, batch), batch_axis=1)
    yield steps, Value(kind="ids", shape=(batch, t), below=v)
    yield steps, Value(kind="one-hot", shape=(batch, t, v))
    yield rows, Value(kind="ids", shape=(batch, 1), below=m)
    single = Value(kind=kind, shape=(m,), batch_axis=None)
    yield single, Value(kind="one-hot", shape=(m,), batch_axis=None)
    yield single, Value(kind="ids", shape=(), batch_axis=None, below=m)


def _binary(batch: int, *, logits: bool) -> Iterator[Pair]:
    kind: Kind = "gaussian" if logits else "shares"
    # One answer a row is what such a loss is for; of several, some divide by the rows and some by all entries.
    for shape in ((batch, 1), (batch,), (batch, sizes.OUTPUTS)):
        yield Value(kind=kind, shape=shape), Value(kind="binary", shape=shape)


def _margins(batch: int) -> Iterator[Pair]:
    for shape in ((batch, sizes.OUTPUTS), (batch,), (batch, 1)):
        yield Value(kind="gaussian", shape=shape), Value(kind="signs", shape=shape)
    yield Value(kind="gaussian", shape=(batch, sizes.OUTPUTS)), Value(kind="ids", shape=(batch,), below=sizes.OUTPUTS)


def _real(batch: int) -> Iterator[Pair]:
    for shape in ((batch, sizes.OUTPUTS), (batch, 1), (batch,), (batch, sizes.TIME, sizes.OUTPUTS)):
        yield _same("gaussian", shape)


def _network(known: Known, batch: int) -> Iterator[Pair]:
    """An input and a target for a network that answers with its loss."""
    x = Value(kind="gaussian", shape=(batch, known.features[0]))
    yield x, Value(kind="gaussian", shape=(batch, known.outputs))
    yield x, Value(kind="one-hot", shape=(batch, known.outputs))
    yield x, Value(kind="ids", shape=(batch,), below=known.outputs)
    yield x, Value(kind="binary", shape=(batch, 1))
    single = Value(kind="gaussian", shape=(known.features[0],), batch_axis=None)
    yield single, Value(kind="gaussian", shape=(known.outputs,), batch_axis=None)


def _aligned(batch: int, kind: Kind) -> Pair:
    """Time-major answers and labels without the blank, for connectionist temporal classification."""
    logits = Value(kind=kind, shape=(sizes.LONGEST, batch, sizes.VOCABULARY), batch_axis=1)
    return logits, Value(kind="ids above zero", shape=(batch, sizes.TIME), below=sizes.VOCABULARY)


def _same(kind: Kind, shape: tuple[int, ...]) -> Pair:
    return Value(kind=kind, shape=shape), Value(kind=kind, shape=shape)
