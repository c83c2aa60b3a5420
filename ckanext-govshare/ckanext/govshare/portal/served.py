"""Hand out a released table in a form that is made when asked for."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from flask import Response

from ckanext.govshare import gate
from ckanext.govshare.gate import delivery, reads, tables
from ckanext.govshare.gate.reader import open_released
from ckanext.govshare.release.vault import Missing, NotIntact

from .forms import FORMS


def answer(resource_id: str, form: str) -> Response | tuple[str, int]:
    """The table in that form, written down as a read before it is handed out."""
    reader = gate.actor()
    decision = gate.decide(reader, resource_id, "download")
    if not decision.allowed:
        return delivery.refuse(decision)
    if decision.link or "csv" not in {decision.format, *decision.renditions}:
        return tk.abort(404)
    try:
        with open_released(decision, "csv") as source:
            columns, rows = tables.read(source)
    except (tk.ObjectNotFound, Missing):
        return tk.abort(404)
    except NotIntact:
        reads.report_damage(decision)
        return tk.abort(404)
    kept = [n for n, c in enumerate(columns) if decision.columns is None or c in decision.columns]
    address = tk.h.url_for(
        "dataset_resource.read", id=decision.dataset_name, resource_id=resource_id,
        _external=True, locale="default",
    )  # fmt: skip
    cut = ([row[n] for n in kept] for row in rows)
    names = [columns[n] for n in kept]
    body = "".join(FORMS[form].write(names, cut, address)).encode()
    reads.record(reader, resource_id, decision, "download", len(body), decision.columns)
    response = Response(body, content_type=FORMS[form].media)
    name = f"{decision.dataset_name}.{form}"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers["X-Content-Type-Options"] = "nosniff"
    if not decision.shared_cache:
        delivery.forbid_caches(response)
    return response
