"""The pages of the stage. Reading by GET; every act, and every look at raw rows, by POST."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from flask import Blueprint
from werkzeug.wrappers import Response

from ckanext.govshare.release import engine, forms, machine, reading, words
from ckanext.govshare.release.model import STATES

__all__ = ["releases"]

releases = Blueprint("govshare_release", __name__, url_prefix="/release")
PER_PAGE = 25
BARS = 12

#: page act → (action, what is flashed when it is done)
ACTS = {
    "scan": ("govshare_release_scan", lambda: tk._("The scan was queued.")),
    "transform": (
        "govshare_release_transform",
        lambda: tk._("The file is being desensitized and scanned again. Reload the page."),
    ),
    "sign": ("govshare_release_sign", lambda: tk._("Signed and sent to review.")),
    "review": ("govshare_release_review", lambda: tk._("Your decision is recorded.")),
    "return": ("govshare_release_return", lambda: tk._("Returned to the department.")),
    "withdraw": ("govshare_release_withdraw", lambda: tk._("Withdrawn at once.")),
    "comment": ("govshare_release_comment", lambda: tk._("Comment added.")),
}


@releases.get("/")
def index() -> str | Response:
    """What waits for me, and all releases in my reach."""
    if tk.current_user.is_anonymous:
        return _login()
    page = max(1, _number("page", 1))
    wanted = {name: tk.request.args.get(name, "") for name in ("state", "dataset_id")}
    wanted["state"] = wanted["state"] if wanted["state"] in STATES else ""
    try:
        found = tk.get_action("govshare_release_list")(
            {}, {**wanted, "limit": PER_PAGE, "offset": (page - 1) * PER_PAGE}
        )
    except tk.NotAuthorized:
        return tk.abort(403, tk._("You hold no office that may do this."))
    extra = {
        "inbox": tk.get_action("govshare_release_inbox")({}, {}),
        "found": found,
        "wanted": wanted,
        "page": page,
        "pages": -(-found["count"] // PER_PAGE),
        "states": words.states(),
        "offices": words.offices(),
    }
    return tk.render("release/index.html", extra)


@releases.get("/<id>")
def show(id: str) -> str | Response:
    """The stage page of one release."""
    return _page(id)


@releases.get("/<id>/evidence")
def evidence(id: str) -> str | Response:
    """The evidence to read and to print."""
    release = _load(id)
    if isinstance(release, Response):
        return release
    tables = (release["evidence"] or {}).get("tables", [])
    number = _number("table", 0)
    if number >= len(tables):
        return tk.render("release/evidence.html", {"release": release})
    signatures = [
        {"office": s["office_label"], "by": s["user_title"], "decision": s["decision_label"],
         "reason": s["reason"] or "", "at": tk.h.render_datetime(s["at"], with_hours=True)}
        for s in release["signatures"]
        if s["counts"]
    ]  # fmt: skip
    return engine.page(tables[number], signatures, words.language())


@releases.post("/<id>/preview")
def preview(id: str) -> str | Response:
    """The page with rows before and after, under the plan as the form has it."""
    release = _load(id)
    if isinstance(release, Response):
        return release
    plan = forms.plan(tk.request.form, release)
    data = {"id": id, "table": _number("table", 0)}
    if plan is not None:
        data["plan"] = plan
    try:
        rows = tk.get_action("govshare_release_preview")({}, data)
    except (tk.ValidationError, tk.NotAuthorized) as error:
        _flash(error)
        return _page(id, plan=plan)
    if tk.request.headers.get("X-Requested-With") == "fetch":
        return tk.render("release/snippets/rows.html", {"rows": rows})
    return _page(id, plan=plan, rows=rows)


@releases.post("/<id>/plan")
def plan(id: str) -> str | Response:
    """Save the plan; a mistake shows the form again as it was filled."""
    release = _load(id)
    if isinstance(release, Response):
        return release
    filled = forms.plan(tk.request.form, release)
    standard = tk.request.form.get("standard")
    data = {"standard": standard} if standard else {"plan": filled}
    try:
        tk.get_action("govshare_release_plan_update")({}, {**data, "id": id})
    except (tk.ValidationError, tk.NotAuthorized) as error:
        _flash(error)
        return _page(id, plan=filled)
    tk.h.flash_success(
        tk._("The plan is saved. What was signed under another plan counts no longer.")
    )
    return tk.redirect_to("govshare_release.show", id=id)


@releases.post("/<id>/<any(scan, transform, sign, review, return, withdraw, comment):act>")
def do(id: str, act: str) -> Response:
    """One act by its form."""
    action, done = ACTS[act]
    data = {k: v for k, v in tk.request.form.items() if not k.startswith("_")}
    _try(action, {**data, "id": id}, done())
    return tk.redirect_to("govshare_release.show", id=id)


@releases.get("/publication/<id>")
def publication(id: str) -> str | Response:
    """Whether a dataset's metadata are public: ask for it, decide on it."""
    if tk.current_user.is_anonymous:
        return _login()
    try:
        state = tk.get_action("govshare_publication_show")({}, {"id": id})
    except tk.ObjectNotFound:
        return tk.abort(404, tk._("Dataset was not found."))
    except tk.NotAuthorized:
        return tk.abort(403, tk._("You hold no office that may do this."))
    labels = {
        "published": tk._("Publish"),
        "draft": tk._("Send back"),
        "suspended": tk._("Suspend"),
        "withdrawn": tk._("Withdraw"),
    }
    return tk.render("release/publication.html", {"publication": state, "labels": labels})


