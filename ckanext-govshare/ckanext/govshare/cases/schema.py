"""What the actions on cases accept. What a form must say, the rules and `forms` decide."""

from __future__ import annotations

from ckan.logic.schema import validator_args
from ckan.types import Schema, Validator, ValidatorFactory

from ckanext.govshare.cases import forms, identity

FORM = (
    *identity.FIELDS, *forms.TEXTS, "applicant_kind", "items", "months", "mode", "undertaking",
    "answers",
)
ACT = (
    "reason", "reasons", "decision", "granted", "refused", "conditions", "max_reads", "days",
    "handler", "text", "proposal", "catalogue_version", "corrected_release",
    "use_type", "calls_per_minute", "calls_per_day",
)


@validator_args
def govshare_case_draft(
    not_empty: Validator,
    ignore_missing: Validator,
    unicode_safe: Validator,
    default: ValidatorFactory,
    one_of: ValidatorFactory,
) -> Schema:
    return {
        "dataset_id": [not_empty, unicode_safe],
        "layer": [default("open"), one_of(["open", "share"])],
        **{name: [ignore_missing] for name in ("id", "renews", "request_key", *FORM)},
    }


def govshare_case_submit() -> Schema:
    return govshare_case_draft()


@validator_args
def govshare_case_show(not_empty: Validator, unicode_safe: Validator) -> Schema:
    return {"id": [not_empty, unicode_safe]}


@validator_args
def govshare_case_list(ignore_empty: Validator, unicode_safe: Validator) -> Schema:
    text = [ignore_empty, unicode_safe]
    return {"organization": text, "dataset_id": text, "kind": text, "state": text}


@validator_args
def govshare_case_act(
    not_empty: Validator, ignore_missing: Validator, unicode_safe: Validator
) -> Schema:
    text = [ignore_missing, unicode_safe]
    return {
        "id": [not_empty, unicode_safe],
        "act": [not_empty, unicode_safe],
        "request_key": text,
        "basis": {"title": text, "article": text, "level": text, "url": text},
        **{name: [ignore_missing] for name in (*FORM, *ACT)},
    }


@validator_args
def govshare_blank_show(not_empty: Validator, unicode_safe: Validator) -> Schema:
    return {"dataset_id": [not_empty, unicode_safe]}


@validator_args
def govshare_blank_update(
    not_empty: Validator, ignore_missing: Validator, unicode_safe: Validator
) -> Schema:
    parts = ("questions", "slots", "terms", "undertaking")
    return {
        "dataset_id": [not_empty, unicode_safe],
        **{name: [ignore_missing] for name in parts},
    }


@validator_args
def govshare_attachment_add(
    not_empty: Validator, ignore_missing: Validator, unicode_safe: Validator
) -> Schema:
    return {
        "id": [not_empty, unicode_safe],
        "slot": [ignore_missing, unicode_safe],
        "upload": [not_empty],
    }


@validator_args
def govshare_attachment_remove(not_empty: Validator, unicode_safe: Validator) -> Schema:
    return {"id": [not_empty, unicode_safe], "attachment": [not_empty, unicode_safe]}
