"""The entry of the `govshare` command: chooses the language, then loads the commands."""

from __future__ import annotations

import sys

from ckanext.govshare.stack import language


def main() -> None:
    """Run `govshare`; its help follows `--lang` or the locale."""
    language.choose(_asked_language(sys.argv[1:]))
    # After the choice: the help texts are translated when the commands are declared.
    from ckanext.govshare.stack.commands import govshare

    govshare(prog_name="govshare")


def _asked_language(arguments: list[str]) -> str | None:
    for position, argument in enumerate(arguments):
        if argument == "--lang":
            return arguments[position + 1] if position + 1 < len(arguments) else None
        if argument.startswith("--lang="):
            return argument.removeprefix("--lang=")
    return None
