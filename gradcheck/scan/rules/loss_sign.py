"""GRC609: the gradient of a loss with target and prediction exchanged."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gradcheck.scan.facts.layers import DERIVES, layers, pairs
from gradcheck.scan.model import Example, Hit, Precision, Rule, Severity

if TYPE_CHECKING:
    from gradcheck.scan.facts.module import Module

_ABSOLUTE = re.compile(r"mae|mean_?absolute|\bl1|l1_?loss|absolute", re.IGNORECASE)
_SQUARED = re.compile(r"mse|mean_?squared?|\bl2_?loss|squared_?error|quadratic", re.IGNORECASE)
_ENTROPY = re.compile(r"cross_?entropy|softmax_?(?:with_?)?loss|nll", re.IGNORECASE)
_TARGET = r"(?:self\.)?(?:y_?true\w*|t|y|Y|targets?|labels?|truth|actual|ground_truth|gt|expected|y_real)"
_PREDICTION = (
    r"(?:self\.)?(?:y_?pred\w*|y_?hat|yhat|Y_?hat|pred\w*|outputs?|out|dvalues|logits|A|a|AL|y_?p|p|"
    r"estimated?|approx|probs?|softmax|probabilit(?:y|ies)|Y_?pred\w*|prediction)"
)
_DIFFERENCE = rf"\(?{_TARGET}-{_PREDICTION}\)?"
_SIGN = re.compile(rf"(?P<before>.?)(?:np|numpy)\.sign\({_DIFFERENCE}\)(?![\w(])")
_LINEAR = re.compile(rf"\A\(?(?:2\*)?\({_TARGET}-{_PREDICTION}\)(?:\*2)?\)?(?:/[\w.()\[\]*]+|\*2/[\w.()\[\]]+)?\Z")
_BARE = re.compile(rf"\A\(?{_TARGET}-{_PREDICTION}\)?(?:/[\w.()\[\]*]+)?\Z")
_WHERE = re.compile(rf"(?:np|numpy)\.where\({_TARGET}>{_PREDICTION},1,-1\)")


def examine(_node: None, module: Module) -> Iterator[Hit]:
    """Find sign(target - prediction) and 2 (target - prediction) as the gradient of a loss."""
    named = {layer.name for layer in layers(module)}
    for name, forward, backward in pairs(module):
        if forward is None or (name not in named and len(backward.parameters) < 2):
            continue
        if _ABSOLUTE.search(name) and "abs" in forward.code:
            forms: tuple[re.Pattern[str], ...] = (_SIGN, _WHERE)
        elif _SQUARED.search(name) and re.search(r"\*\*2|square|power|\)\*\(", forward.code):
            forms = (_LINEAR,)
        elif _ENTROPY.search(name) and "log(" in forward.code:
            forms = (_BARE,)
        else:
            continue
        flipped = any(
            re.match(r"-|\(?-1", one.value) or "*-1" in one.value or one.operator == "-=" for one in backward.statements
        )
        for one in backward.statements:
            match = next((match for form in forms if (match := form.search(one.value))), None)
            if match is not None and match.groupdict().get("before", "") != "-" and not flipped:
                yield Hit(
                    node=one.node,
                    message=(
                        f"the gradient of `{name}` has target minus prediction: it points downhill, the "
                        f"optimizer goes up"
                    ),
                )


RULE = Rule(
    code="GRC609",
    name="loss_sign",
    summary="The gradient of a loss with the wrong sign",
    why=(
        "The derivative of |p - t| by p is sign(p - t), that of (p - t) ** 2 is 2 (p - t). With the "
        "difference turned round every step makes the loss larger."
    ),
    remedy="Write prediction minus target.",
    severity=Severity.ERROR,
    precision=Precision.HIGH,
    needles=DERIVES,
    kinds=frozenset({"module"}),
    examine=examine,
    bad=(
        Example(
            text="""\
class MeanAbsoluteError:
    def forward(self, y_pred, y_true):
        return np.mean(np.abs(y_true - y_pred))

    def backward(self, y_pred, y_true):
        return np.sign(y_true - y_pred) / len(y_pred)
"""
        ),
        Example(
            text="""\
class MSELoss:
    def forward(self, pred, target):
        self.pred, self.target = pred, target
        return np.mean((pred - target) ** 2)

    def backward(self):
        return 2 * (self.target - self.pred) / self.pred.size
"""
        ),
        Example(
            text="""\
def mae(y_true, y_pred):
    return np.mean(np.abs(y_true - y_pred))


def mae_grad(y_true, y_pred):
    return np.where(y_true > y_pred, 1, -1) / y_true.size
"""
        ),
    ),
    good=(
        """\
class MeanAbsoluteError:
    def forward(self, y_pred, y_true):
        return np.mean(np.abs(y_true - y_pred))

    def backward(self, y_pred, y_true):
        return np.sign(y_pred - y_true) / len(y_pred)
""",
        """\
class MSELoss:
    def forward(self, pred, target):
        self.pred, self.target = pred, target
        return np.mean((pred - target) ** 2)

    def backward(self):
        return -2 * (self.target - self.pred) / self.pred.size
""",
        """\
class MeanAbsoluteError:
    def forward(self, y_pred, y_true):
        return np.mean(np.abs(y_true - y_pred))

    def backward(self, y_pred, y_true):
        return -np.sign(y_true - y_pred) / len(y_pred)
""",
    ),
)
