"""What the portal does from time to time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import ckan.plugins as p
import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.types import Context

LATE = timedelta(days=30)  # a scheduler that stood still for longer tells nobody of old things

NEWS = sa.text("""
    select r.id, r.dataset_id, d.title, f.follower_id
    from govshare_release r
    join package d on d.id = r.dataset_id and d.state = 'active' and not d.private
    join govshare_publication g on g.dataset_id = d.id and g.state = 'published'
    join user_following_dataset f on f.object_id = d.id
    where r.state = 'released' and r.released_at > :since
      and f.datetime < r.released_at at time zone 'utc'
""")


def govshare_follower_tick(context: Context, data_dict: dict[str, Any]) -> int:
    """For the scheduler: tell those who follow a dataset of each new version, once.

    :returns: how many were told now
    """
    tk.check_access("govshare_follower_tick", context, data_dict)
    if not p.plugin_loaded("govshare_notify"):
        return 0
    from ckanext.govshare import notify

    told = 0
    for id_, dataset_id, title, follower in model.Session.execute(
        NEWS, {"since": datetime.now(UTC) - LATE}
    ).all():
        told += notify.send(
            "dataset_released", follower, ("dataset", dataset_id), {"dataset": title},
            once=f"released:{id_}",
        )
    model.Session.commit()
    return told
