"""The pages of supervision; `public_views` has those for everybody."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from typing import Any

from ckan import model
from ckan.plugins import toolkit as tk
from flask import Blueprint, Response, send_file
from werkzeug.wrappers import Response as AnyResponse

from ckanext.govshare.oversight import desk, evidence, export, reading, records
from ckanext.govshare.oversight.kinds import COMPLAINT, Kind, every
from ckanext.govshare.oversight.model import now
from ckanext.govshare.oversight.public_views import complaints, supervision
from ckanext.govshare.rules.clocks import day_of

__all__ = ["complaints", "oversight", "supervision"]

oversight = Blueprint("govshare_oversight", __name__, url_prefix="/oversight")

PAGE = 50
IN_MEMORY = 1 << 24


@oversight.before_request
def only_offices() -> AnyResponse | None:
    if tk.current_user.is_anonymous:
        return tk.redirect_to("user.login", came_from=tk.request.path)
    if not desk.enters(tk.current_user.id):
        tk.abort(403, tk._("You hold no office."))
    return None


@oversight.get("/")
def index() -> str:
    """The registers, what is due, and the ways to statistics and evidence."""
    due = tk.get_action("govshare_duty_list")({}, {})
    return tk.render("oversight/index.html", {
        "due": due, "kinds": list(every().values()), "supervises": _supervises(),
        "open": _open_counts(), "may_export": _may_export(),
    })


@oversight.get("/duties")
def duties() -> str | AnyResponse:
    """What is due or overdue, by department."""
    due = tk.get_action("govshare_duty_list")({}, {})
    if tk.request.args.get("format") == "csv":
        rows = [[d["organization_title"], d["title"], d["number"] or d["year"], d["due"],
                 max(d["days"], 0), d["rule"]] for d in due]
        return _table("duties", [tk._("Department"), tk._("Duty"), tk._("No."), tk._("Due"),
                                 tk._("Days overdue"), tk._("Rule")], rows)
    return tk.render("oversight/duties.html", {"due": due})


@oversight.get("/statistics")
def statistics() -> str | AnyResponse:
    """A year's indicators by department."""
    year = _year()
    asked: dict[str, Any] = {"year": year}
    if tk.request.args.get("under"):
        asked["under"] = tk.request.args["under"]
    try:
        found = tk.get_action("govshare_statistics_show")({}, asked)
    except (tk.ObjectNotFound, tk.ValidationError) as error:
        return tk.abort(404, str(error))
    if tk.request.args.get("format") == "csv":
        names = list(found["total"])
        rows = [[d["organization_title"], *(d["values"][n] for n in names)]
                for d in found["departments"]]
        titles = [tk.h.govshare_oversight_indicator(n) for n in names]
        return _table(f"statistics-{year}", [tk._("Department"), *titles], rows)
    return tk.render("oversight/statistics.html", {"found": found, "year": year})


@oversight.get("/evidence")
def evidence_form() -> str:
    return tk.render("oversight/evidence.html", {"dataset": tk.request.args.get("dataset", "")})


@oversight.post("/evidence")
def evidence_export() -> str | AnyResponse:
    """The archive of a dataset's evidence."""
    dataset = tk.request.form.get("dataset", "").strip()
    try:
        found = tk.get_action("govshare_evidence_export")({}, {"id": dataset})
    except (tk.NotAuthorized, tk.ObjectNotFound, tk.ValidationError) as error:
        tk.h.flash_error(str(error) or tk._("There is no such dataset."))
        return tk.render("oversight/evidence.html", {"dataset": dataset})
    out = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  closed when it is sent
    try:
        evidence.write(out, found)
    except BaseException:
        out.close()
        raise
    out.seek(0)
    name = f"evidence-{found['metadata.json']['name']}-{day_of(now())}.zip"
    answer = send_file(out, "application/zip", as_attachment=True, download_name=name)
    answer.call_on_close(out.close)
    return answer


@oversight.get("/record/<id>")
def record(id: str) -> str | AnyResponse:
    return _record_page(id, {}, {})


