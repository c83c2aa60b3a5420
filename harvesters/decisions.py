"""Actions on what a source may do: approval, credentials, removals, whose data count."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.types import Context

from ckanext.govshare import ledger, offices
from harvesters import consent, frame
from harvesters.notes import SourceError
from harvesters.quality import scores

QUESTIONS = sa.text("""
    select q.id, q.source_id, q.key, q.title, q.org_id, o.title as department, q.other_dataset,
           p.title as other_title, oo.title as other_department, q.decision, q.reason, q.created
    from govshare_harvest_question q
    left join "group" o on o.id = q.org_id
    left join package p on p.id = q.other_dataset
    left join "group" oo on oo.id = q.other_org
    where q.decision is null or :all order by q.created
""")
DECIDE = sa.text("""
    update govshare_harvest_question
    set decision = :decision, reason = :reason, decided_by = :by, decided_at = now()
    where id = :id and decision is null returning source_id, other_dataset
""")


@tk.side_effect_free
def govshare_harvest_consent_show(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """The source as it is, whether it is approved so, and which credentials it has (names only).

    :param source_id: id or name of the source.
    """
    source = get_source(data_dict)
    tk.check_access("govshare_harvest_consent_show", context, {"source_id": source.id})
    found = consent.show(source)
    return {
        "id": source.id, "title": source.title, "url": source.url, "type": source.type,
        "config": source.config or "{}", "frequency": source.frequency,
        "department": frame.department(source.id), "needed": frame.needs_approval(source),
        "approved": found.approved, "by": found.by, "at": found.at,
        "filing": found.filing, "secrets": found.secret_names,
        "removal_allowed": found.removal_allowed,
    }


def govshare_harvest_approve(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """The data authority lets the source run as it is now; every later change asks again.

    What is not in real time is filed with interval and reason (Nanyang 29): the source's setting
    `filing`. :param source_id: id or name; `number`: of the filing (optional).
    """
    source = get_source(data_dict)
    tk.check_access("govshare_harvest_approve", context, {"source_id": source.id})
    harvester = frame.harvester(source.type)
    filing = {"mode": getattr(harvester, "mode", source.type), "frequency": source.frequency,
              "number": str(data_dict.get("number") or "")}
    if hasattr(harvester, "settings"):
        filed = harvester.settings(source.config).filing
        if filed is not None:
            filing |= filed.model_dump(exclude={"number"})
            filing["number"] = filing["number"] or filed.number
    consent.approve(source, offices.actor_id(context), filing)
    _record("harvest.approved", context, source, {"state": consent.state(source), **filing})
    model.Session.commit()
    return govshare_harvest_consent_show(context, {"source_id": source.id})


def govshare_harvest_secret_set(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Replace the source's credentials; they are encrypted and never shown again.

    :param source_id: id or name; `values`: a text for each name; without any they are erased.
    """
    source = get_source(data_dict)
    tk.check_access("govshare_harvest_secret_set", context, {"source_id": source.id})
    values = data_dict.get("values") or {}
    if not isinstance(values, dict) or not all(isinstance(v, str) for v in values.values()):
        raise tk.ValidationError({"values": [tk._("Give a text for each name.")]})
    consent.keep_secret(source.id, values)
    _record("harvest.credentials", context, source, {"names": sorted(values)})
    model.Session.commit()
    return {"secrets": consent.show(source).secret_names}


def govshare_harvest_test(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Reach the source with its credentials; nothing is collected.

    :param source_id: id or name. Returns `ok`, the number of `records`, or the `notes` why not.
    """
    source = get_source(data_dict)
    tk.check_access("govshare_harvest_test", context, {"source_id": source.id})
    try:
        return {"ok": True, "records": frame.harvester(source.type).test(source), "notes": []}
    except SourceError as error:
        return {"ok": False, "records": 0, "notes": [error.note.say()]}


def govshare_harvest_removal_allow(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """The next run may miss more records than the source's share; once, with a reason.

    :param source_id: id or name; `reason`: why so many records have gone.
    """
    source = get_source(data_dict)
    tk.check_access("govshare_harvest_removal_allow", context, {"source_id": source.id})
    reason = _reason(data_dict)
    consent.allow_removal(source.id, allowed=True)
    _record("harvest.removal_allowed", context, source, {"reason": reason})
    model.Session.commit()
    return {"removal_allowed": True}


@tk.side_effect_free
def govshare_harvest_question_list(
    context: Context, data_dict: dict[str, Any]
) -> list[dict[str, Any]]:
    """What two departments both provide: open questions; with `all` the decided ones too."""
    tk.check_access("govshare_harvest_question_list", context, data_dict)
    everything = tk.asbool(data_dict.get("all") or False)
    rows = model.Session.execute(QUESTIONS, {"all": everything}).mappings()
    return [{**row, "created": row["created"].isoformat()} for row in rows]


def govshare_harvest_question_decide(
    context: Context, data_dict: dict[str, Any]
) -> dict[str, Any]:
    """The data authority decides whose data count (Zhongshan 17, Yunnan 13).

    :param id: the question; `decision`: `separate` (they are two different data) or `other` (the
        other department's count, this record is not collected); `reason`: why.
    """
    tk.check_access("govshare_harvest_question_decide", context, data_dict)
    decision, reason = data_dict.get("decision"), _reason(data_dict)
    if decision not in ("separate", "other"):
        raise tk.ValidationError({"decision": [tk._("Choose what counts.")]})
    by = offices.actor_id(context)
    row = model.Session.execute(DECIDE, {
        "id": tk.get_or_bust(data_dict, "id"), "decision": decision, "reason": reason, "by": by,
    }).first()
    if row is None:
        raise tk.ObjectNotFound(tk._("There is no such open question."))
    ledger.append("harvest.question_decided", actor=by, subject=("harvest_source", row.source_id),
                  data={"decision": decision, "other": row.other_dataset, "reason": reason})
    model.Session.commit()
    return {"id": data_dict["id"], "decision": decision}


@tk.side_effect_free
def govshare_quality_show(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """How good a dataset is, in the four dimensions of Nanyang 27, 0 to 100.

    :param id: id or name of the dataset. Returns `scores` (None: never judged) and, for people of
        the department, the verdict on each `files`.
    """
    tk.check_access("govshare_quality_show", context, data_dict)
    package = tk.get_action("package_show")({**context}, {"id": tk.get_or_bust(data_dict, "id")})
    verdicts = scores.newest(package["id"])
    formats = [r.get("format") or "" for r in package.get("resources", [])]
    fresh = tk.h.govshare_freshness(package).state if "govshare_freshness" in tk.h else "unknown"
    found: dict[str, Any] = {"scores": scores.score(verdicts, formats, fresh)}
    try:
        tk.check_access("package_update", context, {"id": package["id"]})
    except tk.NotAuthorized:
        return found
    return {**found, "files": verdicts}


def get_source(data_dict: dict[str, Any]) -> frame.Source:
    """The source of that id or name; raises ObjectNotFound."""
    package = model.Package.get(tk.get_or_bust(data_dict, "source_id"))
    source = frame.source(package.id) if package else None
    if source is None:
        raise tk.ObjectNotFound(tk._("Harvest source not found"))
    return source


def _reason(data_dict: dict[str, Any]) -> str:
    reason = str(data_dict.get("reason") or "").strip()
    if not reason:
        raise tk.ValidationError({"reason": [tk._("Give a reason.")]})
    return reason


def _record(kind: str, context: Context, source: frame.Source, data: dict[str, Any]) -> None:
    ledger.append(kind, actor=offices.actor_id(context), subject=("harvest_source", source.id),
                  data=data)
