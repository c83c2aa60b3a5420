"""What objections and corrections accept; what they must say, `filing` decides."""

from __future__ import annotations

from ckan.logic.schema import validator_args
from ckan.types import Schema, Validator, ValidatorFactory

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


@validator_args
def govshare_correction_submit(default: ValidatorFactory, one_of: ValidatorFactory) -> Schema:
    return {**govshare_objection_submit(), "layer": [default("open"), one_of(["open", "share"])]}
