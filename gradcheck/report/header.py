"""What a run says before it begins."""

from __future__ import annotations

import importlib.util


def missing_oracle() -> str:
    """What installing torch would add, "" where it is installed; it is looked for, not imported."""
    if importlib.util.find_spec("torch") is not None:
        return ""
    return "judged by finite differences; pip install 'gradcheck[torch]' adds an exact oracle for every entry"
