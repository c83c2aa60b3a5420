"""`make conformance`: CKAN's own tests, unmodified, from the installed wheel, on our search engine.

Prints passed, failed and skipped of each group and, last, one line with the sums. Ends non-zero
when a test failed that `tests/conformance/known.toml` does not list, or when a listed one passes
(so that the list shrinks). Runs on databases of its own; `--group A` runs one group. A to D are
CKAN's tests that search; the others are CKAN's and its extensions' suites that search by the way.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
import tomllib
import xml.etree.ElementTree as ET
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import ckan

from ckanext.govshare.stack import databases, services

HERE = Path(__file__).resolve().parents[1]
CONFORMANCE = HERE / "tests" / "conformance"
SITE = Path(ckan.__file__).resolve().parents[1]
WORKERS = 2  # groups at a time, each with databases of its own

CONTROLLERS = "package group organization pagination api admin home feed"


@dataclass(frozen=True)
class Group:
    """Tests that run together; `settings` are what their project's own test.ini sets."""

    tests: list[str]
    settings: dict[str, str] = field(default_factory=dict)


GROUPS = {
    "A": Group(["ckan/tests/lib/search", "ckan/tests/cli/test_search_index.py"]),
    "B": Group(["ckan/tests/logic/action/test_get.py"]),
    "C": Group(
        [
            *(f"ckan/tests/controllers/test_{name}.py" for name in CONTROLLERS.split()),
            "ckan/tests/lib/dictization/test_model_dictize.py",
            "ckanext/example_ipermissionlabels/tests",
            "ckanext/example_idatasetform/tests",
            "ckanext/example_igroupform/tests",
        ]
    ),
    "D": Group(
        [
            "ckan/tests/logic/action/test_update.py",
            "ckan/tests/logic/action/test_delete.py",
            "ckan/tests/logic/test_logic.py",
            "ckanext/multilingual/tests",
        ]
    ),
    "create": Group(["ckan/tests/logic/action/test_create.py"]),
    "activity": Group(["ckanext/activity/tests"]),
    "harvest": Group(
        ["ckanext/harvest/tests"],
        {
            "ckan.plugins": "harvest ckan_harvester test_harvester test_action_harvester",
            "ckan.harvest.mq.type": "redis",
        },
    ),
    "scheming": Group(
        ["ckanext/scheming/tests"],
        {
            "ckan.plugins": "scheming_datasets scheming_groups scheming_organizations"
            " scheming_test_plugin scheming_nerf_index",
            "scheming.dataset_schemas": "ckanext.scheming:ckan_dataset.yaml"
            " ckanext.scheming.tests:test_schema.json ckanext.scheming.tests:test_subfields.yaml"
            " ckanext.scheming.tests:test_datastore_choices.json"
            " ckanext.scheming:ckan_formpages.yaml",
            "scheming.organization_schemas": "ckanext.scheming:org_with_dept_id.json"
            " ckanext.scheming:custom_org_with_address.json",
            "scheming.group_schemas": "ckanext.scheming:group_with_bookface.json"
            " ckanext.scheming:custom_group_with_status.json",
        },
    ),
    "dcat": Group(
        ["ckanext/dcat/tests/test_blueprints.py", "ckanext/dcat/tests/harvester"],
        {
            "ckan.plugins": "dcat harvest dcat_rdf_harvester dcat_json_harvester",
            "ckan.harvest.mq.type": "redis",
            "ckanext.dcat.enable_content_negotiation": "true",
        },
    ),
}


@dataclass
class Result:
    passed: int = 0
    skipped: int = 0
    failed: list[str] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    seconds: float = 0
    output: str = ""


