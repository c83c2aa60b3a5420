"""Pages for programs and those who write them."""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import escape

import ckan.plugins.toolkit as tk
from flask import Blueprint, Response, jsonify

from . import dcat, openapi

developers = Blueprint("govshare_developers", __name__)
SITEMAP = 1000


@developers.route("/developers")
def index() -> str:
    """The API, its keys and its limits."""
    limits = {
        "datasets": tk.config["ckan.search.rows_max"],
        "rows": tk.config.get("ckan.datastore.search.rows_max") or 32000,
    }
    return tk.render("govshare/developers.html", {"limits": limits})


@developers.route("/openapi.json")
def description() -> Response:
    """OpenAPI 3.1 of every action."""
    return jsonify(openapi.document())


@developers.route("/catalog.<form>")
def catalogue(form: str) -> Any:
    """The public catalogue as DCAT, a hundred datasets a page."""
    page = tk.request.args.get("page", 1, type=int)
    if form not in dcat.MEDIA or page < 1:
        return tk.abort(404)
    return Response(dcat.catalogue(form, page), mimetype=dcat.MEDIA[form])


@developers.route("/dataset/<id>.<form>")
def entry(id: str, form: str) -> Any:
    """One public entry as DCAT."""
    if form not in dcat.MEDIA:
        return tk.abort(404)
    try:
        return Response(dcat.dataset(id, form), mimetype=dcat.MEDIA[form])
    except (tk.ObjectNotFound, tk.NotAuthorized):
        return tk.abort(404, tk._("Dataset not found"))


@developers.route("/sitemap.xml")
def sitemap() -> Any:
    """Which pages a search engine should know; a list of lists when there are many."""
    part = tk.request.args.get("part", type=int)
    total = _search(0, 0)["count"]
    if part is None and total > SITEMAP:
        parts = range(1, -(-total // SITEMAP) + 1)
        here = tk.h.url_for("govshare_developers.sitemap", _external=True, locale="default")
        return _xml("sitemapindex", [("sitemap", f"{here}?part={n}", "") for n in parts])
    found = _search(((part or 1) - 1) * SITEMAP, SITEMAP)["results"]
    pages = [("home.index", {}), ("dataset.search", {}), ("organization.index", {})]
    urls = [("url", _address(route, **given), "") for route, given in pages if part in (None, 1)]
    urls += [
        ("url", _address("dataset.read", id=d["name"]), str(d["metadata_modified"])[:10])
        for d in found
    ]
    return _xml("urlset", urls)


def _search(start: int, rows: int) -> dict[str, Any]:
    if start < 0:
        return tk.abort(404)
    query = {"fq": "+dataset_type:dataset", "start": start, "rows": rows, "sort": "id asc",
             "fl": "name,metadata_modified"}  # fmt: skip
    return tk.get_action("package_search")({"user": "", "auth_user_obj": None}, query)  # type: ignore[arg-type]


def _address(route: str, **given: str) -> str:
    return tk.h.url_for(route, _external=True, locale="default", **given)


def _xml(name: str, entries: list[tuple[str, str, str]]) -> Response:
    lines = [
        f"<{tag}><loc>{escape(url)}</loc>{f'<lastmod>{day}</lastmod>' if day else ''}</{tag}>\n"
        for tag, url, day in entries
    ]
    body = f'<{name} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{"".join(lines)}</{name}>'
    return Response(f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n', mimetype="application/xml")
