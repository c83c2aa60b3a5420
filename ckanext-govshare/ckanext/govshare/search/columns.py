"""Names of the columns of released data, to be searched with the dataset.

Values are not indexed: no release says that they may be.
"""

from __future__ import annotations

from collections.abc import Iterable

import ckan.plugins as p
import sqlalchemy as sa
from ckan import model

# What the gate describes to anybody: nothing of a non-open release or dataset.
COLUMNS = sa.text("""
    select columns.value ->> 'name'
    from govshare_release l
    join resource r on r.id = l.resource_id and r.package_id = l.dataset_id and r.state = 'active'
    join package p on p.id = r.package_id,
    jsonb_array_elements(l.columns) with ordinality as columns(value, place)
    where l.resource_id = any(:ids) and l.state = 'released'
      and l.open_class in ('unconditional', 'conditional')
      and p.extras ->> 'open_class' in ('unconditional', 'conditional')
    order by r.position, columns.place
    limit :most
""")
MOST = 2_000


def names(resource_ids: Iterable[str]) -> list[str]:
    """The names of the columns in these resources' live releases."""
    ids = list(resource_ids)
    if not ids or not p.plugin_loaded("govshare_release"):
        return []
    found = model.Session.scalars(COLUMNS, {"ids": ids, "most": MOST})
    return list(dict.fromkeys(name for name in found if name))
