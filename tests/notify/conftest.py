"""The small city of the cases, for messages."""

from __future__ import annotations

from tests.cases.city import at, city, make_city, portal, under

__all__ = ["at", "city", "make_city", "portal", "under"]
