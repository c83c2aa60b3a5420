"""The gate as a CKAN plugin: it stands in every way in and out, or the portal does not start."""

# ruff: noqa: ARG002  CKAN fixes the signatures

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ckan.plugins as p
from ckan.common import CKANConfig
from ckan.exceptions import CkanConfigurationException
from ckan.lib.uploader import Upload
from ckan.plugins import toolkit as tk
from ckan.types import Action, AuthFunction, Context, Schema
from ckanext.datastore.interfaces import IDatastore
from flask import Blueprint

from ckanext.govshare.gate import action, auth, identity, masks, start, views
from ckanext.govshare.gate.facts import decide
from ckanext.govshare.gate.images import RedrawnUpload
from ckanext.govshare.gate.labels import Labels
from ckanext.govshare.gate.query import restrict
from ckanext.govshare.gate.uploader import QuarantineUpload


@tk.blanket.config_declarations
class Plugin(Labels, p.SingletonPlugin):
    """Must be the first plugin with permission labels; `start.check` looks."""

    p.implements(p.IConfigurer)
    p.implements(p.IConfigurable)
    p.implements(p.IActions)
    p.implements(p.IAuthFunctions)
    p.implements(p.IBlueprint)
    p.implements(p.IUploader, inherit=True)
    p.implements(p.IPermissionLabels)
    p.implements(p.IPackageController, inherit=True)
    p.implements(p.IApiToken, inherit=True)
    p.implements(IDatastore, inherit=True)

    # IConfigurer, IConfigurable

    def update_config(self, config: CKANConfig) -> None:
        tk.add_template_directory(config, "templates")

    def configure(self, config: CKANConfig) -> None:
        problems = start.problems(config, self)
        if problems:
            raise CkanConfigurationException("govshare_gate: " + "; ".join(problems))

    # IActions, IAuthFunctions, IBlueprint

    def get_actions(self) -> dict[str, Action]:
        return action.functions()

    def get_auth_functions(self) -> dict[str, AuthFunction]:
        return auth.functions()

    def get_blueprint(self) -> Blueprint:
        return views.gate

    # IUploader

    def get_uploader(self, upload_to: str, old_filename: str | None) -> Upload:
        return RedrawnUpload(upload_to, old_filename)

    def get_resource_uploader(self, resource: dict[str, Any]) -> QuarantineUpload:
        return QuarantineUpload(resource)

    # IPackageController

    def after_dataset_show(self, context: Context, pkg_dict: dict[str, Any]) -> None:
        masks.describe([pkg_dict])

    def after_dataset_search(
        self, search_results: dict[str, Any], search_params: dict[str, Any]
    ) -> dict[str, Any]:
        masks.describe(r for r in search_results.get("results", ()) if isinstance(r, dict))
        return search_results

    def before_dataset_index(self, pkg_dict: dict[str, Any]) -> dict[str, Any]:
        return masks.for_index(pkg_dict)

    # IApiToken

    def create_api_token_schema(self, schema: Schema) -> Schema:
        schema["scopes"] = [
            tk.get_validator("ignore_missing"),
            tk.get_validator("list_of_strings"),
            identity.known_scopes,
        ]
        return schema

    def postprocess_api_token(
        self, data: dict[str, Any], jti: str, data_dict: dict[str, Any]
    ) -> dict[str, Any]:
        scopes = data_dict.get("scopes")
        return data if scopes is None else {**data, **identity.claim(scopes)}

    def preprocess_api_token(self, data: Mapping[str, Any]) -> Mapping[str, Any]:
        identity.remember(data)
        return data

    # IDatastore: asked again for callers that come around the actions

    def datastore_validate(
        self, context: Context, data_dict: dict[str, Any], fields_types: dict[str, str]
    ) -> dict[str, Any]:
        return data_dict

    def datastore_search(
        self,
        context: Context,
        data_dict: dict[str, Any],
        fields_types: dict[str, str],
        query_dict: dict[str, Any],
    ) -> dict[str, Any]:
        decision = decide(identity.actor(context), str(data_dict.get("resource_id")), "rows")
        if not decision.allowed:
            raise tk.NotAuthorized(decision.reason)
        if decision.columns is not None and restrict(data_dict, decision.columns) != data_dict:
            raise tk.NotAuthorized("columns")
        return query_dict

    def datastore_delete(
        self,
        context: Context,
        data_dict: dict[str, Any],
        fields_types: dict[str, str],
        query_dict: dict[str, Any],
    ) -> dict[str, Any]:
        raise tk.NotAuthorized(tk._("This is closed in this portal."))
