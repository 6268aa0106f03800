"""What is subtracted and added again changes no gradient."""

from tape import Variable


def log_sum_exp(x):
    shift = Variable(x.data.max(axis=1, keepdims=True))
    return (x - shift).exp().sum(axis=1).log() + shift


class SoftmaxLoss:
    def forward(self, logits, labels):
        shifted = logits - Variable(logits.data.max(axis=1, keepdims=True))
        return (shifted.exp().sum(axis=1).log() - (shifted * labels).sum(axis=1)).mean()
