"""Hand out a file: decide first, then hash, then record, then send."""

from __future__ import annotations

import hashlib
import io
import json
from typing import BinaryIO

from ckan import model
from ckan.plugins import toolkit as tk
from flask import Response, g, send_file

from ckanext.govshare import access
from ckanext.govshare.gate import pace, reads
from ckanext.govshare.gate.decision import Decision
from ckanext.govshare.gate.facts import decide
from ckanext.govshare.gate.identity import actor
from ckanext.govshare.gate.projection import FORMATS, project
from ckanext.govshare.gate.reader import digest_of, open_released
from ckanext.govshare.release.vault import Missing, NotIntact

MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}


def download(dataset: str, resource_id: str) -> Response | tuple[str, int]:
    """Answer a download in any of its forms: GET, HEAD, a range, or a question for changes."""
    reader = actor()
    decision = decide(reader, resource_id, "download")
    if dataset not in (decision.dataset_id, decision.dataset_name):
        return refuse(Decision(False, 404, "not-found"))
    if not decision.allowed:
        return refuse(decision)
    if decision.link is not None:
        return tk.redirect_to(decision.link)
    wanted = (tk.request.args.get("format") or "").lower() or None
    try:
        pace.keep(decision)
    except tk.NotAuthorized:
        return pace.answer()
    try:
        content, digest, format_ = _content(decision, wanted)
    except (KeyError, tk.ObjectNotFound, Missing):
        return refuse(Decision(False, 404, "no-rendition"))
    except NotIntact:
        reads.report_damage(decision)
        return refuse(Decision(False, 404, "not-intact"))
    response = send_file(
        content,
        mimetype=MEDIA.get(format_, "application/octet-stream"),
        as_attachment=True,
        download_name=_name(resource_id, decision, format_),
        etag=digest,
        conditional=False,  # below, where the length is known
    )
    size = content.seek(0, io.SEEK_END)
    content.seek(0)
    response.content_length = size
    response.make_conditional(tk.request.environ, accept_ranges=True, complete_length=size)
    response.headers["X-Content-Type-Options"] = "nosniff"
    if not decision.shared_cache:
        forbid_caches(response)
    if tk.request.method == "GET" and response.status_code in (200, 206):
        try:
            reads.record(
                reader, resource_id, decision, "download",
                response.content_length or 0, decision.columns,
            )
        except tk.NotAuthorized:
            response.close()
            return refuse(Decision(False, 403, "no-grant", dataset_name=decision.dataset_name))
    return response


def refuse(decision: Decision) -> Response | tuple[str, int]:
    """A page that says why, and what to do; a program gets the reason in a word."""
    g.govshare_personal = True
    if "text/html" not in tk.request.headers.get("Accept", ""):
        return Response(decision.reason + "\n", decision.status, mimetype="text/plain")
    if decision.reason == "sign-in":  # nothing to explain: then it is served
        return tk.redirect_to("user.login", came_from=tk.request.full_path)
    dataset = model.Package.get(decision.dataset_name) if decision.dataset_name else None
    extras = dict(dataset.extras) if dataset and decision.status != 404 else {}
    page = tk.render(
        "gate/refused.html",
        {"decision": decision, "dataset": dataset, "extras": extras, "basis": _basis(extras)},
    )
    return page, decision.status


def forbid_caches(response: Response) -> None:
    """Nobody but this reader keeps a copy. CKAN's own hook runs last and reads the flag."""
    tk.request.environ["__no_cache__"] = True
    response.headers["Cache-Control"] = "private, no-store"
    response.vary.update(("Authorization", "Cookie"))


def _content(decision: Decision, wanted: str | None) -> tuple[BinaryIO, str, str]:
    """Bytes, their digest, their format.

    :raises KeyError: there is no such rendition.
    """
    if decision.columns is None:
        format_ = wanted or decision.format
        digest = digest_of(decision, wanted)
        if digest is None:
            raise KeyError(format_)
        return open_released(decision, wanted), digest, format_
    format_ = wanted or ("csv" if decision.format not in FORMATS else decision.format)
    with open_released(decision, "csv") as source:
        cut = project(source, decision.columns, format_)
    return io.BytesIO(cut), hashlib.sha256(cut).hexdigest(), format_


def _basis(extras: dict[str, str]) -> list[str]:
    """Document and article of each legal basis."""
    try:
        entries = json.loads(extras.get("legal_basis") or "[]")
    except ValueError:
        return []
    return [" ".join(filter(None, (e.get("title"), e.get("article")))) for e in entries]


def _name(resource_id: str, decision: Decision, format_: str) -> str:
    """The file's name; under a grant with its trace, so that a copy so named tells whose it was."""
    resource = model.Resource.get(resource_id)
    title = (resource.name if resource else "") or decision.dataset_name
    safe = "".join(c for c in title if c.isalnum() or c in "-_ ()（）.").strip(". ")[:100] or "data"
    if safe.lower().endswith(f".{format_}"):
        safe = safe[: -len(format_) - 1]
    grant = access.get(decision.grant_id) if decision.grant_id else None
    return f"{safe}-{grant.trace}.{format_}" if grant else f"{safe}.{format_}"
