"""The public catalogue as DCAT (W3C), for the portals that gather it.

ckanext-dcat writes the graph. Its plugin is not loaded: that would index the entries another way.
Everything is read as an anonymous reader would, whoever asks, so an answer may be kept by caches.
"""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk

MEDIA = {"ttl": "text/turtle", "rdf": "application/rdf+xml", "jsonld": "application/ld+json"}
SERIALIZED = {"ttl": "ttl", "rdf": "xml", "jsonld": "jsonld"}
PAGE = 100
EU = "http://publications.europa.eu/resource/authority"
RIGHTS = {"unconditional": "PUBLIC", "conditional": "RESTRICTED", "non-open": "NON_PUBLIC"}
FREQUENCY = {
    "realtime": "CONT", "daily": "DAILY", "weekly": "WEEKLY", "monthly": "MONTHLY",
    "quarterly": "QUARTERLY", "half-yearly": "ANNUAL_2", "yearly": "ANNUAL",
    "irregular": "IRREG", "once": "NEVER",
}  # fmt: skip


def catalogue(form: str, page: int) -> str:
    """A page of the catalogue, newest change first; pages follow one another by `hydra:next`."""
    found = tk.get_action("package_search")(
        _anybody(),
        {"fq": "+dataset_type:dataset", "rows": PAGE, "start": PAGE * (page - 1),
         "sort": "metadata_modified desc"},
    )  # fmt: skip
    address = tk.h.url_for("govshare_developers.catalogue", form=form, _external=True)
    last = max(1, -(-found["count"] // PAGE))
    pages: dict[str, Any] = {
        "count": found["count"], "items_per_page": PAGE, "current": f"{address}?page={page}",
        "first": f"{address}?page=1", "last": f"{address}?page={last}",
    }  # fmt: skip
    if page < last:
        pages["next"] = f"{address}?page={page + 1}"
    if page > 1:
        pages["previous"] = f"{address}?page={page - 1}"
    return _serializer().serialize_catalog(
        {}, [_described(d) for d in found["results"]], SERIALIZED[form], pages
    )


def dataset(id_: str, form: str) -> str:
    """One entry; raises what `package_show` raises for an anonymous reader."""
    found = tk.get_action("package_show")(_anybody(), {"id": id_})
    return _serializer().serialize_dataset(_described(found), SERIALIZED[form])


def _anybody() -> Any:
    return {"user": "", "auth_user_obj": None}


def _serializer() -> Any:
    # rdflib takes its time and memory, and most workers never need it
    from ckanext.dcat.processors import RDFSerializer

    return RDFSerializer(profiles=["euro_dcat_ap_3"])


def _described(package: dict[str, Any]) -> dict[str, Any]:
    """The entry with the elements that DCAT knows under the names that ckanext-dcat reads."""
    right = RIGHTS.get(package.get("open_class") or "", "NON_PUBLIC")
    cycle = FREQUENCY.get(package.get("update_cycle") or "")
    topic = tk.h.govshare_label("topics", package.get("topic"))
    extras = {
        "access_rights": f"{EU}/access-right/{right}",
        "frequency": f"{EU}/frequency/{cycle}" if cycle else "",
        "identifier": package.get("resource_code") or package["id"],
        "issued": package.get("issued") or package.get("metadata_created"),
        "language": f"{EU}/language/ZHO",
        "theme": topic,
    }
    return {
        **{k: v for k, v in package.items() if k not in ("items", "legal_basis")},
        "extras": [{"key": k, "value": v} for k, v in extras.items() if v],
        "resources": [
            {**r, "hash": str(r.get("hash") or "").removeprefix("sha256:"),
             "hash_algorithm": "http://spdx.org/rdf/terms#checksumAlgorithm_sha256"}
            for r in package.get("resources", []) if right != "NON_PUBLIC"
        ],
    }  # fmt: skip