@releases.post("/publication/<id>/<any(request, decide):act>")
def publish(id: str, act: str) -> Response:
    data = {k: v for k, v in tk.request.form.items() if not k.startswith("_")}
    _try(f"govshare_publication_{act}", {**data, "id": id}, tk._("Your decision is recorded."))
    return tk.redirect_to("govshare_release.publication", id=id)


def _page(
    id: str, *, plan: dict[str, Any] | None = None, rows: dict[str, Any] | None = None
) -> str | Response:
    release = _load(id)
    if isinstance(release, Response):
        return release
    shown = plan or release["plan"]
    extra = {
        "release": release,
        "plan": shown,
        "unsaved": plan is not None and plan != release["plan"],
        "tables": forms.tables(release, shown),
        "rows": rows,
        "steps": _steps(release),
        "timeline": _timeline(release),
        "risks": _risks(release),
        "classes": words.classes(),
        "actions": words.actions(),
        "targets": forms.target_labels(),
        "parameters": forms.parameter_labels(),
        "action_parameters": forms.PARAMETERS,
        "standards": [(code, zh if words.language() == "zh" else en)
                      for code, zh, en in engine.standards()],
        "by_hand": engine.by_hand_possible(release["findings"], release["problems"]),
        "offices": words.offices(),
    }
    return tk.render("release/show.html", extra)


def _load(id: str) -> dict[str, Any] | Response:
    if tk.current_user.is_anonymous:
        return _login()
    try:
        return tk.get_action("govshare_release_show")({}, {"id": id})
    except tk.ObjectNotFound:
        return tk.abort(404, tk._("Release was not found."))
    except tk.NotAuthorized:
        return tk.abort(403, tk._("You hold no office that may do this."))


def _steps(release: dict[str, Any]) -> tuple[list[str], int]:
    """The names of the steps and the one under way."""
    offices = words.offices()
    names = [tk._("Scan"), tk._("Plan"), tk._("Desensitize"), tk._("Sign")]
    reviews = [office for office in release["needed"] if office != machine.PUBLISHER]
    names += [offices[office] for office in reviews] + [tk._("Released")]
    at = {"quarantined": 0, "held": 0, "scanned": 2 if release["work"] else 1, "transformed": 3,
          "returned": 1, "in_review": 4}  # fmt: skip
    current = at.get(release["state"], len(names))
    if release["state"] == "in_review" and release["turn"] in reviews:
        current += reviews.index(release["turn"])
    if release["state"] == "withdrawn":
        current = -1
    return names, current


def _timeline(release: dict[str, Any]) -> list[dict[str, Any]]:
    """The ledger's events of the release and the comments, the oldest first."""
    kinds, offices = words.events(), words.offices()
    events = tk.get_action("govshare_event_list")(
        {}, {"subject_type": "release", "subject_id": release["id"], "limit": 200}
    )["results"]
    entries = [
        {
            "at": event["at"],
            "title": kinds.get(event["kind"], event["kind"]),
            "actor": reading.person(event["actor"]),
            "text": offices.get(event["office"] or ""),
        }
        for event in events
        if event["kind"] != "release.commented"
    ]
    entries += [
        {"at": note["at"], "title": tk._("Comment"), "actor": note["user_title"],
         "text": f"{note['column']}: {note['text']}" if note["column"] else note["text"]}
        for note in release["notes"]
    ]  # fmt: skip
    return sorted(entries, key=lambda entry: entry["at"])


def _risks(release: dict[str, Any]) -> list[dict[str, Any]]:
    """The risk figures of each table: of the output, or of the one that was held back."""
    tables = (release["evidence"] or {}).get("tables", [])
    figures = [t["risk"]["figures"] for t in tables] or [
        verdict["risk"] for verdict in release["verdicts"] or []
    ]
    return [
        {**f, "sizes": sorted((int(size), count) for size, count in f["sizes"].items())[:BARS]}
        for f in figures
        if f
    ]


def _login() -> Response:
    return tk.redirect_to("user.login", came_from=tk.request.path)


def _number(name: str, default: int) -> int:
    value = tk.request.values.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 7 else default


def _try(action: str, data: dict[str, Any], done: str) -> None:
    try:
        tk.get_action(action)({}, data)
        tk.h.flash_success(done)
    except (tk.ValidationError, tk.NotAuthorized, tk.ObjectNotFound) as error:
        _flash(error)


def _flash(error: Exception) -> None:
    if not isinstance(error, tk.ValidationError):
        tk.h.flash_error(str(error) or tk._("You hold no office that may do this."))
        return
    for messages in error.error_dict.values():
        for message in messages if isinstance(messages, list) else [messages]:
            tk.h.flash_error(message)
