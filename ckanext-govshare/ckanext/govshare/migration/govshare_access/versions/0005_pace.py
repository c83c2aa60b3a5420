"""Limits of calls of a single grant

Revision ID: 0005
Revises: 0004
Create Date: 2026-11-22
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("calls_per_minute", "calls_per_day"):
        op.add_column("govshare_grant", sa.Column(name, sa.Integer))


def downgrade() -> None:
    for name in ("calls_per_minute", "calls_per_day"):
        op.drop_column("govshare_grant", name)
