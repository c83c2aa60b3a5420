"""Search inside data: from a real release to the dataset that is found by its columns."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model

from ckanext.govshare.release.follow import refresh_index
from ckanext.govshare.release.model import Publication
from tests.release.conftest import (  # noqa: F401 - fixtures of the room that releases
    csv_text,
    portal,
    receive,
    town,
    work,
)
from tests.release.test_flow import released, transformed  # noqa: F401


def finds(town: Any, q: str) -> bool:  # noqa: F811
    answer = tk.get_action("package_search")(
        {"user": "", "ignore_auth": False}, {"q": q, "fq": f'id:"{town.dataset}"'}
    )
    return bool(answer["count"])


def test_a_dataset_is_found_by_the_columns_of_its_live_release(
    town: Any,  # noqa: F811
    released: Any,  # noqa: F811
    work: Any,  # noqa: F811
) -> None:
    """By no value of it, not when it is non-open, and no longer than it is live."""
    model.Session.add(Publication(dataset_id=town.dataset, state="published", by="test"))
    model.Session.commit()
    refresh_index(town.dataset)
    assert not finds(town, "哪些数据集有核定金额")
    shown = released()
    names = {column["name"] for column in shown["columns"]}
    assert "所在街道" in names
    assert finds(town, "街道")
    assert finds(town, "哪些数据集有核定金额")
    assert not finds(town, "七一路街道")
    model.Session.query(model.Package).filter_by(id=town.dataset).update(
        {"extras": {"open_class": "non-open"}}
    )
    model.Session.commit()
    refresh_index(town.dataset)
    assert not finds(town, "所在街道")
    model.Session.query(model.Package).filter_by(id=town.dataset).update(
        {"extras": {"open_class": "unconditional"}}
    )
    model.Session.commit()
    refresh_index(town.dataset)
    assert finds(town, "所在街道")
    town.call("publisher", "govshare_release_withdraw", id=shown["id"], reason="有误")
    work()
    assert not finds(town, "所在街道")
