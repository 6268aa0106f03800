"""torch's settings and random numbers: seeded and known while the user's code runs, put back afterwards."""

from __future__ import annotations

import contextlib
import inspect
import sys
from collections.abc import Callable, Iterator
from typing import Any

from gradcheck.cases.running.evaluation import protected

#: Entries below which torch does not split an elementwise operation among threads (at::internal::GRAIN_SIZE); products
#: and normalisations it splits at any size, which costs more than it gains below.
GRAIN_SIZE = 32_768


@contextlib.contextmanager
def unsplit(entries: int) -> Iterator[None]:
    """Let torch, where it has been imported, use one thread while the arrays at hand are small.

    Two threads that wait for each other take a hundred times as long over eight rows wherever the processors have
    other work, as under `pytest -n`.

    Args:
        entries: Of all arrays a layer is checked at.
    """
    torch: Any = sys.modules.get("torch")
    threads = torch.get_num_threads() if entries < GRAIN_SIZE and hasattr(torch, "get_num_threads") else 1
    if threads == 1:
        yield
        return
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


@contextlib.contextmanager
def preserved(device: Any = None) -> Iterator[None]:
    """Put everything back that the user's code may set in torch, whatever happens.

    Restored: the default dtype, the modes of gradients and of anomaly detection, the deterministic flags, the
    number of threads, the precision of float32 products, the random state of the CPU and of the device given.

    Args:
        device: A torch.device beside the CPU whose random numbers are drawn from.
    """
    import torch

    accelerator = accelerator_of(device)
    random = torch.get_rng_state()
    settings = [(read, write, read()) for read, write in _settings()]
    beside = None if accelerator is None else _state(accelerator.get_rng_state, device)
    try:
        yield
    finally:
        # Reading is cheap and writing is not: this runs around every single evaluation.
        for read, write, before in settings:
            if read() != before:
                write(before)
        torch.set_rng_state(random)
        if accelerator is not None:
            _state(accelerator.set_rng_state, device, beside)


def _settings() -> list[tuple[Callable[[], Any], Callable[[Any], Any]]]:
    """How each setting is read and written."""
    import torch

    def deterministic() -> tuple[bool, bool]:
        enabled = torch.are_deterministic_algorithms_enabled()
        return enabled, torch.is_deterministic_algorithms_warn_only_enabled()

    def set_deterministic(both: tuple[bool, bool]) -> None:
        torch.use_deterministic_algorithms(both[0], warn_only=both[1])

    return [
        (torch.get_default_dtype, torch.set_default_dtype),
        (torch.is_grad_enabled, torch.set_grad_enabled),
        (torch.is_anomaly_enabled, torch.autograd.set_detect_anomaly),
        (torch.get_num_threads, torch.set_num_threads),
        (torch.get_float32_matmul_precision, torch.set_float32_matmul_precision),
        (deterministic, set_deterministic),
    ]


@contextlib.contextmanager
def reproducible(seed: int, cls: type, dtype: Any, device: Any = None) -> Iterator[None]:
    """Run the user's code with known random numbers and settings: gradients on, `dtype` what new tensors have.

    Args:
        seed: Seed of `random`, `numpy.random`, torch's CPU generator and that of the device.
        cls: The user's class; generators that its modules hold are rewound.
        dtype: A torch.dtype.
        device: A torch.device.
    """
    import torch

    with preserved(device), protected(seed, cls):
        torch.set_default_dtype(dtype)
        torch.set_grad_enabled(True)
        torch.autograd.set_detect_anomaly(False)
        reseed(seed, device)
        yield


def reseed(seed: int, device: Any = None) -> None:
    """Seed the CPU's generator and the device's, no other device's."""
    import torch

    torch.default_generator.manual_seed(seed)
    accelerator = accelerator_of(device)
    if accelerator is not None:
        accelerator.manual_seed(seed)


def accelerator_of(device: Any) -> Any:
    """The module that keeps a device's random numbers (`torch.cuda`, `torch.mps`, ...), None for the CPU."""
    if device is None or device.type in {"cpu", "meta"}:
        return None
    import torch

    return torch.get_device_module(device)


def _state(function: Callable[..., Any], device: Any, *state: Any) -> Any:
    # cuda and xpu keep one state per device, mps keeps one: only the first take the device.
    takes_device = "device" in inspect.signature(function).parameters
    return function(*state, device) if takes_device else function(*state)
