"""The catalogue room: the elements of a catalogue entry, their value lists, facets."""

from __future__ import annotations

from typing import Any

import ckan.plugins as p
import ckan.plugins.toolkit as tk

from . import facets, helpers, validators


@tk.blanket.config_declarations
@tk.blanket.helpers(helpers.get_helpers)
@tk.blanket.validators(validators.get_validators)
class Plugin(p.SingletonPlugin):
    """CKAN plugin `govshare_catalogue`; needs `scheming_datasets`, which reads our schema."""

    p.implements(p.IConfigurer)
    p.implements(p.IFacets, inherit=True)
    p.implements(p.IPackageController, inherit=True)

    def update_config(self, config: Any) -> None:
        """Adds the form's templates."""
        tk.add_template_directory(config, "templates")

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
        """A department's page: the same without the department."""
        facets_dict.clear()
        facets_dict.update({k: v for k, v in facets.titles().items() if k != "organization"})
        return facets_dict

    def after_dataset_search(self, search_results: Any, search_params: Any) -> Any:  # noqa: ARG002
        """Names the facet values."""
        facets.name_values(search_results.get("search_facets", {}))
        return search_results

    def before_dataset_index(self, pkg_dict: dict[str, Any]) -> dict[str, Any]:
        """Indexes the names of the information items."""
        return facets.searchable(pkg_dict)
