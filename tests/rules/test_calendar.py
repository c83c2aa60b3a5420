"""The working calendar, against the yearly notices and a second package."""

from __future__ import annotations

from datetime import date, timedelta

import chinese_calendar
import pytest

from ckanext.govshare.rules.calendar import CalendarError, Notice, Rest, WorkingCalendar

# The notice for 2006 made Saturday 2005-12-31 a working day for the Tuesday
# 2006-01-03. `holidays` has it, `chinesecalendar` has the rest day only.
KNOWN_DIFFERENCE = {date(2005, 12, 31)}


@pytest.fixture(scope="module")
def calendar() -> WorkingCalendar:
    return WorkingCalendar.load()


def days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def notice_2027(**changes) -> Notice:
    values = {
        "year": 2027,
        "number": "示例〔2026〕1号",
        "title": "示例通知",
        "issued": date(2026, 11, 25),
        "rest": (
            Rest(first=date(2027, 1, 1), last=date(2027, 1, 3), zh="元旦", en="New Year"),
            Rest(first=date(2027, 2, 5), last=date(2027, 2, 11), zh="春节", en="Spring Festival"),
        ),
        "work": (date(2027, 2, 13),),
    }
    return Notice.model_validate(values | changes)


def test_every_day_of_2004_to_2026_agrees_with_a_second_package(calendar):
    differing = {
        day
        for day in days(date(2004, 1, 1), date(2026, 12, 31))
        if calendar.is_working(day) != chinese_calendar.is_workday(day)
    }
    assert differing == KNOWN_DIFFERENCE


@pytest.mark.parametrize(("year", "count"), [(2024, 251), (2025, 248), (2026, 248)])
def test_working_days_of_a_year(calendar, year, count):
    whole = days(date(year, 1, 1), date(year, 12, 31))
    assert sum(calendar.is_working(day) for day in whole) == count


def test_the_notice_file_of_2026_says_what_the_package_says(calendar):
    package = WorkingCalendar.of([])
    for day in days(date(2025, 12, 1), date(2027, 1, 31)):
        assert calendar.is_working(day) == package.is_working(day), day


@pytest.mark.parametrize(
    ("day", "code"),
    [
        (date(2026, 9, 18), "weekday"),
        (date(2026, 9, 19), "weekend"),
        (date(2026, 9, 20), "make_up"),
        (date(2026, 9, 25), "holiday"),
        (date(2025, 1, 31), "holiday"),
        (date(2025, 10, 8), "moved_rest"),
    ],
)
def test_why_has_a_code_and_both_languages(calendar, day, code):
    why = calendar.why(day)
    assert why.code == code
    assert why.words.zh and why.words.en


def test_why_names_the_holiday_and_the_notice(calendar):
    why = calendar.why(date(2026, 9, 25))
    assert "中秋节" in why.words.zh and "Mid-Autumn" in why.words.en
    assert why.notice == "国办发明电〔2025〕7号"


def test_a_year_without_a_notice_is_provisional(calendar):
    assert calendar.is_provisional(2027)
    assert not calendar.is_provisional(2026)
    # Guessed from the statutory days all the same.
    assert not calendar.is_working(date(2027, 1, 1))
    assert not calendar.is_working(date(2027, 10, 1))
    assert calendar.is_working(date(2027, 3, 1))


def test_a_notice_settles_its_year_and_changes_the_version(calendar):
    settled = WorkingCalendar.of([notice_2027()])
    assert not settled.is_provisional(2027)
    assert settled.version != calendar.version
    assert settled.is_working(date(2027, 2, 13))  # a Saturday
    # The package guessed a rest day for 1 May; the notice of the example does not name it.
    assert settled.why(date(2027, 5, 3)).code == "weekday"


def test_a_notice_may_move_days_of_the_year_before():
    """As the notice for 2019 did with 29 and 31 December 2018."""
    calendar = WorkingCalendar.of([notice_2027(work=(date(2026, 12, 26),))])
    assert calendar.is_working(date(2026, 12, 26))  # a Saturday
    assert not calendar.is_provisional(2026)


def test_a_notice_keeps_what_the_next_one_said_about_its_december():
    """The package knows from the notice for 2019 that Saturday 29 December 2018 worked."""
    new_year = Rest(first=date(2018, 1, 1), last=date(2018, 1, 1), zh="元旦", en="New Year")
    notice = notice_2027(year=2018, issued=date(2017, 11, 30), rest=(new_year,), work=())
    assert WorkingCalendar.of([notice]).is_working(date(2018, 12, 29))


def test_a_later_change_touches_only_the_days_it_names():
    """As in January 2020, when the Spring Festival was prolonged."""
    longer = Rest(first=date(2027, 2, 12), last=date(2027, 2, 12), zh="春节", en="Spring Festival")
    change = notice_2027(scope="change", issued=date(2027, 2, 1), rest=(longer,), work=())
    calendar = WorkingCalendar.of([change, notice_2027()])
    assert not calendar.is_working(date(2027, 2, 12))
    assert not calendar.is_working(date(2027, 2, 5))
    assert calendar.is_working(date(2027, 2, 13))


def test_the_package_knows_the_prolonged_spring_festival_of_2020(calendar):
    assert not calendar.is_working(date(2020, 1, 31))
    assert not calendar.is_working(date(2020, 2, 2))
    assert calendar.is_working(date(2020, 2, 3))


def test_the_same_notices_give_the_same_version():
    assert WorkingCalendar.load().version == WorkingCalendar.load().version


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[notice]\n", "not readable as TOML"),
        ('[[notice]]\nyear = 2027\nnumber = "1"\ntitle = "t"\n', "issued: Field required"),
        ('[[notice]]\nyear = 2027\nnumber="1"\ntitle="t"\nissued=2026-11-25\n', "rest periods"),
        (
            '[[notice]]\nyear = 2027\nnumber="1"\ntitle="t"\nissued=2026-11-25\nwork=[2027-01-01]\n'
            'rest=[{first=2027-01-01,last=2027-01-03,zh="元旦",en="New Year"}]\n',
            "both a rest day and a working day",
        ),
        (
            '[[notice]]\nyear = 2027\nnumber="1"\ntitle="t"\nissued=2026-11-25\n'
            'rest=[{first=2027-01-03,last=2027-01-01,zh="元旦",en="New Year"}]\n',
            "last must follow first",
        ),
        (
            '[[notice]]\nyear = 2027\nnumber="1"\ntitle="t"\nissued=2026-11-25\nwork=[2029-01-06]\n'
            'rest=[{first=2027-01-01,last=2027-01-03,zh="元旦",en="New Year"}]\n',
            "not near the year 2027",
        ),
    ],
)
def test_a_wrong_notice_is_named_with_its_file(tmp_path, text, said):
    (tmp_path / "bad.toml").write_text(text, encoding="utf-8")
    with pytest.raises(CalendarError) as error:
        WorkingCalendar.load(tmp_path)
    assert "bad.toml" in str(error.value)
    assert said in str(error.value)
