"""y = g x / r, r the root mean square of a row; each mistake in one term, one place or one dtype."""

import numpy as np

LEDGER = {
    "RMSNormMeanTermMissing": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "missing_term",
        "diagnosis": ["missing_term", "constant_operand"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-03, "finite_difference": 1e-03, "reference": 1e-03},
    },
    "RMSNormSumForMean": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "scale",
        "diagnosis": ["missing_term"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-04, "finite_difference": 1e-04, "reference": 1e-04},
    },
    "RMSNormGainOutside": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "missing_term",
        "diagnosis": [],
        "explained": "not at all",
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-03, "finite_difference": 1e-03, "reference": 1e-03},
    },
    "RMSNormRootOnce": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "wrong_power",
        "diagnosis": ["missing_term"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-03, "finite_difference": 1e-03, "reference": 1e-03},
    },
    "RMSNormMeanOverBatch": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "axis",
        "diagnosis": [],
        "explained": "not at all",
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-04, "finite_difference": 1e-03, "reference": 1e-04},
    },
    "RMSNormFirstEntry": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "one_entry",
        "diagnosis": ["region"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-03, "finite_difference": 1e-02, "reference": 1e-03},
    },
    "RMSNormLastRow": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "one_row",
        "diagnosis": ["region"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-03, "finite_difference": 1e-03, "reference": 1e-03},
    },
    "RMSNormCorner": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "one_entry",
        "diagnosis": ["region"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-02, "finite_difference": 1e-01, "reference": 1e-02},
    },
    "RMSNormLastColumn": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "one_column",
        "diagnosis": ["region"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-03, "finite_difference": 1e-04, "reference": 1e-03},
    },
    "RMSNormClipped": {
        "check": "gradient",
        "wrt": ["x"],
        "also": ["linearity"],
        "explanation": "clipped",
        "diagnosis": ["rewritten"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-03, "finite_difference": 1e-03, "reference": 1e-03},
    },
    "RMSNormClippedByNorm": {
        "check": "gradient",
        "wrt": ["x"],
        "also": ["linearity"],
        "explanation": "clipped",
        "diagnosis": ["rewritten"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-03, "finite_difference": 1e-03, "reference": 1e-03},
    },
    "RMSNormTenMillionth": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "scale",
        "diagnosis": ["scale"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-03, "finite_difference": 1e-01, "reference": 1e-03},
    },
    "RMSNormThroughFloat32": {
        "check": "gradient",
        "wrt": ["x"],
        "also": ["linearity"],
        "explanation": "downcast",
        "diagnosis": ["rounded"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-02, "finite_difference": 1e+00, "reference": 1e-02},
    },
    "RMSNormGainThroughFloat32": {
        "check": "gradient",
        "wrt": ["g"],
        "also": ["linearity"],
        "explanation": "downcast",
        "diagnosis": ["rounded"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-04, "finite_difference": 1e-01, "reference": 1e-04},
    },
    "RMSNormGainOfLastRow": {
        "check": "gradient",
        "wrt": ["g"],
        "explanation": "one_row",
        "diagnosis": ["left_out", "overwritten"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-04, "finite_difference": 1e-04, "reference": 1e-04},
    },
    "RMSNormGainUnsummed": {"check": "contract", "wrt": ["g"], "explanation": "shape", "diagnosis": ["reduction"], "oracles": [], "smallest": {}},
    "RMSNormGainKeepsRow": {"check": "contract", "wrt": ["g"], "explanation": "shape", "diagnosis": ["reduction"], "oracles": [], "smallest": {}},
    "RMSNormGainOfX": {
        "check": "gradient",
        "wrt": ["g"],
        "explanation": "input_for_output",
        "diagnosis": ["quantity", "passed_over"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-03, "finite_difference": 1e-03, "reference": 1e-03},
    },
    "RMSNormGainMeanOfRows": {
        "check": "gradient",
        "wrt": ["g"],
        "explanation": "scale",
        "diagnosis": ["scale"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-03, "finite_difference": 1e-03, "reference": 1e-03},
    },
    "RMSNormTransposedMemory": {
        "check": "protocol",
        "wrt": ["x"],
        "also": ["shapes"],
        "explanation": "memory_order",
        "oracles": [],
        "smallest": {},
    },
    "RMSNormGainTransposedMemory": {
        "check": "protocol",
        "wrt": ["g"],
        "also": ["shapes"],
        "explanation": "memory_order",
        "oracles": [],
        "smallest": {},
    },
    "RMSNormHalvesFloat32": {
        "check": "precision",
        "wrt": ["x"],
        "explanation": "downcast",
        "oracles": [],
        "smallest": {},
    },
    "RMSNormRunningRoot": {
        "check": "protocol",
        "wrt": ["x"],
        "explanation": "stale_buffer",
        "oracles": [],
        "smallest": {},
    },
    "RMSNormFirstRoot": {
        "check": "protocol",
        "wrt": ["x"],
        "explanation": "stale_cache",
        "oracles": [],
        "smallest": {},
    },
    "RMSNormFirstGain": {
        "check": "protocol",
        "wrt": ["x"],
        "explanation": "stale_cache",
        "oracles": [],
        "smallest": {},
    },
    "RMSNormHandsOutBuffer": {
        "check": "protocol",
        "wrt": [],
        "explanation": "stale_buffer",
        "oracles": [],
        "smallest": {},
    },
    "RMSNormGradientBuffer": {
        "check": "protocol",
        "wrt": [],
        "explanation": "stale_buffer",
        "oracles": [],
        "smallest": {},
    },
    "RMSNormOneRowShortcut": {
        "check": "batch",
        "wrt": ["x"],
        "also": ["shapes"],
        "explanation": "missing_term",
        "oracles": [],
        "smallest": {},
    },
}


