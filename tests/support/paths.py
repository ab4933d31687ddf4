"""Where the checkout lies."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FROM_CHECKOUT = {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")])}
"""Environment of a process that imports the checkout, and what tests share."""
