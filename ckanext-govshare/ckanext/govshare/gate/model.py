"""The gate's own tables. The tombstones are written by triggers on CKAN's tables."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

metadata = sa.MetaData()

#: Every read that was served.
read = sa.Table(
    "govshare_read",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("user_id", sa.Text),
    sa.Column("resource_id", sa.Text, nullable=False),
    sa.Column("release_id", sa.Text),
    sa.Column("grant_id", sa.Text),
    sa.Column("way", sa.Text, nullable=False),
    sa.Column("columns", JSONB(none_as_null=True)),
    sa.Column("bytes", sa.BigInteger, nullable=False),
)

#: Ids of deleted datasets and resources: never served, never used again.
tombstone = sa.Table(
    "govshare_tombstone",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
)

#: Which release the DataStore table of a resource was filled from.
rows = sa.Table(
    "govshare_rows",
    metadata,
    sa.Column("resource_id", sa.Text, primary_key=True),
    sa.Column("release_id", sa.Text, nullable=False),
    sa.Column("count", sa.BigInteger, nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
)
