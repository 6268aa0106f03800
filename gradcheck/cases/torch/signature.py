"""What the forward of a torch.autograd.Function takes: tensors or plain values, by name, annotation and use."""

from __future__ import annotations

import dataclasses
import inspect
import re
from dataclasses import dataclass
from typing import Any, Literal

#: What an argument means; everything above "number" is a tensor.
Meaning = Literal[
    "input", "weight", "bias", "scale", "shift", "mean", "variance", "second", "target", "mask", "ids",
    "number", "count", "axis", "flag", "shape", "word", "none",
]  # fmt: skip
_PLAIN = frozenset({"number", "count", "axis", "flag", "shape", "word", "none"})

_TENSORS: tuple[tuple[Meaning, re.Pattern[str]], ...] = (
    ("ids", re.compile(r"ids?|idx|ind(ex|ices|exes)|\w*_(ids?|idx|index|indices)|tokens?|words")),
    ("mask", re.compile(r"\w*mask")),
    ("target", re.compile(r"targets?|labels?|y_true|truth|gt|t|\w+_targets?|\w+_labels?")),
    ("weight", re.compile(r"w\d*|weights?|\w+_weights?|kernel|filters?")),
    ("bias", re.compile(r"b\d*|bias|\w+_bias")),
    ("scale", re.compile(r"gamma|g|gain")),
    ("shift", re.compile(r"beta|shift")),
    ("mean", re.compile(r"\w*mean")),
    ("variance", re.compile(r"\w*var(iance)?|\w*std|sigma")),
    ("second", re.compile(r"y|other|x2|b_?matrix|rhs|v|input2|up|gate|z")),
)  # fmt: skip
#: Attributes and methods that no plain number has.
_TENSOR_MEMBERS = (
    "shape|size|dim|ndim|clone|detach|sum|mean|abs|sign|exp|log|sqrt|pow|mul|add|mm|matmul|bmm|t|T|view|reshape|new"
    "|dtype|device|contiguous|clamp|ge|gt|lt|le|round|unsqueeze|transpose|permute|to|type_as|max|min|relu|tanh|sigmoid"
    "|data|numpy|cpu|float|double"
)
_VALUES: tuple[tuple[Meaning, re.Pattern[str]], ...] = (
    ("axis", re.compile(r"dims?|axis|axes")),
    ("flag", re.compile(r"is_\w+|train(ing)?|inplace|affine|keepdims?|causal|symmetric|hard|use_\w+|has_\w+")),
    ("shape", re.compile(r"\w*shape|size|\w+_size")),
    (
        "count",
        re.compile(
            r"stride|pad(ding)?|dilation|groups?|n|k|\w*bits?|num_\w+|n_\w+|levels|power|steps|chunks?|block\w*"
        ),
    ),
    ("word", re.compile(r"reduction|mode|\w*type|name")),
    (
        "number",
        re.compile(
            r"eps(ilon)?|alpha|lambda_?\w*|lambd|lmbda|coeff?\w*|scale\w*|factor|slope|negative_slope|p|prob|rate"
            r"|temp(erature)?|tau|threshold|thresh|margin|beta|gamma|min\w*|max\w*|low\w*|high\w*|lo|hi|clip\w*"
            r"|momentum|delta|constant|c|weight_decay"
        ),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionArgument:
    """One argument of a function's forward.

    Attributes:
        name: As in the signature; "x" and a number for what `*args` takes.
        meaning: What it means.
        default: Its default, `inspect.Parameter.empty` where there is none.
        is_certain: Whether its use in the source shows it to be a tensor, or its annotation says what it is.
    """

    name: str
    meaning: Meaning
    default: Any = inspect.Parameter.empty
    is_certain: bool = False

    @property
    def is_tensor(self) -> bool:
        """Whether a tensor is handed over."""
        return self.meaning not in _PLAIN


def function_arguments(function: Any) -> list[FunctionArgument]:
    """The arguments after ctx; forward has no ctx where the function has a setup_context of its own.

    Args:
        function: The class.
    """
    import torch

    has_setup = function.setup_context is not torch.autograd.Function.setup_context
    parameters = list(inspect.signature(function.forward).parameters.values())[0 if has_setup else 1 :]
    source = _source(function)
    found: list[FunctionArgument] = []
    for p in parameters:
        if p.kind is p.VAR_KEYWORD or p.kind is p.KEYWORD_ONLY:
            continue
        if p.kind is p.VAR_POSITIONAL:
            if not found:
                found += [FunctionArgument(name=f"{p.name}{i}", meaning="input") for i in range(2)]
            continue
        found.append(_argument(p, source, is_first=not any(a.is_tensor for a in found)))
    # Beside no weight, a and b are two factors.
    if not any(a.meaning == "weight" for a in found):
        found = [dataclasses.replace(a, meaning="second") if a.name.lower() == "b" else a for a in found]
    # A lone gamma or beta is a number of an activation; both together normalise.
    if {"gamma", "beta"} <= {a.name for a in found}:
        pair: dict[str, Meaning] = {"gamma": "scale", "beta": "shift"}
        found = [dataclasses.replace(a, meaning=pair.get(a.name, a.meaning)) for a in found]
    return found


def _argument(p: inspect.Parameter, source: str, *, is_first: bool) -> FunctionArgument:
    annotation = p.annotation.__name__ if isinstance(p.annotation, type) else str(p.annotation)
    name = p.name.lower().strip("_")
    used = _used_as_tensor(p.name, source)
    plain = _plain(p, annotation)
    is_tensor = "Tensor" in annotation or used or (is_first and not plain)
    tensor = next((meaning for meaning, pattern in _TENSORS if pattern.fullmatch(name)), None)
    value = next((meaning for meaning, pattern in _VALUES if pattern.fullmatch(name)), None)
    meaning: Meaning
    if is_tensor:
        meaning = (tensor if tensor and not (is_first and tensor in {"second", "target"}) else None) or (
            "input" if is_first else "second"
        )
    elif plain:
        meaning = plain if plain != "number" or value is None else value if value in _PLAIN else plain
    elif value and not (tensor and p.default is p.empty and value != "number"):
        meaning = value
    else:
        # What a person neither calls like a tensor nor uses like one is a number more often than not.
        meaning = tensor or ("none" if p.default is None else "number")
    return FunctionArgument(
        name=p.name, meaning=meaning, default=p.default, is_certain=used or "Tensor" in annotation or bool(plain)
    )


def _plain(p: inspect.Parameter, annotation: str) -> Meaning | None:
    """What a plain annotation or default makes of an argument."""
    kinds: dict[str, Meaning] = {"bool": "flag", "int": "count", "float": "number", "str": "word"}
    for word, meaning in kinds.items():
        if annotation == word:
            return meaning
    if isinstance(p.default, bool):
        return "flag"
    if isinstance(p.default, (int, float, str)):
        return kinds[type(p.default).__name__]
    return "shape" if isinstance(p.default, (tuple, list)) else None


def _used_as_tensor(name: str, source: str) -> bool:
    word = re.escape(name)
    saved = rf"save_for_backward\([^)]*\b{word}\b"
    return re.search(rf"\b{word}\.(?:{_TENSOR_MEMBERS})\b|{saved}", source) is not None


def _source(function: Any) -> str:
    try:
        return "".join(inspect.getsource(getattr(function, name)) for name in ("forward", "setup_context"))
    except (OSError, TypeError):  # written in C, or typed at a prompt
        return ""
