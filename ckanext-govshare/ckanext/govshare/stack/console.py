"""How the `govshare` command speaks: progress, problems with their remedy, and its group."""

from __future__ import annotations

import errno
import sys
from importlib import import_module
from typing import NoReturn

import click
from rich.console import Console

from ckanext.govshare.stack.errors import StackError
from ckanext.govshare.stack.language import _

out = Console(highlight=False, soft_wrap=True)
err = Console(highlight=False, soft_wrap=True, stderr=True)

LAZY = {"due": "ckanext.govshare.rules.cli:due"}
"""Commands of rooms that need no portal; loaded when asked for."""


def say(text: str) -> None:
    """One line of progress."""
    out.print(f"· {text}", markup=False)


def fail(error: StackError) -> NoReturn:
    """Say what is wrong and what to do, and end with exit code 1."""
    err.print(f"✗ {error.problem}", markup=False, style="bold red")
    err.print(f"  → {error.remedy}", markup=False)
    sys.exit(1)


class Group(click.Group):
    """A group that turns every foreseeable trouble into a problem and its remedy."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Our commands and the rooms'."""
        return sorted([*super().list_commands(ctx), *LAZY])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """One command; a room's is imported now."""
        if cmd_name in LAZY:
            module, _colon, attribute = LAZY[cmd_name].partition(":")
            return getattr(import_module(module), attribute)
        return super().get_command(ctx, cmd_name)

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; a `StackError` or an operating system's error ends in `fail`."""
        try:
            return super().invoke(ctx)
        except StackError as error:
            fail(error)
        except OSError as error:
            fail(_explain(error))


def _explain(error: OSError) -> StackError:
    reason = f"{error.strerror}: {error.filename}" if error.filename else str(error)
    if error.errno == errno.ENOSPC:
        return StackError(_("The disk is full ({reason}).", reason=reason),
                          _("Free some space, then start again; nothing is lost."))
    return StackError(_("The system refused: {reason}", reason=reason),
                      _("Check the rights and the free space of the data folder."))
