"""What is known of the whole project; rules ask it, and what was asked is remembered."""

from __future__ import annotations


class Project:
    """Facts across files."""
