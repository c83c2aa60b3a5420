"""From a page's form to an action's data, and what a case page shows around the case."""

from __future__ import annotations

from typing import Any

from ckan import model, plugins
from ckan.plugins import toolkit as tk
from werkzeug.datastructures import MultiDict

from ckanext.govshare.cases import forms, identity, labels, parties
from ckanext.govshare.cases.model import get

LISTS = ("reasons", "granted", "items")
SKIPPED = ("_csrf_token", "button", "step")


def application(form: MultiDict[str, str], step: int) -> dict[str, Any]:
    """The fields of one step; a box that is not ticked is an answer too."""
    names = {
        1: (*forms.TEXTS, "months", "mode"),
        2: ("applicant_kind", *identity.FIELDS),
        3: (),
    }[step]
    data: dict[str, Any] = {name: form[name] for name in names if name in form}
    data |= {name: form[name] for name in ("id", "renews", "request_key") if form.get(name)}
    if step == 1:
        data["items"] = form.getlist("items")
        data["answers"] = answers(form)
    if step == 3:
        data["undertaking"] = bool(form.get("undertaking"))
    return data


def answers(form: MultiDict[str, str]) -> dict[str, str]:
    """The answers to the dataset's own questions, by label."""
    return {name[7:]: form[name] for name in form if name.startswith("answer_")}


def files(sent: MultiDict[str, Any]) -> list[tuple[str, Any]]:
    """The files of a form, each with the slot it is for."""
    return [
        (name[5:], upload) for name, upload in sent.items(multi=True)
        if name.startswith("file_") and upload.filename
    ]


def blank_form(form: MultiDict[str, str]) -> dict[str, Any]:
    """The editor of a dataset's form: rows without a name are left out."""

    def rows(prefix: str) -> list[str]:
        return sorted({n.split("_")[1] for n in form if n.startswith(f"{prefix}_")}, key=int)

    questions = [
        {
            "label": label, "kind": form.get(f"q_{n}_kind", "line"),
            "required": f"q_{n}_required" in form,
            "choices": _lines(form.get(f"q_{n}_choices", "")),
        }
        for n in rows("q") if (label := form.get(f"q_{n}_label", "").strip())
    ]
    slots = [
        {
            "label": label, "required": f"s_{n}_required" in form,
            "types": form.getlist(f"s_{n}_types"), "max_mb": form.get(f"s_{n}_mb") or 10,
        }
        for n in rows("s") if (label := form.get(f"s_{n}_label", "").strip())
    ]
    return {
        "questions": questions, "slots": slots, "terms": form.get("terms", ""),
        "undertaking": _lines(form.get("undertaking", "")),
    }


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def act(form: MultiDict[str, str]) -> dict[str, Any]:
    """The act and what it brings: lists, the basis in rows, a reason for each refused item."""
    data: dict[str, Any] = {
        name: form[name] for name in form
        if name not in (*SKIPPED, *LISTS)
        and not name.startswith(("basis_", "item_", "why_", "answer_"))
    }
    if answered := answers(form):
        data["answers"] = answered
    data |= {name: form.getlist(name) for name in LISTS if name in form}
    basis = [
        {"title": title.strip(), "article": article.strip(), "level": level}
        for title, article, level in zip(
            form.getlist("basis_title"), form.getlist("basis_article"),
            form.getlist("basis_level"), strict=False,
        )
        if title.strip()
    ]
    if basis:
        data["basis"] = basis
    chosen = {name[5:]: form[name] for name in form if name.startswith("item_")}
    if chosen and data.get("decision") == "approve_in_part":
        data["granted"] = [item for item, word in chosen.items() if word == "grant"]
        data["refused"] = {
            item: form.get(f"why_{item}", "") for item, word in chosen.items() if word != "grant"
        }
    return data


def history(case: dict[str, Any]) -> list[dict[str, Any]]:
    """The case's events for the timeline, oldest first; officials by office, not by name."""
    found = tk.get_action("govshare_event_list")(
        {}, {"subject_type": "case", "subject_id": case["id"], "limit": 1000}
    )
    return [
        {
            "at": event["at"],
            "title": labels.act(event["kind"].removeprefix("case.")),
            "actor": labels.office(event["office"]),
            "text": event["rule"] or "",
        }
        for event in reversed(found["results"])
        if case["handles"] or event["kind"] not in ("case.comment", "case.assign", "case.prepare")
    ]


def own_grants() -> list[dict[str, Any]]:
    if not plugins.plugin_loaded("govshare_access"):
        return []
    return tk.get_action("govshare_grant_list")({}, {})


def grants_of(case: dict[str, Any]) -> list[dict[str, Any]]:
    """The grants that this case gave."""
    if not plugins.plugin_loaded("govshare_access"):
        return []
    asked = {} if case["own"] else {"dataset_id": case["dataset_id"]}
    try:
        found = tk.get_action("govshare_grant_list")({}, asked)
    except tk.NotAuthorized:
        return []
    return [g for g in found if g["case_id"] == case["id"]]


def colleagues(case: dict[str, Any]) -> list[tuple[str, str]]:
    """Ids and names of those to whom the case can be given."""
    found = get(case["id"])
    if found is None:
        return []
    users = [model.User.get(id) for id in parties.people(found, ("authority", *parties.HANDLING))]
    return [(user.id, user.display_name) for user in users if user]


def flash(error: tk.ValidationError) -> None:
    """Show what is wrong, each message once."""
    for messages in error.error_dict.values():
        for message in messages if isinstance(messages, list) else [messages]:
            tk.h.flash_error(message)
