"""Acts on releases. Each locks the release, checks office, state and person, and is an event."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import Context

from ckanext.govshare import ledger
from ckanext.govshare.release import (
    engine,
    finish,
    follow,
    jobs,
    machine,
    publication,
    queue,
    reading,
    schema,
    settings,
    signing,
    stage,
    words,
)
from ckanext.govshare.release.model import Note, Release


@tk.side_effect_free
@tk.validate_action_data(schema.govshare_release_list)
def govshare_release_list(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Releases of the datasets the caller has an office for, newest first: `{"count", "results"}`.

    :param dataset_id, resource_id, state: only those
    """
    tk.check_access("govshare_release_list", context, data_dict)
    return reading.listing(stage.actor_id(context), data_dict)


@tk.side_effect_free
def govshare_release_show(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """One release: findings, plan, evidence, signatures, comments, what the caller may do."""
    tk.check_access("govshare_release_show", context, data_dict)
    return reading.show(stage.load(tk.get_or_bust(data_dict, "id")), stage.actor_id(context))


@tk.side_effect_free
def govshare_release_inbox(context: Context, data_dict: dict[str, Any]) -> list[dict[str, Any]]:
    """What waits for one of the caller's offices: `kind, title, url, due, since, office`."""
    tk.check_access("govshare_release_inbox", context, data_dict)
    return reading.inbox(stage.actor_id(context))


@tk.validate_action_data(schema.govshare_release_preview)
def govshare_release_preview(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """The first rows before and after a plan (the saved one, or `plan` tried out). Every look is
    an event. Offices that may not see raw values get the rows after only.

    :returns: `{"columns", "before", "after", "tables"}`; `before` is null for those offices.
    """
    tk.check_access("govshare_release_preview", context, data_dict)
    release = stage.load(data_dict["id"])
    package = stage.dataset(release)
    user_id = stage.actor_id(context)
    raw = stage.office_of(user_id, package, machine.RAW_OFFICES)
    office = raw or stage.office_of(user_id, package, (machine.AUTHORITY,))
    if user_id is None or office is None:
        raise tk.NotAuthorized(tk._("You hold no office that may do this."))
    plan = (data_dict.get("plan") if raw else None) or release.plan
    if plan is None or release.findings is None:
        stage.refuse(tk._("There are no rows to show: the file has not been read."))
    ledger.append(
        "release.looked", actor=user_id, office=office, subject=("release", release.id),
        data={"raw": bool(raw), "table": data_dict["table"]},
    )
    model.Session.commit()  # the look is on record before the first value is read
    try:
        rows = engine.preview(
            release.raw_digest, release.filename, plan, release.findings, data_dict["table"],
            settings.preview_rows(),
        )
    except engine.Held as held:
        stage.refuse(words.sentence(held.problems[0]), "plan")
    return rows if raw else {**rows, "before": None}


def govshare_release_scan(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Queue the scan again: for a release whose job was lost, or one held for a passing cause."""
    tk.check_access("govshare_release_scan", context, data_dict)
    release, _, user_id, office = stage.begin(context, "scan", tk.get_or_bust(data_dict, "id"))
    release.work = release.problem = None
    stage.move(release, "quarantined", "release.scan_again", actor=user_id, office=office)
    queue.after_commit(jobs.scan, release.id)
    return _done(release, context)


@tk.validate_action_data(schema.govshare_release_plan_update)
def govshare_release_plan_update(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Save a plan, or with `standard` the one that another standard proposes.

    What was transformed or signed under the plan before counts no longer.
    """
    tk.check_access("govshare_release_plan_update", context, data_dict)
    release, _, user_id, office = stage.begin(context, "plan", data_dict["id"])
    plan = _wanted_plan(release, data_dict)
    plan_digest = engine.digest(plan)
    if plan_digest == release.plan_digest and release.state in ("scanned", "transformed"):
        return _done(release, context)
    release.plan, release.plan_digest = plan, plan_digest
    release.digest, release.renditions, release.evidence, release.columns = None, {}, None, None
    release.work = None
    if not plan.get("by_hand"):  # why no machine can read it stays true
        release.problem = None
    if user_id not in release.preparers:
        release.preparers = [*release.preparers, user_id]
    stage.move(
        release, "scanned", "release.planned", actor=user_id, office=office,
        data={"plan_digest": release.plan_digest},
    )
    return _done(release, context)


def govshare_release_transform(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Queue the transformation under the saved plan; every column must be decided."""
    tk.check_access("govshare_release_transform", context, data_dict)
    release, _, user_id, office = stage.begin(context, "transform", tk.get_or_bust(data_dict, "id"))
    if release.work:
        stage.refuse(tk._("The transformation is running already."))
    faults = engine.undecided(release.plan or {}, release.findings)
    if faults:
        raise _refused(faults)
    jobs.start_transform(release)
    stage.move(
        release, "scanned", "release.transform_asked", actor=user_id, office=office,
        data={"plan_digest": release.plan_digest},
    )
    return _done(release, context)


@tk.validate_action_data(schema.govshare_release_sign)
def govshare_release_sign(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """The department's publisher signs the output and sends it to review.

    :param digest: the output as the signer saw it
    """
    tk.check_access("govshare_release_sign", context, data_dict)
    release, package, user_id, office = stage.begin(context, "sign", data_dict["id"])
    signing.check_seen(release, data_dict["digest"])
    signing.check_person(release, office, user_id)
    release.open_class = None
    finish.check_class(release, package)
    release.open_class = stage.open_class(package)
    signing.write(release, office, user_id, "sign", data_dict.get("reason"))
    stage.move(
        release, "in_review", "release.signed", actor=user_id, office=office,
        data={"digest": release.digest, "plan_digest": release.plan_digest,
              "open_class": release.open_class},
        rule="ZS 27",
    )
    return _done(release, context)


@tk.validate_action_data(schema.govshare_release_review)
def govshare_release_review(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """The office whose turn it is signs or refuses. The authority's signature releases.

    The confidentiality reviewer refuses what is secret: the release ends, and its files are
    erased (NY 2; ZS 17). `declassified` (脱密) is that reviewer's own finding.
    """
    tk.check_access("govshare_release_review", context, data_dict)
    release, package, user_id, _ = stage.begin(context, "review", data_dict["id"])
    office = _in_turn(release, package, user_id)
    reason = data_dict.get("reason")
    signing.check_seen(release, data_dict["digest"])
    signing.check_person(release, office, user_id)
    declassified = data_dict.get("declassified") if office == machine.CONFIDENTIALITY else None
    rule = "NY 54; YN 34; ZS 17" if office == machine.CONFIDENTIALITY else "ZS 27; NY 45"
    if data_dict["decision"] == "refuse":
        if not reason:
            stage.refuse(tk._("A reason is needed."), "reason")
        signing.write(release, office, user_id, "refuse", reason, declassified=declassified)
        finish.take_back(release, user_id, office, reason, rule=rule)
        done = _done(release, context)
        if office == machine.CONFIDENTIALITY:
            finish.erase_secret(release)
        return done
    if office == machine.AUTHORITY:
        finish.check_class(release, package)
    signing.write(release, office, user_id, "sign", reason, declassified=declassified)
    stage.move(
        release, "in_review", "release.reviewed", actor=user_id, office=office,
        data={"digest": release.digest, "plan_digest": release.plan_digest}, rule=rule,
    )
    if signing.turn(release) is None:
        finish.publish(release, package, user_id, office)
    return _done(release, context)


@tk.validate_action_data(schema.govshare_release_return)
def govshare_release_return(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Send a release in review back to the department, with reasons. All signatures lapse."""
    tk.check_access("govshare_release_return", context, data_dict)
    release, package, user_id, _ = stage.begin(context, "return", data_dict["id"])
    office = _in_turn(release, package, user_id)
    signing.write(release, office, user_id, "return", data_dict["reason"])
    stage.move(release, "returned", "release.returned", actor=user_id, office=office)
    return _done(release, context)


@tk.validate_action_data(schema.govshare_release_withdraw)
def govshare_release_withdraw(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """End a release at once, with a reason. A served one stops being served with this call."""
    tk.check_access("govshare_release_withdraw", context, data_dict)
    release, _, user_id, office = stage.begin(context, "withdraw", data_dict["id"])
    finish.take_back(release, user_id, office, data_dict["reason"], rule="NY 57; ZS 33")
    return _done(release, context)


@tk.validate_action_data(schema.govshare_release_comment)
def govshare_release_comment(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Leave a comment for the others who work on the release, maybe on one `column`."""
    tk.check_access("govshare_release_comment", context, data_dict)
    release = stage.load(data_dict["id"], lock=True)
    user_id = stage.actor_id(context)
    if user_id is None:
        raise tk.NotAuthorized(tk._("You hold no office that may do this."))
    model.Session.add(
        Note(
            release_id=release.id, user_id=user_id, column=data_dict.get("column"),
            text=data_dict["text"],
        )
    )
    ledger.append("release.commented", actor=user_id, subject=("release", release.id))
    return _done(release, context)


def govshare_release_tick(context: Context, data_dict: dict[str, Any]) -> dict[str, int]:
    """What time does by itself: take up again what a lost job or a killed worker left."""
    tk.check_access("govshare_release_tick", context, data_dict)
    return {"queued": jobs.sweep()}


@tk.side_effect_free
def govshare_publication_show(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Whether the metadata of a dataset are public, and what the caller may do about it."""
    tk.check_access("govshare_publication_show", context, data_dict)
    return reading.publication_of(stage.package(data_dict), stage.actor_id(context))


@tk.validate_action_data(schema.govshare_publication_request)
def govshare_publication_request(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """The department asks the authority to publish the metadata of a dataset of any openness."""
    tk.check_access("govshare_publication_request", context, data_dict)
    package, user_id = _office(context, data_dict, machine.PUBLISHER)
    publication.request(package, user_id, data_dict.get("reason"))
    model.repo.commit()
    return reading.publication_of(package, user_id)


@tk.validate_action_data(schema.govshare_publication_decide)
def govshare_publication_decide(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """The authority publishes the metadata, sends the request back, suspends or withdraws."""
    tk.check_access("govshare_publication_decide", context, data_dict)
    package, user_id = _office(context, data_dict, machine.AUTHORITY)
    publication.decide(package, data_dict["state"], user_id, data_dict.get("reason"))
    model.repo.commit()
    follow.refresh_index(package.id)
    return reading.publication_of(package, user_id)


def _wanted_plan(release: Release, data_dict: dict[str, Any]) -> dict[str, Any]:
    """:raises tk.ValidationError: it is no plan for this file."""
    plan = data_dict.get("plan")
    if not plan:
        try:
            standard = data_dict.get("standard") or "default"
            plan = engine.propose(release.findings or [], standard)
        except engine.Held as held:
            raise _refused(held.problems) from None
    known = (release.problem or {}).get("problems", [])
    faults = engine.plan_faults(plan, release.findings, known)
    if faults:
        raise _refused(faults)
    return plan


def _refused(faults: list[dict[str, Any]]) -> tk.ValidationError:
    return tk.ValidationError({"plan": [words.sentence(fault) for fault in faults]})


def _office(
    context: Context, data_dict: dict[str, Any], office: str
) -> tuple[model.Package, str]:
    package, user_id = stage.package(data_dict), stage.actor_id(context)
    if user_id is None or not stage.office_of(user_id, package, (office,)):
        raise tk.NotAuthorized(tk._("You hold no office that may do this."))
    return package, user_id


def _in_turn(release: Release, package: model.Package, user_id: str) -> str:
    """The office whose turn it is, if this person holds it."""
    office = signing.turn(release)
    if office is None or office == machine.PUBLISHER:
        stage.refuse(tk._("The department must sign again first."))
    if not stage.office_of(user_id, package, (office,)):
        raise tk.NotAuthorized(tk._("It is another office's turn."))
    return office


def _done(release: Release, context: Context) -> dict[str, Any]:
    release_id, dataset_id, state = release.id, release.dataset_id, release.state
    model.repo.commit()
    if state in ("released", "withdrawn"):
        follow.refresh_index(dataset_id)
    return reading.show(stage.load(release_id), stage.actor_id(context))
