"""What the ledger's actions accept."""

from __future__ import annotations

from ckan.logic.schema import validator_args
from ckan.types import Schema, Validator, ValidatorFactory


@validator_args
def govshare_event_list(
    ignore_empty: Validator,
    unicode_safe: Validator,
    default: ValidatorFactory,
    natural_number_validator: Validator,
    limit_to_configured_maximum: ValidatorFactory,
) -> Schema:
    text = [ignore_empty, unicode_safe]
    return {
        "subject_type": text,
        "subject_id": text,
        "kind": text,
        "actor": text,
        "limit": [
            default(50),
            natural_number_validator,
            limit_to_configured_maximum("govshare.ledger.page_max", 1000),
        ],
        "offset": [default(0), natural_number_validator],
    }
