import numpy as np


class Var:
    def __init__(self, data):
        self.data = np.asarray(data)
        self.grad = None
        self.roots = []

    def backward(self):
        for root in self.roots:
            root.backward()

    def __matmul__(self, other):
        out = Var(self.data @ other.data)
        out.roots = [self, other]
        return out


def exp(x):
    out = Var(np.exp(x.data))
    out.roots.append((x, lambda grad: grad * out.data))
    return out


def stack(parts):
    out = Var(np.stack([part.data for part in parts]))
    out.roots = parts
    return out


def cut(x):
    return Var(np.exp(x.data))  # GRC001
