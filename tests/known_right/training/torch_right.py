"""Trainings in torch without a mistake, some of them near to one; torch is imported where it is used."""

from reference_models.data.spirals import spirals

LEDGER = (
    "mlp", "frozen_first_layer", "images", "encoder_layer", "scheduled", "micro_batches", "unused_head", "regression",
    "binary", "recurrent", "in_double", "large_decay", "shared_weight",
)  # fmt: skip


def _batch(seed):
    import torch

    x, t = spirals(64, seed=seed)
    torch.manual_seed(seed)
    return torch.tensor(x, dtype=torch.float32), torch.tensor(t)


def _setup(model, batch, optimizer=None, loss=None, step=None):
    import torch

    found = {
        "model": model, "loss": loss or torch.nn.CrossEntropyLoss(), "batch": batch,
        "optimizer": optimizer or torch.optim.Adam(model.parameters(), lr=0.02),
    }  # fmt: skip
    return found if step is None else {**found, "step": step}


def _mlp():
    from torch import nn

    return nn.Sequential(nn.Linear(2, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 2))


def mlp(seed=0):
    """The plainest of all."""
    batch = _batch(seed)
    return _setup(_mlp(), batch)


def frozen_first_layer(seed=0):
    """requires_grad is off on purpose."""
    batch, model = _batch(seed), _mlp()
    model[0].requires_grad_(False)
    return _setup(model, batch)


def images(seed=0):
    """Convolution, BatchNorm, dropout; a bias before BatchNorm."""
    import torch
    from torch import nn

    torch.manual_seed(seed)
    model = nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(2), nn.Dropout(0.2), nn.Flatten(),
        nn.Linear(128, 5),
    )  # fmt: skip
    return _setup(model, (torch.rand(16, 1, 8, 8), torch.randint(0, 5, (16,))))


def encoder_layer(seed=0):
    """Attention: its key bias has no gradient but rounding."""
    import torch
    from torch import nn

    torch.manual_seed(seed)

    class Classifier(nn.Module):
        def __init__(self):
            super().__init__()
            self.embedding, self.last = nn.Embedding(20, 16), nn.Linear(16, 3)
            self.layer = nn.TransformerEncoderLayer(16, 2, 32, dropout=0.1, batch_first=True)

        def forward(self, tokens):
            return self.last(self.layer(self.embedding(tokens)).mean(dim=1))

    model = Classifier()
    batch = torch.randint(0, 20, (16, 7)), torch.randint(0, 3, (16,))
    return _setup(model, batch, torch.optim.AdamW(model.parameters(), lr=3e-3))


def scheduled(seed=0):
    """Warm-up from 0, momentum, clipping."""
    import torch

    batch, model = _batch(seed), _mlp()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.2, momentum=0.9)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: min(1.0, step / 10))

    def step():
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(model(batch[0]), batch[1]).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 0.5)
        optimizer.step()
        schedule.step()

    return _setup(model, batch, optimizer, step=step)


def micro_batches(seed=0):
    """Two backwards before each step add up, on purpose."""
    import torch

    (x, t), model = _batch(seed), _mlp()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)

    def step():
        optimizer.zero_grad()
        for half in (slice(0, 32), slice(32, 64)):
            (torch.nn.functional.cross_entropy(model(x[half]), t[half]) / 2).backward()
        optimizer.step()

    return _setup(model, (x, t), optimizer, step=step)


def unused_head(seed=0):
    """A head for another task has no gradient here."""
    import torch
    from torch import nn

    batch = _batch(seed)

    class Heads(nn.Module):
        def __init__(self):
            super().__init__()
            self.body, self.here, self.elsewhere = nn.Linear(2, 32), nn.Linear(32, 2), nn.Linear(32, 7)

        def forward(self, x):
            return self.here(torch.tanh(self.body(x)))

    return _setup(Heads(), batch)


def regression(seed=0):
    """One output and one target per row, in one shape."""
    import torch
    from torch import nn

    x, _ = _batch(seed)
    model = nn.Sequential(nn.Linear(2, 32), nn.Tanh(), nn.Linear(32, 1))
    return _setup(model, (x, torch.sin(3 * x[:, :1])), loss=nn.MSELoss())


def binary(seed=0):
    """One logit per row."""
    from torch import nn

    x, t = _batch(seed)
    model = nn.Sequential(nn.Linear(2, 32), nn.GELU(), nn.Linear(32, 1), nn.Flatten(0))
    return _setup(model, (x, t.float()), loss=nn.BCEWithLogitsLoss())


def recurrent(seed=0):
    """An LSTM and its last state."""
    import torch
    from torch import nn

    torch.manual_seed(seed)

    class Reader(nn.Module):
        def __init__(self):
            super().__init__()
            self.cell, self.last = nn.LSTM(3, 16, batch_first=True), nn.Linear(16, 2)

        def forward(self, x):
            return self.last(self.cell(x)[0][:, -1])

    return _setup(Reader(), (torch.randn(16, 6, 3), torch.randint(0, 2, (16,))))


def in_double(seed=0):
    """float64, L-BFGS left aside."""
    x, t = _batch(seed)
    return _setup(_mlp().double(), (x.double(), t))


def large_decay(seed=0):
    """Weight decay that pulls harder than the gradient does."""
    import torch

    batch, model = _batch(seed), _mlp()
    return _setup(model, batch, torch.optim.AdamW(model.parameters(), lr=0.01, weight_decay=1.0))


def shared_weight(seed=0):
    """Two layers of one weight."""
    import torch
    from torch import nn

    torch.manual_seed(seed)

    class Tied(nn.Module):
        def __init__(self):
            super().__init__()
            self.table, self.middle = nn.Embedding(12, 16), nn.Linear(16, 16)
            self.out = nn.Linear(16, 12, bias=False)
            self.out.weight = self.table.weight

        def forward(self, tokens):
            return self.out(torch.tanh(self.middle(self.table(tokens))))

    tokens = torch.randint(0, 12, (8, 6))

    def loss(logits, targets):
        return torch.nn.functional.cross_entropy(logits.reshape(-1, 12), targets.reshape(-1))

    return _setup(Tied(), (tokens[:, :-1], tokens[:, 1:]), loss=loss)