@oversight.post("/record/<id>/add")
def add(id: str) -> str | AnyResponse:
    typed = _typed()
    given = {k: v for k, v in typed.items() if v}
    return _act(id, "govshare_supervision_add", {"values": given}, tk._("Recorded."), typed)


@oversight.post("/record/<id>/close")
def close(id: str) -> str | AnyResponse:
    return _act(id, "govshare_supervision_close", {}, tk._("The record is closed."))


@oversight.post("/record/<id>/take-down")
def take_down(id: str) -> str | AnyResponse:
    given = {"reason": tk.request.form.get("reason", "")}
    return _act(id, "govshare_supervision_take_down", given, tk._("Withdrawn."), given)


@oversight.post("/record/<id>/answer")
def answer(id: str) -> str | AnyResponse:
    given = {"answer": tk.request.form.get("answer", "")}
    return _act(id, "govshare_complaint_answer", given, tk._("Answered."), given)


@oversight.get("/<kind>/new")
def new(kind: str) -> str | AnyResponse:
    typed = {k: v for k, v in tk.request.args.items() if v}
    return _new_page(_kind(kind), typed, {})


@oversight.post("/<kind>/new")
def create(kind: str) -> str | AnyResponse:
    typed, declared = _typed(), _kind(kind)
    given = {k: v for k, v in typed.items() if k != "organization" and v}
    data = {"kind": kind, "organization": typed.get("organization"), "values": given}
    try:
        made = tk.get_action("govshare_supervision_create")({}, data)
    except tk.ValidationError as error:
        model.Session.rollback()
        return _new_page(declared, typed, error.error_dict)
    except tk.NotAuthorized as error:
        return tk.abort(403, str(error))
    tk.h.flash_success(tk._("Registered: {number}.").format(number=made["number"]))
    return tk.redirect_to("govshare_oversight.record", id=made["id"])


@oversight.get("/<kind>")
def register(kind: str) -> str | AnyResponse:
    """One register, as a page, CSV or JSON; the address of a record leads to the record."""
    if kind not in every() and kind != COMPLAINT:
        return tk.redirect_to("govshare_oversight.record", id=kind)
    form = tk.request.args.get("format")
    if form in ("csv", "json"):
        return _exported(kind, form)
    page = _page()
    found = _list(kind, limit=PAGE, offset=(page - 1) * PAGE)
    return tk.render("oversight/register.html", {
        "kind": kind, "declared": every().get(kind), "found": found, "page": page,
        "more": page * PAGE < found["count"], "may_write": _may_open(every().get(kind)),
    })


def _exported(kind: str, form: str) -> AnyResponse:
    """The whole register that the reader may see, a thousand records at a time."""
    lines: list[dict[str, Any]] = []
    while True:
        found = _list(kind, limit=1000, offset=len(lines))
        lines += found["results"]
        if not found["results"] or len(lines) >= found["count"]:
            break
    if form == "json":
        text = json.dumps(lines, ensure_ascii=False, indent=1)
        return Response(text, mimetype="application/json", headers=_attached(f"{kind}.json"))
    fields = list(every()[kind].fields) if kind in every() else ["subject", "answer"]
    head = ["number", "organization_title", "state", "due", "created", "closed"]
    rows = [[*(r[k] for k in head), *(r["values"].get(f) for f in fields)] for r in lines]
    return _table(kind, [*head, *fields], rows)


def _act(
    id: str, action: str, data: dict[str, Any], done: str, typed: dict[str, Any] | None = None
) -> str | AnyResponse:
    try:
        tk.get_action(action)({}, {"id": id, **data})
    except tk.ValidationError as error:
        model.Session.rollback()
        return _record_page(id, typed or {}, error.error_dict)
    except tk.NotAuthorized as error:
        model.Session.rollback()
        return tk.abort(403, str(error))
    except tk.ObjectNotFound as error:
        return tk.abort(404, str(error))
    tk.h.flash_success(done)
    return tk.redirect_to("govshare_oversight.record", id=id)


