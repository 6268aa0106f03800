"""Static functions of home-made frameworks: found, and called with a context."""

import pytest

from gradcheck.errors import BuildError
from gradcheck.run import Runner
from gradcheck.source.discovery import find_layers

CONTEXT = """
import math
import numpy as np

class CallContext:
    def __init__(self):
        self.shelf = {}
    def put(self, name, value):
        self.shelf[name] = value
    def save_for_backward(self, *values):
        self.put("values", values)
"""

RIGHT = {
    "an argument without a gradient": """
class F:
    @staticmethod
    def forward(ctx, x, axis=0):
        ctx.shape, ctx.axis = x.shape, axis
        return x.sum(axis=axis)
    @staticmethod
    def backward(ctx, grad):
        return np.broadcast_to(np.expand_dims(grad, ctx.axis), ctx.shape), None
""",
    "positive numbers": """
class F:
    @staticmethod
    def forward(ctx, a: float) -> float:
        ctx.save_for_backward(a)
        return math.log(a)
    @staticmethod
    def backward(ctx, d_output: float) -> float:
        (a,) = ctx.saved_values
        return d_output / a
""",
    "two outputs": """
class F:
    @staticmethod
    def forward(ctx, angle):
        ctx.save_for_backward(angle)
        return np.cos(angle), np.sin(angle)
    @staticmethod
    def backward(ctx, d_cos, d_sin):
        (angle,) = ctx.saved_tensors
        return d_sin * np.cos(angle) - d_cos * np.sin(angle)
""",
    "a target": """
class F:
    @staticmethod
    def forward(ctx, pred, target):
        ctx.save_for_backward(pred, target)
        return ((pred - target) ** 2).mean()
    @staticmethod
    def backward(ctx, grad):
        pred, target = ctx.saved_tensors
        return grad * 2 * (pred - target) / pred.size, None
""",
    "a context of the framework's own, told by what is asked of it": """
class F:
    @classmethod
    def forward(cls, ctx, x):
        ctx.put("inside", np.abs(x) < 1)
        return np.clip(x, -1, 1)
    @classmethod
    def backward(cls, ctx, grad):
        return grad * ctx.shelf["inside"]
""",
}


@pytest.fixture
def gradient_of(tmp_path):
    def run(source):
        (tmp_path / "functions.py").write_text(CONTEXT + source)
        runner = Runner(tmp_path)
        [site] = find_layers([tmp_path], root=tmp_path).sites
        return runner.check(runner.build(site), "gradient")

    return run


@pytest.mark.parametrize("source", RIGHT.values(), ids=RIGHT)
def test_a_right_function_passes(gradient_of, source):
    assert gradient_of(source).outcome.value == "passed"


def test_a_wrong_gradient_of_two_outputs_is_failed(gradient_of):
    source = """
class F:
    @staticmethod
    def forward(ctx, x):
        ctx.sine, ctx.cosine = np.sin(x), np.cos(x)
        return ctx.sine, ctx.cosine
    @staticmethod
    def backward(ctx, first, second):
        return first * ctx.cosine + second * ctx.sine
"""
    assert gradient_of(source).outcome.value == "failed"


def test_a_wrong_gradient_of_a_list_is_failed_at_its_item(gradient_of):
    source = """
class F:
    @staticmethod
    def forward(ctx, arrays):
        return sum(arrays)
    @staticmethod
    def backward(ctx, grad):
        return [grad, 2.0 * grad]
"""
    result = gradient_of(source)
    assert (result.outcome.value, [one.name for one in result.quantities if one.wrong]) == ("failed", ["arrays[1]"])


def test_one_that_takes_no_arrays_is_told_where_its_tape_is_examined(gradient_of):
    source = """
class F:
    @staticmethod
    def forward(ctx, x):
        return x.parent.cosine()
    @staticmethod
    def backward(ctx, grad):
        return grad
"""
    with pytest.raises(BuildError) as refused:
        gradient_of(source)
    assert "accepts none of the inputs tried" in refused.value.reason
    assert any("operators" in line for line in refused.value.remedy)
