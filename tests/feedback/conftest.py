"""The city of the tests of cases, for objections and corrections too."""

from __future__ import annotations

from tests.cases.city import city, make_city, portal

__all__ = ["city", "make_city", "portal"]