def _record_page(id: str, typed: dict[str, Any], errors: dict[str, Any]) -> str | AnyResponse:
    try:
        found = tk.get_action("govshare_supervision_show")({}, {"id": id})
    except tk.ObjectNotFound as error:
        return tk.abort(404, str(error))
    except tk.NotAuthorized as error:
        return tk.abort(403, str(error))
    declared, user, org = every().get(found["kind"]), tk.current_user.id, found["organization_id"]
    is_open = found["state"] == "open"
    fillable = [
        name for name in (declared.fields if declared else ())
        if is_open and declared and name not in found["values"]
        and desk.filler(user, declared, name, org)
    ]
    closes = bool(is_open and declared and desk.writer(user, declared, org))
    return tk.render("oversight/record.html", {
        "record": found, "declared": declared, "fillable": fillable, "typed": typed,
        "errors": errors, "closes": closes,
        "answers": is_open and found["kind"] == COMPLAINT
        and desk.office(user, ("authority",), None),
        "withdraws": closes and declared and declared.withdraw and found["dataset_id"],
    })


def _new_page(kind: Kind, typed: dict[str, Any], errors: dict[str, Any]) -> str | AnyResponse:
    if not _may_open(kind):
        return tk.abort(403, tk._("You hold no office that writes this register."))
    figures = None
    if kind.figures and typed.get("year", "").isdigit():
        organization = model.Group.get(typed.get("organization") or "")
        seen = {organization.id} if organization else None
        figures = reading.figures(int(typed["year"]), seen)["total"]
    return tk.render("oversight/new.html", {
        "kind": kind, "typed": typed, "errors": errors, "organizations": _writable(kind),
        "for_portal": kind.scope != "department" and _writes_portal(kind), "figures": figures,
        "fields": [n for n in kind.fields if _may_fill(kind, n)],
    })


def _may_open(kind: Kind | None) -> bool:
    return kind is not None and bool(_writable(kind) or _writes_portal(kind))


def _may_fill(kind: Kind, name: str) -> bool:
    user = tk.current_user.id
    places = [None, *desk.departments(user)]
    return any(desk.filler(user, kind, name, org) for org in places)


def _writes_portal(kind: Kind) -> bool:
    return kind.scope != "department" and desk.writer(tk.current_user.id, kind, None) is not None


def _writable(kind: Kind) -> list[tuple[str, str]]:
    """The departments for which the user may open such a record: name and title."""
    if kind.scope == "portal":
        return []
    user = tk.current_user.id
    groups = model.Session.query(model.Group).filter_by(is_organization=True, state="active")
    return sorted(
        ((g.name, g.display_name) for g in groups if desk.writer(user, kind, g.id)),
        key=lambda each: each[1],
    )


def _kind(code: str) -> Kind:
    try:
        return records.kind_of(code)
    except tk.ObjectNotFound as error:
        tk.abort(404, str(error))
        raise


def _list(kind: str, **page: int) -> dict[str, Any]:
    asked = {k: tk.request.args[k] for k in ("state", "organization") if tk.request.args.get(k)}
    try:
        return tk.get_action("govshare_supervision_list")({}, {"kind": kind, **asked, **page})
    except tk.ValidationError as error:
        tk.abort(400, str(error))
        raise


def _open_counts() -> dict[str, int]:
    count: Callable[..., Any] = tk.get_action("govshare_supervision_list")
    codes = [*every(), COMPLAINT]
    return {
        code: count({}, {"kind": code, "state": "open", "limit": 0})["count"] for code in codes
    }


def _supervises() -> bool:
    return desk.supervises(tk.current_user.id)


def _may_export() -> bool:
    user = tk.current_user.id
    return _supervises() or any(desk.office(user, ("head",), o) for o in desk.departments(user))


def _typed() -> dict[str, str]:
    return {k: v for k, v in tk.request.form.items() if k not in ("_csrf_token", "button")}


def _page() -> int:
    number = tk.request.args.get("page", "")
    return max(int(number), 1) if number.isascii() and number.isdigit() else 1


def _year() -> int:
    asked = tk.request.args.get("year", "")
    return int(asked) if asked.isascii() and asked.isdigit() else day_of(now()).year


def _table(name: str, headers: list[str], rows: list[list[Any]]) -> AnyResponse:
    return Response(
        export.as_csv(headers, rows), mimetype="text/csv", headers=_attached(f"{name}.csv")
    )


def _attached(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
