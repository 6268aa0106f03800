"""GRC003: a parameter's data, used in a forward pass in place of the parameter."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from gradcheck.scan.dataflow.asking import flows_of
from gradcheck.scan.dataflow.judging import is_on_path, is_told_apart
from gradcheck.scan.dataflow.kinds import Kind
from gradcheck.scan.model import Edit, Example, Fix, Hit, Precision, Rule, Severity

if TYPE_CHECKING:
    from ast_grep_py import SgNode

    from gradcheck.scan.facts.module import Module


def examine(_node: None, module: Module) -> Iterator[Hit]:
    """Find data of parameters that forward passes return something of."""
    for flow in flows_of(module):
        if flow.kind is Kind.PARAMETER and is_on_path(flow) and not is_told_apart(flow, module):
            yield Hit(
                node=flow.node,
                message=f"`{flow.function.name}` uses the data of a parameter: the parameter is never trained",
                steps=flow.steps,
                fix=_fix(flow.node),
            )


def _fix(node: SgNode) -> Fix | None:
    """Drop the `.data` behind a parameter, as far as that is all there is to drop."""
    base, label = node.field("object"), node.field("attribute")
    if node.kind() != "attribute" or base is None or label is None or label.text() != "data":
        return None
    edit = Edit(start=base.range().end.index, end=node.range().end.index, replacement="")
    return Fix(message="Use the parameter itself", edits=(edit,), safe=False)


RULE = Rule(
    code="GRC003",
    name="param_data_in_forward",
    summary="The data of a parameter used in a forward pass",
    why=(
        "The gradient does not come back through `.data` or `.detach()`: the parameter gets None, and "
        "keeps its initial value for ever."
    ),
    remedy="Use the parameter itself.",
    severity=Severity.ERROR,
    precision=Precision.HIGH,
    needles=(b".data", b".detach("),
    kinds=frozenset({"module"}),
    examine=examine,
    bad=(
        Example(
            text=(
                "import torch\n"
                "from torch import nn\n"
                "\n"
                "class Positions(nn.Module):\n"
                "    def __init__(self, n, d):\n"
                "        super().__init__()\n"
                "        self.pos = nn.Parameter(torch.randn(n, d))\n"
                "\n"
                "    def forward(self, x):\n"
                "        return x + self.pos.data[: x.shape[0]]\n"
            ),
            fixed=(
                "import torch\n"
                "from torch import nn\n"
                "\n"
                "class Positions(nn.Module):\n"
                "    def __init__(self, n, d):\n"
                "        super().__init__()\n"
                "        self.pos = nn.Parameter(torch.randn(n, d))\n"
                "\n"
                "    def forward(self, x):\n"
                "        return x + self.pos[: x.shape[0]]\n"
            ),
        ),
        Example(
            text=(
                "import torch\n"
                "from torch import nn\n"
                "\n"
                "class Tied(nn.Module):\n"
                "    def __init__(self):\n"
                "        super().__init__()\n"
                "        self.embed = nn.Embedding(10, 4)\n"
                "\n"
                "    def forward(self, h):\n"
                "        weight = self.embed.weight.detach()\n"
                "        return h @ weight.t()\n"
            )
        ),
        Example(
            text=(
                "class Scale(Module):\n"
                "    def __init__(self):\n"
                "        self.gain = Tensor(np.ones(3), requires_grad=True)\n"
                "\n"
                "    def forward(self, x):\n"
                "        return x * self.gain.data\n"
            ),
            fixed=(
                "class Scale(Module):\n"
                "    def __init__(self):\n"
                "        self.gain = Tensor(np.ones(3), requires_grad=True)\n"
                "\n"
                "    def forward(self, x):\n"
                "        return x * self.gain\n"
            ),
        ),
    ),
    good=(
        (
            "import torch\n"
            "from torch import nn\n"
            "\n"
            "class Positions(nn.Module):\n"
            "    def __init__(self, n, d):\n"
            "        super().__init__()\n"
            "        self.pos = nn.Parameter(torch.randn(n, d))\n"
            "\n"
            "    def forward(self, x):\n"
            "        return x + self.pos[: x.shape[0]]\n"
        ),
        (
            "import torch\n"
            "from torch import nn\n"
            "\n"
            "class Codes(nn.Module):\n"
            "    def __init__(self):\n"
            "        super().__init__()\n"
            "        self.codes = nn.Parameter(torch.randn(4, 4))\n"
            "\n"
            "    def forward(self, x):\n"
            "        with torch.no_grad():\n"
            "            distance = torch.cdist(x, self.codes.data)\n"
            "        return x * self.codes[distance.argmin(1)]\n"
        ),
        (
            "class Linear:\n"
            "    def __init__(self):\n"
            "        self.W = Parameter(np.ones((2, 2)))\n"
            "\n"
            "    def forward(self, x):\n"
            "        self.x = x\n"
            "        return x @ self.W.data\n"
            "\n"
            "    def backward(self, dy):\n"
            "        return dy @ self.W.data.T\n"
        ),
    ),
)
