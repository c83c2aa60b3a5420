"""The settings of the site's identity that an operator edits in the browser."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk

EDITABLE = (
    "govshare.site_owner",
    "govshare.site_operator",
    "govshare.icp_number",
    "govshare.police_number",
    "govshare.site_code",
    "govshare.contact_phone",
    "govshare.contact_email",
    "govshare.contact_address",
)


def validators() -> list[Any]:
    """Plain text, may be left empty."""
    return [tk.get_validator("ignore_missing"), tk.get_validator("unicode_safe")]
