"""`python -m reference_models.train`."""

from __future__ import annotations

import sys

from reference_models.train.command import main

if __name__ == "__main__":
    sys.exit(main())
