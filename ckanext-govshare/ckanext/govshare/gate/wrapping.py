"""What the held actions share."""

# ruff: noqa: ARG001  CKAN fixes the signatures

from __future__ import annotations

from typing import Any

from ckan.plugins import toolkit as tk
from ckan.types import Action, ChainedAction, Context


def refused() -> ChainedAction:
    """An action that answers nobody, `ignore_auth` included."""

    @tk.chained_action
    def refuse(next_action: Action, context: Context, data_dict: dict[str, Any]) -> Any:
        raise tk.NotAuthorized(tk._("This is closed in this portal."))

    return refuse


def may_see(context: Context, dataset_id: str) -> bool:
    """Whether the caller may see the metadata of the dataset."""
    try:
        tk.check_access("package_show", tk.fresh_context(context), {"id": dataset_id})
    except (tk.NotAuthorized, tk.ObjectNotFound):
        return False
    return True
