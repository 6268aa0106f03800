"""Which objects are torch's: known without importing torch, for nothing is torch's before somebody imported it."""

from __future__ import annotations

import importlib.util
import sys
from typing import Literal

Kind = Literal["", "function", "module"]

#: Families of layers that need torch, and what they are called.
TORCH_FAMILIES = {"torch_function": "torch.autograd.Function", "torch_module": "torch.nn.Module"}


def kind_of(layer: object) -> Kind:
    """Tell a class that torch's `apply` drives, "function", from an nn.Module, "module", and from all else, ""."""
    torch = sys.modules.get("torch")
    if torch is None:
        return ""
    if isinstance(layer, type):
        return "function" if issubclass(layer, torch.autograd.Function) else ""
    return "module" if isinstance(layer, torch.nn.Module) else ""


def is_installed() -> bool:
    """Whether torch can be imported; it is not imported to find out."""
    return "torch" in sys.modules or importlib.util.find_spec("torch") is not None
