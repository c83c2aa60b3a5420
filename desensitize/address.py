"""Addresses down to the door: a grammar over road and door, extended to the left by the division table."""

# ruff: noqa: E501

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

NUMBER = "[0-9一二三四五六七八九十百零〇甲乙丙]"
ROAD = r"(?:大道|大街|路|街|巷|弄|胡同|道|里|村|庄|屯|寨|小区|花园|家园|嘉园|新村|社区|苑|公寓|大厦|广场|坊|院|湾|城)"
DOOR = rf"(?:{NUMBER}{{1,5}}(?:号楼|号院|号|弄|栋|幢|座|楼|层|单元|室|组|户|房|队)|[A-Za-z]座|[0-9]{{1,4}}-[0-9]{{1,4}}(?:-[0-9]{{1,4}})?)"
_place = re.compile(
    rf"[\u4e00-\u9fffA-Za-z0-9()]{{0,40}}?[\u4e00-\u9fffA-Za-z]{ROAD}[东西南北中]?[段侧]?(?:(?:[\u4e00-\u9fffA-Z]{{0,10}}?)"
    rf"{DOOR}(?:之{NUMBER}{{1,2}})?-?)+(?:[0-9]{{2,4}}(?:室|号)?)?"
)
_spoken = re.compile(
    rf"(?:住址|地址|家住|住在|住于|居住于|居住在|现住|寄到|寄往|送到|户籍地|籍贯)(?:是|为|在|:|\s)*"
    rf"(?P<place>[\u4e00-\u9fff0-9A-Za-z-]{{2,30}}?{ROAD}(?:[\u4e00-\u9fff]{{0,4}}?{ROAD})*(?:{NUMBER}{{1,5}}号)?)"
)
_lead = re.compile(
    r".*(?:住址|地址|家住|住在|住于|居住于|居住在|现住|现居|寄到|寄往|送到|送至|前往|位于|坐落于|坐落|户籍|搬到|搬至|在|至|到|于|为|是|住|往)"
)
# RE2: what every address contains.
HINT = rf"{ROAD}[\x{{4e00}}-\x{{9fff}}A-Z]{{0,12}}{DOOR}|住|地址|寄到|寄往|送到|户籍地|籍贯"
# RE2: a bare value that is an address and nothing else.
WHOLE = (
    rf"^[\x{{4e00}}-\x{{9fff}}A-Za-z0-9()]{{1,40}}[\x{{4e00}}-\x{{9fff}}A-Za-z]{ROAD}[东西南北中]?[段侧]?"
    rf"(?:[\x{{4e00}}-\x{{9fff}}A-Z]{{0,10}}{DOOR}-?)+(?:[0-9]{{2,4}}(?:室|号)?)?$"
)
_suffix = re.compile(
    r"(?:特别行政区|维吾尔自治区|壮族自治区|回族自治区|自治区|自治州|自治县|省|市|区|县|旗|盟|州)$"
)


@cache
def divisions() -> re.Pattern[str]:
    """Names of provinces, cities and counties (GB/T 2260, as python-stdnum carries them), full and short."""
    text = files("stdnum.cn").joinpath("loc.dat").read_text(encoding="utf-8")
    full = {n for n in re.findall(r'="(?:\[[^\]]*\])?([^"\[\],]+)', text) if len(n) > 1}
    full -= {"市辖区", "县", "市", "省直辖县级行政区划", "自治区直辖县级行政区划"}
    short = {_suffix.sub("", n) for n in full}
    every = full | {n for n in short if len(n) > 1}
    return re.compile("|".join(sorted(map(re.escape, every), key=len, reverse=True)))


def in_text(text: str) -> list[tuple[int, int]]:
    """Spans of addresses with a road and a door, or with a road after a word that announces an address."""
    spans = []
    for match in _place.finditer(text):
        start = _start(text, match.start(), match.end())
        if match.end() - start >= 5:
            spans.append((start, match.end()))
    for match in _spoken.finditer(text):
        start, end = match.span("place")
        if end - start >= 4 and not any(s < end and start < e for s, e in spans):
            spans.append((start, end))
    return sorted(spans)


def _start(text: str, start: int, end: int) -> int:
    """Where an address begins: at its first division, else after the last word that leads to it."""
    piece = text[start:end]
    if division := divisions().search(piece):
        return start + division.start()
    return start + lead.end() if (lead := _lead.match(piece[: len(piece) - 4])) else start


def is_address(value: str) -> bool:
    """Whether a bare value in a column of addresses is one: it names a division and goes on below it."""
    division = divisions().search(value)
    return (
        division is not None
        and len(value) - division.end() >= 3
        and not value[division.end() :].endswith(("县", "区"))
    )
