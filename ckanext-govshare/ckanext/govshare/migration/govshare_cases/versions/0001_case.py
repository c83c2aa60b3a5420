"""The tables of cases

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
        "govshare_case",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("number", sa.Text, unique=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("layer", sa.Text, nullable=False),
        sa.Column("dataset_id", sa.Text, nullable=False),
        sa.Column("org_id", sa.Text, nullable=False),
        sa.Column("applicant", sa.Text, nullable=False),
        sa.Column("handler", sa.Text),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("profile", sa.Text, nullable=False),
        sa.Column("borrowed_from", sa.Text),
        sa.Column("profile_version", sa.Text, nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True)),
        sa.Column("due_day", sa.Date),
        sa.Column("due_moment", sa.DateTime(timezone=True)),
        sa.Column("first_due_day", sa.Date),
        sa.Column("provisional", sa.Boolean, nullable=False),
        sa.Column("clock", JSONB),
        sa.Column("form", JSONB, nullable=False),
        sa.Column("sealed", sa.LargeBinary),
        sa.Column("proposal", JSONB),
        sa.Column("extension", JSONB),
        sa.Column("supplement", JSONB),
        sa.Column("decision", JSONB),
        sa.Column("linked_case", sa.Text),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("layer in ('open', 'share')", name="govshare_case_layer"),
    )
    op.create_index("govshare_case_applicant", "govshare_case", ["applicant", "created"])
    op.create_index("govshare_case_org", "govshare_case", ["org_id", "state", "due_moment"])
    op.create_index("govshare_case_due", "govshare_case", ["state", "due_moment"])
    op.create_index("govshare_case_dataset", "govshare_case", ["dataset_id"])
    op.create_table(
        "govshare_case_request",
        sa.Column("user_id", sa.Text, primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("case_id", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "govshare_case_number",
        sa.Column("prefix", sa.Text, primary_key=True),
        sa.Column("last", sa.Integer, nullable=False),
    )
    op.create_table(
        "govshare_case_profile",
        sa.Column("version", sa.Text, primary_key=True),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("content", JSONB, nullable=False),
    )
    op.create_table(
        "govshare_case_note",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("case_id", sa.Text, nullable=False, index=True),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
    )


def downgrade() -> None:
    for name in ("_note", "_profile", "_number", "_request", ""):
        op.drop_table(f"govshare_case{name}")
