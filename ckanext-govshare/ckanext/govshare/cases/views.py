"""The pages of cases: apply, follow, work, watch."""

from __future__ import annotations

import io
from typing import Any

from ckan import model
from ckan.plugins import toolkit as tk
from flask import Blueprint, send_file
from werkzeug.wrappers import Response

from ckanext.govshare import offices
from ckanext.govshare.cases import (
    attachments,
    blank,
    dataset,
    filing,
    forms,
    identity,
    pages,
    parties,
    reasons,
)
from ckanext.govshare.cases.model import get
from ckanext.govshare.rules import profiles
from ckanext.govshare.rules.profiles import LayerName

__all__ = ["cases"]

cases = Blueprint("govshare_cases", __name__)

STEPS = 3


@cases.get("/apply/<dataset_name>")
def apply(dataset_name: str) -> str | Response:
    """One step of the application; the draft keeps what was typed."""
    if tk.current_user.is_anonymous:
        return tk.redirect_to("user.login", came_from=tk.request.full_path)
    entry = _entry(dataset_name)
    draft = _draft()
    if entry.classes[draft["layer"]] != "conditional":
        return tk.render("cases/closed.html", {"entry": entry, "layer": draft["layer"]})
    return _apply_page(entry, draft, _step(tk.request.args.get("step")), {})


@cases.post("/apply/<dataset_name>")
def apply_post(dataset_name: str) -> str | Response:
    """Keep the step in the draft and go on, or send the application."""
    entry = _entry(dataset_name)
    step = _step(tk.request.form.get("step"))
    sent = pages.application(tk.request.form, step)
    data = {"dataset_id": entry.id, "layer": _layer(), **sent}
    button = tk.request.form.get("button", "next")
    try:
        if button == "send":
            case = tk.get_action("govshare_case_submit")({}, data)
            tk.h.flash_success(tk._("Your application was received: {number}.").format(**case))
            return tk.redirect_to("govshare_cases.read", id=case["id"])
        draft = tk.get_action("govshare_case_draft")({}, data)
        sent["id"] = draft["id"]
        _attach(draft["id"])
    except tk.ValidationError as error:
        return _apply_page(entry, {**_draft(sent.get("id")), **sent}, step, error.error_dict)
    except (tk.NotAuthorized, tk.ObjectNotFound) as error:
        return tk.abort(403, str(error))
    if button == "save":
        tk.h.flash_success(tk._("The draft was saved. You find it under “My applications”."))
        return tk.redirect_to("govshare_cases.index")
    step += -1 if button == "back" else 1
    return tk.redirect_to(
        "govshare_cases.apply", dataset_name=entry.name, draft=draft["id"], step=step
    )


@cases.get("/apply/<dataset_name>/form")
def blank_edit(dataset_name: str) -> str | Response:
    """The department's own form for a dataset: questions, files, terms, undertaking."""
    if tk.current_user.is_anonymous:
        return tk.redirect_to("user.login", came_from=tk.request.path)
    entry = _entry(dataset_name)
    return _blank_page(entry, blank.of(entry.id).model_dump(mode="json"))


@cases.post("/apply/<dataset_name>/form")
def blank_post(dataset_name: str) -> str | Response:
    """Keep a new version of the form."""
    entry = _entry(dataset_name)
    data = pages.blank_form(tk.request.form)
    try:
        tk.get_action("govshare_blank_update")({}, {"dataset_id": entry.id, **data})
    except tk.ValidationError as error:
        pages.flash(error)
        return _blank_page(entry, data)
    except tk.NotAuthorized as error:
        return tk.abort(403, str(error))
    tk.h.flash_success(tk._("The form was saved. It holds from the next application on."))
    return tk.redirect_to("govshare_cases.blank_edit", dataset_name=entry.name)


@cases.get("/case/")
def index() -> str | Response:
    """My cases and my grants."""
    if tk.current_user.is_anonymous:
        return tk.redirect_to("user.login", came_from="/case/")
    extra = {
        "cases": tk.get_action("govshare_case_list")({}, {}),
        "grants": pages.own_grants(),
    }
    return tk.render("cases/index.html", extra)


@cases.get("/case/inbox")
def inbox() -> str | Response:
    """What waits for my office."""
    if tk.current_user.is_anonymous:
        return tk.redirect_to("user.login", came_from="/case/inbox")
    return tk.render(
        "cases/inbox.html", {"cases": tk.get_action("govshare_case_inbox")({}, {})}
    )


@cases.get("/case/watch")
def watch() -> str:
    """Everything due and overdue, for the authority and the auditor."""
    try:
        found = tk.get_action("govshare_case_watch")({}, {})
        standings = tk.get_action("govshare_case_standings")({}, {})
    except tk.NotAuthorized as error:
        return tk.abort(403, str(error))
    return tk.render("cases/watch.html", {"cases": found, "standings": standings})


@cases.get("/case/register")
def register() -> str:
    """The public register of refusals and of answer times."""
    return tk.render("cases/register.html", tk.get_action("govshare_case_register")({}, {}))


@cases.get("/case/<id>")
def read(id: str) -> str | Response:
    """One case: what may be done, why this date, what happened."""
    if tk.current_user.is_anonymous:
        return tk.redirect_to("user.login", came_from=tk.request.path)
    return _case_page(id, "", {})


