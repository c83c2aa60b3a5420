"""The city of the tests of cases, with an operator."""

from __future__ import annotations

from tests.cases.city import at, city, make_city, portal, under

__all__ = ["at", "city", "make_city", "portal", "under"]
