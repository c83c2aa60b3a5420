"""Commands that run inside the portal: `python -m ckanext.govshare.stack.inside NAME …`.

The launcher starts them as processes of their own (see `launch`), with `CKAN_INI` set, so that the
launcher itself never loads CKAN.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module

import click
from ckan.cli import load_config
from ckan.config.middleware import make_app

COMMANDS = {
    "demo": "ckanext.govshare.stack.demo:load",
    "ledger": "ckanext.govshare.ledger.cli:ledger",
    "harvest": "harvesters.cli:harvest",
}


def main(name: str, arguments: list[str]) -> None:
    """Run the command `name` in a request context of the portal."""
    config = load_config(os.environ["CKAN_INI"])
    app = make_app(config)
    module, _, attribute = COMMANDS[name].partition(":")
    command = getattr(import_module(module), attribute)
    if not isinstance(command, click.Command):
        command = click.Command(name, callback=command)
    # CKAN's helpers look for the reader's language in the request.
    language = {"CKAN_LANG": config["ckan.locale_default"], "CKAN_LANG_IS_DEFAULT": "true"}
    with app._wsgi_app.test_request_context(environ_overrides=language):  # type: ignore[attr-defined]
        command.main(arguments, prog_name=f"govshare {name}")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
