"""Stand-ins for packages that a user's file imports and that are not installed here.

A plotting import at the top of a file is no reason not to check the layers in it. While the file is being
imported a stand-in lets everything pass; afterwards looking at it is still free, and using it raises.
"""

from __future__ import annotations

import dis
import sys
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Never, TypeVar

from gradcheck.errors import GradcheckError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

# Modules of Python 2's standard library: advice to install them would send a person nowhere.
PYTHON_2_MODULES = frozenset(
    {"ConfigParser", "Queue", "StringIO", "Tkinter", "__builtin__", "cPickle", "cStringIO", "urllib2", "urlparse"}
)

Answer = TypeVar("Answer")

_lenient: ContextVar[bool] = ContextVar("_lenient", default=False)


class MissingPackageError(GradcheckError, ModuleNotFoundError):
    """A package that is used and not installed; `name` is what to install."""


#: The instruction by which Python takes a sequence apart into names; its argument says into how many.
UNPACKING = dis.opmap["UNPACK_SEQUENCE"]


@contextmanager
def lenient() -> Iterator[None]:
    """Let placeholders be called and computed with, as the import of a file needs it."""
    token = _lenient.set(True)
    try:
        yield
    finally:
        _lenient.reset(token)


class Placeholder:
    """A package, or anything inside it, that is not installed.

    Args:
        package: What is missing, as the user would install it.
        why: The end of "needs `package`, which ...".
        path: Dotted name of this very thing.
    """

    __slots__ = ("_package", "_path", "_why")

    _package: str
    _path: str
    _why: str
    __all__ = ()  # `from package import *` brings nothing

    def __init__(self, package: str, why: str, path: str) -> None:
        object.__setattr__(self, "_package", package)
        object.__setattr__(self, "_why", why)
        object.__setattr__(self, "_path", path)

    def __getattr__(self, name: str) -> Placeholder:
        # Protocols are asked for by dunder; a stand-in that answered them all would pass for an array.
        if name.startswith("__") and name.endswith("__") and name != "__version__":
            raise AttributeError(name)
        return Placeholder(self._package, self._why, f"{self._path}.{name}")

    def __repr__(self) -> str:
        return f"<{self._path}, which {self._why}>"

    def __mro_entries__(self, bases: tuple[object, ...]) -> tuple[type]:
        return (self._base(),)

    def __instancecheck__(self, instance: object) -> bool:
        return False

    def __subclasscheck__(self, subclass: type) -> bool:
        return False

    def __deepcopy__(self, memory: object) -> Placeholder:
        return self

    def __setattr__(self, name: str, value: object) -> None:
        self._only_in_import(answer=None)

    def __bool__(self) -> bool:
        return self._only_in_import(answer=False)

    def __len__(self) -> int:
        return self._only_in_import(answer=0)

    def __iter__(self) -> Iterator[Any]:
        # `figure, axes = plt.subplots()` wants as many as it has names for.
        return self._only_in_import(answer=iter([self] * _names_to_fill(sys._getframe(1))))  # noqa: SLF001

    def __contains__(self, item: object) -> bool:
        return self._only_in_import(answer=False)

    def __exit__(self, *raised: object) -> None:
        return None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Placeholder) and other._path == self._path

    def __hash__(self) -> int:
        return hash(self._path)

    def _use(self, *arguments: object, **keywords: object) -> Any:
        del arguments, keywords
        return self._only_in_import(answer=self)

    def _convert(self, *arguments: object, **keywords: object) -> Never:
        # A number or an array cannot be made up, not even in an import.
        del arguments, keywords
        raise self._missing()

    __call__ = __enter__ = __getitem__ = __setitem__ = __delitem__ = _use
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = _use
    __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = __pow__ = __rpow__ = __matmul__ = __rmatmul__ = _use
    __and__ = __rand__ = __or__ = __ror__ = __xor__ = __rxor__ = __lshift__ = __rshift__ = _use
    __neg__ = __pos__ = __abs__ = __invert__ = __lt__ = __le__ = __gt__ = __ge__ = _use
    __int__ = __float__ = __complex__ = __index__ = __array__ = _convert

    def _only_in_import(self, *, answer: Answer) -> Answer:
        if _lenient.get():
            return answer
        raise self._missing()

    def _missing(self) -> MissingPackageError:
        return MissingPackageError(f"needs `{self._package}`, which {self._why}", name=self._package)

    def _base(self) -> type:
        def refuse(cls: type, *arguments: object, **keywords: object) -> Any:
            del cls
            return self._use(*arguments, **keywords)

        def accept(**keywords: object) -> None:
            # Keywords of a class statement are meant for the real base.
            del keywords

        namespace = {"__new__": refuse, "__init_subclass__": staticmethod(accept), "__module__": __name__}
        return type(self._path.rpartition(".")[2], (), namespace)


def _names_to_fill(frame: FrameType) -> int:
    """How many names the statement that a frame is at takes something apart into, 0 where it does not."""
    code, place = frame.f_code.co_code, frame.f_lasti
    return code[place + 1] if code[place] == UNPACKING else 0
