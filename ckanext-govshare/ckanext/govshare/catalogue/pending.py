"""Class and condition of a published entry wait for the authority where the regulation says so.

Yunnan art. 17: a change that alters sharing requirements or conditions is reported to the Office
for review, and the sharing catalogue is adjusted once it passed.
"""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.govshare.rules import profiles

from .reading import Flat, text

WATCHED = ("share_class", "share_condition", "use_requirements")
#: Set in the context by the one who writes what the authority approved.
APPROVED = "govshare_change_approved"


def problems(data: Flat, context: Any) -> list[tuple[str, str]]:
    """A direct edit of what must be reviewed first; says where to ask."""
    package, clock = context.get("package"), profiles.site().clock("share", "attribute_change")
    if clock is None or package is None or context.get(APPROVED) or not published(package.id):
        return []
    altered = [
        name for name in WATCHED
        if (name,) in data and text(data, name) != (package.extras.get(name) or "").strip()
    ]
    words = tk._("The class stays as it is until the authority has passed the change: ask for it")
    return [(name, f"{words} [{clock.limit_wd.rule}]") for name in altered]


def published(dataset_id: str) -> bool:
    found = model.Session.execute(
        sa.text("select from govshare_publication where dataset_id = :id and state = 'published'"),
        {"id": dataset_id},
    )
    return found.first() is not None

