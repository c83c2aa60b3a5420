"""What the actions on offices accept."""

from __future__ import annotations

from ckan.logic.schema import validator_args
from ckan.types import Schema, Validator, ValidatorFactory

from ckanext.govshare.offices.model import ORGANIZATION_OFFICES, PORTAL_OFFICES

OFFICES = [*ORGANIZATION_OFFICES, *PORTAL_OFFICES]


@validator_args
def govshare_office_appoint(
    not_empty: Validator,
    ignore_empty: Validator,
    unicode_safe: Validator,
    isodate: Validator,
    one_of: ValidatorFactory,
) -> Schema:
    return {
        "user": [not_empty, unicode_safe],
        "office": [not_empty, one_of(OFFICES)],
        "organization": [ignore_empty, unicode_safe],
        "valid_to": [ignore_empty, isodate],
    }


@validator_args
def govshare_office_end(not_empty: Validator, unicode_safe: Validator) -> Schema:
    return {"id": [not_empty, unicode_safe]}


@validator_args
def govshare_office_list(
    ignore_empty: Validator,
    unicode_safe: Validator,
    boolean_validator: Validator,
    one_of: ValidatorFactory,
) -> Schema:
    return {
        "organization": [ignore_empty, unicode_safe],
        "user": [ignore_empty, unicode_safe],
        "office": [ignore_empty, one_of(OFFICES)],
        "ended": [ignore_empty, boolean_validator],
    }
