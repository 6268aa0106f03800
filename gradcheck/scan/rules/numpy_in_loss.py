"""GRC007: a loss or a forward pass through NumPy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from gradcheck.scan.dataflow.asking import flows_of
from gradcheck.scan.dataflow.judging import is_on_path, is_told_apart
from gradcheck.scan.dataflow.kinds import Kind
from gradcheck.scan.model import Example, Hit, Precision, Rule, Severity

if TYPE_CHECKING:
    from gradcheck.scan.facts.module import Module


def examine(_node: None, module: Module) -> Iterator[Hit]:
    """Find torch tensors made of NumPy arrays of torch tensors."""
    for flow in flows_of(module):
        if flow.kind is Kind.RETURNED and is_on_path(flow) and not is_told_apart(flow, module):
            yield Hit(
                node=flow.node,
                message=f"`{flow.function.name}` goes through NumPy: nothing before it gets a gradient",
                steps=flow.steps,
            )


RULE = Rule(
    code="GRC007",
    name="numpy_in_loss",
    summary="A forward pass or a loss that goes through NumPy",
    why=("What NumPy computes is not recorded: the tensor made of its result is a leaf; nothing before it is trained."),
    remedy="Compute with torch from end to end, or write a `torch.autograd.Function` with a backward.",
    severity=Severity.ERROR,
    precision=Precision.HIGH,
    needles=(b"numpy(", b".data"),
    kinds=frozenset({"module"}),
    examine=examine,
    bad=(
        Example(
            text=(
                "import numpy as np\n"
                "import torch\n"
                "\n"
                "def correlation_loss(p, t):\n"
                "    return torch.tensor(1 - np.corrcoef(p.detach().numpy(), t)[0, 1])\n"
            )
        ),
        Example(
            text=(
                "import numpy as np\n"
                "import torch\n"
                "from torch import nn\n"
                "\n"
                "class Sorted(nn.Module):\n"
                "    def forward(self, x):\n"
                "        order = np.sort(x.detach().cpu().numpy(), axis=-1)\n"
                "        return torch.from_numpy(order)\n"
            )
        ),
        Example(
            text=(
                "import numpy as np\n"
                "import torch\n"
                "\n"
                "def step(model, x):\n"
                "    y = model(x).detach().numpy()\n"
                "    loss = torch.tensor(np.mean(y ** 2), requires_grad=True)\n"
                "    loss.backward()\n"
            )
        ),
    ),
    good=(
        (
            "def correlation_loss(p, t):\n"
            "    p, t = p - p.mean(), t - t.mean()\n"
            "    return 1 - (p @ t) / (p.norm() * t.norm())\n"
        ),
        (
            "import numpy as np\n"
            "import torch\n"
            "\n"
            "class Sort(torch.autograd.Function):\n"
            "    @staticmethod\n"
            "    def forward(ctx, x):\n"
            "        return torch.from_numpy(np.sort(x.detach().numpy()))\n"
            "\n"
            "    @staticmethod\n"
            "    def backward(ctx, g):\n"
            "        return g\n"
        ),
        ("import torch\n\ndef evaluate(model, x):\n    return torch.from_numpy(model(x).detach().numpy().round())\n"),
    ),
)
