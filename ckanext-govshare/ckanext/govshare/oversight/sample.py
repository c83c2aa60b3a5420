"""Draw the sample of a random check (随机抽查, ZS 36), by a seed that draws it again."""

from __future__ import annotations

import secrets
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit as tk

MOST = 500

# The order is the hash of the seed and the id: random, and the same whenever it is looked at again.
SOURCES = {
    "datasets": """
        select id, name from package
        where type = 'dataset' and state = 'active' and owner_org = :org
        order by md5(:seed || id) limit :size
    """,
    "cases": """
        select id, number from govshare_case where org_id = :org and number is not null
        order by md5(:seed || id) limit :size
    """,
}


def draw(of: str, size: int, org_id: str | None, seed: str | None = None) -> dict[str, Any]:
    """`{"seed", "of", "items": [{"id", "name"}]}`; fewer than `size` where there are fewer.

    :raises tk.ValidationError: the size is none
    """
    if not 1 <= size <= MOST:
        raise tk.ValidationError(
            {"sample_size": [tk._("Draw between 1 and {n}.").format(n=MOST)]}
        )
    seed = seed or secrets.token_hex(8)
    rows = model.Session.execute(
        sa.text(SOURCES[of]), {"org": org_id, "seed": seed, "size": size}
    )
    return {"seed": seed, "of": of, "items": [{"id": row[0], "name": row[1]} for row in rows]}
