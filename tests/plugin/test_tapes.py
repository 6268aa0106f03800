"""Tapes as items of pytest."""

from __future__ import annotations

pytest_plugins = ["pytester"]

SOURCE = """\
class Number:
    def __init__(self, value):
        self.value, self.grad, self.edges = value, 0.0, []

    def made(self, value, *edges):
        made = Number(value)
        made.edges = edges
        return made

    def __add__(self, other):
        other = other if isinstance(other, Number) else Number(other)
        return self.made(self.value + other.value, (self, 1.0), (other, 1.0))

    def __mul__(self, other):
        other = other if isinstance(other, Number) else Number(other)
        return self.made(self.value * other.value, (self, other.value), (other, self.value))

    def backward(self, upstream=1.0):
        self.grad += upstream
        for operand, slope in self.edges:
            operand.backward(upstream * slope)
"""


def test_a_tape_is_one_item(project):
    project.write(
        {"src/right.py": SOURCE, "src/wrong.py": SOURCE.replace("self.grad += upstream", "self.grad = upstream")}
    )
    result = project.run("--gradcheck", "src/right.py", "src/wrong.py", "-v")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        [
            "src/right.py::Number::operators PASSED*",
            "src/wrong.py::Number::operators FAILED*",
            "*Number: * operators wrong: *",
        ]
    )
