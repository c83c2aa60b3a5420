"""The rows that say which contents are stored, and in which root."""

from __future__ import annotations

import mimetypes

from ckan import model

from ckanext.govshare.release.model import QUARANTINE, Content


def media_type(filename: str) -> str:
    return mimetypes.guess_type(filename)[0] or "application/octet-stream"


def keep(digest: str, size: int, media: str, place: str) -> None:
    """Write down a stored content; what stands in the vault stays there."""
    row = model.Session.get(Content, digest)
    if row is None:
        model.Session.add(Content(digest=digest, size=size, media_type=media, place=place))
        model.Session.flush()
    elif place != QUARANTINE:
        row.place = place
        row.media_type = media