def settings(group: str, running: services.Services, folder: Path) -> Path:
    """The settings file of one group, on databases of its own."""
    urls = []
    for purpose in ("catalogue", "datastore"):
        name = f"conformance_{group.lower()}_{purpose}"
        with databases.connected(running.admin_url) as connection, connection.cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            cursor.execute(f'CREATE DATABASE "{name}"')
        urls.append(running.admin_url.rpartition("/")[0] + "/" + name)
    text = (CONFORMANCE / "test.ini").read_text("utf-8")
    more = "\n".join(f"{key} = {value}" for key, value in GROUPS[group].settings.items())
    for key, value in {
        "CATALOGUE": urls[0],
        "DATASTORE": urls[1],
        "FOLDER": str(folder),
        "MORE": more,
        "REDIS": running.redis_url.rpartition("/")[0] + f"/{1 + list(GROUPS).index(group)}",
    }.items():
        text = text.replace(f"@{key}@", value)
    folder.mkdir(parents=True)
    path = folder / "test.ini"
    path.write_text(text, "utf-8")
    return path


def run(group: str, running: services.Services, folder: Path) -> Result:
    """One group in a process of its own."""
    began = time.monotonic()
    ini = settings(group, running, folder)
    report = folder / "report.xml"
    environment = {**os.environ, "PYTHONPATH": str(CONFORMANCE)}
    ckan_command = str(Path(sys.executable).with_name("ckan"))
    subprocess.run(
        [ckan_command, "-c", str(ini), "db", "init"], check=True, capture_output=True, cwd=folder
    )
    tests = [str(SITE / name) for name in GROUPS[group].tests]
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-c",
            str(CONFORMANCE / "pytest.ini"),
            f"--rootdir={SITE}",
            f"--ckan-ini={ini}",
            "-p",
            "conformance_engine",
            "-p",
            "no:cacheprovider",
            "-q",
            "--tb=short",
            "-o",
            "junit_family=xunit1",
            f"--junit-xml={report}",
            *tests,
        ],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    result = Result(seconds=time.monotonic() - began, output=done.stdout + done.stderr)
    if not report.exists():
        raise SystemExit(f"group {group} did not run:\n{result.output}")
    for case in ET.parse(report).iter("testcase"):
        name = f"{case.get('classname', '').replace('.', '/')}::{case.get('name')}"
        result.names.add(name)
        if case.find("failure") is not None or case.find("error") is not None:
            result.failed.append(name)
        elif case.find("skipped") is not None:
            result.skipped += 1
        else:
            result.passed += 1
    return result


def known() -> list[dict[str, str]]:
    """The tests that may fail, with `reason`; those that ask an outside host may also pass."""
    return tomllib.loads((CONFORMANCE / "known.toml").read_text("utf-8")).get("known", [])


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--group", choices=list(GROUPS), action="append")
    groups: list[str] = parser.parse_args().group or list(GROUPS)
    with tempfile.TemporaryDirectory(prefix="govshare-conformance-") as name:
        folder = Path(name)
        running = services.start(folder / "services", durable=False)
        try:
            with ThreadPoolExecutor(WORKERS) as pool:
                work = {g: pool.submit(run, g, running, folder / g) for g in groups}
                results = {g: future.result() for g, future in work.items()}
        finally:
            services.stop(folder / "services")
    return report(results)


def report(results: dict[str, Result]) -> int:
    excused = {entry["test"]: entry["reason"] for entry in known()}
    must_fail = {entry["test"] for entry in known() if "asks" not in entry}
    failed = {name for result in results.values() for name in result.failed}
    ran = {name for result in results.values() for name in result.names}
    for group, result in results.items():
        if set(result.failed) - set(excused):
            print(result.output)
        print(
            f"{group}: {result.passed} passed, {len(result.failed)} failed, "
            f"{result.skipped} skipped"
            f" ({result.seconds:.0f} s)"
        )
    surprises = sorted(failed - set(excused))
    outdated = sorted((must_fail & ran) - failed)
    for name in sorted(failed & set(excused)):
        print(f"known: {name}: {excused[name]}")
    for name in surprises:
        print(f"FAILED: {name}")
    for name in outdated:
        print(f"passes now, take it off the list: {name}")
    passed = sum(result.passed for result in results.values())
    skipped = sum(result.skipped for result in results.values())
    print(f"conformance: {passed} passed, {len(failed)} failed, {skipped} skipped")
    return 1 if surprises or outdated else 0


if __name__ == "__main__":
    raise SystemExit(main())
