"""Hand work to the background worker, but only once its rows are committed."""

from __future__ import annotations

import logging
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from sqlalchemy import event
from sqlalchemy.orm import Session

log = logging.getLogger(__name__)
PENDING = "govshare_release_jobs"


def after_commit(function: Any, *args: str) -> None:
    """Queue `function(*args)` when the running transaction commits; forget it on rollback.

    A queue that cannot be reached loses nothing: `jobs.sweep` finds what waits.
    """
    session = model.Session()
    if PENDING not in session.info:
        event.listen(session, "after_commit", _send)
        event.listen(session, "after_soft_rollback", _forget)
    session.info.setdefault(PENDING, []).append((function, args))


def _send(session: Session) -> None:
    if session.in_nested_transaction():  # a savepoint is not yet a commit
        return
    waiting, session.info[PENDING] = session.info.get(PENDING, []), []
    for function, args in waiting:
        try:
            tk.enqueue_job(function, list(args), title=f"govshare {function.__name__}")
        except Exception as error:
            log.error("cannot queue %s: %s", function.__name__, type(error).__name__)


def _forget(session: Session, previous: Any) -> None:
    if not previous.nested:
        session.info[PENDING] = []
