"""What NumPy hands to a traced array's protocols, run in torch: the recorder behind the arrays of one trace."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcheck.tracing import arranging, elementwise, indexing, reductions
from gradcheck.tracing.array import Traced
from gradcheck.tracing.functions import functions, untraced
from gradcheck.tracing.structure import holds
from gradcheck.tracing.tape import Tape
from gradcheck.tracing.writing import deliver


class Trace(Tape):
    """A tape with the functions it understands."""

    def __init__(self, torch: Any, *, copies: bool) -> None:
        super().__init__(torch, copies=copies)
        self._ufuncs = elementwise.table(torch)
        self._functions = functions()

    def on_ufunc(self, ufunc: np.ufunc, method: str, inputs: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        """Run a ufunc or one of its methods."""
        name = ufunc.__name__
        out = keywords.pop("out", None)
        if method == "at":
            return self._at(name, inputs)
        if not any(type(value) is Traced for value in inputs):
            return self._plain_into(getattr(ufunc, method)(*inputs, **keywords), out)
        if method == "reduce" and name in elementwise.REDUCTIONS:
            return self._reduce(name, inputs, keywords, out)
        if method == "accumulate" and name in elementwise.ACCUMULATIONS:
            keywords.setdefault("axis", 0)
            return reductions.cumulative(self, elementwise.ACCUMULATIONS[name], *inputs, out=out, **keywords)
        if method == "outer":
            first, second = inputs
            first = first[(..., *(None for _ in range(np.ndim(second))))]
            return self._call(ufunc, (first, second), keywords, out)
        if method != "__call__":
            self.refuse(f"np.{name}.{method} of a traced array")
        return self._call(ufunc, inputs, keywords, out)

    def on_function(self, function: Any, positional: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        """Run a function of NumPy's namespace."""
        run = self._functions.get(function)
        if run is None:
            module = (getattr(function, "__module__", "") or "numpy").replace("numpy", "np")
            self.refuse(f"{module}.{getattr(function, '__name__', function)} is not traced")
        return run(self, *positional, **keywords)

    def on_method(self, name: str, array: Traced, positional: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        """Run what is an operation on arrays but no function of the same arguments."""
        if name == "getitem":
            return indexing.getitem(self, array, *positional)
        if name == "setitem":
            return self._setitem(array, *positional)
        if name == "reshape":
            return arranging.reshape(self, array, *positional, **keywords)
        if name == "transpose":
            return arranging.transpose(self, array, *positional)
        if name == "astype":
            return self._astype(array, *positional, **keywords)
        return self._view(array, *positional, **keywords)

    def _call(self, ufunc: np.ufunc, inputs: tuple[Any, ...], keywords: dict[str, Any], out: Any) -> Any:
        name = ufunc.__name__
        where, dtype = keywords.pop("where", True), keywords.pop("dtype", None)
        for harmless in ("casting", "order", "subok"):
            keywords.pop(harmless, None)
        if keywords:
            self.refuse(f"np.{name} with {next(iter(keywords))}=")
        inputs = tuple(self._listed(value) for value in inputs)
        if name in elementwise.PLAIN:
            return self._plain_into(ufunc(*(untraced(value) for value in inputs), where=where), out)
        run = self._ufuncs.get(name)
        if run is None or ufunc.__name__.endswith("(vectorized)"):
            self.refuse(f"the ufunc {name} is not traced")
        result = run(*self.operands(inputs, dtype))
        if isinstance(result, tuple):
            outs = out or (None,) * len(result)
            return tuple(deliver(self, self.wrap(part), place) for part, place in zip(result, outs, strict=True))
        if where is not True:
            result = self._partly(result, where, out)
        return deliver(self, self.wrap(result), out)

    def _partly(self, result: Any, where: Any, out: Any) -> Any:
        if out is None:
            self.refuse("where= without out= leaves values that were never set")
        before = self.tensor(out[0], self.dtype_of(result))
        return self.torch.where(self.constant(untraced(where)), result, before)

    def _listed(self, value: Any) -> Any:
        return self._joined(value) if isinstance(value, (list, tuple)) and holds(value) else value

    def _joined(self, value: Any) -> Any:
        if isinstance(value, (list, tuple)) and holds(value):
            return arranging.stack(self, [self._joined(item) for item in value])
        return value

    def joined(self, value: Any) -> Any:
        """Nested lists of traced rows and numbers as one array."""
        return self._joined(value)

    def _reduce(self, name: str, inputs: tuple[Any, ...], keywords: dict[str, Any], out: Any) -> Any:
        keywords.setdefault("axis", 0)
        kind = elementwise.REDUCTIONS[name]
        if kind in {"all", "any"}:
            function: Any = getattr(np, kind)
            keywords.pop("dtype", None)
            return self._plain_into(function(untraced(inputs[0]), **keywords), out)
        if kind == "logsumexp":
            return reductions.logsumexp(self, *inputs, keywords["axis"], keywords.get("keepdims", False), out)
        run = {"sum": reductions.total, "prod": reductions.product, "max": reductions.maximum,
               "min": reductions.minimum}[kind]  # fmt: skip
        return run(self, *inputs, out=out, **keywords)

    def _at(self, name: str, inputs: tuple[Any, ...]) -> None:
        if name not in {"add", "subtract"} or len(inputs) != 3:
            self.refuse(f"np.{name}.at of a traced array")
        indexing.add_at(self, *inputs, sign=1.0 if name == "add" else -1.0)

    def _setitem(self, array: Traced, key: Any, value: Any) -> None:
        indexing.setitem(self, array, key, self._listed(value))

    def _plain_into(self, result: Any, out: Any) -> Any:
        return deliver(self, result, out)

    def _astype(
        self, array: Traced, dtype: Any, order: Any = "K", casting: Any = "unsafe", subok: Any = True, copy: Any = True
    ) -> Any:
        kind = np.dtype(dtype)
        if kind in self.floating:
            if kind == array.dtype:
                return array.copy() if copy else array
            return Traced(self.tensor(array, kind), self, is_scalar=array.is_scalar)
        if kind.kind not in "biu":
            self.refuse(f"`.astype({kind})` of a traced array")
        return untraced(array).astype(kind)

    def _view(self, array: Traced, *arguments: Any, **keywords: Any) -> Any:
        given = [value for value in (*arguments, *keywords.values()) if value is not np.ndarray]
        if any(np.dtype(value) != array.dtype for value in given):
            self.refuse("`.view` of a traced array as another dtype or class")
        return Traced(array.tensor.view(array.tensor.shape), self)
