"""Optimizers on the command line."""

import pytest

OPTIMIZERS = """\
import numpy as np

class SGD:
    def __init__(self, lr=0.01):
        self.lr = lr

    def update(self, params, grads):
        for key in params:
            params[key] -= self.lr * grads[key]

class Adam:
    def __init__(self, lr=0.01, beta1=0.9, beta2=0.999):
        self.lr, self.beta1, self.beta2, self.m, self.v = lr, beta1, beta2, {}, {}

    def update(self, params, grads):
        for key in params:
            self.m[key] = self.beta1 * self.m.get(key, 0) + (1 - self.beta1) * grads[key]
            self.v[key] = self.beta2 * self.v.get(key, 0) + (1 - self.beta2) * grads[key] ** 2
            params[key] -= self.lr * self.m[key] / (np.sqrt(self.v[key]) + 1e-8)

class Momentum:
    def __init__(self, lr, engine):
        self.engine = engine

    def step(self):
        self.engine.go()
"""


@pytest.fixture
def optimizers(project):
    project.write({"src/optim.py": OPTIMIZERS})
    return project


def test_each_is_driven_and_the_wrong_one_is_told_by_step_and_term(optimizers):
    answer = optimizers.call("check", "src/optim.py")
    assert answer.code == 1
    assert "src/optim.py::SGD\n  optimizer    passed" in answer.out
    assert "Adam: step 1: bias correction of both moments is missing" in answer.out
    assert "gradcheck check src/optim.py::Adam --check optimizer --seed 0" in answer.out
    assert "nobody knows what to give its constructor for `engine`" in " ".join(answer.out.split())
    assert "3 optimizers found, 2 checked, 1 wrong, 0 inconclusive, 1 not built" in answer.out


def test_one_can_be_named_and_the_check_asked_for(optimizers):
    answer = optimizers.call("check", "src/optim.py::SGD", "--check", "optimizer")
    assert answer.code == 0
    assert "src/optim.py::SGD\n  optimizer    passed" in answer.out


def test_a_check_of_layers_leaves_optimizers_alone(optimizers):
    answer = optimizers.call("check", "src", "--check", "contract")
    assert "optimizer" not in answer.out.replace("optim.py", "")
    assert "Adam: step" not in answer.out


def test_intent_is_declared(optimizers):
    optimizers.write(
        {
            "pyproject.toml": """\
            [tool.gradcheck.layers."src/optim.py::Adam".checks.optimizer]
            skip = "the exercise leaves the corrections out"
            [tool.gradcheck.layers."src/optim.py::SGD"]
            reference = "torch.optim.Adam"
            """
        }
    )
    answer = optimizers.call("check", "src/optim.py")
    assert "the exercise leaves the corrections out" in " ".join(answer.out.split())
    assert "SGD takes steps of no known form of Adam" in " ".join(answer.out.split())