class RMSNorm:
    """Right; the others differ in one method."""

    def __init__(self, dim=4):
        self.g = np.ones(dim)
        self.eps = 1e-6

    def forward(self, x):
        self.x = x
        self.r = np.sqrt(np.mean(x**2, axis=-1, keepdims=True) + self.eps)
        return self.g * x / self.r

    def backward(self, dout):
        self.dg = self.gain(dout)
        return self.through(dout)

    def gain(self, dout):
        return (dout * self.x / self.r).sum(axis=0)

    def through(self, dout):
        d = dout * self.g
        return d / self.r - self.x * np.mean(d * self.x, axis=-1, keepdims=True) / self.r**3


class RMSNormMeanTermMissing(RMSNorm):
    """Takes the root for a constant."""

    def through(self, dout):
        return dout * self.g / self.r


class RMSNormSumForMean(RMSNorm):
    """The mean over the row became a sum when the formula was copied from a paper that counts otherwise."""

    def through(self, dout):
        d = dout * self.g
        return d / self.r - self.x * np.sum(d * self.x, axis=-1, keepdims=True) / self.r**3


class RMSNormGainOutside(RMSNorm):
    """Multiplies by the gain at the end; right as long as the gain is one number."""

    def through(self, dout):
        return self.g * (dout / self.r - self.x * np.mean(dout * self.x, axis=-1, keepdims=True) / self.r**3)


class RMSNormRootOnce(RMSNorm):
    """r^2 where r^3 belongs."""

    def through(self, dout):
        d = dout * self.g
        return d / self.r - self.x * np.mean(d * self.x, axis=-1, keepdims=True) / self.r**2


class RMSNormMeanOverBatch(RMSNorm):
    """Takes the mean of the second term over the batch."""

    def through(self, dout):
        d = dout * self.g
        return d / self.r - self.x * np.mean(d * self.x, axis=0, keepdims=True) / self.r**3


class RMSNormFirstEntry(RMSNorm):
    """A debugging line was left in."""

    def through(self, dout):
        dx = super().through(dout)
        dx[0, 0] = 0
        return dx


class RMSNormLastRow(RMSNorm):
    """A loop that ends one row early leaves the upstream gradient in the last."""

    def through(self, dout):
        dx = dout.copy()
        dx[:-1] = super().through(dout)[:-1]
        return dx


class RMSNormCorner(RMSNorm):
    """Counts the last entry twice."""

    def through(self, dout):
        dx = super().through(dout)
        dx[-1, -1] *= 2
        return dx


class RMSNormLastColumn(RMSNorm):
    """Treats the last feature as a bias column, which has no gradient."""

    def through(self, dout):
        dx = super().through(dout)
        dx[:, -1] = 0
        return dx


class RMSNormClipped(RMSNorm):
    """Clips where it should not: in the layer, not in the optimizer."""

    def through(self, dout):
        return np.clip(super().through(dout), -0.5, 0.5)


class RMSNormClippedByNorm(RMSNorm):
    """Scales its gradient to norm one where it is longer."""

    def through(self, dout):
        dx = super().through(dout)
        return dx / max(1.0, np.sqrt((dx**2).sum()))


class BareRMSNorm(RMSNorm):
    """Right: without a constant under the root."""

    def __init__(self, dim=4):
        super().__init__(dim)
        self.eps = 0.0


