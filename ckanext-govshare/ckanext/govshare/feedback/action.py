"""Object to the catalogue, report wrong data. The acts on them are those of cases."""

from __future__ import annotations

from typing import Any

from ckan import model
from ckan.plugins import toolkit as tk
from ckan.types import Context

from ckanext.govshare import offices
from ckanext.govshare.cases import reading
from ckanext.govshare.feedback import filing, schema


@tk.validate_action_data(schema.govshare_objection_submit)
def govshare_objection_submit(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Object to an entry of the open catalogue, a non-open one too (NY 45).

    :param dataset_id: name or id
    :param reason: what is wrong with the entry
    :param evidence: what shows it (optional)
    :param applicant_kind, applicant_name, id_number, uscc, contact_name, phone: who objects
    """
    tk.check_access("govshare_objection_submit", context, data_dict)
    return _submit(context, "objection", data_dict)


@tk.validate_action_data(schema.govshare_correction_submit)
def govshare_correction_submit(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Report wrong data: takes what an objection takes; `items` may name the columns.

    :param layer: `open` for the public; `share` for another department, by whose rules the
        statutory limits run (NY 64-65, ZS 23)
    """
    tk.check_access("govshare_correction_submit", context, data_dict)
    return _submit(context, "correction", data_dict)


def _submit(context: Context, kind: str, data: dict[str, Any]) -> dict[str, Any]:
    user_id = offices.actor_id(context) or ""
    try:
        case = filing.submit(user_id, kind, data)
        model.Session.commit()
    except Exception:
        model.Session.rollback()
        raise
    return reading.show(case, user_id)
