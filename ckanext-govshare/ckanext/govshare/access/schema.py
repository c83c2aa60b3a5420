"""What the actions on grants accept."""

from __future__ import annotations

from ckan.logic.schema import validator_args
from ckan.types import Schema, Validator, ValidatorFactory

# LY 14 (improper use, security risk); NY 41 (unlawful, over scope, security risk).
GROUNDS = ["unlawful_use", "improper_use", "over_scope", "security_risk", "basis_gone"]


@validator_args
def govshare_grant_list(
    ignore_empty: Validator, unicode_safe: Validator, boolean_validator: Validator
) -> Schema:
    text = [ignore_empty, unicode_safe]
    return {
        "case_id": text,
        "dataset_id": text,
        "organization": text,
        "all": [ignore_empty, boolean_validator],
    }


@validator_args
def govshare_grant_show(not_empty: Validator, unicode_safe: Validator) -> Schema:
    return {"id": [not_empty, unicode_safe]}


@validator_args
def govshare_disclosure_ask(not_empty: Validator, unicode_safe: Validator) -> Schema:
    return {"id": [not_empty, unicode_safe], "text": [not_empty, unicode_safe]}


@validator_args
def govshare_disclosure_decide(
    not_empty: Validator, unicode_safe: Validator, one_of: ValidatorFactory
) -> Schema:
    return {
        "id": [not_empty, unicode_safe],
        "request": [not_empty, unicode_safe],
        "decision": [not_empty, one_of(["consent", "refuse"])],
        "reason": [not_empty, unicode_safe],
    }


def govshare_grant_use() -> Schema:
    return govshare_grant_show()


@validator_args
def govshare_block_add(
    not_empty: Validator, ignore_empty: Validator, unicode_safe: Validator, isodate: Validator
) -> Schema:
    return {
        "user": [not_empty, unicode_safe],
        "reason": [not_empty, unicode_safe],
        "until": [ignore_empty, isodate],
    }


def govshare_block_end() -> Schema:
    return govshare_grant_show()


@validator_args
def govshare_grant_suspend(
    not_empty: Validator, unicode_safe: Validator, one_of: ValidatorFactory
) -> Schema:
    needed = [not_empty, unicode_safe]
    return {
        "id": needed,
        "ground": [not_empty, one_of(GROUNDS)],
        "reason": needed,
        "evidence": needed,
    }


@validator_args
def govshare_grant_resume(not_empty: Validator, unicode_safe: Validator) -> Schema:
    return {"id": [not_empty, unicode_safe], "reason": [not_empty, unicode_safe]}


@validator_args
def govshare_grant_end(
    not_empty: Validator,
    ignore_empty: Validator,
    unicode_safe: Validator,
    one_of: ValidatorFactory,
) -> Schema:
    return {
        "id": [not_empty, unicode_safe],
        "reason": [not_empty, unicode_safe],
        "ground": [ignore_empty, one_of(GROUNDS)],
        "evidence": [ignore_empty, unicode_safe],
    }
