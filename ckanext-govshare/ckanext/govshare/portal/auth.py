"""Who may do what the portal does."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context


def govshare_follower_tick(_context: Context, _data_dict: dict[str, Any]) -> AuthResult:
    return {"success": False, "msg": tk._("Only the scheduler does this.")}
