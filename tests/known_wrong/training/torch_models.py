"""Trainings in torch; torch is imported where it is used."""

from reference_models.data.spirals import spirals

LEDGER = {
    "hidden_detached": "no_gradient",
    "through_numpy": "no_gradient",
    "layers_in_a_plain_list": "not_in_optimizer",
    "head_exchanged_afterwards": "not_in_optimizer",
    "only_the_head": "not_in_optimizer",
    "no_zero_grad": "gradients_accumulate",
    "zero_grad_between": "gradients_cleared",
    "never_stepped": "step_never_called",
    "scheduler_to_zero": "learning_rate_zero",
    "softmax_twice": "double_softmax",
    "wrong_custom_function": "descent",
    "half_weights": "update_lost_to_rounding",
    "dead_relu": "dead_units",
    "broadcast_regression": "loss_broadcasts",
}


def _batch(seed, *, regression=False):
    import torch

    x, t = spirals(64, seed=seed)
    x = torch.tensor(x, dtype=torch.float32)
    return (x, torch.sin(3 * x[:, 0])) if regression else (x, torch.tensor(t))


def _sequential(seed, *last):
    import torch
    from torch import nn

    torch.manual_seed(seed)
    return nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 2), *last)


def _setup(model, seed, optimizer=None, step=None, loss=None, batch=None):
    import torch

    found = {
        "model": model,
        "loss": loss or torch.nn.CrossEntropyLoss(),
        "optimizer": optimizer or torch.optim.Adam(model.parameters(), lr=0.02),
        "batch": batch or _batch(seed),
    }
    return found if step is None else {**found, "step": step}


def _cutting(cut):
    import torch
    from torch import nn

    class Cut(nn.Module):
        def __init__(self):
            super().__init__()
            self.first, self.second = nn.Linear(2, 16), nn.Linear(16, 2)

        def forward(self, x):
            return self.second(cut(torch.relu(self.first(x))))

    return Cut()


def hidden_detached(seed=0):
    """detach() in the middle."""
    import torch

    torch.manual_seed(seed)
    return _setup(_cutting(lambda h: h.detach()), seed)


def through_numpy(seed=0):
    """Sorted with NumPy and wrapped again."""
    import numpy as np
    import torch

    torch.manual_seed(seed)
    return _setup(_cutting(lambda h: torch.tensor(np.sort(h.detach().numpy(), axis=1))), seed)


def layers_in_a_plain_list(seed=0):
    """A list for a ModuleList: parameters() does not see it."""
    import torch
    from torch import nn

    torch.manual_seed(seed)

    class Listed(nn.Module):
        def __init__(self):
            super().__init__()
            self.hidden = [nn.Linear(2, 16), nn.Linear(16, 16)]
            self.last = nn.Linear(16, 2)

        def forward(self, x):
            for layer in self.hidden:
                x = torch.relu(layer(x))
            return self.last(x)

    return _setup(Listed(), seed)


def head_exchanged_afterwards(seed=0):
    """The last layer was exchanged for the new classes after the optimizer had been made."""
    import torch

    model = _sequential(seed)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    model[2] = torch.nn.Linear(16, 2)
    return _setup(model, seed, optimizer)


def only_the_head(seed=0):
    """Fine-tuning was meant for later; the other layers still ask for gradients."""
    import torch

    model = _sequential(seed)
    return _setup(model, seed, torch.optim.SGD(model[2].parameters(), lr=0.5))


def _loop(model, optimizer, seed, *, zero_first, zero_between, stepping=True):
    import torch

    x, t = _batch(seed)

    def step():
        if zero_first:
            optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(model(x), t)
        loss.backward()
        if zero_between:
            optimizer.zero_grad()
        if stepping:
            optimizer.step()
        return loss

    return step


def no_zero_grad(seed=0):
    """The one line that everybody forgets once."""
    import torch

    model = _sequential(seed)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    return _setup(model, seed, optimizer, _loop(model, optimizer, seed, zero_first=False, zero_between=False))


def zero_grad_between(seed=0):
    """zero_grad after backward."""
    import torch

    model = _sequential(seed)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    return _setup(model, seed, optimizer, _loop(model, optimizer, seed, zero_first=False, zero_between=True))


def never_stepped(seed=0):
    """A scheduler is stepped, the optimizer is not."""
    import torch

    model = _sequential(seed)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    return _setup(
        model, seed, optimizer, _loop(model, optimizer, seed, zero_first=True, zero_between=False, stepping=False)
    )


def scheduler_to_zero(seed=0):
    """A linear schedule whose number of steps is 0."""
    import torch

    model = _sequential(seed)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: max(0.0, 1 - (step + 1) / 1))
    return _setup(model, seed, optimizer)


def softmax_twice(seed=0):
    """Softmax as the last layer of a model for CrossEntropyLoss."""
    import torch

    return _setup(_sequential(seed, torch.nn.Softmax(dim=-1)), seed)


def wrong_custom_function(seed=0):
    """A function of one's own with a backward that forgets the slope."""
    import torch
    from torch import nn

    class Square(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * x

        @staticmethod
        def backward(ctx, y_bar):
            (x,) = ctx.saved_tensors
            return x * y_bar

    class Squaring(nn.Module):
        def forward(self, x):
            return Square.apply(x)

    torch.manual_seed(seed)
    return _setup(nn.Sequential(nn.Linear(2, 16), Squaring(), nn.Linear(16, 2)), seed)


def half_weights(seed=0):
    """Weights in bfloat16 with the learning rate of float32."""
    import torch

    torch.manual_seed(seed)
    model = torch.nn.Linear(2, 2).to(torch.bfloat16)
    with torch.no_grad():
        model.weight.add_(4), model.bias.add_(4)
    x, t = _batch(seed)
    return _setup(model, seed, torch.optim.SGD(model.parameters(), lr=1e-4), batch=(x.to(torch.bfloat16), t))


def dead_relu(seed=0):
    """A bias far below 0."""
    import torch

    model = _sequential(seed)
    with torch.no_grad():
        model[0].bias.fill_(-10)
    return _setup(model, seed)


def broadcast_regression(seed=0):
    """Outputs (64, 1), targets (64,)."""
    import torch
    from torch import nn

    torch.manual_seed(seed)
    model = nn.Sequential(nn.Linear(2, 16), nn.Tanh(), nn.Linear(16, 1))
    return _setup(model, seed, loss=lambda y, t: ((y - t) ** 2).mean(), batch=_batch(seed, regression=True))
