"""What holds of every counterpart, whatever it is: a new file is tested because it is there."""

from __future__ import annotations

import importlib.util
from collections import Counter

import numpy as np
import pytest

from gradcheck.matching import naming
from gradcheck.matching.agreement import Likeness, evaluated, match, tensors
from gradcheck.run import references
from gradcheck.types import Form, Reference, Signature

pytestmark = pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="needs torch")
REFERENCES = references()
EPSILON = float(np.finfo(np.float64).eps)


def shown(reference):
    """The signature of the counterpart's own torch module on its own example, and the module with its inputs."""
    import torch

    torch.manual_seed(0)
    module, inputs = reference.example()
    named = dict(module.named_parameters()) if isinstance(module, torch.nn.Module) else {}
    for parameter in named.values():
        torch.nn.init.normal_(parameter)
    answer = module(*inputs)
    y = (answer[0] if isinstance(answer, tuple) else answer).detach().numpy()
    is_loss = isinstance(module, torch.nn.modules.loss._Loss)
    differentiable = {f"x{i}": x for i, x in enumerate(inputs) if x.is_floating_point() and not (is_loss and i)}
    given = {f"x{i}": x.numpy() for i, x in enumerate(inputs) if f"x{i}" not in differentiable}
    parameters = {name: p.detach().numpy() for name, p in named.items()}
    held = {naming.plain(n): v for n, v in getattr(module, "__dict__", {}).items() if isinstance(v, int | float | bool)}
    return Signature(
        primals={**{name: x.numpy() for name, x in differentiable.items()}, **parameters},
        inputs=tuple(differentiable),
        parameters=tuple(parameters),
        y=y,
        settings=held,
        given=given,
    )


@pytest.mark.parametrize("name", REFERENCES)
def test_it_agrees_with_its_own_torch_module(name):
    signature = shown(REFERENCES[name])
    found = match(signature, REFERENCES[name], EPSILON)
    assert found.likeness is Likeness.SAME
    assert found.form.difference == ""


@pytest.mark.parametrize("name", REFERENCES)
def test_it_does_not_agree_with_a_value_that_is_off_by_a_millionth(name):
    signature = shown(REFERENCES[name])
    off = signature.y * (1.0 + 1e-6 * np.cos(np.arange(signature.y.size)).reshape(signature.y.shape))
    other = Signature(
        primals=signature.primals, inputs=signature.inputs, parameters=signature.parameters, y=off,
        settings=signature.settings, given=signature.given,
    )  # fmt: skip
    found = match(other, REFERENCES[name], EPSILON)
    # The mask of a dropout is read off the value, and with it one factor; a factor per entry is none.
    assert found.likeness is not Likeness.SAME


@pytest.mark.parametrize("name", REFERENCES)
def test_a_class_of_its_name_is_recognised(name):
    reference = REFERENCES[name]
    for title in (reference.title, reference.title.lower(), f"My{reference.title}", f"{reference.title}Layer"):
        assert naming.by_name(title, REFERENCES)[0] is reference
    assert naming.named(f"torch.nn.{reference.title}", REFERENCES) is reference
    assert naming.named(reference.name, REFERENCES) is reference


def test_no_alias_is_two_counterparts_and_each_is_plain():
    count = Counter(alias for reference in REFERENCES.values() for alias in set(reference.aliases))
    assert [alias for alias, times in count.items() if times > 1] == []
    assert [alias for alias in count if alias != naming.plain(alias)] == []
    titles = {naming.plain(reference.title): reference.name for reference in REFERENCES.values()}
    stolen = [
        (alias, reference.name)
        for reference in REFERENCES.values()
        for alias in reference.aliases
        if titles.get(alias, reference.name) != reference.name
    ]
    assert stolen == []


@pytest.mark.parametrize("name", REFERENCES)
def test_forms_that_do_not_fit_are_none_or_no_value_and_never_raise(name):
    rng = np.random.default_rng(0)
    for shapes in ([(4, 8)], [(3,)], [(2, 3, 5, 4)], [(4, 6), (6, 6), (6,)], [(), ()], [(4, 8), (4, 8), (4, 8)]):
        primals = {f"p{i}": rng.normal(size=shape) for i, shape in enumerate(shapes)}
        inputs = tuple(primals)[:1]
        y = rng.normal(size=shapes[0])
        signature = Signature(primals=primals, inputs=inputs, parameters=tuple(primals)[1:], y=y)
        assert (
            match(signature, REFERENCES[name], EPSILON).likeness in (Likeness.OTHER, Likeness.UNLIKE) or not shapes[0]
        )


def test_a_form_of_another_shape_has_no_value():
    form = Form(value=lambda t: t["x"].sum(dim=0))
    assert evaluated(form, tensors({"x": np.ones((4, 3))}), np.ones((4, 3))) is None
    assert evaluated(form, tensors({"x": np.ones((4, 3))}), np.ones((1, 3))).shape == (1, 3)


def test_every_member_is_a_reference():
    assert all(isinstance(reference, Reference) for reference in REFERENCES.values())
