"""The statement that computes a gradient, by following names back through the source of a class."""

from __future__ import annotations

import ast
import functools
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gradcheck.source.stores import Store, place_of, statements, stores_in

Function = ast.FunctionDef | ast.AsyncFunctionDef

#: Names followed one after another before the trail is given up.
LONGEST_TRAIL = 8
#: Methods that hand on the numbers they are called on: `dx.reshape(shape)`, `np.asarray(dx)`.
_HANDING_ON = frozenset(
    {"reshape", "copy", "astype", "squeeze", "ravel", "flatten", "asarray", "array", "contiguous", "view", "clone"}
)
_RATES = ("lr", "rate", "eta", "alpha", "step_size")


@dataclass(frozen=True, slots=True, kw_only=True)
class Blamed:
    """A statement.

    Attributes:
        line, end_line: 1-based.
        source: Its lines, dedented.
        reason: Why it is the one, one phrase.
        function: Name of the method it is in.
    """

    line: int
    end_line: int
    source: tuple[str, ...]
    reason: str
    function: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Backward:
    """A backward pass as written.

    Attributes:
        text: The file's text.
        function: The method.
        methods: The methods of its class, by name.
    """

    text: str
    function: Function
    methods: dict[str, Function]

    @property
    def own(self) -> str:
        """What the method calls its object."""
        return self.function.args.args[0].arg if self.function.args.args else "self"

    @property
    def places(self) -> tuple[str, ...]:
        """What it, or a method of its own that it calls, stores on its object, each once."""
        return tuple(dict.fromkeys(store.place for f in self._reached() for store in stores_in(f) if store.is_own))

    @property
    def returned(self) -> tuple[str, ...]:
        """What it returns, one word each: a name, or "" for an expression."""
        values = self._returned()
        return tuple(value.id if isinstance(value, ast.Name) else "" for value in values)

    def stored(self, place: str) -> Blamed | None:
        """The statement that computes what ends in a place of the object's."""
        for function in self._reached():
            written = [store for store in stores_in(function) if store.is_own and store.place == place]
            if chosen := _last(written):
                return self._traced(chosen, function, f"stores {self.own}.{place}")
        return None

    def returned_at(self, position: int) -> Blamed | None:
        """The statement that computes an element of what is returned."""
        values = self._returned()
        if position >= len(values):
            return None
        last = _returns(self.function)[-1]
        store = Store(place="", is_own=False, value=values[position], statement=last)
        return self._traced(store, self.function, "returned" if len(values) == 1 else f"returned as number {position}")

    def _returned(self) -> Sequence[ast.expr]:
        returns = _returns(self.function)
        value = returns[-1].value if returns else None
        if value is None:
            return ()
        return value.elts if isinstance(value, ast.Tuple) else (value,)

    def _reached(self) -> list[Function]:
        """The method, and those of its class that it calls."""
        names = [
            node.func.attr for node in ast.walk(self.function)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name) and node.func.value.id == self.own
        ]  # fmt: skip
        called = [self.methods[name] for name in dict.fromkeys(names) if name in self.methods]
        return [self.function, *(one for one in called if one is not self.function)]

    def _traced(self, store: Store, function: Function, reason: str) -> Blamed:
        """Follow names from what is stored to where it is computed."""
        statement, value, position = store.statement, store.value, store.position
        for _ in range(LONGEST_TRAIL):
            helper = self._helper(value)
            if helper is not None and (ends := _returns(helper)) and ends[-1].value is not None:
                answer = ends[-1].value
                if isinstance(answer, ast.Tuple) and position is not None and position < len(answer.elts):
                    answer = answer.elts[position]
                function, statement, value, position = helper, ends[-1], answer, None
                continue
            followed = self._followed(value, statement, function)
            if followed is None:
                break
            statement, value, position = followed.statement, followed.value, followed.position
        return self._blamed(statement, function, reason)

    def _followed(self, value: ast.expr, statement: ast.stmt, function: Function) -> Store | None:
        """The last statement that wrote what an expression only hands on."""
        name = _handed_on(value, self.own) or _stepped_by(statement, function, self.own)
        if name is None:
            return None
        written = [s for s in stores_in(function) if s.place == name and s.statement.lineno <= statement.lineno]
        chosen = _last([s for s in written if s.statement is not statement])
        return None if chosen is None or chosen.prepares else chosen

    def _helper(self, value: ast.expr) -> Function | None:
        if not isinstance(value, ast.Call) or not isinstance(value.func, ast.Attribute):
            return None
        owner = value.func.value
        is_own = isinstance(owner, ast.Name) and owner.id == self.own
        return self.methods.get(value.func.attr) if is_own else None

    def _blamed(self, statement: ast.stmt, function: Function, reason: str) -> Blamed:
        end = statement.end_lineno or statement.lineno
        lines = self.text.split("\n")[statement.lineno - 1 : end]
        source = textwrap.dedent("\n".join(lines)).split("\n")
        return Blamed(
            line=statement.lineno, end_line=end, source=tuple(source), reason=reason, function=function.name
        )  # fmt: skip


