"""Networks whose backward begins with a loss of its own are judged by the loss that their gradients are those of."""

from __future__ import annotations

import textwrap

import pytest

from gradcheck.errors import BuildError
from gradcheck.run import Runner
from gradcheck.source.discovery import find_layers
from gradcheck.types import CheckResult, Outcome

NETWORK = """
class {name}:
    def __init__(self, n_in, n_out):
        self.w = np.random.randn(n_in, n_out)
        self.b = np.zeros(n_out)

    def forward(self, x):
        {mask}
        self.x = x
        self.p = {prediction}
        return self.p

    {method}

    def backward(self, {arguments}):
        dz = {gradient}
        self.dw = {factor} * self.x.T @ dz
        self.db = dz.sum(0)
        {answer}
"""
LINEAR = {
    "prediction": "x @ self.w + self.b", "arguments": "target", "gradient": "2 * (self.p - target)",
    "mask": "", "method": "", "factor": "1", "answer": "",
}  # fmt: skip
NETWORKS = {
    "Softmax": {
        "prediction": "(lambda e: e / e.sum(1, keepdims=True))(np.exp(x @ self.w + self.b))",
        "arguments": "labels",
        "gradient": "(self.p - labels) / len(labels)",
    },
    "Logistic": {
        "prediction": "1 / (1 + np.exp(-(x @ self.w + self.b)))",
        "arguments": "x, y_true, y_pred",
        "gradient": "y_pred - y_true",
    },
    "Regression": {},
    "Dropping": {"mask": "x = x * (np.random.rand(*x.shape) > 0.5)"},
    "WithItsOwn": {
        "arguments": "y_true",
        "method": "def compute_loss(self, y_true, y_pred): return (y_pred - y_true) ** 4",
        "gradient": "4 * (self.p - y_true) ** 3",
    },
    "Returning": {
        "arguments": "labels",
        "gradient": "np.cos(self.p * labels) * labels",
        "answer": "return np.sum(np.sin(self.p * labels))",
    },
    "Stabilised": {
        "prediction": "1 / (1 + np.exp(-(x @ self.w + self.b)))",
        "arguments": "y_true",
        "method": "def loss(self, p, y_true): return -y_true * np.log(p + EPS) - (1 - y_true) * np.log(1 - p + EPS)",
        "gradient": "self.p - y_true",
    },
    "Wrong": {"factor": "3"},
}


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, CheckResult | BuildError]:
    root = tmp_path_factory.mktemp("networks")
    sources = [NETWORK.format(**{**LINEAR, **network, "name": name}) for name, network in NETWORKS.items()]
    (root / "net.py").write_text("import numpy as np\nEPS = 1e-12\n" + "\n".join(map(textwrap.dedent, sources)))
    runner = Runner(root)
    sites = find_layers([root], root=root).sites
    runner.prepare(sites)
    found: dict[str, CheckResult | BuildError] = {}
    for site in sites:
        try:
            found[site.qualname] = runner.check(runner.build(site), "gradient")
        except BuildError as error:
            found[site.qualname] = error
    return found


@pytest.mark.parametrize(
    ("name", "loss"),
    [
        ("Softmax", "the mean of the cross-entropy"),
        ("Logistic", "the sum of the binary cross-entropy"),
        ("Regression", "the sum of the squared error"),
        ("Dropping", "the sum of the squared error"),
        ("WithItsOwn", "the sum of its `compute_loss`"),
        ("Returning", "the loss that backward returns"),
    ],
)
def test_a_right_network_passes_and_its_loss_is_told(
    results: dict[str, CheckResult | BuildError], name: str, loss: str
) -> None:
    result = results[name]
    assert isinstance(result, CheckResult), result
    assert result.outcome is Outcome.PASSED
    assert {quantity.name for quantity in result.quantities} == {"w", "b"}
    assert f"backward takes the target itself; its gradients are compared with those of {loss}" in result.notes


def test_a_constant_that_keeps_the_loss_finite_is_no_error_of_the_gradient(
    results: dict[str, CheckResult | BuildError],
) -> None:
    result = results["Stabilised"]
    assert isinstance(result, CheckResult), result
    assert result.outcome in {Outcome.PASSED, Outcome.INCONCLUSIVE}


def test_a_network_with_the_gradients_of_no_loss_we_know_is_left_alone(
    results: dict[str, CheckResult | BuildError],
) -> None:
    assert "a network with its own loss" in str(results["Wrong"])
