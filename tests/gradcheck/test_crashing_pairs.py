"""A pair whose backward raises on what forward takes is wrong, unless our guesses or the set-up may be to blame."""

import pytest

from gradcheck.errors import BuildError
from gradcheck.run import Runner
from gradcheck.source.discovery import find_layers

PAIR = """
import numpy as np
{head}
def affine_forward(x, w, b):
    return x @ w + b, (x, w)

def affine_backward(dout, {cache}):
    {body}
"""


@pytest.fixture
def contract_of(tmp_path):
    def run(body, head="", cache="cache"):
        (tmp_path / "layers.py").write_text(PAIR.format(body=body, head=head, cache=cache))
        runner = Runner(tmp_path)
        [site] = find_layers([tmp_path], root=tmp_path).sites
        return runner.check(runner.build(site), "contract")

    return run


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("x, w, b = cache; return dout @ w.T, x.T @ dout, dout.sum(0)", "ValueError"),
        ("x, w = cache; return dout @ w, x.T @ dout, dout.sum(0)", "ValueError"),
        ("x, w = cache; return dout @ v.T, x.T @ dout, dout.sum(0)", "NameError"),
    ],
)
def test_a_backward_that_raises_fails_its_contract(contract_of, body, kind):
    result = contract_of(body)
    assert result.outcome.value == "failed"
    assert result.headline == f"affine_forward: backward raises {kind} on an input that forward accepts"


COMPILED = "try:\n    from fast import compiled\nexcept ImportError:\n    pass\n"


@pytest.mark.parametrize(
    ("body", "more"),
    [
        ("x, w = cache; return dout @ compiled(w), x.T @ dout, dout.sum(0)", {"head": COMPILED}),
        ("x, w = cache; assert dout.shape == (1, 1); return dout @ w.T, x.T @ dout, dout.sum(0)", {}),
        ("x, w, b = what; return dout @ w.T, x.T @ dout, dout.sum(0)", {"cache": "what"}),
    ],
)
def test_what_is_not_built_or_guessed_is_not_judged(contract_of, body, more):
    with pytest.raises(BuildError):
        contract_of(body, **more)
