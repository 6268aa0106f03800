"""Which classes register their parts, and which calls make a part with parameters."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gradcheck.scan.facts.layers import Layer, layer_named
from gradcheck.scan.facts.outline import DERIVED, classes_in
from gradcheck.scan.facts.syntax import called

if TYPE_CHECKING:
    from ast_grep_py import SgNode

    from gradcheck.scan.facts.module import Module

#: Layers of `torch.nn` that have parameters of their own.
WITH_PARAMETERS = frozenset(
    {
    "Linear", "LazyLinear", "Bilinear", "Conv1d", "Conv2d", "Conv3d", "ConvTranspose1d", "ConvTranspose2d",
    "ConvTranspose3d", "BatchNorm1d", "BatchNorm2d", "BatchNorm3d", "LayerNorm", "GroupNorm", "InstanceNorm1d",
    "InstanceNorm2d", "Embedding", "EmbeddingBag", "RNN", "LSTM", "GRU", "RNNCell", "LSTMCell", "GRUCell",
    "MultiheadAttention", "Transformer", "TransformerEncoder", "TransformerDecoder", "TransformerEncoderLayer",
    "TransformerDecoderLayer", "PReLU",
    }
)  # fmt: skip
_TORCH_MODULE = re.compile(
    r"(?:\A|\.)(?:torch\.nn|nn)\.(?:modules\.\w+\.)?(?:\w+\.)?[A-Z]\w*\Z|(?:\A|\.)(?:LightningModule)\Z|\Atorch\.nn\.Module\Z"
)
_PART = re.compile(rf"(?:{'|'.join(sorted(WITH_PARAMETERS, reverse=True))}|Sequential)[\s\\]*(?:\(|as\b)")
_UNPLAIN = re.compile(r"[^\w\s.,=\\]")
_SPACE = " \t\\\n"
_OTHERS = ("flax", "jax", "mxnet", "tensorflow", "paddle", "mindspore", "haiku", "equinox")
_MODULE_NAMES = frozenset({"Module", "LightningModule", "BaseModule"})
#: Classes beyond which asking the text about each takes longer than parsing it.
_MANY = 200
#: Bases looked through one above the other; a bound on loops in broken code.
_MAX_BASES = 6


def is_torch_module(layer: Layer, module: Module, depth: int = 0) -> bool:
    """Whether a class is a `torch.nn.Module`, by its bases in this file and in the project."""
    if depth > _MAX_BASES or (not module.imports("torch") and any(module.imports(one) for one in _OTHERS)):
        return False
    for base in layer.bases:
        dotted = module.dotted(base)
        if _TORCH_MODULE.search(dotted) and (module.imports("torch") or dotted.startswith("torch")):
            return True
        local = layer_named(module, base.text())
        if local is not None:
            if local.name != layer.name and is_torch_module(local, module, depth + 1):
                return True
        elif module.project.is_module(base.text()):
            return True
    return False


def may_hold_module(module: Module) -> bool:
    """Whether a class of a file may be a module, PyTorch's or another's, as the heads of its classes tell."""
    found = module.memory.get("modules")
    if not isinstance(found, bool):
        found = module.memory["modules"] = _has_module(module)
    return found


def _has_module(module: Module) -> bool:
    local = classes_in(module.text)
    home = not module.imports("torch")
    for head in DERIVED.finditer(module.text):
        bases = module.text[head.end() : module.text.find(")", head.end())]
        if head[2] == "[" or _UNPLAIN.search(bases):  # calls, subscripts and comments are read in the tree alone
            return True
        for base in "".join(bases.replace("\\", "").split()).split(","):
            dotted = module.names.dotted(base) or (base,)
            if _TORCH_MODULE.search(dotted[0]) or (home and base.rpartition(".")[2] in _MODULE_NAMES):
                return True
            # What a class of the file is, the head of that class tells.
            if base and "=" not in base and base not in local and module.project.is_module(base):
                return True
    return False


def is_home_module(layer: Layer, module: Module, depth: int = 0) -> bool:
    """Whether a class derives from a `Module` that is not PyTorch's."""
    if depth > _MAX_BASES or is_torch_module(layer, module):
        return False
    for base in layer.bases:
        local = layer_named(module, base.text())
        if local is not None and local.name != layer.name and is_home_module(local, module, depth + 1):
            return True
        if base.text().rpartition(".")[2] in _MODULE_NAMES and not module.imports("torch"):
            return True
    return False


def may_make_part(module: Module) -> bool:
    """Whether `makes_part` may hold of something in a file, as its words tell."""
    text = module.text
    derived = {head[1] for head in DERIVED.finditer(text)}
    return len(derived) > _MANY or may_make_torch_part(module) or any(_is_called(name, text) for name in derived)


def may_make_torch_part(module: Module) -> bool:
    """The same of PyTorch's layers alone."""
    return _PART.search(module.text) is not None


def _is_called(name: str, text: str) -> bool:
    position = text.find(name)
    while position >= 0:
        end = position + len(name)
        while text[end : end + 1] and text[end] in _SPACE:
            end += 1
        if text[end : end + 1] == "(" and not text.endswith("class ", 0, position):
            return True
        position = text.find(name, end)
    return False


def makes_part(value: SgNode | None, module: Module, *, torch_only: bool = False) -> bool:
    """Whether a value is a call that makes a layer: PyTorch's with parameters, or a module of this file."""
    function = called(value)
    if function is None:
        return False
    dotted = module.dotted(function)
    name = dotted.rpartition(".")[2]
    if name in WITH_PARAMETERS and (dotted.startswith(("torch.nn.", "nn.")) or not torch_only):
        return True
    if name == "Sequential" and dotted.startswith(("torch.nn.", "nn.")):
        return True
    local = layer_named(module, function.text())
    return local is not None and (is_torch_module(local, module) or (not torch_only and is_home_module(local, module)))
