"""Every test here lives in the small city."""

from __future__ import annotations

from tests.cases.city import city, make_city, portal

__all__ = ["city", "make_city", "portal"]
