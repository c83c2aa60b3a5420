"""What each kind of person finds in the menus and as first steps on the workbench."""

from __future__ import annotations

from dataclasses import dataclass

import ckan.model as model
import ckan.plugins as p
import ckan.plugins.toolkit as tk


@dataclass(frozen=True)
class Entry:
    """One link of a menu; `icon` is a Font Awesome name."""

    title: str
    url: str
    icon: str = ""
    here: bool = False


def offices_of(user_id: str) -> set[str]:
    """The offices that a user holds now: `publisher`, `head`, `authority` …"""
    if not p.plugin_loaded("govshare_offices"):
        return set()
    from ckanext.govshare import offices

    return {office.office for office in offices.of(user_id)}


def navigation() -> list[Entry]:
    """The main menu, the same for everybody."""
    path = tk.request.path
    targets = [
        (tk._("Home"), "home.index", "/"),
        (tk._("Data catalogue"), "dataset.search", "/dataset"),
        (tk._("Departments"), "organization.index", "/organization"),
        (tk._("Topics"), "govshare_portal.topics", "/topics"),
        (tk._("Help"), "govshare_portal.guide", "/guide"),
    ]
    return [
        Entry(title, tk.h.url_for(route), here=f"{path}/".startswith(f"{start}/") or path == start)
        for title, route, start in targets
    ]


def personal() -> list[Entry]:
    """The menu under a person's name: only what exists here and what the person may do."""
    user = model.User.get(tk.current_user.name)
    if user is None:
        return []
    held = offices_of(user.id)
    admin = user.sysadmin or "operator" in held
    choices = [
        (True, tk._("Workbench"), "/workbench", "inbox"),
        (p.plugin_loaded("govshare_cases"), tk._("My applications"), "/case/", "file-signature"),
        (bool(held & {"publisher", "reviewer", "head"}) and p.plugin_loaded("govshare_cases"),
         tk._("Cases of my department"), "/case/inbox", "inbox"),
        (bool(held & {"authority", "auditor"}) and p.plugin_loaded("govshare_cases"),
         tk._("Watch the due days"), "/case/watch", "stopwatch"),
        (p.plugin_loaded("govshare_access"), tk._("My data grants"), "/grant/", "key"),
        (p.plugin_loaded("govshare_notify"), tk._("Messages"), "/message/", "bell"),
        (
            bool(held & {"publisher", "reviewer", "confidentiality_reviewer", "head", "authority"})
            and p.plugin_loaded("govshare_release"),
            tk._("Releases"),
            "/release/",
            "box-archive",
        ),
        (
            bool(held & {"authority", "auditor"} or admin) and p.plugin_loaded("govshare_ledger"),
            tk._("Event ledger"),
            "/ledger/",
            "scroll",
        ),
        (bool(held) and p.plugin_loaded("govshare_oversight"),
         tk._("Supervision"), "/oversight/", "clipboard-check"),
        (
            bool(held & {"authority", "head"} or admin) and p.plugin_loaded("govshare_offices"),
            tk._("Offices"),
            "/offices/",
            "id-badge",
        ),
        (admin and p.plugin_loaded("harvest"), tk._("Data sources"), "/harvest", "plug"),
        (user.sysadmin, tk._("Site settings"), "/ckan-admin/config", "gear"),
        (True, tk._("Profile settings"), f"/user/edit/{user.name}", "user-gear"),
    ]
    return [Entry(title, tk.h.url_for(url), icon) for show, title, url, icon in choices if show]
