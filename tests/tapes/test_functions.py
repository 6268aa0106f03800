"""What stands beside a tape's Tensor: the static functions that only its operators reach."""

import sys
import types

from gradcheck.tapes.functions import operations_of

SOURCE = """
class Tensor: ...
class Negate:
    @staticmethod
    def forward(ctx, a: Tensor) -> Tensor: ...
    @staticmethod
    def backward(ctx, grad): ...
class Written:
    @staticmethod
    def forward(ctx, a: "Tensor"): ...
    @staticmethod
    def backward(ctx, grad): ...
class OfArrays:
    @staticmethod
    def forward(ctx, a): ...
    @staticmethod
    def backward(ctx, grad): ...
class Module:
    def forward(self, a: Tensor): ...
    def backward(self, grad): ...
"""


def test_static_functions_annotated_with_the_tensor_are_its_operations(tmp_path, monkeypatch):
    module = types.ModuleType("tape_of_a_test")
    module.__file__ = str(tmp_path / "tape.py")
    exec(SOURCE, vars(module))  # noqa: S102 - the test's own source
    monkeypatch.setitem(sys.modules, module.__name__, module)
    assert operations_of(module.Tensor, module, {}, tmp_path) == ["Negate", "Written"]
