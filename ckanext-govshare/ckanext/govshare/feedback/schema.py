"""What objections and corrections accept; what they must say, `filing` decides."""

from __future__ import annotations

from ckan.logic.schema import validator_args
from ckan.types import Schema, Validator

from ckanext.govshare.cases import identity


@validator_args
def govshare_objection_submit(
    not_empty: Validator, ignore_missing: Validator, unicode_safe: Validator
) -> Schema:
    names = ("reason", "evidence", "items", "applicant_kind", "request_key", *identity.FIELDS)
    return {
        "dataset_id": [not_empty, unicode_safe],
        **{name: [ignore_missing] for name in names},
    }


def govshare_correction_submit() -> Schema:
    return govshare_objection_submit()
