"""`notify deliver`: mail what waits in the outbox. Run it every minute."""

from __future__ import annotations

import sys

import click

from ckanext.govshare.notify import mail, webhook
from ckanext.govshare.notify import texts as wording

__all__ = ["notify"]


@click.group()
def notify() -> None:
    """Messages to people."""


@notify.command()
def deliver() -> None:
    """Mail the messages that wait; run as often as you like."""
    counts = mail.deliver()
    click.echo(
        f"{counts['sent']} sent, {counts['failed']} failed and tried again later, "
        f"{counts['none']} without an address"
    )
    handed = webhook.deliver()
    if webhook.configured():
        click.echo(f"{handed['sent']} handed on, {handed['failed']} failed and tried again later")


@notify.command()
def texts() -> None:
    """Check the operator's own texts; exit code 1 when one of them cannot be used."""
    found = list(wording.problems())
    for problem in found:
        click.echo(problem, err=True)
    click.echo(f"texts: {len(found)} problems")
    sys.exit(1 if found else 0)
