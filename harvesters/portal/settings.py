"""The settings of a portal source."""

from __future__ import annotations

from pydantic import Field

from harvesters.settings import Settings


class PortalSettings(Settings):
    """`query`: which of the portal's datasets (CKAN's `fq`); `files`: whether their files come
    along, or the catalogue entry alone; `rate`: requests a second; `seconds`: for one answer."""

    query: str = ""
    files: bool = True
    rate: float = Field(5, gt=0, le=1000)
    seconds: float = Field(120, gt=0, le=3600)
