"""The search over configurations: what it finds, how it tells it, what it leaves alone."""

import shutil
import textwrap
from pathlib import Path

import numpy as np
import pytest

from gradcheck.run import Runner
from gradcheck.source.discovery import find_layers
from gradcheck.types import Outcome

STRIDED = """
    import numpy as np


    class Conv2d:
        def __init__(self, in_channels, out_channels, kernel_size, stride=1):
            self.k, self.s = kernel_size, stride
            self.W = np.random.randn(out_channels, in_channels, kernel_size, kernel_size)

        def windows(self, x):
            rows, columns = ((n - self.k) // self.s + 1 for n in x.shape[2:])
            for i in range(rows):
                for j in range(columns):
                    a, b = i * self.s, j * self.s
                    yield i, j, np.s_[:, :, a : a + self.k, b : b + self.k]

        def forward(self, x):
            self.x = x
            rows, columns = ((n - self.k) // self.s + 1 for n in x.shape[2:])
            y = np.zeros((len(x), len(self.W), rows, columns))
            for i, j, window in self.windows(x):
                y[:, :, i, j] = np.tensordot(x[window], self.W, ([1, 2, 3], [1, 2, 3]))
            return y

        def backward(self, dout):
            self.dW, dx = np.zeros_like(self.W), np.zeros_like(self.x)
            for i, j, window in self.windows(self.x):
                self.dW += np.tensordot(dout[:, :, i, j], self.x[window], ([0], [0]))
                share = np.tensordot(dout[:, :, i, j], self.W, ([1], [0]))
                dx[window] = dx[window] + share if self.s == 1 else share
            return dx
"""
RIGHT = STRIDED.replace("dx[window] + share if self.s == 1 else share", "dx[window] + share")
#: Counts the windows of one side along both; where an image is lower than wide its last ones end early, and broadcast.
SQUARES = RIGHT.replace("for n in x.shape[2:]", "for n in (x.shape[3], x.shape[3])").replace(
    "np.tensordot(x[window], self.W, ([1, 2, 3], [1, 2, 3]))", "np.einsum('nckl,fckl->nf', x[window], self.W)"
)
NORMALISED = """
    import numpy as np


    class LayerNorm:
        def __init__(self, features):
            self.gamma = np.ones(features)

        def forward(self, x):
            deviation = np.sqrt(x.var(axis=-1, keepdims=True) + 1e-5)
            self.hat, self.inverse = (x - x.mean(axis=-1, keepdims=True)) / deviation, 1.0 / deviation
            return self.gamma * self.hat

        def backward(self, dout):
            self.dgamma = (dout * self.hat).sum(axis=0)
            g = dout * self.gamma
            inner = g - g.mean(axis=-1, keepdims=True) - self.hat * (g * self.hat).mean(axis=-1, keepdims=True)
            return self.inverse * inner
"""
TIED = """
    import numpy as np


    class RowMax:
        def forward(self, x):
            self.x, self.y = x, x.max(axis=-1, keepdims=True)
            return self.y[..., 0]

        def backward(self, dout):
            return (self.x == self.y) * dout[..., None]
"""
IN_PLACE = """
    import numpy as np


    class ReLU:
        def forward(self, x):
            self.x = x
            return np.maximum(x, 0.0)

        def backward(self, dout):
            dout[self.x <= 0.0] = 0.0
            return dout
"""
TWO_AXES = """
    import numpy as np


    class Dense:
        def __init__(self, in_features, out_features):
            self.W = np.random.randn(in_features, out_features)

        def forward(self, x):
            self.x = x
            return x @ self.W

        def backward(self, dout):
            self.dW = self.x.T @ dout
            return dout @ self.W.T
"""


@pytest.fixture
def searched(tmp_path):
    """Searches the one layer of a module; the result and the folder."""

    def search(source, *, seed=0, profile="default", folder=tmp_path):
        (folder / "pyproject.toml").touch()
        (folder / "layers.py").write_text(textwrap.dedent(source), encoding="utf-8")
        (site,) = find_layers([folder / "layers.py"], root=folder).sites
        runner = Runner(folder, seed=seed, profile=profile)
        return runner.check(runner.build(site), "shapes")

    return search


def test_an_error_beyond_stride_one_is_found_shrunk_and_told(searched):
    result = searched(STRIDED)
    assert result.outcome is Outcome.FAILED
    assert {q.name for q in result.quantities if q.outcome is Outcome.FAILED} == {"x"}
    assert result.construction.startswith("Conv2d(in_channels=1, out_channels=1, kernel_size=")
    assert "stride=" in result.construction
    assert "gradient of `x` is wrong" in result.headline


