"""Find running clocks, and those counted by another calendar, without reading the cases

Revision ID: 0003
Revises: 0002
Create Date: 2026-11-22
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        create index govshare_case_running on govshare_case (
            due_moment, due_day, state, layer, kind, org_id, provisional, profile, borrowed_from,
            profile_version
        ) where answered_at is null and due_moment is not null
    """)
    op.execute("""
        create index govshare_case_calendar on govshare_case (
            ((clock -> 'due') ->> 'calendar_version'), due_moment
        ) where answered_at is null and due_moment is not null
    """)


def downgrade() -> None:
    op.execute("drop index govshare_case_calendar")
    op.execute("drop index govshare_case_running")
