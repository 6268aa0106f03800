from core.tensor import Tensor


class Attention:
    """What is handed to something called `drop` is put on no tape, though the name ends like an operation's."""

    def forward(self, x):
        x = Tensor(x.data * self.scale, requires_grad=x.requires_grad)  # GRC002
        if self.proj_drop:
            x = self.proj_drop(x)
        return x

    def crop(self, x):
        out = Tensor(x.data[:, 1:], requires_grad=x.requires_grad)  # GRC002
        return self.centre_crop(out)


def recorded(x, graph):
    out = Tensor(x.data * 2)
    graph.add_op(out)
    return out


def recorded_in_camels(x, graph):
    out = Tensor(x.data * 2)
    graph.addOp(out)
    return out
