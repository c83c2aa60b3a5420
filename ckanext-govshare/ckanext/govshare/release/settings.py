"""The room's settings, asked by name."""

from __future__ import annotations

import ckan.plugins.toolkit as tk

from ckanext.govshare.rules import profiles


def confidentiality_review() -> bool:
    """Whether a named reviewer's own result stands before the authority's.

    The site's regulation decides (NY 54; YN 34; ZS 17); the setting can only add the duty.
    """
    asked = profiles.site().publication.confidentiality_review is not None
    return asked or tk.asbool(tk.config["govshare.release.confidentiality_review"])


def head_signoff() -> bool:
    """Whether the head signs too: supported by NY 7, YN 38, TZ 20; prescribed by none."""
    return tk.asbool(tk.config["govshare.release.head_signoff"])


def standing_signature() -> bool:
    """Whether new content of the same shape may go out on the earlier signatures (off)."""
    return tk.asbool(tk.config["govshare.release.standing_signature"])


def preview_rows() -> int:
    return tk.asint(tk.config["govshare.release.preview_rows"])


def stale_after() -> int:
    """Seconds after which work that nobody finished is taken up again."""
    return tk.asint(tk.config["govshare.release.stale_after"])