@functools.lru_cache(maxsize=4)
def _tree(text: str) -> ast.Module | None:
    # Layers of one file are asked about one after another.
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return None


def read(text: str, line: int) -> Backward | None:
    """The method or function whose `def` stands on a line; None where there is none or the text does not parse.

    Args:
        text: A file's text.
        line: 1-based.
    """
    tree = _tree(text)
    if tree is None:
        return None
    for cls in (node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)):
        methods = {node.name: node for node in cls.body if isinstance(node, Function)}
        for function in methods.values():
            starts = {function.lineno, *(decorator.lineno for decorator in function.decorator_list)}
            if line in starts:
                return Backward(text=text, function=function, methods=methods)
    alone = next((node for node in tree.body if isinstance(node, Function) and node.lineno == line), None)
    return Backward(text=text, function=alone, methods={}) if alone is not None else None


def find(backward: Backward, choose: Callable[[Sequence[str]], Sequence[str]], position: int | None) -> Blamed | None:
    """The statement that computes one gradient.

    Args:
        backward: The backward pass.
        choose: Places -> those that by name hold the gradient, the likeliest first.
        position: Its place among what is returned, where it has no name there; None for a parameter.
    """
    returned = [name for name in backward.returned if name]
    if chosen := choose(returned):
        return backward.returned_at(backward.returned.index(chosen[0]))
    own = choose(backward.places)
    if own and (found := backward.stored(own[0])):
        return found
    return backward.returned_at(position) if position is not None else None


def _last(written: Sequence[Store]) -> Store | None:
    """The statement that computes what a place holds in the end: the last that does more than make room."""
    computing = [store for store in written if not store.prepares]
    return next(reversed(computing or list(written)), None)


def _returns(function: Function) -> list[ast.Return]:
    return [s for s in statements(function) if isinstance(s, ast.Return) and s.value is not None]


def _handed_on(value: ast.expr, own: str) -> str | None:
    """The name or place of which an expression is no more than another form."""
    if isinstance(value, ast.Name):
        return value.id
    if isinstance(value, ast.Attribute) and value.attr != "T" and (found := place_of(value, own)):
        return found[0] if found[1] else None
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr in _HANDING_ON:
        inner = value.args[0] if value.func.attr in {"asarray", "array"} and value.args else value.func.value
        return _handed_on(inner, own)
    return None


def _stepped_by(statement: ast.stmt, function: Function, own: str) -> str | None:
    """The name of the gradient in `self.W -= rate * dW`, where the statement computes nothing else."""
    value = _step(statement)
    if value is None or any(isinstance(node, ast.Call) or _is_product(node) for node in ast.walk(value)):
        return None
    arguments = {argument.arg for argument in function.args.args}
    local = {store.place for store in stores_in(function) if not store.is_own} - arguments
    named = [node.id for node in ast.walk(value) if isinstance(node, ast.Name) and node.id in local]
    moved = {place[0] for t in _targets(statement) if (place := place_of(t, own))}
    steps = [name for name in named if not name.lower().endswith(_RATES) and name not in moved]
    return steps[-1] if len(set(steps)) == 1 and any(place_of(t, own) for t in _targets(statement)) else None


def _step(statement: ast.stmt) -> ast.expr | None:
    """What is added or taken away in `W -= step` and `W = W - step`, None for any other statement."""
    if isinstance(statement, ast.AugAssign):
        return statement.value if isinstance(statement.op, ast.Add | ast.Sub) else None
    if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.BinOp) and len(statement.targets) == 1:
        value, same = statement.value, ast.unparse(statement.targets[0])
        if isinstance(value.op, ast.Add | ast.Sub) and ast.unparse(value.left) == same:
            return value.right
    return None


def _targets(statement: ast.stmt) -> Sequence[ast.expr]:
    if isinstance(statement, ast.Assign):
        return statement.targets
    return (statement.target,) if isinstance(statement, ast.AugAssign) else ()


def _is_product(node: ast.AST) -> bool:
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult)
