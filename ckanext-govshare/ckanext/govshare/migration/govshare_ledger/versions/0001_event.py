"""The table of events, which nobody can change

Revision ID: 0001
Revises:
Create Date: 2026-11-22
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "govshare_event",
        sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("id", sa.Text, nullable=False, unique=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text),
        sa.Column("office", sa.Text),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("subject_type", sa.Text),
        sa.Column("subject_id", sa.Text),
        sa.Column("data", JSONB, nullable=False),
        sa.Column("rule", sa.Text),
        sa.Column("prev_hash", sa.Text, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
    )
    op.create_index(
        "govshare_event_subject", "govshare_event", ["subject_type", "subject_id", "seq"]
    )
    op.create_index("govshare_event_kind", "govshare_event", ["kind", "seq"])
    op.create_index("govshare_event_actor", "govshare_event", ["actor", "seq"])
    op.execute("""
        create function govshare_event_is_final() returns trigger language plpgsql as $$
        begin
            raise exception 'the ledger is append-only: % is forbidden', tg_op;
        end $$
    """)
    op.execute("""
        create trigger govshare_event_row_is_final before update or delete on govshare_event
        for each row execute function govshare_event_is_final()
    """)
    op.execute("""
        create trigger govshare_event_table_is_final before truncate on govshare_event
        for each statement execute function govshare_event_is_final()
    """)


def downgrade() -> None:
    op.drop_table("govshare_event")
    op.execute("drop function govshare_event_is_final()")
