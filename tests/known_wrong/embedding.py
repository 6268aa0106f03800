"""A table of vectors that is looked up by ids; only the table has a gradient."""

# ruff: noqa: NPY002 - written the way people write them

import numpy as np

LEDGER = {
    "EmbeddingAssigns": {
        "check": "gradient",
        "wrt": ["E"],
        "explanation": "missing_term",
        "diagnosis": ["overwritten"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-07, "reference": 1e-10},
    },
    "EmbeddingAddsBuffered": {
        "check": "gradient",
        "wrt": ["E"],
        "explanation": "missing_term",
        "diagnosis": ["overwritten"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-07, "reference": 1e-10},
    },
    "EmbeddingMeanOfUses": {
        "check": "gradient",
        "wrt": ["E"],
        "explanation": "scale",
        "diagnosis": [],
        "explained": "not at all",
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-08, "reference": 1e-10},
    },
    "EmbeddingLastPositionLost": {
        "check": "gradient",
        "wrt": ["E"],
        "explanation": "one_row",
        "diagnosis": ["left_out"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-07, "reference": 1e-11},
    },
    "EmbeddingFirstSampleOnly": {
        "check": "gradient",
        "wrt": ["E"],
        "explanation": "one_row",
        "diagnosis": ["left_out", "overwritten"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-07, "reference": 1e-10},
    },
    "EmbeddingFirstIds": {
        "check": "protocol",
        "wrt": ["E"],
        "explanation": "stale_cache",
        "oracles": [],
        "smallest": {},
    },
    "EmbeddingTouchedRowsOnly": {
        "check": "protocol",
        "wrt": ["E"],
        "explanation": "stale_buffer",
        "oracles": [],
        "smallest": {},
    },
    "ScaledEmbeddingUnscaled": {
        "check": "gradient",
        "wrt": ["E"],
        "explanation": "scale",
        "diagnosis": ["scale", "passed_over"],
        "oracles": ["traced_autograd", "finite_difference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-07},
    },
    "ScaledEmbeddingTwice": {
        "check": "gradient",
        "wrt": ["E"],
        "explanation": "scale",
        "diagnosis": ["scale"],
        "oracles": ["traced_autograd", "finite_difference"],
        "smallest": {"traced_autograd": 1e-11, "finite_difference": 1e-08},
    },
    "PaddedEmbeddingTrainsPadding": {
        "check": "gradient",
        "wrt": ["E"],
        "explanation": "boundary",
        "diagnosis": ["region", "mask", "passed_over"],
        "oracles": ["traced_autograd", "finite_difference"],
        "smallest": {"traced_autograd": 1e-10, "finite_difference": 1e-07},
    },
}


class Embedding:
    """Right; the others differ in one method."""

    def __init__(self, num_embeddings=5, embedding_dim=3):
        self.E = np.random.randn(num_embeddings, embedding_dim) * 0.1

    def forward(self, ids):
        self.ids = ids
        return self.E[ids]

    def backward(self, dout):
        self.dE = self.scatter(dout)

    def scatter(self, dout):
        dE = np.zeros_like(self.E)
        np.add.at(dE, self.ids, dout)
        return dE


class EmbeddingAssigns(Embedding):
    """Writes where it should add: of an id that occurs twice the last use counts."""

    def scatter(self, dout):
        dE = np.zeros_like(self.E)
        dE[self.ids] = dout
        return dE


class EmbeddingAddsBuffered(Embedding):
    """Takes += with an array of ids for np.add.at; NumPy buffers it."""

    def scatter(self, dout):
        dE = np.zeros_like(self.E)
        dE[self.ids] += dout
        return dE


class EmbeddingMeanOfUses(Embedding):
    """Divides by how often an id occurs, as an option of torch does that is off by default."""

    def scatter(self, dout):
        count = np.bincount(self.ids.ravel(), minlength=len(self.E))
        return super().scatter(dout) / np.maximum(count, 1)[:, None]


class EmbeddingLastPositionLost(Embedding):
    """Leaves out the last position, whose target is unknown in a language model, in every layer."""

    def scatter(self, dout):
        dE = np.zeros_like(self.E)
        np.add.at(dE, self.ids[..., :-1], dout[..., :-1, :])
        return dE


class EmbeddingFirstSampleOnly(Embedding):
    """Was written for one sequence; right for a batch of one."""

    def scatter(self, dout):
        dE = np.zeros_like(self.E)
        np.add.at(dE, self.ids[0], dout[0])
        return dE


class EmbeddingFirstIds(Embedding):
    """Keeps the ids only where none are kept, to spare an attribute access per batch."""

    def forward(self, ids):
        if getattr(self, "ids", None) is None:
            self.ids = ids
        return self.E[ids]


class EmbeddingTouchedRowsOnly(Embedding):
    """Clears the rows that it is about to write, and not those that the step before wrote."""

    def backward(self, dout):
        if getattr(self, "dE", None) is None:
            self.dE = np.zeros_like(self.E)
        self.dE[self.ids] = 0
        np.add.at(self.dE, self.ids, dout)


class ScaledEmbedding(Embedding):
    """Right: vectors are multiplied by the root of their width, as in the transformer."""

    def forward(self, ids):
        self.ids = ids
        return self.E[ids] * np.sqrt(self.E.shape[1])

    def backward(self, dout):
        self.dE = self.scatter(dout) * np.sqrt(self.E.shape[1])


class ScaledEmbeddingUnscaled(ScaledEmbedding):
    """The scale was added to forward a year later."""

    def backward(self, dout):
        self.dE = self.scatter(dout)


class ScaledEmbeddingTwice(ScaledEmbedding):
    """Scales the upstream gradient and the result."""

    def scatter(self, dout):
        return super().scatter(dout * np.sqrt(self.E.shape[1]))


class PaddedEmbedding(Embedding):
    """Right: id 1 is padding and comes out as zeros."""

    def forward(self, ids):
        self.ids = ids
        return self.E[ids] * (ids != 1)[..., None]

    def scatter(self, dout):
        return super().scatter(dout * (self.ids != 1)[..., None])


class PaddedEmbeddingTrainsPadding(PaddedEmbedding):
    """Hides the padding in forward only."""

    def scatter(self, dout):
        return Embedding.scatter(self, dout)
