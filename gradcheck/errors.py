"""The exceptions gradcheck raises.

A wrong gradient is an assertion failure; a wrong call or a wrong setting never is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gradcheck.types import Report


class GradcheckError(Exception):
    """The base of every exception gradcheck raises on purpose."""


class UsageError(GradcheckError, ValueError):
    """An argument that gradcheck cannot work with; the message names it and what is valid."""


class ConfigurationError(UsageError):
    """A setting that is misspelt or of the wrong type; the message names key, file and the nearest valid one."""


class ExtensionError(GradcheckError, TypeError):
    """A module in an extension folder that does not export the constant the folder asks for."""


class LoadError(GradcheckError):
    """A file of the user's that could not be imported; the message names the file, the reason and the remedy."""


class BuildError(GradcheckError):
    """A layer that could not be constructed or run; carries the reason and the lines that would mend it.

    Args:
        reason: One line, what failed and where.
        remedy: Lines a person can paste, or none.
    """

    def __init__(self, reason: str, remedy: tuple[str, ...] = ()) -> None:
        super().__init__(reason)
        self.reason = reason
        self.remedy = remedy


class GradientMismatchError(GradcheckError, AssertionError):
    """A gradient that is wrong; `report` holds every result, failed or not."""

    def __init__(self, message: str, report: Report | None = None) -> None:
        super().__init__(message)
        self.report = report
