"""What the catalogue's actions accept."""

from __future__ import annotations

from ckan.logic.schema import validator_args
from ckan.types import Schema, Validator, ValidatorFactory

from . import ladder


@validator_args
def govshare_entry_amend(not_empty: Validator, unicode_safe: Validator) -> Schema:
    return {
        "id": [not_empty, unicode_safe],
        "changes": [not_empty],
        "reason": [not_empty, unicode_safe],
    }


@validator_args
def govshare_matter_list(
    ignore_empty: Validator, unicode_safe: Validator, boolean_validator: Validator,
    one_of: ValidatorFactory,
) -> Schema:
    return {
        "kind": [ignore_empty, one_of(ladder.KINDS)],
        "dataset_id": [ignore_empty, unicode_safe],
        "closed": [ignore_empty, boolean_validator],
    }
