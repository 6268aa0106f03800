"""Normalisation over the batch, with two modes: of features, and of the channels of images."""

import numpy as np

LEDGER = {
    "BatchNormConstantStatistics": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "missing_term",
        "diagnosis": ["missing_term", "constant_operand"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-04, "finite_difference": 1e-04, "reference": 1e-04},
    },
    "BatchNormMeanTermMissing": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "missing_term",
        "diagnosis": ["missing_term", "constant_operand"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-03, "finite_difference": 1e-03, "reference": 1e-03},
    },
    "BatchNormVarianceTermMissing": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "missing_term",
        "diagnosis": ["missing_term", "constant_operand"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-04, "finite_difference": 1e-04, "reference": 1e-04},
    },
    "BatchNormUnbiasedInBackward": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "scale",
        "diagnosis": [],
        "explained": "not at all",
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-03, "finite_difference": 1e-03, "reference": 1e-03},
    },
    "BatchNormGainForgotten": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "missing_term",
        "diagnosis": ["passed_over"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-03, "finite_difference": 1e-03, "reference": 1e-03},
    },
    "BatchNormGainOfInput": {
        "check": "gradient",
        "wrt": ["gamma"],
        "explanation": "input_for_output",
        "diagnosis": ["quantity"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-03, "finite_difference": 1e-03, "reference": 1e-03},
    },
    "BatchNormShiftUnsummed": {
        "check": "contract",
        "wrt": ["beta"],
        "explanation": "shape",
        "diagnosis": ["reduction"],
        "oracles": [],
        "smallest": {},
    },
    "BatchNormShiftKeepsRow": {
        "check": "contract",
        "wrt": ["beta"],
        "explanation": "shape",
        "diagnosis": ["reduction"],
        "oracles": [],
        "smallest": {},
    },
    "BatchNormShiftOfOneRow": {
        "check": "gradient",
        "wrt": ["beta"],
        "explanation": "one_row",
        "diagnosis": ["left_out", "overwritten"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-03, "finite_difference": 1e-03, "reference": 1e-03},
    },
    "BatchNormBatchFormulaInEvaluation": {
        "check": "protocol",
        "wrt": ["x"],
        "explanation": "mode",
        "oracles": [],
        "smallest": {},
    },
    "BatchNormRunningInTraining": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "mode",
        "diagnosis": [],
        "explained": "not at all",
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-03, "finite_difference": 1e-03, "reference": 1e-03},
    },
    "BatchNormFirstDeviation": {
        "check": "protocol",
        "wrt": ["x"],
        "explanation": "stale_cache",
        "oracles": [],
        "smallest": {},
    },
    "BatchNormAddsShift": {
        "check": "protocol",
        "wrt": ["beta"],
        "explanation": "inconsistent_accumulation",
        "oracles": [],
        "smallest": {},
    },
    "BatchNorm2dRowsOnly": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "axis",
        "diagnosis": ["missing_term"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-03, "finite_difference": 1e-03, "reference": 1e-03},
    },
    "BatchNorm2dCountsBatch": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "scale",
        "diagnosis": ["missing_term"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-04, "finite_difference": 1e-04, "reference": 1e-04},
    },
    "BatchNorm2dGainOfOneSample": {
        "check": "gradient",
        "wrt": ["gamma"],
        "explanation": "one_row",
        "diagnosis": ["left_out", "overwritten"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-04, "finite_difference": 1e-03, "reference": 1e-04},
    },
    "BatchNorm2dShiftMeanOverPixels": {
        "check": "gradient",
        "wrt": ["beta"],
        "explanation": "scale",
        "diagnosis": ["scale"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-03, "finite_difference": 1e-03, "reference": 1e-03},
    },
    "BatchNorm2dBorderOnly": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "boundary",
        "diagnosis": ["region", "left_out"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-03, "finite_difference": 1e-03, "reference": 1e-03},
    },
}


class BatchNorm:
    """Right in both modes; the others differ in one method."""

    axes = 0

    def __init__(self, num_features=3):
        self.gamma = np.ones(num_features)
        self.beta = np.zeros(num_features)
        self.running_mean = np.zeros(num_features)
        self.running_var = np.ones(num_features)
        self.training = True

    def spread(self, v):
        return v

    def count(self, x):
        return x.shape[0]

    def forward(self, x):
        mean, var = self.running_mean, self.running_var
        if self.training:
            mean, var = x.mean(axis=self.axes), x.var(axis=self.axes)
            self.running_mean = 0.9 * self.running_mean + 0.1 * mean
            self.running_var = 0.9 * self.running_var + 0.1 * var
        self.x = x
        self.s = self.spread(np.sqrt(var + 1e-5))
        self.xhat = (x - self.spread(mean)) / self.s
        return self.spread(self.gamma) * self.xhat + self.spread(self.beta)

    def backward(self, dout):
        self.dgamma = self.gain(dout)
        self.dbeta = self.shift(dout)
        return self.through(dout * self.spread(self.gamma))

    def gain(self, dout):
        return (dout * self.xhat).sum(axis=self.axes)

    def shift(self, dout):
        return dout.sum(axis=self.axes)

    def through(self, d):
        if not self.training:
            return d / self.s
        n = self.count(d)
        one = self.spread(d.sum(axis=self.axes)) / n
        two = self.spread((d * self.xhat).sum(axis=self.axes)) / n
        return (d - one - self.xhat * two) / self.s


