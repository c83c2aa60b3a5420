"""`govshare harvest run | status | dry-run | stop`."""

from __future__ import annotations

import json
import sys
from typing import Any

import ckan.plugins.toolkit as tk
import click
from ckan import model
from ckanext.harvest.logic import HarvestJobExists

from harvesters import reading, runner

__all__ = ["harvest"]

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group()
def harvest() -> None:
    """Run and watch harvests."""


@harvest.command()
@click.argument("source")
@click.option("--wait", is_flag=True, help="Run it here and wait; else a worker runs it.")
@as_json
def run(source: str, wait: bool, as_json: bool) -> None:
    """Start a run of SOURCE (id or name). Exit code 1 when the run had errors."""
    data = {"source_id": _id(source), "run": not wait}
    try:
        job_id = tk.get_action("harvest_job_create")(_context(), data)["id"]
    except HarvestJobExists:
        raise click.ClickException(tk._("A run of this source is under way.")) from None
    if wait:
        runner.run(job_id, wait=True)
    _show(job_id, as_json)


@harvest.command()
@as_json
def status(as_json: bool) -> None:
    """All sources with their last run."""
    found = tk.get_action("govshare_harvest_status")(_context(), {})
    if as_json:
        _print(found)
        return
    words = reading.statuses()
    for source in found:
        last = source["last"]
        state = words.get(last["status"], last["status"]) if last else "-"
        count = f"{last['records']} / {last['errors']}" if last else ""
        late = tk._("late") if source["late"] else ""
        click.echo(f"{source['title']}\t{state}\t{count}\t{late}")


@harvest.command("dry-run")
@click.argument("source")
@as_json
def dry_run(source: str, as_json: bool) -> None:
    """What the next run of SOURCE would do with the first records; nothing is written."""
    found = tk.get_action("govshare_harvest_dry_run")(_context(), {"source_id": _id(source)})
    if as_json:
        _print(found)
        return
    for note in found["notes"]:
        click.echo(note)
    _lines(found["records"])


@harvest.command()
@click.argument("source")
@as_json
def stop(source: str, as_json: bool) -> None:
    """Stop the run of SOURCE: the record in hand is finished, no other is begun."""
    job = tk.get_action("harvest_job_abort")(_context(), {"source_id": _id(source)})
    _show(job["id"], as_json)


def _show(job_id: str, as_json: bool) -> None:
    found = tk.get_action("govshare_harvest_report")(_context(), {"id": job_id, "limit": 1000})
    if as_json:
        _print(found)
    else:
        words = {**reading.statuses(), **reading.outcomes()}
        click.echo(f"{words.get(found['status'], found['status'])}\t{found['id']}")
        for outcome, count in sorted(found["counts"].items()):
            click.echo(f"{words.get(outcome, outcome)}\t{count}")
        for note in found["notes"]:
            click.echo(note)
        _lines(found["records"])
    if found["notes"] or found["counts"].get("errored"):
        sys.exit(1)


def _lines(records: list[dict[str, Any]]) -> None:
    words: dict[str, str] = {**reading.outcomes(), "not modified": tk._("unchanged")}
    for record in records:
        click.echo("\t".join([words[record["outcome"]], record["key"], *record["notes"]]))


def _print(found: Any) -> None:
    click.echo(json.dumps(found, ensure_ascii=False, indent=1))


def _id(source: str) -> str:
    package = model.Package.get(source)
    if package is None or package.type != "harvest":
        raise click.ClickException(tk._("Harvest source not found"))
    return package.id


def _context() -> Any:
    user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    return {"user": user, "ignore_auth": True, "model": model, "session": model.Session}