class RMSNormTenMillionth(BareRMSNorm):
    """A constant with seven digits."""

    def through(self, dout):
        return super().through(dout) * 1.0000001


class RMSNormThroughFloat32(BareRMSNorm):
    """A kernel that computes in float32 whatever it is given."""

    def through(self, dout):
        return super().through(dout.astype(np.float32)).astype(np.float32).astype(dout.dtype)


class RMSNormGainThroughFloat32(BareRMSNorm):
    """Sums the gain's gradient in float32."""

    def gain(self, dout):
        return (dout * self.x / self.r).astype(np.float32).sum(axis=0).astype(dout.dtype)


class RMSNormGainOfLastRow(RMSNorm):
    """Assigns in a loop over the rows."""

    def gain(self, dout):
        for row, x, r in zip(dout, self.x, self.r, strict=True):
            dg = row * x / r
        return dg


class RMSNormGainUnsummed(RMSNorm):
    """The gain was broadcast over the rows, its gradient was not summed over them."""

    def gain(self, dout):
        rows, dim = dout.shape
        return (dout * self.x / self.r).reshape(rows, dim)


class RMSNormGainKeepsRow(RMSNorm):
    """(1, n) for (n,): the next step makes the gain a matrix."""

    def gain(self, dout):
        return super().gain(dout)[None]


class RMSNormGainOfX(RMSNorm):
    """Multiplies by x instead of x / r."""

    def gain(self, dout):
        return (dout * self.x).sum(axis=0)


class RMSNormGainMeanOfRows(RMSNorm):
    """A mean over the rows for the gain alone, though x has no such factor: half of it, so no batch size fits."""

    def gain(self, dout):
        return super().gain(dout) / 2


class RMSNormTransposedMemory(RMSNorm):
    """Goes through memory as it lies, which is not row by row after a transposition."""

    def through(self, dout):
        return super().through(dout.ravel(order="K").reshape(dout.shape))


class RMSNormGainTransposedMemory(RMSNorm):
    """The same for the gain alone."""

    def gain(self, dout):
        return super().gain(dout.ravel(order="K").reshape(dout.shape))


class RMSNormHalvesFloat32(RMSNorm):
    """Keeps the roots to two digits where memory is short, that is for float32."""

    def through(self, dout):
        kept = self.r
        if dout.dtype == np.float32:
            self.r = np.round(self.r * 16) / np.float32(16)
        dx = super().through(dout)
        self.r = kept
        return dx


class RMSNormRunningRoot(RMSNorm):
    """Averages the roots of all calls, and uses the average in backward."""

    def forward(self, x):
        y = super().forward(x)
        self.mean_root = 0.5 * getattr(self, "mean_root", self.r) + 0.5 * self.r
        return y

    def through(self, dout):
        kept, self.r = self.r, self.mean_root
        dx = super().through(dout)
        self.r = kept
        return dx


class RMSNormFirstRoot(RMSNorm):
    """Computes the roots again only where the shape has changed."""

    def forward(self, x):
        y = super().forward(x)
        if getattr(self, "kept", None) is None or self.kept.shape != self.r.shape:
            self.kept = self.r
        self.r = self.kept
        return y


class RMSNormFirstGain(RMSNorm):
    """Copies the gain at the first call; the optimizer moves the other one."""

    def through(self, dout):
        if getattr(self, "copied", None) is None:
            self.copied = self.g.copy()
        d = dout * self.copied
        return d / self.r - self.x * np.mean(d * self.x, axis=-1, keepdims=True) / self.r**3


class RMSNormHandsOutBuffer(RMSNorm):
    """Returns its work array from forward; the caller's first answer changes in the second call."""

    def forward(self, x):
        y = super().forward(x)
        if getattr(self, "work", None) is None or self.work.shape != y.shape or self.work.dtype != y.dtype:
            self.work = np.empty_like(y)
        self.work[...] = y
        return self.work


class RMSNormGradientBuffer(RMSNorm):
    """Returns its work array from backward."""

    def through(self, dout):
        dx = super().through(dout)
        if getattr(self, "work", None) is None or self.work.shape != dx.shape or self.work.dtype != dx.dtype:
            self.work = np.empty_like(dx)
        self.work[...] = dx
        return self.work


class RMSNormOneRowShortcut(RMSNorm):
    """Spares the second term for a single row."""

    def through(self, dout):
        return dout * self.g / self.r if len(dout) == 1 else super().through(dout)
