"""What the actions of supervision accept; what a record must say, its kind declares."""

from __future__ import annotations

from ckan.logic.schema import validator_args
from ckan.types import Schema, Validator, ValidatorFactory


@validator_args
def govshare_supervision_create(
    not_empty: Validator, ignore_empty: Validator, unicode_safe: Validator,
    convert_to_json_if_string: Validator, dict_only: Validator,
) -> Schema:
    return {
        "kind": [not_empty, unicode_safe],
        "organization": [ignore_empty, unicode_safe],
        "values": [not_empty, convert_to_json_if_string, dict_only],
    }


@validator_args
def govshare_supervision_add(
    not_empty: Validator, unicode_safe: Validator, convert_to_json_if_string: Validator,
    dict_only: Validator,
) -> Schema:
    return {
        "id": [not_empty, unicode_safe],
        "values": [not_empty, convert_to_json_if_string, dict_only],
    }


@validator_args
def govshare_supervision_close(not_empty: Validator, unicode_safe: Validator) -> Schema:
    return {"id": [not_empty, unicode_safe]}


@validator_args
def govshare_supervision_take_down(not_empty: Validator, unicode_safe: Validator) -> Schema:
    return {"id": [not_empty, unicode_safe], "reason": [not_empty, unicode_safe]}


@validator_args
def govshare_supervision_list(
    ignore_empty: Validator, unicode_safe: Validator, default: ValidatorFactory,
    natural_number_validator: Validator, limit_to_configured_maximum: ValidatorFactory,
    one_of: ValidatorFactory,
) -> Schema:
    text = [ignore_empty, unicode_safe]
    return {
        "kind": text,
        "organization": text,
        "dataset_id": text,
        "state": [ignore_empty, one_of(["open", "closed"])],
        "limit": [
            default(100), natural_number_validator,
            limit_to_configured_maximum("govshare.oversight.page_max", 1000),
        ],
        "offset": [default(0), natural_number_validator],
    }


@validator_args
def govshare_statistics_show(
    not_empty: Validator, int_validator: Validator, ignore_empty: Validator,
    unicode_safe: Validator,
) -> Schema:
    return {"year": [not_empty, int_validator], "under": [ignore_empty, unicode_safe]}


@validator_args
def govshare_statistics_public(not_empty: Validator, int_validator: Validator) -> Schema:
    return {"year": [not_empty, int_validator]}


@validator_args
def govshare_evidence_export(not_empty: Validator, unicode_safe: Validator) -> Schema:
    return {"id": [not_empty, unicode_safe]}


@validator_args
def govshare_complaint_submit(ignore_missing: Validator, unicode_safe: Validator) -> Schema:
    return {name: [ignore_missing, unicode_safe] for name in ("subject", "text", "name", "contact")}


@validator_args
def govshare_complaint_look(not_empty: Validator, unicode_safe: Validator) -> Schema:
    return {"number": [not_empty, unicode_safe], "code": [not_empty, unicode_safe]}


@validator_args
def govshare_complaint_answer(not_empty: Validator, unicode_safe: Validator) -> Schema:
    return {"id": [not_empty, unicode_safe], "answer": [not_empty, unicode_safe]}
