"""What was collected lies in quarantine, byte by byte."""

from __future__ import annotations

import csv
import io
from typing import Any

from ckanext.govshare.release.model import QUARANTINE
from ckanext.govshare.release.vault import Vault

from .conftest import releases
from .test_file_mode import CSV


def content(release: Any) -> list[list[str]]:
    """The rows of a release's raw file."""
    with Vault(QUARANTINE).open(release.raw_digest) as stream:
        return list(csv.reader(io.StringIO(stream.read().decode("utf-8-sig"))))


def test_the_file_in_quarantine_is_the_source_s(department):
    department.put("救助.csv", CSV)
    dataset = department.harvest().records["救助.csv"]["dataset"]
    assert content(releases(dataset)[0]) == list(csv.reader(io.StringIO(CSV)))
