"""Each optimizer and schedule walks torch.optim's path, over 100 steps, in float64."""

from __future__ import annotations

import numpy as np
import pytest

from reference_models.mlp import MLP
from reference_models.numpy_layers import MeanSquaredError
from reference_models.optimizers import SGD, Adam, AdamW, Cosine, Momentum, Nesterov, RMSProp, WarmUpInverseSquareRoot

torch = pytest.importorskip("torch", reason="torch is not installed, nothing to compare with")

STEPS = 100
RELATIVE = 1e-12  # of the largest entry of each parameter

PAIRS = {
    "sgd": (SGD, {"learning_rate": 0.05}, torch.optim.SGD, {"lr": 0.05}),
    "sgd with decay": (
        SGD,
        {"learning_rate": 0.05, "weight_decay": 0.1},
        torch.optim.SGD,
        {"lr": 0.05, "weight_decay": 0.1},
    ),
    "momentum": (
        Momentum,
        {"learning_rate": 0.02, "momentum": 0.8, "weight_decay": 0.1},
        torch.optim.SGD,
        {"lr": 0.02, "momentum": 0.8, "weight_decay": 0.1},
    ),
    "nesterov": (
        Nesterov,
        {"learning_rate": 0.02, "momentum": 0.8, "weight_decay": 0.1},
        torch.optim.SGD,
        {"lr": 0.02, "momentum": 0.8, "weight_decay": 0.1, "nesterov": True},
    ),
    "adam by default": (Adam, {}, torch.optim.Adam, {}),
    "adam": (
        Adam,
        {"learning_rate": 0.01, "beta1": 0.8, "beta2": 0.95, "epsilon": 1e-3, "weight_decay": 0.1},
        torch.optim.Adam,
        {"lr": 0.01, "betas": (0.8, 0.95), "eps": 1e-3, "weight_decay": 0.1},
    ),
    "adamw by default": (AdamW, {}, torch.optim.AdamW, {}),
    "adamw": (
        AdamW,
        {"learning_rate": 0.01, "beta1": 0.8, "beta2": 0.95, "epsilon": 1e-3, "weight_decay": 0.5},
        torch.optim.AdamW,
        {"lr": 0.01, "betas": (0.8, 0.95), "eps": 1e-3, "weight_decay": 0.5},
    ),
    "rmsprop by default": (RMSProp, {}, torch.optim.RMSprop, {}),
    "rmsprop": (
        RMSProp,
        {"learning_rate": 0.003, "decay": 0.9, "epsilon": 1e-3, "weight_decay": 0.1},
        torch.optim.RMSprop,
        {"lr": 0.003, "alpha": 0.9, "eps": 1e-3, "weight_decay": 0.1},
    ),
}


def gradients_at(model, step):
    """Of a new batch in each step: the path depends on where it has led so far."""
    rng = np.random.default_rng(step)
    loss = MeanSquaredError()
    loss.forward(model.forward(rng.standard_normal((16, 3))), rng.standard_normal((16, 2)))
    model.backward(loss.backward())
    return model.gradients()


def assert_walks_together(optimizer_class, options, torch_class, torch_options, *, schedule=None, torch_schedule=None):
    model = MLP([3, 8, 2], activation="tanh", seed=1)
    optimizer = optimizer_class(model.parameters(), **options)
    tensors = {name: torch.nn.Parameter(torch.tensor(array)) for name, array in model.parameters().items()}
    twin = torch_class(tensors.values(), **torch_options)
    torch_schedule = torch_schedule(twin) if torch_schedule else None
    for step in range(STEPS):
        if schedule:
            optimizer.learning_rate = schedule(step)
        gradients = gradients_at(model, step)
        for name, tensor in tensors.items():
            tensor.grad = torch.tensor(gradients[name])
        optimizer.step(gradients)
        twin.step()
        if torch_schedule:
            torch_schedule.step()
        for name, parameter in model.parameters().items():
            difference = np.abs(parameter - tensors[name].detach().numpy()).max()
            assert difference <= RELATIVE * np.abs(parameter).max(), f"step {step}, {name}"


@pytest.mark.parametrize(("optimizer", "options", "twin", "twin_options"), PAIRS.values(), ids=list(PAIRS))
def test_an_optimizer_walks_torchs_path(optimizer, options, twin, twin_options):
    assert_walks_together(optimizer, options, twin, twin_options)


def test_a_path_of_other_hyperparameters_would_be_noticed():
    with pytest.raises(AssertionError, match="step 1, layers"):
        assert_walks_together(
            Momentum, {"learning_rate": 0.01, "momentum": 0.90000001}, torch.optim.SGD, {"lr": 0.01, "momentum": 0.9}
        )


def test_coupled_and_decoupled_decay_are_told_apart():
    with pytest.raises(AssertionError, match="step 0"):
        assert_walks_together(Adam, {"weight_decay": 0.01}, torch.optim.AdamW, {"weight_decay": 0.01})


def test_the_cosine_is_torchs():
    assert_walks_together(
        SGD,
        {"learning_rate": 0.1},
        torch.optim.SGD,
        {"lr": 0.1},
        schedule=Cosine(peak=0.1, steps=STEPS, floor=0.01),
        torch_schedule=lambda twin: torch.optim.lr_scheduler.CosineAnnealingLR(twin, T_max=STEPS, eta_min=0.01),
    )


def test_warm_up_with_inverse_square_root_is_torchs_product_of_the_formula():
    schedule = WarmUpInverseSquareRoot(peak=0.1, warm_up=30)
    formula = lambda step: min((step + 1) ** -0.5, (step + 1) * 30**-1.5) * 30**0.5  # noqa: E731 - the paper's
    assert_walks_together(
        Adam,
        {"learning_rate": 0.1},
        torch.optim.Adam,
        {"lr": 0.1},
        schedule=schedule,
        torch_schedule=lambda twin: torch.optim.lr_scheduler.LambdaLR(twin, formula),
    )
