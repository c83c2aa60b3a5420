"""Contents, releases, signatures, notes, publications.

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
DIGEST = "~ '^[0-9a-f]{64}$'"
STATES = (
    "'quarantined', 'scanned', 'transformed', 'in_review', 'held', 'returned', "
    "'released', 'replaced', 'withdrawn'"
)


def upgrade() -> None:
    op.create_table(
        "govshare_content",
        sa.Column("digest", sa.Text, primary_key=True),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("media_type", sa.Text, nullable=False),
        sa.Column("place", sa.Text, nullable=False),
        sa.CheckConstraint(f"digest {DIGEST}", name="govshare_content_digest"),
        sa.CheckConstraint("place in ('quarantine', 'vault')", name="govshare_content_place"),
    )
    op.create_table(
        "govshare_release",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("dataset_id", sa.Text, nullable=False, index=True),
        sa.Column("resource_id", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False, index=True),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("filename", sa.Text, nullable=False),
        sa.Column("raw_digest", sa.Text, nullable=False),
        sa.Column("digest", sa.Text),
        sa.Column("renditions", JSONB, nullable=False, server_default="{}"),
        sa.Column("format", sa.Text),
        sa.Column("plan", JSONB),
        sa.Column("plan_digest", sa.Text),
        sa.Column("engine", sa.Text),
        sa.Column("columns", JSONB),
        sa.Column("evidence", JSONB),
        sa.Column("open_class", sa.Text),
        sa.Column("created", MOMENT, nullable=False),
        sa.Column("created_by", sa.Text),
        sa.Column("released_at", MOMENT),
        sa.Column("ended_at", MOMENT),
        sa.Column("ended_reason", sa.Text),
        sa.Column("preparers", JSONB, nullable=False, server_default="[]"),
        sa.Column("findings", JSONB),
        sa.Column("problem", JSONB),
        sa.Column("work", JSONB),
        sa.Column("due_since", MOMENT, nullable=False),
        sa.UniqueConstraint("resource_id", "number", name="govshare_release_number"),
        sa.CheckConstraint(f"state in ({STATES})", name="govshare_release_state"),
        # Nothing stands as released without a digest, a plan and an open class.
        sa.CheckConstraint(
            "state <> 'released' or (digest is not null and plan_digest is not null "
            "and released_at is not null and open_class in ('unconditional', 'conditional'))",
            name="govshare_release_complete",
        ),
    )
    op.create_index(
        "govshare_release_one_released",
        "govshare_release",
        ["resource_id"],
        unique=True,
        postgresql_where=sa.text("state = 'released'"),
    )
    op.create_table(
        "govshare_signature",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("release_id", sa.Text, nullable=False, index=True),
        sa.Column("office", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("decision", sa.Text, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("digest", sa.Text),
        sa.Column("plan_digest", sa.Text),
        sa.Column("declassified", sa.Boolean),
        sa.Column("standing", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "decision in ('sign', 'return', 'refuse')", name="govshare_signature_decision"
        ),
    )
    op.create_table(
        "govshare_release_note",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("release_id", sa.Text, nullable=False, index=True),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("column_name", sa.Text),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
    )
    op.create_table(
        "govshare_publication",
        sa.Column("dataset_id", sa.Text, primary_key=True),
        sa.Column("state", sa.Text, nullable=False, index=True),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("reason", sa.Text),
        sa.CheckConstraint(
            "state in ('draft', 'requested', 'published', 'suspended', 'withdrawn')",
            name="govshare_publication_state",
        ),
    )


def downgrade() -> None:
    for table in (
        "govshare_publication",
        "govshare_release_note",
        "govshare_signature",
        "govshare_release",
        "govshare_content",
    ):
        op.drop_table(table)
