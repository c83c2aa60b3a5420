"""Versions of entries and of the catalogue, the responsibility list, matters of the catalogue

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
        "govshare_catalogue_version",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text),
        sa.Column("org_id", sa.Text),
        sa.Column("cause", sa.Text, nullable=False),
        sa.Column("matter_id", sa.Text),
        sa.Column("datasets", JSONB, nullable=False),
    )
    op.create_index(
        "govshare_catalogue_version_org", "govshare_catalogue_version", ["org_id", "number"]
    )
    op.create_table(
        "govshare_entry_version",
        sa.Column("dataset_id", sa.Text, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text),
        sa.Column("cause", sa.Text, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("norm", sa.Text, nullable=False),
        sa.Column("changes", JSONB, nullable=False),
    )
    op.create_index("govshare_entry_version_cause", "govshare_entry_version", ["cause", "at"])
    op.create_table(
        "govshare_responsibility",
        sa.Column("dataset_id", sa.Text, primary_key=True),
        sa.Column("from_number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("to_number", sa.Integer),
        sa.Column("org_id", sa.Text, nullable=False),
        sa.Column("update_cycle", sa.Text, nullable=False),
    )
    op.create_index("govshare_responsibility_org", "govshare_responsibility", ["org_id"])
    op.create_table(
        "govshare_matter",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("org_id", sa.Text, nullable=False),
        sa.Column("other_org", sa.Text),
        sa.Column("dataset_id", sa.Text),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("form", JSONB, nullable=False),
        sa.Column("clock", JSONB(none_as_null=True)),
        sa.Column("due_day", sa.Date),
        sa.Column("due_moment", sa.DateTime(timezone=True)),
        sa.Column("rule", sa.Text),
        sa.Column("late", sa.Boolean, nullable=False),
        sa.Column("opened_by", sa.Text),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True)),
        sa.Column("history", JSONB, nullable=False),
    )
    for name in ("org_id", "other_org", "dataset_id", "due_moment"):
        op.create_index(f"govshare_matter_{name}", "govshare_matter", [name])
    op.create_index("govshare_matter_state", "govshare_matter", ["kind", "state"])


def downgrade() -> None:
    for name in (
        "govshare_matter", "govshare_responsibility", "govshare_entry_version",
        "govshare_catalogue_version",
    ):
        op.drop_table(name)
