"""People in their offices, a dataset with a resource, and real files."""

from __future__ import annotations

import io
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.lib import jobs as ckan_jobs
from ckan.plugins import toolkit as tk
from rq import SimpleWorker

from ckanext.govshare.catalogue import complete
from ckanext.govshare.offices import model as office_model
from ckanext.govshare.release import intake
from ckanext.govshare.release.model import Release

CSV = (
    "编号,姓名,身份证号,手机号码,所在街道,核定金额\n"
    + "".join(
        f"{i},{name},{card},{phone},{street},{amount}\n"
        for i, (name, card, phone, street, amount) in enumerate(
            [
                ("王建国", "410101198001011233", "13803770001", "卧龙区七一路街道", 1200),
                ("李秀英", "110101199003070038", "13903770002", "宛城区仲景街道", 800),
                ("张伟", "410101197505050012", "15003770003", "卧龙区七一路街道", 560),
                ("刘洋", "410101196512120010", "18603770004", "宛城区仲景街道", 990),
                ("陈静", "410101198808080029", "13703770005", "卧龙区光武街道", 310),
                ("杨磊", "41010119990909001X", "13603770006", "卧龙区光武街道", 450),
            ],
            1,
        )
    )
)


@pytest.fixture
def csv_text() -> str:
    """Six people's subsidies: names, identity numbers, telephones."""
    return CSV


def fill(dataset_id: str) -> None:
    """Everything that an entry needs before it may be published; which, the catalogue tests."""
    dataset = model.Session.get(model.Package, dataset_id)
    dataset.extras.update({lack.field: "1" for lack in complete.lacks(dataset)})
    model.Session.commit()


@dataclass(frozen=True)
class Town:
    """One department with its people, and the data authority."""

    org: str
    dataset: str
    resource: str
    people: dict[str, str]

    def call(self, who: str, action: str, **data: Any) -> Any:
        """An action as one of the people, with the checks of the API."""
        return tk.get_action(action)({"user": self.people[who]}, data)


def person(name: str) -> str:
    unique = f"{name}-{uuid.uuid4().hex[:8]}"
    user = model.User(name=unique, email=f"{unique}@example.invalid", fullname=name)
    model.Session.add(user)
    model.Session.commit()
    return user.id


def appoint(user: str, office: str, org: str | None = None) -> None:
    model.Session.execute(
        office_model.table.insert().values(
            id=str(uuid.uuid4()), user_id=user, org_id=org, office=office, valid_from=sa.func.now()
        )
    )
    model.Session.commit()


@pytest.fixture
def portal(site, tmp_path, monkeypatch):
    """The portal's database, and a data folder of the test's own."""
    monkeypatch.setitem(tk.config, "govshare.data_dir", str(tmp_path / "data"))
    with site.flask_app.test_request_context():
        yield site
        model.Session.rollback()
        model.Session.remove()


@pytest.fixture
def town(portal) -> Town:
    mark = uuid.uuid4().hex[:8]
    org = model.Group(name=f"dept-{mark}", title="民政局", type="organization")
    org.is_organization = True
    model.Session.add(org)
    model.Session.flush()
    dataset = model.Package(
        name=f"subsidies-{mark}", title="临时救助发放情况", type="dataset", owner_org=org.id,
        extras={"open_class": "unconditional"},
    )
    model.Session.add(dataset)
    model.Session.flush()
    resource = model.Resource(
        url="raw.csv", url_type="upload", package_id=dataset.id, name="发放明细"
    )
    resource.position = 0
    model.Session.add(resource)
    model.Session.commit()
    people = {}
    for name in ("publisher", "confidentiality_reviewer", "head", "reviewer"):
        people[name] = person(name)
        appoint(people[name], name, org.id)
    for name in ("authority", "auditor"):
        people[name] = person(name)
        appoint(people[name], name)
    people["citizen"] = person("citizen")
    people["elsewhere"] = person("elsewhere")
    appoint(people["elsewhere"], "publisher", "another-organization")
    return Town(org.id, dataset.id, resource.id, people)


@pytest.fixture
def receive(town):
    """Send a file in, as a department does; nothing is processed until `work` runs."""

    def send(
        content: bytes = CSV.encode(), filename: str = "救助.csv", by: str = "publisher"
    ) -> Release:
        release = intake.receive(
            town.resource, io.BytesIO(content), filename, "form", town.people.get(by)
        )
        model.Session.commit()
        return release

    return send


@pytest.fixture
def work(portal):
    """Run what is queued in the real queue, in a real rq worker of this process."""
    ckan_jobs.get_queue().empty()

    def run() -> None:
        queue = ckan_jobs.get_queue()
        SimpleWorker([queue], connection=queue.connection).work(burst=True, logging_level="ERROR")
        failed = queue.failed_job_registry.get_job_ids()
        model.Session.expire_all()
        for job_id in failed:
            queue.failed_job_registry.remove(job_id, delete_job=True)
        assert not failed, "a job failed"

    return run


@pytest.fixture
def data_dir(portal) -> Path:
    return Path(tk.config["govshare.data_dir"])