def test_the_example_runs_and_shows_the_error(searched, tmp_path):
    result = searched(STRIDED)
    names = {"np": np}
    exec((tmp_path / "layers.py").read_text(), names)  # noqa: S102 - the example is meant to be run
    np.random.seed(0)  # noqa: NPY002 - the layer draws from it
    exec("\n".join(result.example), names)  # noqa: S102 - the same
    layer, x, y = names["layer"], names["x"], names["y"]
    assert layer.s > 1
    direction = np.random.default_rng(0).standard_normal(x.shape)
    ahead, behind = (type(layer).forward(layer, x + t * direction).sum() for t in (1e-6, -1e-6))
    layer.forward(x)
    found = float(np.sum(layer.backward(np.ones_like(y)) * direction))
    assert abs(found - (ahead - behind) / 2e-6) > 1e-3


def test_the_right_convolution_passes_at_several_seeds(searched):
    for seed in range(3):
        result = searched(RIGHT, seed=seed)
        assert result.outcome is Outcome.PASSED
        assert result.compared >= 20


def test_what_forward_takes_for_a_square_by_accident_is_noted_and_not_failed(searched):
    results = [searched(SQUARES, seed=seed) for seed in range(3)]
    assert {result.outcome for result in results} == {Outcome.PASSED}
    assert any("whose sides differ for a square" in note for result in results for note in result.notes)


def test_a_shape_that_is_wrong_only_with_three_axes_is_found(searched):
    result = searched(NORMALISED)
    assert result.outcome is Outcome.FAILED
    assert "`gamma` has shape" in result.headline
    assert any(" (" in line and "<-" in line for line in result.table)


def test_ties_that_are_all_paid_are_found_although_every_entry_is_a_subgradient(searched):
    result = searched(TIED)
    assert result.outcome is Outcome.FAILED
    assert "where entries are equal" in result.headline


def test_a_backward_that_writes_into_its_upstream_gradient_is_noted_and_not_failed(searched):
    result = searched(IN_PLACE)
    assert result.outcome is Outcome.PASSED
    assert any("read-only" in note for note in result.notes)


def test_axes_that_only_forward_takes_are_noted_and_not_failed(searched):
    result = searched(TWO_AXES)
    assert result.outcome is Outcome.PASSED
    assert any("3 axes" in note for note in result.notes)


def test_the_same_seed_finds_the_same(searched, tmp_path):
    first = searched(STRIDED)
    for file in (tmp_path / ".gradcheck").rglob("*"):
        if file.is_file():
            file.unlink()
    assert searched(STRIDED).example == first.example


def test_what_failed_is_kept_and_tried_first(searched, tmp_path, monkeypatch):
    first = searched(STRIDED)
    assert (tmp_path / ".gradcheck" / ".gitignore").read_text() == "*\n"
    from gradcheck.searching.space import Space

    def nothing(self):
        raise AssertionError("what is kept is tried before anything else")

    monkeypatch.setattr(Space, "sweep", nothing)
    assert searched(STRIDED).example == first.example


def test_what_is_mended_is_forgotten(searched, tmp_path):
    searched(STRIDED)
    mended = tmp_path / "mended"
    shutil.copytree(tmp_path / ".gradcheck", mended / ".gradcheck")
    kept = sum(file.is_file() for file in mended.rglob("*"))
    assert searched(RIGHT, folder=mended).outcome is Outcome.PASSED
    examples = sum(file.is_file() for file in (mended / ".gradcheck").rglob("*"))
    assert examples < kept


def test_a_right_layer_leaves_no_folder(searched, tmp_path):
    searched(RIGHT)
    assert {path.name for path in Path(tmp_path).iterdir()} <= {"pyproject.toml", "layers.py"}


def test_the_fast_profile_does_not_search(searched):
    assert searched(STRIDED, profile="fast").outcome is Outcome.NOT_APPLICABLE


def test_a_layer_that_is_wrong_as_it_was_built_is_left_to_the_gradient_check(searched):
    result = searched(TIED.replace("(self.x == self.y) * dout", "2.0 * (self.x == self.y) * dout"))
    assert result.outcome is Outcome.NOT_APPLICABLE
    assert "see contract and gradient" in result.headline
