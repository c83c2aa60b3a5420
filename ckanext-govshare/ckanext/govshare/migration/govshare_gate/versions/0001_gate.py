"""Reads, tombstones, and which release the DataStore tables hold.

Revision ID: 0001
Revises:
Create Date: 2026-11-22
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)

# A trigger, not a hook: CKAN deletes and purges in many places (bulk updates, the trash page,
# the command line), and an id that comes back must find its old bytes closed.
BURY = """
create function govshare_bury() returns trigger language plpgsql as $$
begin
    insert into govshare_tombstone (id, kind, at) values (old.id, tg_table_name, now())
    on conflict do nothing;
    return null;
end $$
"""
ON_DELETE = """
create trigger govshare_bury_deleted after delete on {table}
for each row execute function govshare_bury()
"""
ON_STATE = """
create trigger govshare_bury_state after update of state on {table}
for each row when (new.state = 'deleted' and old.state is distinct from 'deleted')
execute function govshare_bury()
"""
DELETED_BEFORE = """
insert into govshare_tombstone (id, kind, at)
select id, '{table}', now() from {table} where state = 'deleted'
"""


def upgrade() -> None:
    op.create_table(
        "govshare_read",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("at", MOMENT, nullable=False, index=True),
        sa.Column("user_id", sa.Text, index=True),
        sa.Column("resource_id", sa.Text, nullable=False, index=True),
        sa.Column("release_id", sa.Text),
        sa.Column("grant_id", sa.Text, index=True),
        sa.Column("way", sa.Text, nullable=False),
        sa.Column("columns", JSONB),
        sa.Column("bytes", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "govshare_tombstone",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
    )
    op.create_table(
        "govshare_rows",
        sa.Column("resource_id", sa.Text, primary_key=True),
        sa.Column("release_id", sa.Text, nullable=False),
        sa.Column("count", sa.BigInteger, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
    )
    op.execute(BURY)
    for table in ("package", "resource"):
        op.execute(ON_DELETE.format(table=table))
        op.execute(ON_STATE.format(table=table))
        op.execute(DELETED_BEFORE.format(table=table))


def downgrade() -> None:
    for table in ("package", "resource"):
        op.execute(f"drop trigger govshare_bury_state on {table}")
        op.execute(f"drop trigger govshare_bury_deleted on {table}")
    op.execute("drop function govshare_bury()")
    for table in ("govshare_rows", "govshare_tombstone", "govshare_read"):
        op.drop_table(table)
