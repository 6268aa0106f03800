"""Optimizers as items of pytest."""

from __future__ import annotations

pytest_plugins = ["pytester"]

SOURCE = """\
class SGD:
    def __init__(self, lr=0.01):
        self.lr = lr

    def update(self, w, dw):
        return w - self.lr * dw


class Momentum:
    def __init__(self, lr=0.01, momentum=0.9):
        self.lr, self.momentum, self.v = lr, momentum, 0

    def update(self, w, dw):
        self.v = self.momentum * self.v + dw
        return w + self.lr * self.v
"""


UNKNOWN = """\
class Adam:
    def __init__(self, lr, engine):
        self.engine = engine

    def step(self):
        self.engine.go()
"""


def test_each_optimizer_is_one_item_and_a_wrong_one_fails_in_a_line(project):
    project.write({"src/optim.py": SOURCE})
    result = project.run("--gradcheck", "src/optim.py", "-v")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        [
            "src/optim.py::SGD::optimizer PASSED*",
            "src/optim.py::Momentum::optimizer FAILED*",
            "*Momentum: step 1: the sign is wrong: the step climbs the gradient",
            "*gradcheck check src/optim.py::Momentum --check optimizer --seed 0*",
            "FAILED src/optim.py::Momentum::optimizer - Momentum: step 1: the sign is wr*",
        ]
    )


def test_what_cannot_be_driven_skips_with_the_reason(project):
    project.write({"src/optim.py": UNKNOWN})
    result = project.run("--gradcheck", "src/optim.py", "-rs")
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["*not built: Adam could not be driven: nobody knows*`engine`*"])
    project.run("--gradcheck", "--gradcheck-strict", "src/optim.py").assert_outcomes(failed=1)
