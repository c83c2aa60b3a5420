"""Arrow's compute functions. They are made at import time, so a type checker cannot see them."""

from __future__ import annotations

from typing import Any

import pyarrow.compute

compute: Any = pyarrow.compute
