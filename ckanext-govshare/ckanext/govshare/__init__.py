"""govshare: an open-data publishing portal for a Chinese city or province, on CKAN."""

from __future__ import annotations

from pathlib import Path

__version__ = "0.1.0"


def config_dir() -> Path:
    """The folder `config/`: inside this package in a wheel, else at the top of the checkout."""
    here = Path(__file__).resolve().parent
    inside = here / "config"
    return inside if inside.is_dir() else here.parents[2] / "config"
