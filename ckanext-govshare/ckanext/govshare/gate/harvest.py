"""ckanext-harvest, held: it shows what a source sent, raw, and offers its helpers as actions."""

from __future__ import annotations

from typing import Any

from ckan.plugins import toolkit as tk
from ckan.types import Action, ChainedAction, Context

from ckanext.govshare.gate.wrapping import may_see, refused

#: Functions that ckanext-harvest registers as actions by accident (send a mail to anybody), and
#: its log, which quotes what sources sent and has no auth function.
CLOSED = (
    "InactiveSource", "get_mail_extra_vars", "prepare_error_mail", "prepare_summary_mail",
    "send_error_email", "send_mail", "send_summary_email", "harvest_log_list",
)


def functions() -> dict[str, Action | ChainedAction]:
    return {
        **{name: refused() for name in CLOSED},
        "harvest_object_show": harvest_object_show,
        "harvest_source_list": harvest_source_list,
    }


@tk.chained_action
@tk.side_effect_free
def harvest_object_show(
    next_action: Action, context: Context, data_dict: dict[str, Any]
) -> dict[str, Any]:
    """The record without its content."""
    found = next_action(context, data_dict)
    return {**found, "content": None, "extras": {}}


@tk.chained_action
@tk.side_effect_free
def harvest_source_list(
    next_action: Action, context: Context, data_dict: dict[str, Any]
) -> list[dict[str, Any]]:
    """A source's settings can hold a password: only for those who see the source."""
    found = next_action(context, data_dict)
    return [s for s in found if context.get("ignore_auth") or may_see(context, s["id"])]
