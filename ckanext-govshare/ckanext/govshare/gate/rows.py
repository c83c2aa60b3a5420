"""Reading rows: the DataStore's search and description, held to the live release and the grant."""

from __future__ import annotations

import json
from typing import Any

from ckan.plugins import toolkit as tk
from ckan.types import Action, Context
from ckanext.datastore.backend import DatastoreBackend

from ckanext.govshare.gate import pace, reads
from ckanext.govshare.gate.decision import Actor, Decision
from ckanext.govshare.gate.facts import decide
from ckanext.govshare.gate.identity import actor
from ckanext.govshare.gate.loader import loaded_from
from ckanext.govshare.gate.query import ROW_NUMBER, restrict, visible


@tk.chained_action
@tk.side_effect_free
def datastore_search(
    next_action: Action, context: Context, data_dict: dict[str, Any]
) -> dict[str, Any]:
    """Rows of the live release, in the granted columns; each served page is a recorded read."""
    query, decision, reader = _rows(context, data_dict)
    if decision.columns is not None:
        query = restrict(query, decision.columns)
    pace.keep(decision)
    result = next_action(context, query)
    if result.get("limit") == 0:  # the columns alone: pages ask so, and nothing is handed out
        return result
    fields = [f["id"] for f in result.get("fields", ()) if f["id"] != ROW_NUMBER]
    records = result.get("records")
    size = len(records) if isinstance(records, str) else len(json.dumps(records, default=str))
    reads.record(reader, query["resource_id"], decision, "rows", size, fields)
    return result


@tk.chained_action
@tk.side_effect_free
def datastore_info(
    next_action: Action, context: Context, data_dict: dict[str, Any]
) -> dict[str, Any]:
    """The columns that the reader may have; no counts and sizes for a part of them."""
    query, decision, _ = _rows(context, data_dict)
    result = next_action(context, query)
    if decision.columns is not None:
        columns = visible(decision.columns)
        result["fields"] = [f for f in result.get("fields", ()) if f["id"] in columns]
        result["meta"] = {"id": query["resource_id"]}
        result.pop("fields_schema", None)
        result.pop("schema", None)
    return result


def _rows(context: Context, data_dict: dict[str, Any]) -> tuple[dict[str, Any], Decision, Actor]:
    """The query on the real table, with the decision on it.

    :raises tk.NotAuthorized: the reader may not have these rows.
    :raises tk.ObjectNotFound: the rows of the live release are not loaded.
    """
    query = dict(data_dict)
    alias = str(query.pop("id", None) or query.get("resource_id") or "")
    _, real = DatastoreBackend.get_active_backend().resource_id_from_alias(alias)
    query["resource_id"] = real or alias
    reader = actor(context)
    decision = decide(reader, query["resource_id"], "rows")
    if not decision.allowed:
        if decision.status == 404:
            raise tk.ObjectNotFound(tk._("There are no such rows."))
        raise tk.NotAuthorized(decision.reason)
    if loaded_from(query["resource_id"]) != decision.release_id:
        raise tk.ObjectNotFound(tk._("The rows of this release are not loaded yet."))
    return query, decision, reader
