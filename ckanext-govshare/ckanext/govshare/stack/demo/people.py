"""The demo's accounts: made-up people with the offices they hold; passwords are made at random."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model

DEPARTMENT_OFFICES = {
    "publisher": "数据专员", "confidentiality_reviewer": "保密审查员", "head": "主要负责人",
}
PORTAL_OFFICES = {"authority": "数据主管", "auditor": "审计员", "operator": "运维员"}
APPLICANTS = {"citizen": "市民 林晓", "company": "云溪数科有限公司"}
#: A publisher edits the department's datasets in CKAN; the other offices only see them.
CAPACITY = {"publisher": "editor"}


@dataclass(frozen=True)
class Account:
    """A demo account. `organization` is None for the portal's own offices and for applicants."""

    name: str
    fullname: str
    office: str | None = None
    organization: str | None = None


def accounts(departments: list[dict[str, Any]]) -> list[Account]:
    """Everybody in the demo city."""
    found = [
        Account(f"{d['name']}-{office.split('_')[0]}", f"{d['title']} {words}", office, d["name"])
        for d in departments
        for office, words in DEPARTMENT_OFFICES.items()
    ]
    found += [Account(office, words, office) for office, words in PORTAL_OFFICES.items()]
    return found + [Account(name, words) for name, words in APPLICANTS.items()]


def make(account: Account, passwords: Path, by: str) -> None:
    """Make the account and its office unless they are there; note a new password in `passwords`."""
    if model.User.get(account.name) is None:
        password = secrets.token_urlsafe(12)
        tk.get_action("user_create")(
            _site(by),
            {"name": account.name, "fullname": account.fullname, "password": password,
             "email": f"{account.name}@example.invalid"},
        )
        _note(passwords, f"{account.name}\t{password}\t{account.fullname}\n")
    if account.organization:
        tk.get_action("organization_member_create")(
            _site(by),
            {"id": account.organization, "username": account.name,
             "role": CAPACITY.get(account.office or "", "member")},
        )
    if account.office:
        _appoint(account, by)


def _appoint(account: Account, by: str) -> None:
    held = tk.get_action("govshare_office_list")(_site(by), {"user": account.name})
    if not any(office["office"] == account.office for office in held):
        data = {"user": account.name, "office": account.office}
        if account.organization:
            data["organization"] = account.organization
        tk.get_action("govshare_office_appoint")(_site(by), data)


def _note(path: Path, line: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a") as stream:
        stream.write(line)


def _site(by: str) -> Any:
    return {"user": by, "ignore_auth": True}
