"""Verification: values go in, and nothing comes out but whether they match."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from ckan.plugins import toolkit as tk
from ckan.types import Context
from ckanext.datastore.backend.postgres import get_read_engine
from sqlalchemy.exc import DataError

from ckanext.govshare.gate import pace, reads
from ckanext.govshare.gate.columns import column_id
from ckanext.govshare.gate.facts import decide
from ckanext.govshare.gate.identity import actor
from ckanext.govshare.gate.loader import loaded_from


def govshare_verify(context: Context, data_dict: dict[str, Any]) -> dict[str, bool]:
    """Whether one row of the live release has all of these values: `{"matches": true}`.

    Conditional data need a grant of the mode `verify`; each call is a recorded read, without
    its values, and counts against the grant's limits.

    :param resource_id: the resource
    :param values: `{column: value}`, among the columns granted
    """
    tk.check_access("govshare_verify", context, data_dict)
    resource_id = str(tk.get_or_bust(data_dict, "resource_id"))
    values = _values(data_dict.get("values"))
    reader = actor(context)
    decision = decide(reader, resource_id, "verify", list(values))
    if not decision.allowed:
        if decision.status == 404:
            raise tk.ObjectNotFound(tk._("There are no such rows."))
        raise tk.NotAuthorized(
            tk._("Your authorization does not cover these columns.")
            if decision.reason == "columns" else decision.reason)
    if loaded_from(resource_id) != decision.release_id:
        raise tk.ObjectNotFound(tk._("The rows of this release are not loaded yet."))
    pace.keep(decision)
    found = _matches(resource_id, values)
    reads.record(reader, resource_id, decision, "verify", 0, list(values))
    return {"matches": found}


def _values(given: Any) -> dict[str, str]:
    plain = isinstance(given, dict) and given and all(
        isinstance(value, (str, int, float)) for value in given.values())
    if not plain:
        raise tk.ValidationError({"values": [tk._("Give a value for at least one column.")]})
    return {str(name): str(value) for name, value in given.items()}


def _matches(resource_id: str, values: dict[str, str]) -> bool:
    """Values are compared in the type of their column; no error may repeat one of them.

    :raises tk.ValidationError: there is no such column, or a value is not of its type.
    """
    with get_read_engine().connect() as datastore:
        table = sa.Table(resource_id, sa.MetaData(), autoload_with=datastore)
        unknown = [name for name in values if column_id(name) not in table.c]
        if unknown:
            raise tk.ValidationError({"values": [
                tk._("There is no column {0}.").format(", ".join(unknown))]})
        same = [
            table.c[column_id(name)] == sa.cast(value, table.c[column_id(name)].type)
            for name, value in values.items()
        ]
        try:
            return bool(datastore.scalar(sa.select(sa.exists().where(*same))))
        except DataError:
            raise tk.ValidationError({"values": [
                tk._("A value is not of the type of its column.")]}) from None
