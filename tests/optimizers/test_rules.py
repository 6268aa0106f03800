"""The formulas are torch.optim's, over 100 steps."""

import numpy as np
import pytest

from gradcheck import extensions
from gradcheck.optimizers.model import Family, Hyperparameters
from gradcheck.optimizers.simulate import path

FAMILIES = extensions.load_all("gradcheck.optimizers.families", "FAMILY", Family)
SHAPES = [(3, 2), (2,)]
STEPS = 100


def drawn(shapes=SHAPES):
    rng = np.random.default_rng(0)
    start = [rng.normal(size=shape) for shape in shapes]
    return start, [[rng.normal(size=shape) for shape in shapes] for _ in range(STEPS)]


CASES = [
    ("sgd", "SGD", {"lr": 0.1}, Hyperparameters(learning_rate=0.1)),
    (
        "momentum",
        "SGD",
        {"lr": 0.1, "momentum": 0.8, "weight_decay": 0.2},
        Hyperparameters(learning_rate=0.1, momentum=0.8, weight_decay=0.2),
    ),
    (
        "nesterov",
        "SGD",
        {"lr": 0.1, "momentum": 0.8, "nesterov": True},
        Hyperparameters(learning_rate=0.1, momentum=0.8),
    ),
    ("adagrad", "Adagrad", {"lr": 0.1, "eps": 1e-3}, Hyperparameters(learning_rate=0.1, epsilon=1e-3)),
    (
        "rmsprop",
        "RMSprop",
        {"lr": 0.1, "alpha": 0.7, "momentum": 0.6, "eps": 1e-3},
        Hyperparameters(learning_rate=0.1, beta2=0.7, momentum=0.6, epsilon=1e-3),
    ),
    (
        "adam",
        "Adam",
        {"lr": 0.1, "betas": (0.7, 0.8), "eps": 1e-3, "weight_decay": 0.1},
        Hyperparameters(learning_rate=0.1, beta1=0.7, beta2=0.8, epsilon=1e-3, weight_decay=0.1),
    ),
    (
        "adam",
        "Adam",
        {"lr": 0.1, "betas": (0.7, 0.8), "amsgrad": True},
        Hyperparameters(learning_rate=0.1, beta1=0.7, beta2=0.8, amsgrad=True),
    ),
    (
        "adamw",
        "AdamW",
        {"lr": 0.1, "weight_decay": 0.3},
        Hyperparameters(learning_rate=0.1, weight_decay=0.3),
    ),
]


@pytest.mark.parametrize(("name", "theirs", "arguments", "h"), CASES)
def test_the_first_form_of_every_rule_is_the_one_of_torch(name, theirs, arguments, h):
    torch = pytest.importorskip("torch")
    start, gradients = drawn()
    tensors = [torch.nn.Parameter(torch.tensor(p)) for p in start]
    optimizer = getattr(torch.optim, theirs)(tensors, **arguments)
    mine = path(FAMILIES[name], FAMILIES[name].terms, h, start, gradients)
    for at_step, expected in zip(gradients, mine, strict=True):
        for tensor, g in zip(tensors, at_step, strict=True):
            tensor.grad = torch.tensor(g)
        optimizer.step()
        for tensor, e in zip(tensors, expected, strict=True):
            np.testing.assert_allclose(tensor.detach().numpy(), e, rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize("name", FAMILIES)
def test_every_alternative_names_terms_that_the_rule_has(name):
    family = FAMILIES[name]
    assert family.name == name
    for alternative in (*family.variants, *family.faults):
        assert set(alternative.choices) <= set(family.terms), alternative
        assert any(family.terms[term] != choice for term, choice in alternative.choices.items()), alternative


@pytest.mark.parametrize("name", FAMILIES)
def test_every_fault_takes_another_path_than_the_right_form(name):
    family = FAMILIES[name]
    start, gradients = drawn([(3, 2), (3, 2)])
    h = Hyperparameters(
        learning_rate=0.05, momentum=0.7, beta1=0.8, beta2=0.9, epsilon=1e-3, weight_decay=0.1, amsgrad=True
    )
    right = [np.concatenate([p.ravel() for p in at]) for at in path(family, family.terms, h, start, gradients[:5])]
    for fault in family.faults:
        choices = {**family.terms, **fault.choices}
        wrong = [np.concatenate([p.ravel() for p in at]) for at in path(family, choices, h, start, gradients[:5])]
        assert not np.allclose(right, wrong, rtol=0, atol=1e-6), fault  # NaN is another path too
