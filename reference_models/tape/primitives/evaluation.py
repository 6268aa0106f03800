"""What a primitive answers with: its value, and how cotangents go back through it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

Pullback = Callable[[np.ndarray], np.ndarray]
Evaluation = tuple[np.ndarray, Sequence[Pullback]]
