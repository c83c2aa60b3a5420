"""Pages for everybody: what supervision publishes, and the way to complain (NY 58; YN 28, 29)."""

from __future__ import annotations

from typing import Any

from ckan import model
from ckan.plugins import toolkit as tk
from flask import Blueprint
from werkzeug.wrappers import Response

from ckanext.govshare.oversight.model import now
from ckanext.govshare.rules.clocks import day_of

supervision = Blueprint("govshare_supervision", __name__, url_prefix="/supervision")
complaints = Blueprint("govshare_complaint", __name__, url_prefix="/complaint")


@supervision.get("/")
def index() -> str | Response:
    """Figures of a year, and what was published of evaluations, reports and rules."""
    asked = tk.request.args.get("year", "")
    this_year = day_of(now()).year
    year = int(asked) if asked.isascii() and asked.isdigit() else this_year
    if not this_year - 10 <= year <= this_year:
        return tk.abort(404, tk._("There are no figures for this year."))
    return tk.render("oversight/public.html", {
        "year": year, "years": range(this_year, this_year - 5, -1),
        "found": tk.get_action("govshare_statistics_public")({}, {"year": year}),
        "published": tk.get_action("govshare_supervision_public")({}, {}),
    })


@complaints.get("/")
def form() -> str:
    return _form({}, {})


@complaints.post("/")
def send() -> str:
    """Take the complaint; the answer page shows number and code once, and keeps no copy."""
    typed = {k: v for k, v in tk.request.form.items() if k != "_csrf_token"}
    try:
        sent = tk.get_action("govshare_complaint_submit")({}, typed)
    except tk.ValidationError as error:
        model.Session.rollback()
        return _form(typed, error.error_dict)
    return tk.render("oversight/complaint_sent.html", {"sent": sent})


@complaints.get("/answer")
def ask() -> str:
    return tk.render("oversight/complaint_answer.html", {"typed": {}, "found": None, "error": ""})


@complaints.post("/answer")
def look() -> str:
    """By POST, so that the code stands in no address and no log."""
    typed = {k: v.strip() for k, v in tk.request.form.items() if k in ("number", "code")}
    found: dict[str, Any] | None = None
    error = ""
    try:
        found = tk.get_action("govshare_complaint_look")({}, typed)
    except tk.ObjectNotFound as problem:
        error = str(problem)
    except tk.ValidationError as problem:
        limit: Any = problem.error_dict.get("limit")
        error = str(limit[0]) if limit else tk._("Enter both the number and the code.")
    extra = {"typed": typed, "found": found, "error": error}
    return tk.render("oversight/complaint_answer.html", extra)


def _form(typed: dict[str, Any], errors: dict[str, Any]) -> str:
    return tk.render("oversight/complaint.html", {"typed": typed, "errors": errors})
