"""Security complaints and reports (投诉、举报, YN 29): anybody may send one and gets an answer.

What the sender wrote and how to reach that person is encrypted; the answer is found by the number
and a code that only the sender has.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime
from typing import Any

from ckan.plugins import toolkit as tk

from ckanext.govshare import ledger, notify, offices
from ckanext.govshare.oversight import limit
from ckanext.govshare.oversight import model as store
from ckanext.govshare.oversight.kinds import COMPLAINT
from ckanext.govshare.oversight.model import Record
from ckanext.govshare.rules.clocks import day_of
from ckanext.govshare.rules.words import Words
from ckanext.govshare.sealing import KeyFile

SUBJECTS = {
    "leak": Words("数据泄露或者安全漏洞", "Leak or weakness"),
    "misuse": Words("违规使用数据", "Data used unlawfully"),
    "privacy": Words("侵犯个人隐私或者商业秘密", "Privacy or trade secret infringed"),
    "other": Words("其他数据安全问题", "Other matter of data security"),
}
PERSONAL = {"text": 4000, "name": 100, "contact": 200}  # encrypted; the most characters of each
SENT, LOOKED = 5, 30  # an hour, by sender
RULE = "YN 29"


def keys() -> KeyFile:
    return KeyFile("complaints")


def submit(data: dict[str, Any], user_id: str | None) -> tuple[Record, str]:
    """A new complaint and the code for its sender; the caller commits.

    :raises tk.ValidationError: what is wrong, by field; or this sender sent too many
    """
    wrong = _problems(data)
    if wrong:
        raise tk.ValidationError(wrong)
    _count("complaint", SENT)
    code = secrets.token_urlsafe(9)
    sealed = {name: str(data[name]).strip() for name in PERSONAL if data.get(name)}
    record = store.add(
        COMPLAINT, {"subject": data["subject"]}, created_by=user_id,
        sealed=keys().seal(sealed), code_digest=_digest(code),
    )
    for user in offices.holders("authority"):
        notify.send("complaint_new", user, ("oversight", record.id), {"number": record.number})
    ledger.append(
        "complaint.received", actor=user_id, subject=("oversight", record.id), rule=RULE,
        data={"number": record.number, "subject": data["subject"]},
    )
    return record, code


def answer(record: Record, text: str, user_id: str | None) -> Record:
    """The answer, which closes the complaint; the caller has locked the row and commits."""
    if record.state == "closed":
        raise tk.ValidationError({"record": [tk._("This record is closed.")]})
    if not text or len(text) > PERSONAL["text"]:
        raise tk.ValidationError(
            {"answer": [tk._("Write an answer of at most {n} characters.").format(
                n=PERSONAL["text"])]}
        )
    closed = store.change(
        record.id, data={**record.data, "answer": text}, state="closed",
        closed_at=store.now(), closed_by=user_id,
    )
    if record.created_by:
        notify.send("complaint_answered", record.created_by, ("complaint", "answer"),
                    {"number": record.number})
    ledger.append(
        "complaint.answered", actor=user_id, office="authority", rule=RULE,
        subject=("oversight", record.id), data={"number": record.number},
    )
    return closed


def look(number: str, code: str) -> Record:
    """The sender's own complaint.

    :raises tk.ObjectNotFound: no complaint has this number with this code
    """
    _count("complaint-look", LOOKED)
    record = store.get(number.strip())
    known = record.code_digest if record and record.kind == COMPLAINT else ""
    if record is None or not hmac.compare_digest(known or "", _digest(code.strip())):
        raise tk.ObjectNotFound(tk._("There is no complaint with this number and code."))
    return record


def answered(record: Record) -> dict[str, Any]:
    """What the sender sees: state, age in days, answer."""
    return {
        "number": record.number, "state": record.state, "subject": record.data["subject"],
        "created": record.created.isoformat(), "age_days": age(record),
        "answer": record.data.get("answer"),
        "answered": record.closed_at.isoformat() if record.closed_at else None,
    }


def age(record: Record, now: datetime | None = None) -> int:
    """Days from the day it came in to the answer, or until now."""
    end = record.closed_at or now or store.now()
    return (day_of(end) - day_of(record.created)).days


def opened(record: Record, *, contact: bool) -> dict[str, str]:
    """What was sealed; how to reach the sender only with `contact`."""
    values = keys().unseal(record.sealed)
    return values if contact else {k: v for k, v in values.items() if k == "text"}


def erase_old(before: datetime) -> int:
    """Remove what senders wrote and who they were, of complaints answered before this instant.

    Number, days and answer stay. Says how many; the caller commits.
    """
    old = store.find(
        store.table.c.kind == COMPLAINT, store.table.c.closed_at < before,
        store.table.c.sealed.is_not(None),
    )
    for record in old:
        store.change(record.id, sealed=None)
    return len(old)


def _problems(data: dict[str, Any]) -> dict[str, Any]:
    wrong: dict[str, Any] = {}
    if data.get("subject") not in SUBJECTS:
        wrong["subject"] = [tk._("Choose one of the values offered.")]
    if not str(data.get("text") or "").strip():
        wrong["text"] = [tk._("Describe what happened.")]
    for name, most in PERSONAL.items():
        if len(str(data.get(name) or "")) > most:
            wrong[name] = [tk._("Shorten this to {n} characters.").format(n=most)]
    return wrong


def _count(what: str, most: int) -> None:
    try:
        limit.take(what, most)
    except limit.TooOften:
        raise tk.ValidationError(
            {"limit": [tk._("Too many requests from your address; try again in an hour.")]}
        ) from None


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
