"""Read the ledger. Nothing here writes: only `ledger.append` does."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit as tk
from ckan.types import Context

from ckanext.govshare.ledger import chain, retention, schema
from ckanext.govshare.ledger.model import event as table


@tk.side_effect_free
@tk.validate_action_data(schema.govshare_event_list)
def govshare_event_list(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Events, newest first: `{"count", "results"}`.

    :param subject_type, subject_id: only the events of this thing
    :param kind: only this kind, or with a final dot all of a noun (`case.`)
    :param actor: only acts of this user id
    :param limit, offset: a page of at most 1000
    """
    tk.check_access("govshare_event_list", context, data_dict)
    wanted = sa.select(table)
    for column in ("subject_type", "subject_id", "actor"):
        if data_dict.get(column):
            wanted = wanted.where(table.c[column] == data_dict[column])
    kind = data_dict.get("kind")
    if kind:
        whole_noun = kind.endswith(".")
        wanted = wanted.where(
            table.c.kind.startswith(kind, autoescape=True) if whole_noun else table.c.kind == kind
        )
    count = model.Session.execute(
        sa.select(sa.func.count()).select_from(wanted.subquery())
    ).scalar_one()
    page = (
        wanted.order_by(table.c.seq.desc())
        .limit(data_dict["limit"])
        .offset(data_dict["offset"])
    )
    return {"count": count, "results": [_as_dict(e) for e in chain.events(model.Session, page)]}


@tk.side_effect_free
def govshare_ledger_verify(context: Context, _data_dict: dict[str, Any]) -> dict[str, Any]:
    """Check the whole chain: `{"events", "last_hash", "broken_seq", "why"}`."""
    tk.check_access("govshare_ledger_verify", context, {})
    return asdict(chain.verify())


def govshare_ledger_tick(context: Context, _data_dict: dict[str, Any]) -> dict[str, int]:
    """For the scheduler: remove what need not be kept any more."""
    tk.check_access("govshare_ledger_tick", context, {})
    removed = retention.purge()
    model.Session.commit()
    return {"removed": removed.events}


def _as_dict(event: chain.Event) -> dict[str, Any]:
    return {**asdict(event), "at": event.at.isoformat()}
