import numpy as np
import pytest

from gradcheck.errors import UsageError
from gradcheck.trials.holders import number, read, spacing, write


class Scalar:
    def __init__(self):
        self.data = 2.0


class Tensor:
    def __init__(self):
        self.data = np.ones(3)


@pytest.mark.parametrize("holder", [np.ones(3), Tensor()], ids=["array", "object"])
def test_numbers_are_copied_out_and_put_back_in_place(holder):
    values = read(holder)
    values += 1
    assert np.array_equal(read(holder), np.ones(3))
    write(holder, values)
    assert np.array_equal(read(holder), np.full(3, 2.0))


def test_a_single_number_is_a_holder_too():
    holder = Scalar()
    write(holder, read(holder) + 1)
    assert holder.data == 3.0


def test_a_bfloat16_tensor_is_read_as_float32_and_keeps_its_own_spacing():
    torch = pytest.importorskip("torch")
    holder = torch.ones(2, dtype=torch.bfloat16)
    assert read(holder).dtype == np.float32
    assert spacing(holder, read(holder)).tolist() == [2.0**-7, 2.0**-7]


def test_a_loss_of_many_entries_is_refused():
    with pytest.raises(UsageError, match=r"must be one number, got an array of shape \(3,\)"):
        number(np.ones(3))


def test_what_holds_nothing_is_refused():
    with pytest.raises(UsageError, match="object holds no array"):
        read(object())
