"""Let the oldest events go, when an event of the chain says so and they are half a year old

Revision ID: 0002
Revises: 0001
Create Date: 2026-11-22
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Half a year is the shortest period that any of the regulations allows (Nanyang 33).
    op.execute("""
        create or replace function govshare_event_is_final() returns trigger language plpgsql as $$
        begin
            if tg_op = 'DELETE' and old.at < now() - interval '6 months' and exists (
                select 1 from govshare_event
                where kind = 'ledger.purged' and (data ->> 'upto')::bigint >= old.seq
            ) then
                return old;
            end if;
            raise exception 'the ledger is append-only: % is forbidden', tg_op;
        end $$
    """)
    op.execute("create index govshare_event_at on govshare_event (at)")


def downgrade() -> None:
    op.execute("drop index govshare_event_at")
    op.execute("""
        create or replace function govshare_event_is_final() returns trigger language plpgsql as $$
        begin
            raise exception 'the ledger is append-only: % is forbidden', tg_op;
        end $$
    """)
