"""The outbox

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
        "govshare_message",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("to_user", sa.Text, nullable=False),
        sa.Column("subject_type", sa.Text),
        sa.Column("subject_id", sa.Text),
        sa.Column("values", JSONB, nullable=False),
        sa.Column("once", sa.Text, unique=True),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True)),
        sa.Column("mail", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("next_try", sa.DateTime(timezone=True), nullable=False),
        sa.Column("mailed_at", sa.DateTime(timezone=True)),
    )
    op.create_index("govshare_message_reader", "govshare_message", ["to_user", "created"])
    op.create_index(
        "govshare_message_waiting", "govshare_message", ["next_try"],
        postgresql_where=sa.text("mail = 'waiting'"),
    )


def downgrade() -> None:
    op.drop_table("govshare_message")
