"""Normalisation of two groups of channels, each sample by itself."""

import numpy as np

LEDGER = {
    "GroupNormGroupsAreConstants": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "missing_term",
        "diagnosis": ["missing_term", "constant_operand"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-07, "finite_difference": 1e-07, "reference": 1e-07},
    },
    "GroupNormMeanTermMissing": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "missing_term",
        "diagnosis": ["missing_term", "constant_operand"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-05, "finite_difference": 1e-04, "reference": 1e-05},
    },
    "GroupNormOverAllChannels": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "axis",
        "diagnosis": [],
        "explained": "not at all",
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-04, "finite_difference": 1e-04, "reference": 1e-04},
    },
    "GroupNormGainOutside": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "missing_term",
        "diagnosis": [],
        "explained": "not at all",
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-03, "finite_difference": 1e-03, "reference": 1e-03},
    },
    "GroupNormInterleavedGroups": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "transpose",
        "diagnosis": [],
        "explained": "not at all",
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-04, "finite_difference": 1e-03, "reference": 1e-04},
    },
    "GroupNormLastGroup": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "one_row",
        "diagnosis": ["region", "left_out"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-03, "finite_difference": 1e-04, "reference": 1e-03},
    },
    "GroupNormGainSummedOverChannels": {
        "check": "contract",
        "wrt": ["gamma"],
        "explanation": "shape",
        "diagnosis": ["reduction"],
        "oracles": [],
        "smallest": {},
    },
    "GroupNormShiftOfFirstSample": {
        "check": "gradient",
        "wrt": ["beta"],
        "explanation": "one_row",
        "diagnosis": ["left_out", "overwritten"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-03, "finite_difference": 1e-03, "reference": 1e-03},
    },
    "GroupNormCorner": {
        "check": "gradient",
        "wrt": ["x"],
        "explanation": "one_entry",
        "diagnosis": ["region"],
        "oracles": ["traced_autograd", "finite_difference", "reference"],
        "smallest": {"traced_autograd": 1e-02, "finite_difference": 1e-02, "reference": 1e-02},
    },
    "GroupNormOneSampleShortcut": {
        "check": "batch",
        "wrt": ["x"],
        "also": ["shapes"],
        "explanation": "missing_term",
        "oracles": [],
        "smallest": {},
    },
}


class GroupNorm:
    """Right; the others differ in one method."""

    def __init__(self, dim=4):
        self.num_groups = 2
        self.gamma = np.ones(dim)
        self.beta = np.zeros(dim)

    def forward(self, x):
        n, c = x.shape
        groups = x.reshape(n, self.num_groups, -1)
        mean = groups.mean(axis=2, keepdims=True)
        self.s = np.sqrt(groups.var(axis=2, keepdims=True) + 1e-5)
        self.xhat = ((groups - mean) / self.s).reshape(x.shape)
        return self.gamma * self.xhat + self.beta

    def backward(self, dout):
        self.dgamma = self.gain(dout)
        self.dbeta = self.shift(dout)
        return self.through(dout)

    def gain(self, dout):
        return (dout * self.xhat).sum(axis=0)

    def shift(self, dout):
        return dout.sum(axis=0)

    def through(self, dout):
        return self.ungrouped(dout * self.gamma)

    def ungrouped(self, d):
        n = d.shape[0]
        g, xhat = d.reshape(n, self.num_groups, -1), self.xhat.reshape(n, self.num_groups, -1)
        one, two = g.mean(axis=2, keepdims=True), (g * xhat).mean(axis=2, keepdims=True)
        return ((g - one - xhat * two) / self.s).reshape(d.shape)


class GroupNormGroupsAreConstants(GroupNorm):
    """Takes the statistics of a group for constants."""

    def ungrouped(self, d):
        n = d.shape[0]
        return (d.reshape(n, self.num_groups, -1) / self.s).reshape(d.shape)


class GroupNormMeanTermMissing(GroupNorm):
    """Goes through the variance and not through the mean."""

    def ungrouped(self, d):
        n = d.shape[0]
        g, xhat = d.reshape(n, self.num_groups, -1), self.xhat.reshape(n, self.num_groups, -1)
        return ((g - xhat * (g * xhat).mean(axis=2, keepdims=True)) / self.s).reshape(d.shape)


class GroupNormOverAllChannels(GroupNorm):
    """Takes the means over all channels, as layer normalisation does."""

    def ungrouped(self, d):
        n = d.shape[0]
        one, two = d.mean(axis=1, keepdims=True), (d * self.xhat).mean(axis=1, keepdims=True)
        flat = (d - one - self.xhat * two).reshape(n, self.num_groups, -1)
        return (flat / self.s).reshape(d.shape)


class GroupNormGainOutside(GroupNorm):
    """Multiplies by the gain after the means; right as long as a group has one gain."""

    def through(self, dout):
        return self.gamma * self.ungrouped(dout)


class GroupNormInterleavedGroups(GroupNorm):
    """Takes every second channel for a group, where forward takes neighbours."""

    def ungrouped(self, d):
        order = np.arange(d.shape[1]).reshape(-1, self.num_groups).T.ravel()
        return super().ungrouped(d[:, order])[:, np.argsort(order)]


class GroupNormLastGroup(GroupNorm):
    """A loop that ends one group early."""

    def ungrouped(self, d):
        dx = super().ungrouped(d)
        dx[:, -(d.shape[1] // self.num_groups) :] = 0
        return dx


class GroupNormGainSummedOverChannels(GroupNorm):
    """(1,) for (n,): the sum over everything."""

    def gain(self, dout):
        return (dout * self.xhat).sum(keepdims=True)[0]


class GroupNormShiftOfFirstSample(GroupNorm):
    """Forgets the batch axis."""

    def shift(self, dout):
        return dout[0].copy()


class GroupNormCorner(GroupNorm):
    """Loses the last channel of the first sample."""

    def through(self, dout):
        dx = super().through(dout)
        dx[0, -1] = 0
        return dx


class GroupNormOneSampleShortcut(GroupNorm):
    """Takes a batch of one for inference, in which the statistics would be constants."""

    def ungrouped(self, d):
        if len(d) == 1:
            return (d.reshape(1, self.num_groups, -1) / self.s).reshape(d.shape)
        return super().ungrouped(d)
