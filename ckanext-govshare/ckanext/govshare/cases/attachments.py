"""Files attached to a case: checked, encrypted at rest, opened only for those who handle the case.

The file's name is sealed with its bytes, for it often names a person.
"""

from __future__ import annotations

import hashlib
import shlex
import subprocess
import uuid
from dataclasses import dataclass
from typing import IO, Any

import magic
import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit as tk

from ckanext.govshare import ledger
from ckanext.govshare.cases import seal
from ckanext.govshare.cases.blank import Slot
from ckanext.govshare.cases.model import Case, metadata

MOST = 20  # files of one case
SCAN_TIMEOUT = 60  # seconds

# What libmagic may say of a file with the ending. Office files are ZIP archives inside.
CONTENT = {
    "pdf": ("application/pdf",),
    "png": ("image/png",),
    "jpg": ("image/jpeg",),
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document",
             "application/zip"),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
             "application/zip"),
}
ANY = Slot(label="附件")
# States in which the applicant may still add something.
OPEN_TO_APPLICANT = ("draft", "supplement", "filed", "received", "dispatched")

table = sa.Table(
    "govshare_case_attachment",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("case_id", sa.Text, nullable=False),
    sa.Column("slot", sa.Text, nullable=False),
    sa.Column("media_type", sa.Text, nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("name", sa.LargeBinary),
    sa.Column("content", sa.LargeBinary),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
)


@dataclass(frozen=True)
class File:
    """An attachment opened for a reader."""

    name: str
    media_type: str
    content: bytes


def add(case: Case, user_id: str, slot: Slot, name: str, stream: IO[bytes]) -> str:
    """Attach a file to the locked case; the caller commits. Gives its id.

    :raises tk.ValidationError: wrong type, too large, refused by the scanner
    """
    if user_id != case.applicant or case.state not in OPEN_TO_APPLICANT:
        raise tk.ValidationError({"attachment": [tk._("Nothing can be attached at this point.")]})
    ending = "jpg" if (end := name.rpartition(".")[2].lower()) == "jpeg" else end
    content = stream.read(slot.max_mb * 1_000_000 + 1)
    media_type = magic.from_buffer(content[:4096], mime=True)
    if ending not in slot.types or media_type not in CONTENT[ending]:
        raise _wrong(tk._("{slot}: attach a file of the type {types}.").format(
            slot=slot.label, types=", ".join(slot.types)))
    if len(content) > slot.max_mb * 1_000_000:
        raise _wrong(tk._("{slot}: the file is larger than {n} MB.").format(
            slot=slot.label, n=slot.max_mb))
    if len(of(case.id)) >= MOST:
        raise _wrong(tk._("At most {n} files can be attached.").format(n=MOST))
    _scan(content)
    made = str(uuid.uuid4())
    model.Session.execute(table.insert().values(
        id=made, case_id=case.id, slot=slot.label, media_type=media_type, size=len(content),
        digest=hashlib.sha256(content).hexdigest(), at=sa.func.now(),
        name=seal.seal_bytes(name.encode()), content=seal.seal_bytes(content),
    ))
    return made


def remove(case: Case, user_id: str, attachment_id: str) -> None:
    """Take a file back while the applicant may still change the application."""
    if user_id != case.applicant or case.state not in ("draft", "supplement"):
        raise tk.ValidationError({"attachment": [tk._("Nothing can be removed at this point.")]})
    model.Session.execute(
        table.delete().where(table.c.id == attachment_id, table.c.case_id == case.id)
    )


def of(case_id: str) -> list[dict[str, Any]]:
    """What is attached, oldest first, without names and bytes."""
    rows = model.Session.execute(
        sa.select(table.c.id, table.c.slot, table.c.media_type, table.c.size, table.c.digest,
                  table.c.at)
        .where(table.c.case_id == case_id, table.c.content.is_not(None))
        .order_by(table.c.at, table.c.id)
    )
    return [{**row._mapping, "at": row.at.isoformat()} for row in rows]


def named(case_id: str) -> list[dict[str, Any]]:
    """As `of`, with the names opened: for the applicant and those who handle the case."""
    rows = model.Session.execute(
        sa.select(table.c.id, table.c.name).where(table.c.case_id == case_id)
    )
    names = {row.id: row.name for row in rows}
    return [{**one, "name": seal.unseal_bytes(names[one["id"]]).decode()} for one in of(case_id)]


def summary(case_id: str) -> list[str]:
    """What stands in the application about its files, to compare when it comes back."""
    return [f"{one['slot']} {one['digest'][:8]}" for one in of(case_id)]


def opened(case: Case, user_id: str, attachment_id: str) -> File:
    """The file for the applicant or a handler; who else opens it than its sender is recorded.

    The caller has asked `parties` and commits.
    """
    row = model.Session.execute(
        sa.select(table).where(
            table.c.id == attachment_id, table.c.case_id == case.id, table.c.content.is_not(None)
        )
    ).first()
    if row is None:
        raise tk.ObjectNotFound(tk._("There is no such file."))
    if user_id != case.applicant:
        ledger.append("case.attachment_read", actor=user_id, subject=("case", case.id),
                      data={"attachment": row.id, "digest": row.digest})
    return File(seal.unseal_bytes(row.name).decode(), row.media_type,
                seal.unseal_bytes(row.content))


def erase(case_id: str) -> int:
    """Names and bytes, for good; digest and size stay as evidence that there was a file."""
    erased = model.Session.execute(
        table.update().where(table.c.case_id == case_id, table.c.content.is_not(None))
        .values(name=None, content=None).returning(table.c.id)
    )
    return len(erased.all())


def _scan(content: bytes) -> None:
    """Let the operator's scanner look: exit code 0 is clean, 1 refuses, all else is a fault.

    Closed by default: what cannot be scanned is not taken.
    """
    command = shlex.split(tk.config.get("govshare.cases.attachment_scan") or "")
    if not command:
        return
    try:
        code = subprocess.run(  # noqa: S603  the operator's own command, no shell
            command, input=content, timeout=SCAN_TIMEOUT, check=False,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        ).returncode
    except (OSError, subprocess.TimeoutExpired):
        code = -1
    if code == 1:
        raise _wrong(tk._("The file was refused by the virus scanner."))
    if code != 0:
        raise _wrong(tk._("The file cannot be checked at the moment. Please try again later."))


def _wrong(message: str) -> tk.ValidationError:
    return tk.ValidationError({"attachment": [message]})
