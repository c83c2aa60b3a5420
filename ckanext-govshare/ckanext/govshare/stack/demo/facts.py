"""Real public facts that installed packages carry."""

from __future__ import annotations

import datetime
import re
from importlib.resources import files

from ckanext.govshare.rules.calendar import WorkingCalendar

Table = tuple[list[str], list[list[object]]]


def holidays() -> Table:
    """Every day of 2024–2026 that is not what its weekday says, from the working calendar."""
    calendar = WorkingCalendar.load()
    rows: list[list[object]] = []
    day = datetime.date(2024, 1, 1)
    while day.year < 2027:
        weekday = day.weekday() < 5
        if calendar.is_working(day) != weekday:
            rows.append([day.isoformat(), "周" + "一二三四五六日"[day.weekday()],
                         "调休上班日" if not weekday else "放假"])
        day += datetime.timedelta(1)
    return ["日期", "星期", "类型"], rows


def divisions() -> Table:
    """County-level division codes now in force, from the table that python-stdnum ships."""
    rows: list[list[object]] = []
    code = province = ""
    for line in files("stdnum.cn").joinpath("loc.dat").read_text("utf-8").splitlines():
        if found := re.match(r'(\d\d) province="(.+)"', line):
            code, province = found.groups()
        elif found := re.match(r'\s+(\d{4}) county="(.+)"', line):
            name = _in_force(found[2])
            if name:
                rows.append([f"{code}{found[1]}", province, name])
    return ["行政区划代码", "省级", "名称"], rows


def _in_force(names: str) -> str | None:
    """The present name: `[1992-]东丽区` has no end, `[-2009]塘沽区` has one."""
    for part in names.split(","):
        found = re.fullmatch(r"(?:\[\d*-(\d*)\])?(.+)", part)
        if found and not found[1]:
            return found[2]
    return None
