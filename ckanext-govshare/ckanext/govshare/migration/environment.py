"""The one Alembic environment that every room's migrations share."""

from __future__ import annotations

from alembic import context
from sqlalchemy import engine_from_config, pool


def run(plugin: str) -> None:
    """Run `plugin`'s migrations online, under a version table of its own.

    Online only: CKAN's `ckan db upgrade -p PLUGIN` never asks for SQL scripts.
    """
    config = context.config
    section = config.get_section(config.config_ini_section) or {}
    engine = engine_from_config(section, prefix="sqlalchemy.", poolclass=pool.NullPool)
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=None,
            version_table=f"{plugin}_alembic_version",
        )
        with context.begin_transaction():
            context.run_migrations()
