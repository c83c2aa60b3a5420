"""The table of grants

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
        "govshare_grant",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("case_id", sa.Text, nullable=False, index=True),
        sa.Column("dataset_id", sa.Text, nullable=False),
        sa.Column("holder", sa.Text, nullable=False),
        sa.Column("columns", JSONB),
        sa.Column("mode", sa.Text, nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_to", sa.DateTime(timezone=True)),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("max_reads", sa.Integer),
        sa.Column("reads", sa.Integer, nullable=False),
        sa.Column("trace", sa.Text, nullable=False, unique=True),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("mode in ('file', 'api', 'verify')", name="govshare_grant_mode"),
        sa.CheckConstraint(
            "state in ('active', 'suspended', 'ended')", name="govshare_grant_state"
        ),
    )
    op.create_index("govshare_grant_reader", "govshare_grant", ["holder", "dataset_id"])
    op.create_index("govshare_grant_dataset", "govshare_grant", ["dataset_id"])


def downgrade() -> None:
    op.drop_table("govshare_grant")
