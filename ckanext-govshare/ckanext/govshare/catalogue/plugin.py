"""The catalogue room: elements, value lists and facets; versions, matters and reports."""

from __future__ import annotations

from typing import Any

import ckan.plugins as p
import ckan.plugins.toolkit as tk

from . import action, auth, facets, helpers, validators, versions, views, ways, written


@tk.blanket.actions(action)
@tk.blanket.auth_functions(auth)
@tk.blanket.blueprints(views)
@tk.blanket.config_declarations
@tk.blanket.helpers(helpers.get_helpers)
@tk.blanket.validators(validators.get_validators)
class Plugin(p.SingletonPlugin):
    """CKAN plugin `govshare_catalogue`; needs `scheming_datasets`, which reads our schema."""

    p.implements(p.IConfigurer)
    p.implements(p.IFacets, inherit=True)
    p.implements(p.IPackageController, inherit=True)

    def update_config(self, config: Any) -> None:
        """Adds the templates, and follows what is written."""
        tk.add_template_directory(config, "templates")
        versions.listen()

    def dataset_facets(self, facets_dict: Any, package_type: str) -> Any:  # noqa: ARG002
        """Our facets instead of CKAN's."""
        facets_dict.clear()
        facets_dict.update(facets.titles())
        return facets_dict

    def organization_facets(
        self,
        facets_dict: Any,
        organization_type: str,  # noqa: ARG002
        package_type: str | None,  # noqa: ARG002
    ) -> Any:
        """A department's page: the same without the department, and without what asks anew."""
        facets_dict.clear()
        left_out = ("organization", "freshness")
        facets_dict.update({k: v for k, v in facets.titles().items() if k not in left_out})
        return facets_dict

    def before_dataset_search(self, search_params: dict[str, Any]) -> dict[str, Any]:
        """Asks for freshness by the day when data are due."""
        return ways.asked(search_params)

    def after_dataset_search(self, search_results: Any, search_params: Any) -> Any:  # noqa: ARG002
        """Names the facet values."""
        facets.name_values(search_results.get("search_facets", {}))
        return search_results

    def after_dataset_create(self, context: Any, pkg_dict: dict[str, Any]) -> None:
        """The entry's first version."""
        written.after_create(context, pkg_dict)

    def after_dataset_update(self, context: Any, pkg_dict: dict[str, Any]) -> None:
        """The entry's next version, if an element changed."""
        written.after_update(context, pkg_dict)

    def after_dataset_delete(self, context: Any, pkg_dict: dict[str, Any]) -> None:
        """A published entry that goes leaves the catalogue."""
        written.after_delete(context, pkg_dict)

    def before_dataset_index(self, pkg_dict: dict[str, Any]) -> dict[str, Any]:
        """Indexes the names of the information items."""
        return facets.searchable(pkg_dict)
