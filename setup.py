"""One distribution with three packages: the portal's rooms, the harvesters and the library."""

from setuptools import find_namespace_packages, setup

ROOMS = [
    "search", "ledger", "offices", "catalogue", "release", "gate",
    "cases", "access", "notify", "feedback", "oversight", "portal",
]

setup(
    packages=[
        *find_namespace_packages("ckanext-govshare", include=["ckanext.govshare*"]),
        *find_namespace_packages(".", include=["harvesters*", "desensitize*"]),
        # The profiles, calendars and vocabularies, which a checkout has at its top.
        "ckanext.govshare.config",
        *(f"ckanext.govshare.config.{folder}" for folder in find_namespace_packages("config")),
    ],
    package_dir={"ckanext": "ckanext-govshare/ckanext", "ckanext.govshare.config": "config"},
    package_data={"ckanext.govshare.config": ["**/*"]},
    include_package_data=True,
    entry_points={
        "ckan.plugins": [
            *(f"govshare_{room} = ckanext.govshare.{room}.plugin:Plugin" for room in ROOMS),
            "govshare_harvest = harvesters.plugin:Plugin",
            *(
                f"govshare_{mode}_harvester = harvesters.{mode}.harvester:{mode.title()}Harvester"
                for mode in ("file", "interface", "table", "portal")
            ),
        ],
        "console_scripts": [
            "govshare = ckanext.govshare.stack.cli:main",
            "desensitize = desensitize.cli:main",
        ],
        "babel.extractors": ["ckan = ckan.lib.extract:extract_ckan"],
    },
)
