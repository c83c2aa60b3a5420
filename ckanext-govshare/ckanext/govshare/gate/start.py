"""What must be so before the portal starts: a wall with a hole in it does not open."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ckan import plugins as p
from ckan.common import CKANConfig
from ckan.lib.plugins import get_permission_labels
from ckan.plugins import toolkit as tk

#: CKAN plugins that keep copies of metadata, fetch addresses, or write rows past the gate.
FORBIDDEN = frozenset({
    "activity", "tracking", "resource_proxy", "webpage_view", "video_view", "audio_view",
    "image_view", "tabledesigner", "datapusher", "xloader", "multilingual_dataset",
})


def problems(config: CKANConfig, gate: Any) -> list[str]:
    """Each reason not to start; an empty list when the walls stand."""
    forbidden = sorted(FORBIDDEN & set(tk.aslist(config.get("ckan.plugins"))))
    found = [f"the plugin {name} cannot be held, remove it" for name in forbidden]
    if not p.plugin_loaded("datastore"):
        found.append("the plugin datastore must be loaded before it")
    if get_permission_labels() is not gate:
        found.append("another plugin gives permission labels first, move it behind")
    if tk.asbool(config.get("ckan.datastore.sqlsearch.enabled")):
        found.append("ckan.datastore.sqlsearch.enabled must be false")
    if tk.asbool(config.get("ckan.auth.allow_dataset_collaborators")):
        found.append("ckan.auth.allow_dataset_collaborators must be false")
    if _is_served(config):
        found.append("govshare.data_dir lies in a folder that is served")
    return found


def _is_served(config: CKANConfig) -> bool:
    """Whether the vault or the quarantine would lie under one of CKAN's static folders."""
    data = Path(config["govshare.data_dir"]).resolve()
    folders = [Path(config["ckan.storage_path"] or "/nowhere") / "storage"]
    for option in ("extra_public_paths", "plugin_public_paths"):
        value = config.get(option) or []
        folders += [Path(f) for f in (value.split(",") if isinstance(value, str) else value) if f]
    served = [folder.resolve() for folder in folders]
    return any(data.is_relative_to(f) or f.is_relative_to(data) for f in served)
