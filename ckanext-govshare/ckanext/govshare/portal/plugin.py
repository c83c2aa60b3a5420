"""The portal room: theme, pages, start pages by person, and the site's translations."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import ckan.plugins as p
import ckan.plugins.toolkit as tk

from . import action, auth, helpers, settings
from .shelf import Shelf
from .wire import Compressed

TRANSLATIONS = Path(__file__).resolve().parents[1] / "i18n"


@tk.blanket.actions(action)
@tk.blanket.auth_functions(auth)
@tk.blanket.blueprints
@tk.blanket.config_declarations
@tk.blanket.helpers(helpers.get_helpers)
class Plugin(p.SingletonPlugin):
    """CKAN plugin `govshare_portal`."""

    p.implements(p.IConfigurer)
    p.implements(p.IMiddleware, inherit=True)
    p.implements(p.ITranslation)

    def update_config(self, config: Any) -> None:
        """Adds the theme's templates, assets and static files."""
        tk.add_template_directory(config, "templates")
        tk.add_public_directory(config, "public")
        tk.add_resource("assets", "govshare")

    def make_middleware(self, app: Any, config: Any) -> Any:  # noqa: ARG002
        """Compresses text; keeps the pages of strangers for a moment."""
        app.wsgi_app = Shelf(Compressed(app.wsgi_app))
        return app

    def update_config_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Lets the operator set the site's identity in the browser (`/ckan-admin/config`)."""
        schema.update({key: settings.validators() for key in settings.EDITABLE})
        return schema

    # One catalogue for all rooms. CKAN merges plugin catalogues over its own, so an entry
    # here also completes or corrects CKAN's translation of the same string.

    def i18n_directory(self) -> str:
        """The folder that `make i18n` fills."""
        return str(TRANSLATIONS)

    def i18n_locales(self) -> list[str]:
        """The languages translated; English is the language of the source."""
        return ["zh_Hans_CN"]

    def i18n_domain(self) -> str:
        """The name of the catalogue files."""
        return "ckanext-govshare"
