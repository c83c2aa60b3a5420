"""What the messenger has told of a case, so that it need not look again

Revision ID: 0002
Revises: 0001
Create Date: 2026-11-22
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "govshare_case_told",
        sa.Column("case_id", sa.Text, primary_key=True),
        sa.Column("what", sa.Text, primary_key=True),
    )


def downgrade() -> None:
    op.drop_table("govshare_case_told")
