"""One forward and one backward, with what they allocate counted."""

from __future__ import annotations

import contextlib
import copy
import gc
import tracemalloc
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from gradcheck.errors import UsageError
from gradcheck.memory.account import MemoryAccount
from gradcheck.memory.state import measured, predicted
from gradcheck.parameters import Held, held

Forward = Callable[[Any, Any], Any]


def memory_account(
    model: object, batch: Any = None, optimizer: object = None, *, forward: Forward | None = None
) -> MemoryAccount:
    """Account for the memory of one step of training; predicted from the parameters alone, measured with a batch.

    The model and the optimizer are left as they were: copies of them run.

    Args:
        model: A torch module, tape modules or NumPy layers with forward and backward.
        batch: The input of forward: an array or tensor, a tuple of several, or a dictionary of them by name. Without
            one nothing is run.
        optimizer: What will move the parameters; without one no state is kept.
        forward: (model, batch) -> output, where `model.forward(batch)` is not the way.

    Returns:
        The account; `print` shows it as a table.

    Raises:
        UsageError: The model holds no parameter that can be recognised, or does not run on the batch.

    >>> import numpy as np
    >>> class Linear:
    ...     def __init__(self):
    ...         self.W, self.dW = np.zeros((1000, 500), np.float32), np.zeros((1000, 500), np.float32)
    >>> memory_account(Linear()).parameters
    2000000
    """
    parameters = held(model)
    if not parameters:
        raise UsageError(
            f"{type(model).__name__} holds no parameter that can be recognised: "
            "an array W with its gradient dW beside it, tensors with data and grad, or a torch module"
        )
    size, count = _size(parameters), sum(each.value().size for each in parameters.values())
    account = MemoryAccount(
        count=count, parameters=size, predicted_gradients=size, predicted_state=predicted(optimizer, size)
    )
    return account if batch is None else _run(account, model, batch, optimizer, forward)


def _run(
    account: MemoryAccount, model: object, batch: Any, optimizer: object, forward: Forward | None
) -> MemoryAccount:
    mine, its_optimizer, given = copy.deepcopy((model, optimizer, batch))
    parameters = held(mine)
    is_torch = callable(getattr(mine, "named_parameters", None))
    try:
        counted = _torch(mine, given, forward) if is_torch else _numpy(mine, given, forward)
    except Exception as error:
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        raise UsageError(f"{type(model).__name__} does not run forward and backward on the batch: {reason}") from error
    gradients = [g for each in parameters.values() if (g := each.gradient()) is not None]
    state = None if its_optimizer is None else _stepped(its_optimizer, parameters, gradients)
    return MemoryAccount(
        count=account.count,
        parameters=account.parameters,
        predicted_gradients=account.predicted_gradients,
        predicted_state=account.predicted_state,
        gradients=sum(gradient.nbytes for gradient in gradients),
        state=state,
        activations=counted[0],
        peak=counted[1],
    )


def _numpy(model: Any, batch: Any, forward: Forward | None) -> tuple[int, int | None]:
    with _counting():
        before, _ = tracemalloc.get_traced_memory()
        output = _called(model, batch, forward)
        gc.collect()
        activations = tracemalloc.get_traced_memory()[0] - before
        if callable(getattr(output, "backward", None)):
            _total(output).backward()
        else:
            model.backward(np.ones_like(output))
        peak = tracemalloc.get_traced_memory()[1] - before
    return activations, peak


@contextlib.contextmanager
def _counting() -> Iterator[None]:
    started = not tracemalloc.is_tracing()
    if started:
        tracemalloc.start()
    gc.collect()
    tracemalloc.reset_peak()
    try:
        yield
    finally:
        if started:
            tracemalloc.stop()


def _torch(model: Any, batch: Any, forward: Forward | None) -> tuple[int, int | None]:
    import torch

    own = {p.untyped_storage().data_ptr() for p in (*model.parameters(), *model.buffers())}
    kept: dict[int, int] = {}

    def pack(tensor: Any) -> Any:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in own:
            kept[storage.data_ptr()] = storage.nbytes()
        return tensor

    with torch.enable_grad(), torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        output = _called(model, batch, forward)
        activations = sum(kept.values())
    _total(output).backward()
    return activations, None


def _called(model: Any, batch: Any, forward: Forward | None) -> Any:
    if forward is not None:
        return forward(model, batch)
    call = model.forward if callable(getattr(model, "forward", None)) else model
    if isinstance(batch, Mapping):
        return call(**batch)
    return call(*batch) if isinstance(batch, tuple) else call(batch)


def _total(output: Any) -> Any:
    return output.sum() if callable(getattr(output, "sum", None)) else output


def _stepped(optimizer: Any, parameters: Mapping[str, Held], gradients: list[np.ndarray]) -> int:
    """Bytes of an optimizer's state after one step, or as it is where its step asks for what nobody knows."""
    step = getattr(optimizer, "step", None)
    with contextlib.suppress(TypeError):  # another signature: what it holds now is all that can be told
        if callable(step) and len(gradients) == len(parameters):
            try:
                step()
            except TypeError:
                step({name: each.gradient() for name, each in parameters.items()})
    known = [*(each.value() for each in parameters.values()), *gradients]
    return measured(optimizer, known)


def _size(parameters: Mapping[str, Held]) -> int:
    return sum(each.value().nbytes for each in parameters.values())
