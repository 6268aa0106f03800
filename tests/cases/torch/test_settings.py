"""What the user's code may set in torch is put back; each device's own random numbers are seeded, no other's."""

import contextlib
import types

import pytest

from gradcheck.cases.torch import settings

torch = pytest.importorskip("torch")


class Accelerator:
    """Stands in for torch.cuda: one state per device."""

    def __init__(self):
        self.states = {"fake:0": "first", "fake:1": "second"}
        self.seeded = []

    def get_rng_state(self, device):
        return self.states[device.name]

    def set_rng_state(self, new_state, device):
        self.states[device.name] = new_state

    def manual_seed(self, seed):
        self.seeded.append(seed)


@pytest.fixture
def accelerator(monkeypatch):
    made = Accelerator()
    monkeypatch.setattr(torch, "get_device_module", lambda device: made)
    return made


def device(index):
    return types.SimpleNamespace(type="fake", name=f"fake:{index}")


def changing_everything():
    with settings.preserved():
        torch.set_default_dtype(torch.float16)
        torch.set_grad_enabled(mode=False)
        torch.use_deterministic_algorithms(mode=True, warn_only=True)
        torch.set_float32_matmul_precision("medium")
        torch.manual_seed(99)
        raise KeyboardInterrupt


def test_settings_and_random_state_are_put_back_after_an_exception():
    torch.manual_seed(3)
    expected = torch.rand(2)
    torch.manual_seed(3)
    with pytest.raises(KeyboardInterrupt):
        changing_everything()
    assert torch.get_default_dtype() is torch.float32
    assert torch.is_grad_enabled()
    assert not torch.are_deterministic_algorithms_enabled()
    assert torch.get_float32_matmul_precision() == "highest"
    assert torch.equal(torch.rand(2), expected)


def test_every_run_draws_the_same_numbers_in_the_dtype_asked_for():
    drawn = []
    for _ in range(2):
        with settings.reproducible(5, object, torch.float64):
            drawn.append(torch.rand(3))
    assert torch.equal(*drawn)
    assert drawn[0].dtype is torch.float64


def test_an_accelerators_state_is_kept_and_it_alone_is_seeded(accelerator):
    with settings.reproducible(5, object, torch.float32, device(1)):
        accelerator.states["fake:1"] = "moved"
    assert accelerator.states == {"fake:0": "first", "fake:1": "second"}
    assert accelerator.seeded == [5]


def test_an_accelerator_with_one_state_for_all_is_not_told_which(accelerator):
    state = ["before"]
    accelerator.get_rng_state = lambda: state[0]
    accelerator.set_rng_state = lambda new_state: state.__setitem__(0, new_state)
    with settings.preserved(device(0)):
        state[0] = "after"
    assert state == ["before"]


def test_the_cpu_has_no_accelerator():
    assert settings.accelerator_of(torch.device("cpu")) is None
    assert settings.accelerator_of(None) is None


def test_small_arrays_are_computed_by_one_thread_and_large_ones_as_the_user_set_it():
    before = torch.get_num_threads()
    torch.set_num_threads(3)
    try:
        with contextlib.suppress(KeyboardInterrupt), settings.unsplit(100):
            assert torch.get_num_threads() == 1
            raise KeyboardInterrupt
        assert torch.get_num_threads() == 3
        with settings.unsplit(10**6):
            assert torch.get_num_threads() == 3
    finally:
        torch.set_num_threads(before)
