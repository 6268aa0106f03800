"""`gradcheck check-training FILE::function`."""

import pytest

LINE = """
    import numpy as np

    def made(step_moves):
        W, x = np.array([1.0, 2.0]), np.array([[1.0, 2.0], [3.0, 4.0]])

        class Model:
            def __init__(self):
                self.W, self.dW = W, np.zeros(2)

            def forward(self, x):
                self.x = x
                return x @ self.W

            def backward(self, y_bar):
                self.dW = self.x.T @ y_bar

        model = Model()

        class Step:
            learning_rate = 0.02

            def __init__(self):
                self.model = model

            def step(self):
                if step_moves:
                    model.W -= self.learning_rate * model.dW

        loss = (lambda y, t: np.mean((y - t) ** 2), lambda y, t: (y - t))
        return model, loss, Step(), (x, np.array([1.0, 1.0]))

    def moving():
        return made(True)

    def standing():
        return made(False)

    def misspelt():
        return {"model": 1, "optimiser": 2}

    def number():
        return 3

    def raising():
        raise OSError("no data")
"""


@pytest.fixture
def trainings(project):
    project.write({"train.py": LINE})
    return project


def test_a_training_that_learns_is_left_with_what_was_ruled_out(trainings):
    answer = trainings.call("check-training", "train.py::moving")
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.startswith("train.py::moving: nothing found; ")


def test_one_that_does_not_is_explained_with_numbers_meaning_and_next_step(trainings):
    answer = trainings.call("check-training", "train.py::standing")
    assert answer.code == 1
    assert answer.lines[0] == "optimizer_updates_a_copy: the optimizer updates a copy of W"
    assert "    the loss is 58 after every one of 100 steps" in answer.lines
    assert any(line.startswith("  next: Update in place") for line in answer.lines)
    assert max(map(len, answer.lines)) <= 80


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("train.py", "name a function of a file, such as train.py::setup"),
        ("train.py::movin", "train.py has no function 'movin'; did you mean 'moving'?"),
        ("train.py::misspelt", "returned a dict with 'optimiser'; did you mean 'optimizer'?"),
        ("train.py::number", "returned int; expected (model, loss, optimizer, (x, target))"),
        ("train.py::raising", "raised OSError: no data"),
        ("nowhere.py::f", "there is no file or folder 'nowhere.py'"),
    ],
)
def test_what_cannot_be_checked_is_one_line_and_exit_code_2(trainings, target, said):
    answer = trainings.call("check-training", target)
    assert answer.code == 2
    assert said in answer.err
    assert answer.err.count("\n") == 1
