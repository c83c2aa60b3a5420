"""The commands of `govshare`; each is a few lines, the work is in the other modules."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import click
from rich.table import Table

from ckanext.govshare import __version__
from ckanext.govshare.stack import background, console, doctor, launcher, portal, status
from ckanext.govshare.stack.errors import StackError
from ckanext.govshare.stack.language import _

ANYTHING = {"ignore_unknown_options": True, "help_option_names": []}


@click.group(cls=console.Group, help=_(
    "The open-data portal of this folder: start it, look at it, stop it."))
@click.option("--data", "data_dir", type=click.Path(file_okay=False, path_type=Path), default="var",
              show_default=True, help=_("The folder that keeps everything of this portal."))
@click.option("--lang", type=click.Choice(["zh", "en"]), help=_("The language of this command."))
@click.version_option(__version__, message="govshare %(version)s", help=_("Say the version."))
@click.pass_context
def govshare(ctx: click.Context, data_dir: Path, lang: str | None) -> None:  # noqa: ARG001 - see cli
    ctx.obj = data_dir.resolve()


@govshare.command(help=_("Start everything; the first time, make everything first."))
@click.option("--port", type=click.IntRange(1, 65535),
              help=_("The port of the portal; a free one is found when left out."))
@click.option("--demo", is_flag=True, help=_("Also load the demo data."))
@click.option("--detach", is_flag=True, help=_("Return when the portal answers; it runs on."))
@click.pass_obj
def up(data_dir: Path, port: int | None, demo: bool, detach: bool) -> None:
    if detach:
        background.start(data_dir, port, demo, console.say)
    else:
        launcher.Launcher(data_dir, port, console.say).run(demo)


@govshare.command(help=_("Stop everything."))
@click.pass_obj
def down(data_dir: Path) -> None:
    stopped = launcher.down(data_dir)
    console.say(_("Stopped: {parts}", parts=", ".join(stopped)) if stopped else _("Nothing ran."))


@govshare.command("status", help=_("Say of each part whether it runs and is well."))
@click.option("--json", "as_json", is_flag=True, help=_("As JSON."))
@click.pass_obj
def status_(data_dir: Path, as_json: bool) -> None:
    parts = status.look(data_dir)
    if as_json:
        click.echo(json.dumps([asdict(part) for part in parts], indent=1))
    else:
        table = Table(_("Part"), _("State"), _("Version"), _("Address"), _("Memory"))
        for part in parts:
            state = _("well") if part.healthy else _("not well") if part.running else _("stopped")
            memory = f"{part.memory:.0f} MB" if part.memory else ""
            table.add_row(part.name, state, part.version, part.address, memory)
        console.out.print(table)
    sys.exit(0 if all(part.healthy for part in parts) else 3)


@govshare.command("doctor", help=_("Say what is missing on this machine and what to do."))
@click.pass_obj
def doctor_(data_dir: Path) -> None:
    findings = list(doctor.examine(data_dir))
    for finding in findings:
        mark = "✗" if finding.remedy else "✓"
        console.out.print(f"{mark} {finding.check}: {finding.result}", markup=False)
        if finding.remedy:
            console.out.print(f"  → {finding.remedy}", markup=False)
    sys.exit(1 if any(finding.remedy for finding in findings) else 0)


@govshare.command(help=_("Load the demo data; as often as you like."))
@click.pass_obj
def demo(data_dir: Path) -> None:
    _become(portal.inside("demo"), _ini(data_dir))


@govshare.command(context_settings=ANYTHING, help=_("Run CKAN's own command on this portal."))
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@click.pass_obj
def ckan(data_dir: Path, arguments: tuple[str, ...]) -> None:
    ini = _ini(data_dir)
    _become(portal.ckan(ini, *arguments), ini)


@govshare.command(context_settings=ANYTHING, help=_("Verify or export the chain of events."))
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@click.pass_obj
def ledger(data_dir: Path, arguments: tuple[str, ...]) -> None:
    _become(portal.inside("ledger", *arguments), _ini(data_dir))


@govshare.command(context_settings=ANYTHING, help=_("Run and watch harvests."))
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@click.pass_obj
def harvest(data_dir: Path, arguments: tuple[str, ...]) -> None:
    _become(portal.inside("harvest", *arguments), _ini(data_dir))


def _ini(data_dir: Path) -> Path:
    if not launcher.state(data_dir).get("ready"):
        raise StackError(
            _("The portal of {folder} does not run.", folder=data_dir),
            _("Start it with `govshare up`."),
        )
    return data_dir / "portal" / "ckan.ini"


def _become(command: list[str], ini: Path) -> None:
    done = subprocess.run(command, env=portal.environment(ini), check=False)  # noqa: S603
    sys.exit(done.returncode)
