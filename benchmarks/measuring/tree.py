"""A generated repository to be searched for layers."""

from __future__ import annotations

from pathlib import Path

#: Lines of ordinary code per file, about.
FUNCTIONS = 12
ORDINARY = '''\
def step_{n}(items, limit={n}):
    """Collect what is below a limit, with its position."""
    found = {{}}
    for position, item in enumerate(items):
        if item is None or item.value >= limit:
            continue
        found[item.name] = (position, item.value * {n})
    return sorted(found.items(), key=lambda pair: pair[1])


'''
LAYER = '''\
class Layer{n}:
    """A fully connected layer."""

    def __init__(self, in_features, out_features):
        self.W = np.random.randn(in_features, out_features)
        self.b = np.zeros(out_features)

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        self.dW = self.x.T @ dout
        self.db = dout.sum(axis=0)
        return dout @ self.W.T


'''


def plant(root: Path, files: int, *, every: int) -> None:
    """Write a package of that many modules; one in `every` defines a layer."""
    (root / "pyproject.toml").write_text("", encoding="utf-8")
    for number in range(files):
        folder = root / "package" / f"part_{number % 40:02}"
        folder.mkdir(parents=True, exist_ok=True)
        functions = "".join(ORDINARY.format(n=n) for n in range(FUNCTIONS))
        layer = LAYER.format(n=number) if number % every == 0 else ""
        text = f"import numpy as np\n\n\n{functions}{layer}"
        (folder / f"module_{number:04}.py").write_text(text, encoding="utf-8")
