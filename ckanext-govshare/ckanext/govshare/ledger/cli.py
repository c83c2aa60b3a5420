"""`ledger verify` and `ledger export`."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict

import click
import sqlalchemy as sa
from ckan import model

from ckanext.govshare.ledger import chain, retention
from ckanext.govshare.ledger.model import event as table

__all__ = ["ledger"]


@click.group()
def ledger() -> None:
    """The chain of events."""


@ledger.command()
def verify() -> None:
    """Check every link; name the first broken one. Exit code 1 when the chain is broken."""
    result = chain.verify()
    if result.broken_seq is None:
        click.echo(f"ledger: {result.events} events, whole, last hash {result.last_hash}")
        return
    click.echo(
        f"ledger: broken at event {result.broken_seq}: {result.why} "
        f"({result.events} events before it are whole)",
        err=True,
    )
    sys.exit(1)


@ledger.command()
def purge() -> None:
    """Remove what the rules let go (`govshare.ledger.retention_months`); export it before.

    The worker does the same by itself.
    """
    removed = retention.purge()
    model.Session.commit()
    if removed.events:
        click.echo(f"ledger: {removed.events} events up to {removed.upto} removed; "
                   "the rest verifies from there")
    else:
        click.echo(f"ledger: nothing is older than {retention.months()} months")


@ledger.command()
def export() -> None:
    """Write every event as one line of JSON, oldest first."""
    for event in chain.events(model.Session, sa.select(table).order_by(table.c.seq)):
        line = {**asdict(event), "at": event.at.isoformat()}
        click.echo(json.dumps(line, ensure_ascii=False))
