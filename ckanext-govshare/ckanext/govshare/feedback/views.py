"""The forms of objections and corrections; what follows is on the case page."""

from __future__ import annotations

from typing import Any

from ckan.plugins import toolkit as tk
from flask import Blueprint
from werkzeug.wrappers import Response

from ckanext.govshare.cases import dataset, identity, parties
from ckanext.govshare.feedback import filing

__all__ = ["feedback"]

feedback = Blueprint("govshare_feedback", __name__)


@feedback.get("/objection/<dataset_name>")
def objection(dataset_name: str) -> str | Response:
    return _form("objection", dataset_name, {}, {})


@feedback.post("/objection/<dataset_name>")
def objection_post(dataset_name: str) -> str | Response:
    return _send("objection", dataset_name)


@feedback.get("/correction/<dataset_name>")
def correction(dataset_name: str) -> str | Response:
    return _form("correction", dataset_name, {}, {})


@feedback.post("/correction/<dataset_name>")
def correction_post(dataset_name: str) -> str | Response:
    return _send("correction", dataset_name)


def _send(kind: str, dataset_name: str) -> str | Response:
    form = {k: v for k, v in tk.request.form.items() if k != "_csrf_token"}
    data = {**form, "dataset_id": dataset_name, "items": tk.request.form.getlist("items")}
    try:
        case = tk.get_action(f"govshare_{kind}_submit")({}, data)
        for upload in tk.request.files.getlist("files"):
            if upload.filename:
                tk.get_action("govshare_attachment_add")({}, {"id": case["id"], "upload": upload})
    except tk.ValidationError as error:
        return _form(kind, dataset_name, data, error.error_dict)
    except (tk.NotAuthorized, tk.ObjectNotFound) as error:
        return tk.abort(403, str(error))
    tk.h.flash_success(tk._("Received: {number}.").format(**case))
    return tk.redirect_to("govshare_cases.read", id=case["id"])


def _layer() -> str:
    return tk.request.values.get("layer", "open")


def _form(
    kind: str, dataset_name: str, typed: dict[str, Any], errors: dict[str, Any]
) -> str | Response:
    if tk.current_user.is_anonymous:
        return tk.redirect_to("user.login", came_from=tk.request.path)
    try:
        entry = dataset.entry(dataset_name)
    except tk.ObjectNotFound as error:
        return tk.abort(404, str(error))
    layer = "share" if kind == "correction" and _layer() == "share" else "open"
    extra = {
        "kind": kind, "entry": entry, "form": typed, "errors": errors, "layer": layer,
        "clock": filing.expected(kind, layer), "kinds": identity.KINDS[layer],
        "may_share": kind == "correction"
        and parties.of_another_department(tk.current_user.id, entry.org_id),
    }
    return tk.render("feedback/form.html", extra)
