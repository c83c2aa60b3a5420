"""The portal's plugins, in the one order that CKAN gets to see.

Earlier plugins win: templates, translations and the uploader of the first one count. Left out on
purpose, because they carry data past the gate: activity, resource_proxy, webpage_view,
tabledesigner, datapusher, xloader, tracking.
"""

from __future__ import annotations

PLUGINS = (
    "govshare_search",  # first: it replaces the search client before anybody imports it
    "govshare_portal",
    "govshare_release",
    "govshare_access",
    "govshare_cases",
    "govshare_feedback",
    "govshare_oversight",
    "govshare_offices",
    "govshare_notify",
    "govshare_ledger",
    "govshare_catalogue",
    "govshare_harvest",
    "govshare_file_harvester",
    "govshare_interface_harvester",
    "govshare_table_harvester",
    "govshare_portal_harvester",
    "harvest",
    "scheming_datasets",
    "datastore",
    "govshare_gate",  # CKAN wants the datastore first among those who shape its queries
    "datatables_view",
    "text_view",
)
