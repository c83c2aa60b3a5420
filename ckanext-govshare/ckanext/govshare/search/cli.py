"""`ckan search-repair`; as a background process `python -m ckanext.govshare.search.cli INI`."""

from __future__ import annotations

import logging
import os
import sys

import ckan.plugins.toolkit as tk
import click

log = logging.getLogger(__name__)


@click.command(
    "search-repair", short_help="Compare the search index with the database and mend it."
)
def search_repair() -> None:
    from . import catalogue, solr

    url = tk.config["solr_url"]
    if not url.startswith(solr.SCHEME):
        raise click.ClickException("the portal uses Solr: see `ckan search-index`")
    found = catalogue.repair(url)
    if found is None:
        click.echo("Another process is repairing the index.")
        return
    if found.broken:
        click.echo("The index could not be read and was built again.")
    click.echo(
        f"{found.indexed} datasets were indexed; {len(found.missing)} were missing, "
        f"{len(found.old)} old, {len(found.mislabelled)} with other labels, "
        f"{len(found.surplus)} no longer there."
    )


def get_commands() -> list[click.Command]:
    return [search_repair]


def main() -> None:
    os.nice(10)
    os.environ["GOVSHARE_SEARCH_REPAIR"] = "1"  # this process must not start another
    from ckan.cli.cli import ckan

    ckan(["-c", sys.argv[1], "search-repair"])


if __name__ == "__main__":
    main()
