import itertools

import numpy as np
import pytest

from gradcheck.interface import check_layer
from gradcheck.run import Runner
from gradcheck.searching.space import Factor, space_of
from gradcheck.source.discovery import find_layers

SOURCE = """
import numpy as np


class AvgPool2d:
    def __init__(self, kernel_size=2, stride=None):
        self.k, self.s = kernel_size, stride or kernel_size

    def forward(self, x):
        self.shape, k, s = x.shape, self.k, self.s
        rows, columns = ((n - k) // s + 1 for n in x.shape[2:])
        return sum(
            x[:, :, i : i + rows * s : s, j : j + columns * s : s] / k**2 for i in range(k) for j in range(k)
        )

    def backward(self, dout):
        dx, k, s = np.zeros(self.shape), self.k, self.s
        rows, columns = dout.shape[2:]
        for i in range(k):
            for j in range(k):
                dx[:, :, i : i + rows * s : s, j : j + columns * s : s] += dout / k**2
        return dx
"""


@pytest.fixture
def space(tmp_path):
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "pools.py").write_text(SOURCE)
    (site,) = find_layers([tmp_path / "pools.py"], root=tmp_path).sites
    case = Runner(tmp_path).build(site)
    return space_of(case, case.blueprint)


def test_a_table_has_a_power_of_two_of_entries_the_simplest_first_and_every_option():
    for options, now, is_even in itertools.product(
        [(1, 2, 3), (False, True), ("", "a", "b", "c", "d")], [0, 1], [True, False]
    ):
        factor = Factor(options=options, now=options[now], is_even=is_even)
        size = len(factor.table)
        assert size & (size - 1) == 0
        assert factor.table[0] == options[0]
        assert set(factor.table) == set(options)


def test_coins_and_options_are_two_words_for_the_same(space):
    rng = np.random.default_rng(0)
    for _ in range(50):
        options = space.decoded([bool(bit) for bit in rng.integers(0, 2, space.bits)])
        assert space.decoded(space.coins(options)) == options
        explicit = space.explicit(options)
        assert space.configuration(explicit) == space.configuration(options)


def test_all_tails_are_the_simplest_configuration(space):
    configuration = space.configuration(space.decoded([False] * space.bits))
    assert configuration.arguments["kernel_size"] == 1
    assert set(configuration.lengths) == {1}
    assert configuration.variety == ""


def test_the_inputs_have_the_lengths_of_their_configuration(space):
    rng = np.random.default_rng(1)
    for _ in range(20):
        configuration = space.configuration(space.decoded([bool(bit) for bit in rng.integers(0, 2, space.bits)]))
        x = space.inputs(configuration)["x"]
        assert x.ndim == 4 + len(configuration.extra)


def test_the_sweep_has_every_option_of_every_choice(space):
    seen = {name: set() for name in space.factors}
    for options in space.sweep():
        for name, option in options.items():
            seen[name].add(option)
    for name, factor in space.factors.items():
        if name != "as built":
            assert seen[name] >= set(factor.options), name


def test_once_all_lengths_are_alike(space):
    lengths = [space.configuration(options).lengths for options in space.sweep()]
    assert [one for one in lengths if len(set(one)) == 1 and 1 not in one]


def test_a_layer_that_a_person_built_is_searched_by_its_inputs():
    class Twice:
        def forward(self, x):
            return 2.0 * x

        def backward(self, dout):
            return 2.0 * dout if len(dout) > 1 else dout

    report = check_layer(Twice(), np.random.default_rng(0).standard_normal((4, 3)))
    found = next(result for result in report.results if result.check == "shapes")
    assert found.outcome.value == "failed"
    assert found.inputs == "x (1, 3)" or "(1," in found.inputs
