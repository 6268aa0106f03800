"""Inputs to try on an nn.Module: what is known of an array layer is known of a module from its parameters."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from typing import Any

from gradcheck.cases.guessing.inputs import Inputs, input_candidates


def module_inputs(
    module: Any, forward: str, *, qualname: str, construction: Mapping[str, Any], seed: int
) -> Iterator[Inputs]:
    """Yield inputs for a module's forward, the most likely first.

    Args:
        module: The constructed nn.Module; nothing of it is called.
        forward: Name of its method.
        qualname: Its class's name, as a clue.
        construction: Its constructor's arguments.
        seed: The case's seed.
    """
    return input_candidates(
        _stand_in(module), getattr(module, forward), qualname=qualname, construction=construction, seed=seed
    )


def _stand_in(module: Any) -> object:
    """The module's plain attributes and its parameters as arrays; matrices turned over, for torch's are (out, in)."""
    plain = {name: value for name, value in vars(module).items() if not name.startswith("_")}
    for name, parameter in module.named_parameters():
        array = parameter.detach().double().cpu().numpy()
        plain[name.replace(".", "_")] = array.T if array.ndim == 2 else array
    return types.SimpleNamespace(**plain)
