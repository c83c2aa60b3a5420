"""`ckan govshare-release`: what an operator or the scheduler starts."""

from __future__ import annotations

import click

from ckanext.govshare.release import jobs

__all__ = ["govshare_release"]


@click.group("govshare-release", short_help="Releases: the stage of desensitization.")
def govshare_release() -> None:
    pass


@govshare_release.command()
def sweep() -> None:
    """Take up again what waits to be scanned or transformed, and what a killed worker left."""
    click.echo(f"{jobs.sweep()} queued")
