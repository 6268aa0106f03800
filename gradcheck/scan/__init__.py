"""The static half: reads source and tells where a gradient is lost; imports and runs nothing of the user's."""

from __future__ import annotations

#: The folder whose modules are the formats.
FORMATS = "gradcheck.scan.render"