@cases.post("/case/<id>/act")
def act(id: str) -> str | Response:
    """Do an act; a mistake shows the case again with what was typed."""
    given = pages.act(tk.request.form)
    try:
        tk.get_action("govshare_case_act")({}, {"id": id, **given})
    except tk.ValidationError as error:
        pages.flash(error)
        return _case_page(id, given["act"], given)
    except (tk.NotAuthorized, tk.ObjectNotFound) as error:
        return tk.abort(403, str(error))
    tk.h.flash_success(tk._("Done and recorded."))
    return tk.redirect_to("govshare_cases.read", id=id)


@cases.post("/case/<id>/attach")
def attach(id: str) -> Response:
    """Add files to a supplement, or to a report just filed; or take one back."""
    case = _case(id)
    try:
        if taken := tk.request.form.get("remove"):
            tk.get_action("govshare_attachment_remove")({}, {"id": id, "attachment": taken})
        else:
            _attach(id)
    except tk.ValidationError as error:
        pages.flash(error)
    except (tk.NotAuthorized, tk.ObjectNotFound) as error:
        return tk.abort(403, str(error))
    if case["state"] == "draft" and case["dataset_name"]:
        return tk.redirect_to(
            "govshare_cases.apply", dataset_name=case["dataset_name"], draft=id, step=2)
    return tk.redirect_to("govshare_cases.read", id=id)


@cases.get("/case/<id>/attachment/<attachment>")
def attachment(id: str, attachment: str) -> Response:
    """One attached file, for the applicant and those who handle the case."""
    case = _case(id)
    user_id = offices.actor_id({"auth_user_obj": tk.current_user})
    found = get(case["id"])
    if found is None or not (case["own"] or case["handles"]):
        return tk.abort(404, tk._("There is no such file."))
    try:
        file = attachments.opened(found, user_id or "", attachment)
    except tk.ObjectNotFound as error:
        return tk.abort(404, str(error))
    model.Session.commit()
    answer = send_file(io.BytesIO(file.content), mimetype=file.media_type, as_attachment=True,
                       download_name=file.name, max_age=0)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@cases.get("/case/<id>/receipt")
def receipt(id: str) -> str:
    """The receipt, to print."""
    return tk.render("cases/receipt.html", {"case": _case(id)})


@cases.get("/case/<id>/decision")
def decision(id: str) -> str:
    """The decision with its reasons, to print."""
    case = _case(id)
    if not case["decision"]:
        return tk.abort(404, tk._("This case is not decided yet."))
    return tk.render("cases/decision.html", {"case": case})


def _case_page(id: str, open_act: str, typed: dict[str, Any]) -> str:
    case = _case(id)
    extra = {
        "case": case,
        "history": pages.history(case),
        "grants": pages.grants_of(case),
        "colleagues": pages.colleagues(case) if "assign" in case["acts"] else [],
        "reasons": reasons.catalogue(),
        "open_act": open_act,
        "typed": typed,
        "modes": forms.MODES,
        "slots": blank.of(case["dataset_id"], case["form"].get("blank")).slots,
    }
    return tk.render("cases/read.html", extra)


def _attach(id: str) -> None:
    for slot, upload in pages.files(tk.request.files):
        data = {"id": id, "slot": slot, "upload": upload}
        tk.get_action("govshare_attachment_add")({}, data)


def _blank_page(entry: dataset.Entry, form: dict[str, Any]) -> str:
    try:
        tk.check_access("govshare_blank_update", {}, {"dataset_id": entry.id})
    except tk.NotAuthorized as error:
        return tk.abort(403, str(error))
    extra = {"entry": entry, "form": form, "types": blank.TYPES}
    return tk.render("cases/blank.html", extra)


def _case(id: str) -> dict[str, Any]:
    try:
        return tk.get_action("govshare_case_show")({}, {"id": id})
    except (tk.NotAuthorized, tk.ObjectNotFound):
        return tk.abort(404, tk._("There is no such case, or it is not yours to see."))


def _entry(name: str) -> dataset.Entry:
    try:
        return dataset.entry(name)
    except tk.ObjectNotFound as error:
        return tk.abort(404, str(error))


def _draft(id: str | None = None) -> dict[str, Any]:
    """What the reader's draft says, as one flat form; empty for a new application."""
    id = id or tk.request.args.get("draft")
    renews = tk.request.args.get("renews")
    if not id:
        return {"layer": _layer(), **({"renews": renews} if renews else {})}
    case = _case(id)
    if not case["own"] or case["state"] != "draft":
        return tk.abort(404, tk._("There is no such draft."))
    return {
        **case["form"], **(case["person"] or {}), "id": case["id"], "files": case["attachments"],
        "layer": case["layer"],
    }


def _layer() -> LayerName:
    return "share" if tk.request.values.get("layer") == "share" else "open"


def _apply_page(
    entry: dataset.Entry, form: dict[str, Any], step: int, errors: dict[str, Any]
) -> str:
    layer: LayerName = form["layer"]
    extra = {
        "entry": entry,
        "form": form,
        "blank": blank.of(entry.id),
        "step": step,
        "errors": errors,
        "layer": layer,
        "may_share": parties.of_another_department(tk.current_user.id, entry.org_id),
        "clock": filing.expected(layer),
        "asked_by_rules": forms.asked_by(profiles.site().layer(layer)),
        "kinds": identity.KINDS[layer],
        "modes": forms.MODES,
        "longest_months": forms.LONGEST_MONTHS,
    }
    return tk.render("cases/apply.html", extra)


def _step(value: str | None) -> int:
    number = int(value) if value and value.isdigit() else 1
    return min(max(number, 1), STEPS)
