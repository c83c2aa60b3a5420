"""What the file of kinds may say."""

from __future__ import annotations

import pytest

from ckanext.govshare.offices.model import ORGANIZATION_OFFICES, PORTAL_OFFICES
from ckanext.govshare.oversight import kinds

GOOD = """
[drill]
title = ["演练", "Drill"]
help = ["登记", "Register"]
scope = "department"
write = ["head"]
rules = ["NY 57"]
months = 12
counts = "held"
fields.held = { type = "date", title = ["日期", "Date"], required = true }
"""


@pytest.mark.parametrize(("from_", "to"), [
    ('counts = "held"', 'counts = "never"'),
    ('counts = "held"', ""),
    ('type = "date"', 'type = "choice"'),
    ('type = "date"', 'type = "time"'),
    ("months = 12", "month = 12"),
    ('scope = "department"', 'scope = "city"'),
])
def test_an_impossible_kind_is_refused(from_, to):
    assert set(kinds.parse(GOOD)) == {"drill"}
    with pytest.raises(kinds.KindError):
        kinds.parse(GOOD.replace(from_, to))


def test_the_kinds_name_offices_that_exist():
    offices = {*ORGANIZATION_OFFICES, *PORTAL_OFFICES}
    for kind in kinds.every().values():
        assert set(kind.write) <= offices
        assert all(set(field.by) <= offices for field in kind.fields.values())
        assert "auditor" not in kind.write  # the auditor reads


def test_months_count_from_the_field_that_the_duties_read():
    """`duties.LAST` reads `held`."""
    assert {k.counts for k in kinds.every().values() if k.counts} == {"held"}
