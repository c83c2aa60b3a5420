"""`govshare demo`: the whole journey, from the departments' folders to published data."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckanext.harvest.model import HarvestObject

from ckanext.govshare.stack.demo import applications, people, publication, tables
from ckanext.govshare.stack.language import _
from harvesters import runner

Say = Callable[[str], None]


def load(say: Say = print) -> None:
    """Make what is not there yet; a second call changes nothing."""
    folder = Path(tk.config["govshare.data_dir"]) / "demo"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    spec = tables.specification()
    by = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    say(_("Demo: departments and people"))
    for department in spec["department"]:
        _organization(department, by)
    for account in people.accounts(spec["department"]):
        people.make(account, folder / "accounts.txt", by)
    sources = Path(tk.aslist(tk.config["govshare.harvest.folders"])[0])
    tables.write(sources)
    everything: dict[str, dict[str, Any]] = {}
    for department in spec["department"]:
        say(_("Demo: {department}", department=department["title"]))
        packages = _harvest(department, sources / department["name"], by)
        everything |= packages
        for dataset in department["dataset"]:
            package = packages.get(dataset["title"])
            if package and not _begun(package["id"]):
                publication.publish(
                    package, department["name"], dataset.get("keep", {}),
                    publication.WAITS.get(dataset["title"]),
                )
    say(_("Demo: applications"))
    applications.file(everything)
    say(_("Demo: accounts and passwords are in {path}", path=folder / "accounts.txt"))


def _organization(department: dict[str, Any], by: str) -> None:
    if model.Group.get(department["name"]) is None:
        _site("organization_create", by, name=department["name"], title=department["title"])


def _harvest(department: dict[str, Any], folder: Path, by: str) -> dict[str, dict[str, Any]]:
    """Harvest the department's folder; the datasets by title."""
    name = f"{department['name']}-folder"
    if model.Package.get(name) is None:
        _site("harvest_source_create", by, name=name, title=f"{department['title']}文件夹",
              url=folder.as_uri(), source_type="govshare_file", owner_org=department["name"],
              frequency="MANUAL", config="{}")
        source_id = _site("package_show", by, id=name)["id"]
        job = _site("harvest_job_create", by, source_id=source_id, run=False)
        runner.run(job["id"])
    source_id = _site("package_show", by, id=name)["id"]
    ids = model.Session.query(HarvestObject.package_id).filter(
        HarvestObject.harvest_source_id == source_id, HarvestObject.current.is_(True)
    )
    shown = [_site("package_show", by, id=row[0]) for row in ids]
    return {package["title"]: package for package in shown}


def _site(action: str, by: str, **data: Any) -> Any:
    """An action as the site itself."""
    return tk.get_action(action)({"user": by, "ignore_auth": True}, data)


def _begun(dataset_id: str) -> bool:
    """Whether somebody has acted on the dataset since it was harvested and scanned."""
    states = {
        row["state"]
        for row in tk.get_action("govshare_release_list")(
            {"user": "authority"}, {"dataset_id": dataset_id})["results"]
    }
    shown = tk.get_action("govshare_publication_show")({"user": "authority"}, {"id": dataset_id})
    return bool(states - {"quarantined", "scanned"}) or shown["state"] != "draft"
