"""What the release actions accept."""

from __future__ import annotations

from ckan.logic.schema import validator_args
from ckan.types import Schema, Validator, ValidatorFactory


@validator_args
def govshare_release_list(
    ignore_empty: Validator, unicode_safe: Validator, default: ValidatorFactory,
    natural_number_validator: Validator, limit_to_configured_maximum: ValidatorFactory,
) -> Schema:
    text = [ignore_empty, unicode_safe]
    return {
        "dataset_id": text,
        "resource_id": text,
        "state": text,
        "limit": [
            default(50), natural_number_validator,
            limit_to_configured_maximum("govshare.release.page_max", 500),
        ],
        "offset": [default(0), natural_number_validator],
    }


@validator_args
def govshare_release_preview(
    not_empty: Validator, unicode_safe: Validator, default: ValidatorFactory,
    ignore_missing: Validator, natural_number_validator: Validator,
    convert_to_json_if_string: Validator, dict_only: Validator,
) -> Schema:
    return {
        "id": [not_empty, unicode_safe],
        "plan": [ignore_missing, convert_to_json_if_string, dict_only],
        "table": [default(0), natural_number_validator],
    }


@validator_args
def govshare_release_plan_update(
    not_empty: Validator, unicode_safe: Validator, ignore_missing: Validator,
    ignore_empty: Validator, convert_to_json_if_string: Validator, dict_only: Validator,
) -> Schema:
    return {
        "id": [not_empty, unicode_safe],
        "plan": [ignore_missing, convert_to_json_if_string, dict_only],
        "standard": [ignore_empty, unicode_safe],
    }


@validator_args
def govshare_release_sign(
    not_empty: Validator, unicode_safe: Validator, ignore_empty: Validator
) -> Schema:
    return {
        "id": [not_empty, unicode_safe],
        "digest": [not_empty, unicode_safe],
        "reason": [ignore_empty, unicode_safe],
    }


@validator_args
def govshare_release_review(
    not_empty: Validator, unicode_safe: Validator, ignore_empty: Validator,
    boolean_validator: Validator, one_of: ValidatorFactory,
) -> Schema:
    return {
        "id": [not_empty, unicode_safe],
        "decision": [not_empty, one_of(["sign", "refuse"])],
        "digest": [not_empty, unicode_safe],
        "reason": [ignore_empty, unicode_safe],
        "declassified": [ignore_empty, boolean_validator],
    }


@validator_args
def govshare_release_return(not_empty: Validator, unicode_safe: Validator) -> Schema:
    return {"id": [not_empty, unicode_safe], "reason": [not_empty, unicode_safe]}


govshare_release_withdraw = govshare_release_return


@validator_args
def govshare_release_comment(
    not_empty: Validator, unicode_safe: Validator, ignore_empty: Validator
) -> Schema:
    return {
        "id": [not_empty, unicode_safe],
        "text": [not_empty, unicode_safe],
        "column": [ignore_empty, unicode_safe],
    }


@validator_args
def govshare_publication_request(
    not_empty: Validator, unicode_safe: Validator, ignore_empty: Validator
) -> Schema:
    return {"id": [not_empty, unicode_safe], "reason": [ignore_empty, unicode_safe]}


@validator_args
def govshare_publication_decide(
    not_empty: Validator, unicode_safe: Validator, ignore_empty: Validator, one_of: ValidatorFactory
) -> Schema:
    return {
        "id": [not_empty, unicode_safe],
        "state": [not_empty, one_of(["published", "draft", "suspended", "withdrawn"])],
        "reason": [ignore_empty, unicode_safe],
    }
