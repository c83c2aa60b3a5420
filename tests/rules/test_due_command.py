"""`govshare due` as an operator calls it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ckanext.govshare.rules import cli
from ckanext.govshare.stack import language

GOVSHARE = Path(sys.executable).with_name("govshare")


@pytest.fixture(autouse=True)
def english():
    language.choose("en")
    yield
    language.choose(None)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli.due, arguments)


def due(*arguments: str) -> dict:
    done = run(*arguments, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


NANYANG = ("--profile", "nanyang", "--layer", "open", "--clock", "reply")


def test_json_says_dates_and_every_day():
    said = due(*NANYANG, "--received", "2026-09-18T10:00", "--extend", "10")
    assert (said["due"], said["extended_due"]) == ("2026-10-09", "2026-10-22")
    assert said["provisional"] is False
    days = {entry["day"]: entry for entry in said["days"]}
    assert len(days) == len(said["days"]) == 35  # 18 September to 22 October, each once
    assert days["2026-09-18"]["code"] == "start"
    assert days["2026-09-20"]["counted"] and days["2026-09-20"]["code"] == "make_up"
    assert not days["2026-09-25"]["counted"] and "中秋节" in days["2026-09-25"]["zh"]
    assert sum(entry["counted"] for entry in said["days"]) == 20


def test_without_a_zone_the_time_is_chinas():
    assert due(*NANYANG, "--received", "2026-03-17T00:30")["days"][0]["day"] == "2026-03-17"
    utc = due(*NANYANG, "--received", "2026-03-16T16:30+00:00")
    assert utc["days"][0]["day"] == "2026-03-17"
    assert utc["extended_due"] is None


@pytest.mark.requirement("LY-0a", "LY-21")
def test_a_profile_out_of_force_computes_with_a_warning():
    arguments = ("--profile", "linyi", "--layer", "share", "--clock", "reply", "--json")
    done = run(*arguments, "--received", "2025-01-23T10:00")
    assert done.exit_code == 0
    assert json.loads(done.stdout)["due"] == "2025-02-12"
    assert "in force until 2024-12-31" in done.stderr
    assert "2024" not in run(*arguments, "--received", "2024-12-02T10:00").stderr


def test_a_provisional_date_is_marked_and_warned_of():
    done = run(*NANYANG, "--received", "2026-12-18T10:00", "--json")
    assert json.loads(done.stdout)["provisional"] is True
    assert "provisional" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((*NANYANG, "--received", "yesterday"), "not a time such as"),
        ((*NANYANG, "--received", "2026-09-18T10:00", "--extend", "11"), "At most 10"),
        (
            ("--profile", "linyi", "--layer", "open", "--clock", "reply",
             "--received", "2026-09-18T10:00"),
            "no statutory clock",
        ),
        (
            ("--profile", "yunnan", "--layer", "share", "--clock", "reply",
             "--received", "2026-09-18T10:00", "--extend", "5"),
            "no extension",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_computed_is_said(arguments, said):
    done = run(*arguments)
    assert done.exit_code != 0
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_borrowed_clock():
    said = due("--profile", "linyi", "--layer", "open", "--clock", "reply",
               "--received", "2026-09-18T10:00", "--borrowed-from", "nanyang")  # fmt: skip
    assert said["due"] == "2026-10-09"


def test_in_chinese():
    language.choose("zh")
    said = run(*NANYANG, "--received", "2026-09-18T10:00").stdout
    assert "期限届满：2026-10-09 24:00" in said
    assert "调休上班日" in said


def test_it_is_a_command_of_govshare_with_help_in_the_chosen_language():
    command = [GOVSHARE, "--lang", "zh", "due", "--help"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "计算法定期限" in done.stdout
