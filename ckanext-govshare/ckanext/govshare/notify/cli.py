"""`notify deliver`: mail what waits in the outbox. Run it every minute."""

from __future__ import annotations

import click

from ckanext.govshare.notify import mail

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