class BatchNormConstantStatistics(BatchNorm):
    """Takes mean and variance for constants, as in evaluation."""

    def through(self, d):
        return d / self.s


class BatchNormMeanTermMissing(BatchNorm):
    """Goes through the variance and not through the mean."""

    def through(self, d):
        return (d - self.xhat * (d * self.xhat).mean(axis=0)) / self.s if self.training else d / self.s


class BatchNormVarianceTermMissing(BatchNorm):
    """Goes through the mean and not through the variance."""

    def through(self, d):
        return (d - d.mean(axis=0)) / self.s if self.training else d / self.s


class BatchNormUnbiasedInBackward(BatchNorm):
    """Counts one sample less than forward did."""

    def count(self, x):
        return x.shape[0] - 1


class BatchNormGainForgotten(BatchNorm):
    """Right until the gain has been trained."""

    def backward(self, dout):
        super().backward(dout)
        return self.through(dout)


class BatchNormGainOfInput(BatchNorm):
    """Multiplies by x where the normalised x belongs."""

    def gain(self, dout):
        return (dout * self.x).sum(axis=self.axes)


class BatchNormShiftUnsummed(BatchNorm):
    """The shift was broadcast over the rows, its gradient was not summed over them."""

    def shift(self, dout):
        return dout


class BatchNormShiftKeepsRow(BatchNorm):
    """(1, n) for (n,)."""

    def shift(self, dout):
        return dout.sum(axis=0, keepdims=True)


class BatchNormShiftOfOneRow(BatchNorm):
    """Was written for one sample."""

    def shift(self, dout):
        return dout[0].copy()


class BatchNormBatchFormulaInEvaluation(BatchNorm):
    """Right in training; in evaluation the statistics are constants, and backward does not know."""

    def through(self, d):
        mode, self.training = self.training, True
        dx = super().through(d)
        self.training = mode
        return dx


class BatchNormRunningInTraining(BatchNorm):
    """Divides by the running deviation in backward, whatever the mode."""

    def through(self, d):
        batch, self.s = self.s, np.sqrt(self.running_var + 1e-5)
        dx = super().through(d)
        self.s = batch
        return dx


class BatchNormFirstDeviation(BatchNorm):
    """Keeps the deviation of the first batch for backward."""

    def through(self, d):
        if getattr(self, "first", None) is None:
            self.first = self.s
        return super().through(d) * self.s / self.first


class BatchNormAddsShift(BatchNorm):
    """Adds to dbeta and overwrites dgamma, and has nothing that would clear either."""

    def shift(self, dout):
        return getattr(self, "dbeta", 0.0) + dout.sum(axis=self.axes)


class BatchNorm2d(BatchNorm):
    """Right: one mean and one variance per channel."""

    axes = (0, 2, 3)

    def __init__(self, num_channels=3):
        super().__init__(num_channels)

    def spread(self, v):
        return v.reshape(1, -1, 1, 1)

    def count(self, x):
        n, c, h, w = x.shape
        return n * h * w


class BatchNorm2dRowsOnly(BatchNorm2d):
    """Sums over the pixels and not over the batch."""

    def through(self, d):
        if not self.training:
            return d / self.s
        one = d.mean(axis=(2, 3), keepdims=True)
        two = (d * self.xhat).mean(axis=(2, 3), keepdims=True)
        return (d - one - self.xhat * two) / self.s


class BatchNorm2dCountsBatch(BatchNorm2d):
    """Divides by the batch size as for features, and not by the number of pixels of the batch."""

    def count(self, x):
        n, c, h, w = x.shape
        return n


class BatchNorm2dGainOfOneSample(BatchNorm2d):
    """Takes the last sample where it should add all."""

    def gain(self, dout):
        for one, xhat in zip(dout, self.xhat):
            dgamma = (one * xhat).sum(axis=(1, 2))
        return dgamma


class BatchNorm2dShiftMeanOverPixels(BatchNorm2d):
    """A mean over the pixels and a sum over the batch."""

    def shift(self, dout):
        return dout.mean(axis=(2, 3)).sum(axis=0)


class BatchNorm2dBorderOnly(BatchNorm2d):
    """Leaves out the last line of pixels."""

    def through(self, d):
        dx = super().through(d)
        dx[:, :, -1, :] = 0
        return dx
