"""CKAN's own actions, held: each wraps the next one and takes away what would leak.

An auth function is skipped under `ignore_auth`; these are not.
"""



from __future__ import annotations

from typing import Any

from ckan import model
from ckan.plugins import plugin_loaded
from ckan.plugins import toolkit as tk
from ckan.types import Action, Context

from ckanext.govshare.gate import auth, harvest, rows, verify, writes
from ckanext.govshare.gate.decision import Purpose
from ckanext.govshare.gate.facts import decide
from ckanext.govshare.gate.identity import actor
from ckanext.govshare.gate.loader import has_ended, load_job, sweep
from ckanext.govshare.gate.wrapping import may_see, refused

#: Views that take nothing but the resource (the others carry addresses of their own), and what
#: each of them reads.
VIEWS: dict[str, Purpose] = {"datatables_view": "rows", "text_view": "download"}

REFUSED = (
    "datastore_create", "datastore_upsert", "datastore_delete", "datastore_records_delete",
    "datastore_function_create", "datastore_function_delete", "datastore_run_triggers",
    "resource_search",
    *(name for name in auth.NEVER if name.startswith("file_")),
)


def functions() -> dict[str, Any]:
    held = (
        rows.datastore_search, rows.datastore_info, package_show, package_list, package_create,
        package_update, package_delete, resource_delete, dataset_purge, bulk_update_delete,
        member_list, follow_dataset, dataset_followee_list, resource_view_create,
        resource_view_update, resource_view_list, govshare_datastore_load,
        verify.govshare_verify,
    )
    return {
        **{name: refused() for name in REFUSED},
        **{function.__name__: function for function in held},
        **(harvest.functions() if plugin_loaded("harvest") else {}),
    }


@tk.chained_action
@tk.side_effect_free
def package_show(
    next_action: Action, context: Context, data_dict: dict[str, Any]
) -> dict[str, Any]:
    """CKAN gives plugin data to anonymous readers who ask for them."""
    data_dict.pop("include_plugin_data", None)
    return next_action(context, data_dict)


@tk.chained_action
@tk.side_effect_free
def package_list(next_action: Action, context: Context, data_dict: dict[str, Any]) -> list[str]:
    """CKAN lists every dataset that is not private; ours are public once published."""
    page = {key: _number(data_dict.get(key), key) for key in ("limit", "offset")}
    public = writes.published()
    names = [name for name in next_action(context, {}) if name in public]
    start = page["offset"] if page["limit"] else 0
    return names[start : start + page["limit"] if page["limit"] else None]


def _number(value: Any, name: str) -> int:
    try:
        number = int(value or 0)
    except (TypeError, ValueError):
        number = -1
    if number < 0:
        raise tk.ValidationError({name: [tk._("Must be a natural number")]})
    return number


@tk.chained_action
def package_create(next_action: Action, context: Context, data_dict: dict[str, Any]) -> Any:
    writes.check_new(data_dict)
    return next_action(context, data_dict)


@tk.chained_action
def package_update(next_action: Action, context: Context, data_dict: dict[str, Any]) -> Any:
    """All of `resource_*`, `package_patch` and `package_revise` end here."""
    writes.check_change(data_dict)
    result = next_action(context, data_dict)
    _sweep_later()
    return result


@tk.chained_action
def package_delete(next_action: Action, context: Context, data_dict: dict[str, Any]) -> Any:
    result = next_action(context, data_dict)
    _sweep_later()
    return result


@tk.chained_action
def resource_delete(next_action: Action, context: Context, data_dict: dict[str, Any]) -> Any:
    """CKAN looks for a fault among the resources only; an incomplete dataset has it elsewhere."""
    try:
        return next_action(context, data_dict)
    except KeyError as error:
        if isinstance(error.__context__, tk.ValidationError):
            raise tk.ValidationError(error.__context__.error_dict) from error
        raise


@tk.chained_action
def dataset_purge(next_action: Action, context: Context, data_dict: dict[str, Any]) -> Any:
    result = next_action(context, data_dict)
    _sweep_later()
    return result


@tk.chained_action
def bulk_update_delete(next_action: Action, context: Context, data_dict: dict[str, Any]) -> Any:
    result = next_action(context, data_dict)
    _sweep_later()
    return result


@tk.chained_action
@tk.side_effect_free
def member_list(
    next_action: Action, context: Context, data_dict: dict[str, Any]
) -> list[tuple[str, ...]]:
    """Members of a group; of the datasets only those that the caller may see."""
    members = next_action(context, data_dict)
    if context.get("ignore_auth"):
        return members
    datasets = {m[0] for m in members if model.Package.get(m[0]) is not None}
    return [m for m in members if m[0] not in datasets or may_see(context, m[0])]


@tk.chained_action
def follow_dataset(next_action: Action, context: Context, data_dict: dict[str, Any]) -> Any:
    """Following shows the dataset; CKAN asks only for an account."""
    tk.check_access("package_show", tk.fresh_context(context), {"id": data_dict.get("id")})
    return next_action(context, data_dict)


@tk.chained_action
@tk.side_effect_free
def dataset_followee_list(
    next_action: Action, context: Context, data_dict: dict[str, Any]
) -> list[dict[str, Any]]:
    """CKAN dumps the rows as they are; show each as its page does."""
    found = next_action(context, data_dict)
    return [
        tk.get_action("package_show")(tk.fresh_context(context), {"id": dataset["id"]})
        for dataset in found
        if may_see(context, dataset["id"])
    ]


@tk.chained_action
def resource_view_create(next_action: Action, context: Context, data_dict: dict[str, Any]) -> Any:
    _check_view(data_dict.get("view_type"))
    return next_action(context, data_dict)


@tk.chained_action
def resource_view_update(next_action: Action, context: Context, data_dict: dict[str, Any]) -> Any:
    view = model.ResourceView.get(str(data_dict.get("id")))
    _check_view(data_dict.get("view_type") or (view.view_type if view else None))
    return next_action(context, data_dict)


@tk.chained_action
@tk.side_effect_free
def resource_view_list(
    next_action: Action, context: Context, data_dict: dict[str, Any]
) -> list[dict[str, Any]]:
    """The views that would show this reader something."""
    views, reader = next_action(context, data_dict), actor(context)
    if context.get("ignore_auth"):
        return views
    return [
        view for view in views
        if view["view_type"] in VIEWS
        and decide(reader, view["resource_id"], VIEWS[view["view_type"]]).allowed
    ]


def govshare_datastore_load(context: Context, data_dict: dict[str, Any]) -> dict[str, str]:
    """Fill the DataStore from a live release, and drop the tables of releases that ended.

    :param release_id: the release; one that is no longer live is only cleared away.
    :returns: the id of the background job.
    """
    tk.check_access("govshare_datastore_load", context, data_dict)
    release_id = tk.get_or_bust(data_dict, "release_id")
    return {"job": tk.enqueue_job(load_job, [release_id], title="load released rows").id}


def _sweep_later() -> None:
    """Drop the tables of what was deleted; until then the gate serves nothing of them."""
    if has_ended():
        tk.enqueue_job(sweep, title="sweep ended rows")


def _check_view(view_type: str | None) -> None:
    if view_type not in VIEWS:
        raise tk.ValidationError({"view_type": [tk._("This kind of view is not offered here.")]})
