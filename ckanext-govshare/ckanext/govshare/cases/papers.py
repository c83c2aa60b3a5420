"""Through the API: the form of a dataset, and the files attached to a case."""

from __future__ import annotations

from typing import Any

from ckan import model
from ckan.plugins import toolkit as tk
from ckan.types import Context
from werkzeug.datastructures import FileStorage

from ckanext.govshare import ledger, offices
from ckanext.govshare.cases import attachments, blank, schema
from ckanext.govshare.cases.model import Case, get


@tk.side_effect_free
@tk.validate_action_data(schema.govshare_blank_show)
def govshare_blank_show(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """What an application for this dataset has to answer, attach and accept beyond the rules."""
    tk.check_access("govshare_blank_show", context, data_dict)
    return blank.of(_dataset(data_dict)).model_dump(mode="json")


@tk.validate_action_data(schema.govshare_blank_update)
def govshare_blank_update(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Write a new version of a dataset's form. Cases received before keep the form they had.

    :param questions: `[{"label", "kind": line|text|choice, "required", "choices": []}]`
    :param slots: files to attach, `[{"label", "required", "types": ["pdf", …], "max_mb"}]`
    :param terms: terms of use
    :param undertaking: its lines, instead of the portal's own
    """
    tk.check_access("govshare_blank_update", context, data_dict)
    user_id = offices.actor_id(context) or ""
    dataset_id = _dataset(data_dict)
    try:
        made = blank.write(
            dataset_id, {k: v for k, v in data_dict.items() if k != "dataset_id"}, user_id
        )
        ledger.append("blank.updated", actor=user_id, subject=("dataset", dataset_id),
                      data={"version": made.version})
        model.Session.commit()
    except Exception:
        model.Session.rollback()
        raise
    return made.model_dump(mode="json")


@tk.validate_action_data(schema.govshare_attachment_add)
def govshare_attachment_add(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Attach a file to a draft, to a supplement, or to a report just filed.

    :param id: the case
    :param slot: the name under which the dataset's form asks for it (optional)
    :param upload: the file (multipart)
    """
    tk.check_access("govshare_attachment_add", context, data_dict)
    upload = data_dict["upload"]
    if not isinstance(upload, FileStorage) or not upload.filename:
        raise tk.ValidationError({"upload": [tk._("Choose a file.")]})
    try:
        case = _locked(data_dict["id"])
        asked = blank.of(case.dataset_id, case.form.get("blank"))
        slot = asked.slot(data_dict.get("slot") or "") or attachments.ANY
        made = attachments.add(
            case, offices.actor_id(context) or "", slot, upload.filename, upload.stream)
        model.Session.commit()
    except Exception:
        model.Session.rollback()
        raise
    return {"id": made, "case": case.id, "slot": slot.label}


@tk.validate_action_data(schema.govshare_attachment_remove)
def govshare_attachment_remove(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Take a file back from a draft or a supplement."""
    tk.check_access("govshare_attachment_remove", context, data_dict)
    try:
        case = _locked(data_dict["id"])
        attachments.remove(case, offices.actor_id(context) or "", data_dict["attachment"])
        model.Session.commit()
    except Exception:
        model.Session.rollback()
        raise
    return {"id": data_dict["attachment"], "case": case.id}


def _dataset(data_dict: dict[str, Any]) -> str:
    package = model.Package.get(data_dict["dataset_id"])
    if package is None:
        raise tk.ObjectNotFound(tk._("There is no such dataset in the catalogue."))
    return package.id


def _locked(case_id: str) -> Case:
    case = get(case_id, lock=True)
    if case is None:
        raise tk.ObjectNotFound(tk._("There is no such case."))
    return case
