"""Supervision records, which only grow until they are closed

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
    op.execute("create sequence govshare_oversight_number")
    op.create_table(
        "govshare_oversight",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("number", sa.Text, nullable=False, unique=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("org_id", sa.Text),
        sa.Column("dataset_id", sa.Text),
        sa.Column("data", JSONB, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("due", sa.Date),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Text),
        sa.Column("closed_at", sa.DateTime(timezone=True)),
        sa.Column("closed_by", sa.Text),
        sa.Column("sealed", sa.LargeBinary),
        sa.Column("code_digest", sa.Text),
        sa.CheckConstraint("state in ('open', 'closed')", name="govshare_oversight_state"),
    )
    op.create_index("govshare_oversight_kind", "govshare_oversight", ["kind", "org_id", "created"])
    op.create_index("govshare_oversight_dataset", "govshare_oversight", ["dataset_id"])
    op.create_index("govshare_oversight_due", "govshare_oversight", ["due"],
                    postgresql_where=sa.text("state = 'open' and due is not null"))
    # What a record once said stays said. The sender's particulars may be erased, nothing else.
    op.execute("""
        create function govshare_oversight_only_grows() returns trigger language plpgsql as $$
        begin
            if tg_op <> 'UPDATE' then
                raise exception 'supervision records are kept: % is forbidden', tg_op;
            end if;
            if not new.data @> old.data
                or (old.state = 'closed' and (new.state <> 'closed' or new.data <> old.data
                    or new.closed_at is distinct from old.closed_at
                    or new.closed_by is distinct from old.closed_by))
                or (new.id, new.number, new.kind, new.org_id, new.dataset_id, new.created,
                    new.created_by, new.code_digest)
                   is distinct from
                   (old.id, old.number, old.kind, old.org_id, old.dataset_id, old.created,
                    old.created_by, old.code_digest)
                or (new.sealed is distinct from old.sealed and new.sealed is not null)
            then
                raise exception 'a supervision record is added to and closed, never changed';
            end if;
            return new;
        end $$
    """)
    op.execute("""
        create trigger govshare_oversight_row_only_grows
        before update or delete on govshare_oversight
        for each row execute function govshare_oversight_only_grows()
    """)
    op.execute("""
        create trigger govshare_oversight_table_is_kept before truncate on govshare_oversight
        for each statement execute function govshare_oversight_only_grows()
    """)


def downgrade() -> None:
    op.drop_table("govshare_oversight")
    op.execute("drop function govshare_oversight_only_grows()")
    op.execute("drop sequence govshare_oversight_number")
