"""The tables beside ckanext-harvest's: who works on what, what a source may do, what it answered

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

NOW = sa.func.now()


def upgrade() -> None:
    # ckanext-harvest clears its tables by SQL of its own: ours follow by cascade.
    op.create_table(
        "govshare_harvest_worker",
        sa.Column("id", sa.Integer, sa.Identity(), primary_key=True),
        sa.Column("machine", sa.Text, nullable=False),
        sa.Column("pid", sa.Integer, nullable=False),
        sa.Column("started", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
    )
    op.create_table(
        "govshare_harvest_job",
        sa.Column("job_id", sa.Text, sa.ForeignKey("harvest_job.id", ondelete="CASCADE"),
                  primary_key=True),
        sa.Column("phase", sa.Text, nullable=False, server_default="gather"),
        sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        sa.Column("owner", sa.Integer),
        sa.Column("begun", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        sa.CheckConstraint("phase in ('gather', 'objects', 'finish', 'done')",
                           name="govshare_harvest_job_phase"),
    )
    op.create_table(
        "govshare_harvest_object",
        sa.Column("object_id", sa.Text, sa.ForeignKey("harvest_object.id", ondelete="CASCADE"),
                  primary_key=True),
        sa.Column("job_id", sa.Text, nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("done", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        sa.Column("owner", sa.Integer),
        sa.Column("error", sa.Text),
    )
    op.create_index("govshare_harvest_object_open", "govshare_harvest_object",
                    ["job_id", "place"], postgresql_where=sa.text("not done"))
    op.create_table(
        "govshare_harvest_source",
        sa.Column("source_id", sa.Text, sa.ForeignKey("harvest_source.id", ondelete="CASCADE"),
                  primary_key=True),
        sa.Column("approved_by", sa.Text),
        sa.Column("approved_at", sa.DateTime(timezone=True)),
        sa.Column("approved_state", sa.Text),
        sa.Column("filing", JSONB),
        sa.Column("sealed", sa.LargeBinary),
        sa.Column("secret_names", JSONB, nullable=False, server_default="[]"),
        sa.Column("removal_allowed", sa.Boolean, nullable=False, server_default=sa.false()),
    )
    op.create_table(
        "govshare_harvest_gone",
        sa.Column("source_id", sa.Text, sa.ForeignKey("harvest_source.id", ondelete="CASCADE"),
                  primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("dataset_id", sa.Text, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
    )
    op.create_table(
        "govshare_harvest_question",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("source_id", sa.Text, sa.ForeignKey("harvest_source.id", ondelete="CASCADE"),
                  nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("org_id", sa.Text, nullable=False),
        sa.Column("other_dataset", sa.Text, nullable=False),
        sa.Column("other_org", sa.Text, nullable=False),
        sa.Column("decision", sa.Text),
        sa.Column("reason", sa.Text),
        sa.Column("decided_by", sa.Text),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        sa.UniqueConstraint("source_id", "key", "other_dataset"),
        sa.CheckConstraint("decision in ('separate', 'other')",
                           name="govshare_harvest_question_decision"),
    )
    op.create_table(
        "govshare_quality",
        sa.Column("resource_id", sa.Text, primary_key=True),
        sa.Column("digest", sa.Text, primary_key=True),
        sa.Column("dataset_id", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.Column("cells", sa.BigInteger, nullable=False),
        sa.Column("empty", sa.BigInteger, nullable=False),
        sa.Column("failed_rows", sa.Integer, nullable=False),
        sa.Column("rules", JSONB, nullable=False),
    )
    op.create_index("govshare_quality_dataset", "govshare_quality", ["dataset_id", "at"])


def downgrade() -> None:
    for name in ("quality", "harvest_question", "harvest_gone", "harvest_source",
                 "harvest_object", "harvest_job", "harvest_worker"):
        op.drop_table(f"govshare_{name}")
