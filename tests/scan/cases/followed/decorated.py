from core.tensor import Tensor
from core.tracking import differentiable
from core.wrappers import handle_exception, timed


class Cell:
    """A decorator that minds failures or time changes nothing; any other may attach what is returned."""

    @handle_exception
    def forward(self, x):
        return Tensor(x.data * 2, requires_grad=x.requires_grad)  # GRC002

    @timed("cell")
    @property
    def squeezed(self, x):
        return Tensor(x.data.squeeze(), requires_grad=x.requires_grad)  # GRC002


class Operation:
    @differentiable
    def forward(self, x):
        return Tensor(x.data * 2, requires_grad=x.requires_grad)

    @handle_exception
    @differentiable
    def again(self, x):
        return Tensor(x.data * 2, requires_grad=x.requires_grad)
