"""The pages of runs. Reading by GET; every act by POST."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckanext.harvest.logic import HarvestJobExists
from flask import Blueprint, Response, redirect
from werkzeug.wrappers import Response as Reply

from harvesters import helpers, reading

__all__ = ["harvest"]

harvest = Blueprint("govshare_harvest", __name__, url_prefix="/harvest")
PER_PAGE = 50
CHANGES = ("harvester.delete", "harvester.job_abort", "harvester.refresh", "harvester.clear")
"""ckanext-harvest's pages that change the state, by GET too."""
RUN_PAGES = ("harvester.job_show", "harvester.job_show_last")


@harvest.before_app_request
def no_change_by_get() -> Reply | None:
    """Shut the ways to change something with a link; lead reports to our own page."""
    endpoint = tk.request.endpoint
    if endpoint in CHANGES:
        return Response(status=405, headers={"Allow": "POST"})
    if endpoint in RUN_PAGES:
        return _to_run(tk.request.view_args or {})
    return None


@harvest.get("/run/<id>")
def run(id: str) -> str | Reply:
    """A run with every record; `part=1` gives only what changes while it goes on."""
    page = max(1, tk.request.args.get("page", 1, type=int))
    outcome = tk.request.args.get("outcome", "")
    outcome = outcome if outcome in reading.outcomes() else ""
    report = _report(id, outcome, PER_PAGE, (page - 1) * PER_PAGE)
    count = report["counts"].get(outcome, 0) if outcome else report["total"]
    extra = {
        "report": report, "page": page, "pages": -(-count // PER_PAGE), "outcome": outcome,
        "outcomes": reading.outcomes(), "statuses": reading.statuses(),
    }
    part = tk.request.args.get("part") == "1"
    return tk.render("harvest/run_part.html" if part else "harvest/run.html", extra)


@harvest.get("/run/<id>/report.csv")
def run_csv(id: str) -> Response:
    """All records of a run as CSV (UTF-8 with BOM, as spreadsheets want it)."""
    report = _report(id, "", 1, 0)
    headers = {"Content-Disposition": f'attachment; filename="harvest-{report["id"]}.csv"'}
    return Response(_lines(report["id"]), mimetype="text/csv", headers=headers)


@harvest.post("/source/<id>/start")
def start(id: str) -> Reply:
    """Start a run now."""
    try:
        tk.get_action("harvest_job_create")(_context(), {"source_id": id, "run": True})
        tk.h.flash_success(tk._("The harvest was started."))
    except HarvestJobExists:
        tk.h.flash_notice(tk._("A run of this source is under way."))
    except tk.ValidationError as error:
        tk.h.flash_error("; ".join(error.error_summary.values()))
    except tk.ObjectNotFound:
        return tk.abort(404, tk._("Harvest source not found"))
    except tk.NotAuthorized:
        return tk.abort(403, tk._("Only the department that owns the source may do this."))
    return redirect(tk.h.url_for("harvester.admin", id=id))


@harvest.post("/run/<id>/stop")
def stop(id: str) -> Reply:
    """Stop a run: the record in hand is finished, no other is begun."""
    try:
        tk.get_action("harvest_job_abort")(_context(), {"id": id})
    except tk.ObjectNotFound:
        return tk.abort(404, tk._("Harvest job not found"))
    except tk.NotAuthorized:
        return tk.abort(403, tk._("Only the department that owns the source may do this."))
    tk.h.flash_success(tk._("The run was stopped."))
    return redirect(tk.h.url_for("govshare_harvest.run", id=id))


@harvest.post("/source/<id>/retire")
def retire(id: str) -> Reply:
    """Switch a source off; its datasets and reports stay."""
    try:
        tk.get_action("harvest_source_delete")(_context(), {"id": id})
    except tk.ObjectNotFound:
        return tk.abort(404, tk._("Harvest source not found"))
    except tk.NotAuthorized:
        return tk.abort(403, tk._("Only the department that owns the source may do this."))
    tk.h.flash_success(tk._("The source was switched off. Its datasets and reports stay."))
    return redirect(tk.h.url_for("harvest.search"))


@harvest.get("/source/<id>")
def source(id: str) -> str:
    """A source with its approval and connection, for its department and the data authority."""
    return tk.render("harvest/source.html", {"found": _consent(id)})


@harvest.post("/source/<id>/approve")
def approve(id: str) -> Reply:
    """The data authority lets the source run as it is now."""
    data = {"source_id": id, "number": tk.request.form.get("number", "")}
    return _act("govshare_harvest_approve", data, id, tk._("The source was approved."))


@harvest.post("/source/<id>/secret")
def secret(id: str) -> Reply:
    """Replace the credentials."""
    found = _consent(id)
    names = helpers.govshare_harvest_secret_names(found["type"], found["config"])
    values = {name: tk.request.form.get(name, "") for name in names}
    return _act("govshare_harvest_secret_set", {"source_id": id, "values": values}, id,
                tk._("The credentials were kept."))


@harvest.post("/source/<id>/test")
def test(id: str) -> Reply:
    """Reach the source; nothing is collected."""
    return _act("govshare_harvest_test", {"source_id": id}, id, "")


@harvest.post("/source/<id>/removal")
def removal(id: str) -> Reply:
    """Let the next run miss many records."""
    data = {"source_id": id, "reason": tk.request.form.get("reason", "")}
    return _act("govshare_harvest_removal_allow", data, id,
                tk._("The next run goes on, however many records have gone."))


@harvest.get("/questions")
def questions() -> str:
    """What two departments both provide, for the data authority."""
    try:
        found = tk.get_action("govshare_harvest_question_list")(_context(), {})
    except tk.NotAuthorized as error:
        return tk.abort(403, str(error))
    return tk.render("harvest/questions.html", {"questions": found})


@harvest.post("/questions/<id>")
def decide(id: str) -> Reply:
    """The data authority decides whose data count."""
    data = {"id": id, "decision": tk.request.form.get("decision", ""),
            "reason": tk.request.form.get("reason", "")}
    return _act("govshare_harvest_question_decide", data, None, tk._("The decision was kept."))


def _act(name: str, data: dict[str, Any], source_id: str | None, done: str) -> Reply:
    """Do it, say what came of it, and go back to the page it was asked from."""
    try:
        found = tk.get_action(name)(_context(), data)
    except tk.ObjectNotFound as error:
        return tk.abort(404, str(error))
    except tk.NotAuthorized as error:
        return tk.abort(403, str(error))
    except tk.ValidationError as error:
        tk.h.flash_error("; ".join(error.error_summary.values()))
    else:
        for note in found.get("notes", []):
            tk.h.flash_error(note)
        if found.get("ok"):
            done = tk._("The source answers: {n} records.").format(n=found["records"])
        if done:
            tk.h.flash_success(done)
    if source_id is None:
        return redirect(tk.h.url_for("govshare_harvest.questions"))
    return redirect(tk.h.url_for("govshare_harvest.source", id=source_id))


def _consent(id: str) -> dict[str, Any]:
    try:
        return tk.get_action("govshare_harvest_consent_show")(_context(), {"source_id": id})
    except tk.ObjectNotFound:
        return tk.abort(404, tk._("Harvest source not found"))
    except tk.NotAuthorized as error:
        return tk.abort(403, str(error))


def _report(id: str, outcome: str, limit: int, offset: int) -> dict[str, Any]:
    try:
        return tk.get_action("govshare_harvest_report")(
            _context(), {"id": id, "outcome": outcome, "limit": limit, "offset": offset}
        )
    except tk.ObjectNotFound:
        return tk.abort(404, tk._("Harvest job not found"))
    except tk.NotAuthorized:
        return tk.abort(403, tk._("Only the department that owns the source may do this."))


def _lines(job_id: str) -> Iterator[str]:
    words = reading.outcomes()
    yield "\ufeff" + _line([tk._("Record"), tk._("Outcome"), tk._("Dataset"), tk._("Reason")])
    for record in reading.every_record(job_id):
        yield _line([
            record["key"], words[record["outcome"]], record["title"] or "",
            " ".join(record["notes"]),
        ])


def _line(cells: list[str]) -> str:
    """One line; a cell that a spreadsheet would run as a formula is defused."""
    out = io.StringIO()
    csv.writer(out).writerow(
        "'" + cell if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell for cell in cells
    )
    return out.getvalue()


def _to_run(arguments: dict[str, Any]) -> Reply:
    job_id = arguments.get("id")
    if job_id is None:
        package = model.Package.get(arguments.get("source"))
        last = next(iter(reading.runs(package.id, 1)), None) if package else None
        if last is None:
            return tk.abort(404, tk._("Harvest job not found"))
        job_id = last["id"]
    return redirect(tk.h.url_for("govshare_harvest.run", id=job_id))


def _context() -> Any:
    return {"user": tk.g.user, "model": model, "session": model.Session}
