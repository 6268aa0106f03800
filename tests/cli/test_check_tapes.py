"""Tapes on the command line."""

import pytest

TAPE = """\
import math


class Value:
    def __init__(self, data, parents=()):
        self.data, self.grad, self.parents, self.step = data, 0.0, parents, None

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data + other.data, (self, other))

        def step():
            self.grad += out.grad
            other.grad += out.grad

        out.step = step
        return out

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data * other.data, (self, other))

        def step():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out.step = step
        return out

    def tanh(self):
        out = Value(math.tanh(self.data), (self,))

        def step():
            self.grad += (1 - out.data) * out.grad

        out.step = step
        return out

    def backward(self):
        order = []

        def visit(node):
            if node not in order:
                for parent in node.parents:
                    visit(parent)
                order.append(node)

        visit(self)
        self.grad = 1.0
        for node in reversed(order):
            if node.step:
                node.step()
"""
RIGHT = TAPE.replace("(1 - out.data)", "(1 - out.data**2)")
UNWRITTEN = TAPE.replace("        other = other if", "        raise NotImplementedError\n        other = other if")
ENDLESS = RIGHT.replace(
    "        out = Value(math.tanh", "        import os; os._exit(3)\n        out = Value(math.tanh"
)


@pytest.fixture
def tape(project):
    def written(source):
        project.write({"src/engine.py": source})
        return project

    return written


def test_the_wrong_operator_is_named_with_the_command_that_shows_it_again(tape):
    answer = tape(TAPE).call("check", "src/engine.py")
    assert answer.code == 1
    assert "Value: 1 of 6 operators wrong: tanh" in answer.out
    assert "gradcheck check src/engine.py::Value --check operators --wrt tanh --seed 0" in " ".join(
        answer.out.replace("\\\n", " ").split()
    )
    assert "1 tape found, 1 checked, 1 wrong, 0 inconclusive, 0 not built" in answer.out


def test_one_operator_can_be_asked_for_alone(tape):
    assert tape(TAPE).call("check", "src/engine.py::Value", "--wrt", "mul").code == 0
    assert tape(TAPE).call("check", "src/engine.py::Value", "--wrt", "tanh").code == 1


def test_a_right_tape_passes_and_tells_its_operators_when_asked(tape):
    answer = tape(RIGHT).call("check", "src/engine.py", "-v")
    assert answer.code == 0
    assert "compared 6 operators: add, mul, tanh, reuse, diamond, chain" in " ".join(answer.out.split())


def test_operators_that_are_not_written_yet_leave_a_tape_unbuilt(tape):
    answer = tape(UNWRITTEN).call("check", "src/engine.py")
    assert answer.code == 2
    assert "are not written yet" in " ".join(answer.out.split())


def test_an_operator_that_ends_the_process_costs_itself_only(tape):
    answer = tape(ENDLESS).call("check", "src/engine.py")
    assert answer.code == 0
    assert "tanh undecided on tanh of (): ended the process (3)" in " ".join(answer.out.split())


def test_a_tape_left_out_by_configuration_is_left_out(tape):
    project = tape(TAPE)
    project.write({"pyproject.toml": '[tool.gradcheck.layers."src/engine.py::Value"]\nskip = "a draft"\n'})
    assert "left out" in project.call("check", "src/engine.py").out


SWITCHED = """\
class Value:
    def __init__(self, data):
        self.data = data

    def __add__(self, other):
        return Value(self.data + (other.data if isinstance(other, Value) else other))

    def __mul__(self, other):
        return Value(self.data * (other.data if isinstance(other, Value) else other))
"""
SWITCH = """\
from engine import Value


def enable_gradients():
    add, multiply = Value.__add__, Value.__mul__

    def recorded(compute, slopes):
        def method(self, other):
            other = other if isinstance(other, Value) else Value(other)
            out = compute(self, other)
            out.edges = list(zip((self, other), slopes(self, other)))
            return out

        return method

    def backward(self, upstream=1.0):
        self.grad = getattr(self, "grad", 0.0) + upstream
        for operand, slope in getattr(self, "edges", ()):
            operand.backward(upstream * slope)

    Value.__add__ = recorded(add, lambda a, b: (1.0, 1.0))
    Value.__mul__ = recorded(multiply, lambda a, b: (b.data, a.data))
    Value.backward = backward
"""


@pytest.mark.parametrize("asked", ["src", "src/engine.py", "src/engine.py::Value"])
def test_a_function_that_switches_gradients_on_is_found_and_called(project, asked):
    project.write({"src/engine.py": SWITCHED, "src/autograd.py": SWITCH})
    answer = project.call("check", asked)
    assert "engine.py::Value\n  operators    passed" in answer.out
    assert "gradients were switched on by src/autograd.py::enable_gradients" in " ".join(answer.out.split())


def test_the_function_may_be_named_in_the_configuration(project):
    wrong = SWITCH.replace("(b.data, a.data)", "(a.data, b.data)").replace("enable_gradients", "second_try")
    project.write(
        {
            "src/engine.py": SWITCHED,
            "src/autograd.py": SWITCH,
            "src/other.py": wrong,
            "pyproject.toml": '[tool.gradcheck.layers."src/engine.py::Value"]\nenable = "src/other.py::second_try"\n',
        }
    )
    answer = project.call("check", "src/engine.py")
    assert answer.code == 1
    assert "operators wrong: mul" in answer.out


def test_a_finding_in_a_tape_is_not_confirmed_by_checks_that_it_does_not_have(tape):
    project = tape(TAPE.replace("step", "_backward").replace("self.grad += out.grad", "self.grad = out.grad"))
    answer = project.call("scan", "--confirm", "src/engine.py")
    assert answer.code == 1
    assert "gradcheck check src/engine.py::Value" in " ".join(answer.out.split())
