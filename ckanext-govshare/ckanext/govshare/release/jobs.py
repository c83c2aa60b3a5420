"""The background work: scan and transform.

Every job may be killed at any moment and run again: it does its work outside of any transaction,
then looks whether the release still is where it was, and writes the result in one transaction.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
import traceback
from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.govshare.release import contents, engine, queue, settings, stage, standing
from ckanext.govshare.release import model as store
from ckanext.govshare.release.model import QUARANTINE, Release
from ckanext.govshare.release.vault import Missing, NotIntact, Vault

log = logging.getLogger(__name__)
MAX_TRIES = 3
PROGRESS_SECONDS = 2


def scan(release_id: str) -> None:
    """Read the quarantined file, find what is personal, propose a plan; or hold it for a person."""
    release = _take(release_id, "scan", "quarantined")
    if release is None:
        return
    raw_digest, filename = release.raw_digest, release.filename
    known = _known(release)
    model.Session.commit()
    result = _guarded(engine.scan_file, release_id, raw_digest, filename, known)

    release = _again(release_id, "scan", "quarantined")
    if release is None:
        return
    release.work = None
    if isinstance(result, engine.Held):
        _hold(release, result)
    else:
        release.findings, release.engine = result.findings, engine.version()
        release.plan, release.plan_digest = result.plan, engine.digest(result.plan)
        release.problem = None
        stage.move(
            release, "scanned", "release.scanned", actor=None,
            data={"plan_digest": release.plan_digest, "engine": release.engine,
                  "tables": len(result.findings)},
        )
        if standing.may_stand(release):
            start_transform(release)
    model.Session.commit()


def start_transform(release: Release) -> None:
    """Mark the release as being transformed and queue the work."""
    release.work = {"step": "transform", "since": store.now().isoformat(), "tries": 0}
    queue.after_commit(transform, release.id)


def transform(release_id: str) -> None:
    """Apply the plan, scan the output again, keep output and evidence; or hold it."""
    release = _take(release_id, "transform", "scanned")
    if release is None:
        return
    plan, plan_digest = release.plan or {}, release.plan_digest
    raw_digest, filename, findings = release.raw_digest, release.filename, release.findings
    model.Session.commit()
    result = _guarded(engine.transform_file, release_id, raw_digest, filename, plan, findings)

    release = _again(release_id, "transform", "scanned")
    if release is None or release.plan_digest != plan_digest:
        model.Session.rollback()
        return
    release.work = None
    if isinstance(result, engine.Held):
        _hold(release, result)
        model.Session.commit()
        return
    for name, stored in result.renditions.items():
        contents.keep(stored.digest, stored.size, contents.media_type(f"x.{name}"), QUARANTINE)
    release.renditions = {name: stored.digest for name, stored in result.renditions.items()}
    release.format, release.digest = result.format, release.renditions[result.format]
    release.columns, release.evidence = result.columns, result.evidence
    release.engine = engine.version()
    if not plan.get("by_hand"):
        release.problem = None
    stage.move(
        release, "transformed", "release.transformed", actor=None,
        data={"digest": release.digest, "plan_digest": plan_digest, "engine": release.engine},
        rule="NY 44; ZS 27",
    )
    standing.release_if_standing(release)
    model.Session.commit()


def sweep() -> int:
    """Take up again what waits or was left by a killed worker; returns how many were queued."""
    stale = store.now() - dt.timedelta(seconds=settings.stale_after())
    waiting = sa.select(Release).where(
        sa.or_(
            Release.state == "quarantined",
            sa.and_(Release.state == "scanned", Release.work["step"].astext == "transform"),
        )
    )
    queued = 0
    for release in model.Session.scalars(waiting):
        since = (release.work or {}).get("since")
        last = dt.datetime.fromisoformat(since) if since else release.created
        if last > stale:
            continue
        step = scan if release.state == "quarantined" else transform
        tries = (release.work or {}).get("tries", 0)
        # Noted, so that the next sweep does not queue it once more.
        release.work = {"step": step.__name__, "since": store.now().isoformat(), "tries": tries}
        queue.after_commit(step, release.id)
        queued += 1
    model.Session.commit()
    return queued


def _take(release_id: str, step: str, state: str) -> Release | None:
    """Note that the work begins. A release on which workers died three times is held."""
    release = _again(release_id, step, state)
    if release is None:
        return None
    tries = (release.work or {}).get("tries", 0) + 1
    if tries > MAX_TRIES:
        release.work = None
        died = {"code": "worker_died", "params": {"file": release.filename}}
        _hold(release, engine.Held([died]))
        model.Session.commit()
        return None
    release.work = {"step": step, "since": store.now().isoformat(), "tries": tries}
    return release


def _again(release_id: str, step: str, state: str) -> Release | None:
    """The locked release, if it still waits for this step."""
    release = store.release(release_id, lock=True)
    # A scan waits from the start; a transformation only once somebody has asked for it.
    asked = "scan" if release is None or release.work is None else release.work["step"]
    if release is None or release.state != state or asked != step:
        model.Session.rollback()
        return None
    return release


def _known(release: Release) -> engine.Scanned | None:
    """What was found and decided for the release now served."""
    earlier = store.released(release.resource_id)
    if earlier is None or earlier.plan is None or earlier.findings is None:
        return None
    return engine.Scanned(earlier.findings, earlier.plan)


def _guarded(function: Any, release_id: str, raw_digest: str, *args: Any) -> Any:
    """The engine's result, or why a person must look. No message of a library reaches a log:
    it could quote a value."""
    try:
        return function(Vault(QUARANTINE), raw_digest, *args, _Progress(release_id))
    except engine.Held as held:
        return held
    except (OSError, Missing, NotIntact) as error:
        log.error("release %s: %s", release_id, getattr(error, "strerror", type(error).__name__))
        return engine.Held([{"code": "storage_failed", "params": {}}])
    except Exception as error:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{frame.filename}:{frame.lineno}"
        log.error("release %s: %s at %s", release_id, type(error).__name__, where)
        return engine.Held([{"code": "engine_failed", "params": {"kind": type(error).__name__}}])


class _Progress:
    """Writes how far the work is, at most every two seconds, in a transaction of its own."""

    def __init__(self, release_id: str) -> None:
        self.release_id = release_id
        self.last = time.monotonic()

    def __call__(self, share: float) -> None:
        if time.monotonic() - self.last < PROGRESS_SECONDS:
            return
        self.last = time.monotonic()
        percent = sa.func.to_jsonb(sa.cast(min(99, int(share * 100)), sa.Integer))
        work = sa.func.jsonb_set(Release.work, sa.cast("{percent}", sa.ARRAY(sa.Text)), percent)
        model.Session.execute(
            sa.update(Release)
            .where(Release.id == self.release_id, Release.work.isnot(None))
            .values(work=work)
        )
        model.Session.commit()


def _hold(release: Release, held: engine.Held) -> None:
    release.problem = {"problems": held.problems, "verdicts": held.verdicts}
    stage.move(
        release, "held", "release.held", actor=None,
        data={"codes": sorted({problem["code"] for problem in held.problems})},
    )
