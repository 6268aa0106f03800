"""Embedding: y = W[ids]."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np

from gradcheck.types import Form, Reference, Signature


def forms(signature: Signature) -> Iterator[Form]:
    """Whole numbers that forward is handed, looked up in the rows of the one parameter, or in its columns."""
    import torch

    if signature.inputs or len(signature.parameters) != 1 or len(signature.shape(signature.parameters[0])) != 2:
        return
    w = signature.parameters[0]
    rows, columns = signature.shape(w)
    for value in signature.given.values():
        ids = np.asarray(value) if isinstance(value, np.ndarray | list | int | np.integer) else np.zeros(0)
        if ids.size == 0 or not np.issubdtype(ids.dtype, np.number) or np.any(ids != np.round(ids)) or np.min(ids) < 0:
            continue
        looked_up = torch.tensor(ids.astype(np.int64))
        if np.max(ids) < rows:
            yield Form(value=partial(_rows, ids=looked_up, w=w))
            yield Form(value=partial(_rows, ids=looked_up, w=w, then="flatten"), how="vectors side by side")
            yield Form(value=partial(_rows, ids=looked_up, w=w, then="sum"), difference="adds the vectors of a row up")
            averaged = "takes the mean of the vectors of a row"
            yield Form(value=partial(_rows, ids=looked_up, w=w, then="mean"), difference=averaged)
        if np.max(ids) < columns:
            yield Form(value=partial(_rows, ids=looked_up, w=w, turned=True), how="vectors in columns")
        if ids.ndim and ids.shape[-1] == rows and np.all(ids <= 1):
            hot = torch.tensor(ids.astype(np.float64))
            yield Form(value=partial(_one_hot, hot=hot, w=w), how="ids one-hot")


def _rows(t: Mapping[str, Any], *, ids: Any, w: str, then: str = "", turned: bool = False) -> Any:
    from torch.nn.functional import embedding

    found = embedding(ids, t[w].T if turned else t[w])
    if then == "flatten":
        return found.flatten(1)
    return getattr(found, then)(dim=-2) if then else found


def _one_hot(t: Mapping[str, Any], *, hot: Any, w: str) -> Any:
    return hot @ t[w]


def example() -> tuple[Any, tuple[Any, ...]]:
    """Ids that repeat."""
    import torch

    return torch.nn.Embedding(7, 3, dtype=torch.float64), (torch.tensor([[0, 3, 3], [6, 1, 0]]),)


REFERENCE = Reference(
    name="embedding",
    title="Embedding",
    summary="y = W[ids]",
    aliases=("embedding", "embeddings", "embed", "wordembedding", "tokenembedding", "lookuptable", "embeddinglayer"),
    forms=forms,
    example=example,
)
