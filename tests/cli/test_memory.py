"""`gradcheck memory` on the command line."""

MODEL = """\
import numpy as np

class Linear:
    def __init__(self):
        self.W = np.zeros((1000, 500), np.float32)
        self.dW = np.zeros_like(self.W)

    def forward(self, x):
        self.x = x
        return x @ self.W

    def backward(self, y_bar):
        self.dW = self.x.T @ y_bar

def model():
    return Linear(), np.ones((4, 1000), np.float32)

def broken():
    raise ValueError("no data")
"""


def test_the_account_of_what_a_function_returns_is_printed(project):
    project.write({"train.py": MODEL})
    answer = project.call("memory", "train.py::model")
    assert answer.code == 0
    assert answer.lines[1].split() == ["parameters", "2.0", "MB", "2.0", "MB"]


def test_what_cannot_be_accounted_for_is_one_line(project):
    project.write({"train.py": MODEL})
    for target, said in (
        ("train.py::modell", "no function 'modell'; did you mean 'model'?"),
        ("train.py", "name a function of a file, such as"),
        ("train.py::broken", "raised ValueError: no data"),
    ):
        answer = project.call("memory", target)
        assert (answer.code, answer.out) == (2, "")
        assert said in answer.err
        assert answer.err.count("\n") == 1
