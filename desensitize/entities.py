"""The one table of entities: pattern, check, words, class and source of each.

Both the Presidio recognizers and the vectorised detector are made from it; nothing else knows a pattern.
``core`` is written in the common subset of RE2 and Python's ``re``, without bounds: the bounds are added here,
because ``\\b`` does not fire between Chinese characters and digits.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from . import checks
from .headers import says

PROVINCE_LETTERS = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
NUMERALS = "一二三四五六七八九十"
WINDOW = 14  # characters before a match in which a context word counts
LOOK = r"(?<![0-9A-Za-z])(?<![0-9][.,])"
AHEAD = r"(?![0-9A-Za-z])(?!\.[0-9])"
NOT_AMOUNT = r"(?!\s?(?:元|万|亿|㎡|m2|平方|吨|千克|公里|米))"


@dataclass(frozen=True)
class Entity:
    """One kind of personal (or organization) data.

    ``class_``: ``direct``, ``quasi``, ``sensitive`` or ``organization`` (not personal).
    ``words``: in a header, or in the text just before, they speak for this entity.
    ``needs_words``: without such a word a match counts for nothing.
    ``alone``: without such a word this stricter check has to hold too.
    ``rank``: where two overlap, the lower one wins.
    """

    name: str
    zh: str
    en: str
    core: str
    class_: str
    words: tuple[str, ...]
    standard: str
    rank: int
    check: Callable[[str], bool] | None = None
    needs_words: bool = False
    alone: Callable[[str], bool] | None = None
    behind: str = LOOK
    ahead: str = AHEAD
    hint: str = ""  # RE2 that every match contains, cheaper than the core

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        return re.compile(f"{self.behind}(?:{self.core}){self.ahead}", re.ASCII | re.IGNORECASE)

    @cached_property
    def _width(self) -> tuple[int, int]:
        return re._parser.parse(self.core).getwidth()  # type: ignore[attr-defined]

    @property
    def shortest(self) -> int:
        """Characters of the shortest match."""
        return self._width[0]

    @property
    def longest(self) -> int:
        """Characters of the longest match."""
        return self._width[1]

    @cached_property
    def context(self) -> re.Pattern[str]:
        return re.compile("|".join(map(re.escape, self.words)), re.IGNORECASE)

    @property
    def prefilter(self) -> str:
        """RE2, unanchored: what every match contains."""
        return f"(?i){self.hint or self.core}"

    def in_header(self, header: str) -> bool:
        """Whether the column's header speaks for this entity."""
        return bool(says(header, self.words))

    def label(self, lang: str = "zh") -> str:
        return self.zh if lang.startswith("zh") else self.en


_DATE = (
    r"(?:19|20)\d{2}(?:[-/.]\d{1,2}[-/.]\d{1,2}|年\d{1,2}月(?:\d{1,2}[日号]?)?|(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))"
    r"|\d{2}年\d{1,2}月(?:\d{1,2}[日号])?|\d{1,2}/\d{1,2}/(?:19|20)\d{2}"
    rf"|[{NUMERALS}]{{1,2}}月[{NUMERALS}]{{1,3}}[日号]"
)

ENTITIES: tuple[Entity, ...] = (
    Entity(
        "CN_RESIDENT_ID",
        "居民身份证号码",
        "resident identity number",
        r"[1-9]\d{5}[ -]?(?:18|19|20)\d{2}[ -]?\d{4}[ -]?\d{3}[0-9X]",
        "direct",
        ("身份证", "证件号", "居住证", "公民身份", "id_card", "idcard", "id_no", "sfz", "zjhm"),
        "GB 11643-1999",
        0,
        checks.resident_id,
    ),
    Entity(
        "CN_RESIDENT_ID_15",
        "15位居民身份证号码",
        "15-digit resident identity number",
        r"[1-8]\d{14}",
        "direct",
        ("身份证", "证件号", "公民身份", "id_card", "idcard", "sfz", "zjhm"),
        "GB 11643-1989",
        1,
        checks.resident_id_15,
        needs_words=True,
    ),
    Entity(
        "CN_USCC",
        "统一社会信用代码",
        "unified social credit code",
        r"[159ANY1-8][1-9][0-9]{6}[0-9A-HJ-NP-RTUWXY]{10}",
        "organization",
        ("统一社会信用代码", "信用代码", "代码", "纳税人识别号", "税号", "uscc"),
        "GB 32100-2015",
        3,
        checks.uscc,
        alone=checks.uscc_alone,
    ),
    Entity(
        "CN_ORG_CODE",
        "组织机构代码",
        "organization code",
        r"[0-9A-Z]{8}-?[0-9X]",
        "organization",
        ("组织机构代码", "机构代码", "org_code"),
        "GB 11714-1997",
        8,
        checks.org_code,
        needs_words=True,
    ),
    Entity(
        "CN_BANK_CARD",
        "银行卡号",
        "bank card number",
        r"62\d{2}(?:[ -]?\d{3,4}){2,3}[ -]?\d{1,7}",
        "direct",
        ("银行卡", "卡号", "账号", "帐号", "储蓄卡", "借记卡", "信用卡", "bank_card", "card_no"),
        "ISO/IEC 7812-1",
        2,
        checks.luhn,
        ahead=AHEAD + NOT_AMOUNT,
    ),
    Entity(
        "BANK_CARD_FOREIGN",
        "境外银行卡号",
        "foreign bank card number",
        r"[3-5]\d{3}(?:[ -]?\d{3,4}){2,3}[ -]?\d{1,4}",
        "direct",
        ("银行卡", "卡号", "信用卡", "visa", "master", "card_no"),
        "ISO/IEC 7812-1",
        4,
        checks.luhn,
        needs_words=True,
    ),
    Entity(
        "CN_BANK_ACCOUNT",
        "银行账号",
        "bank account number",
        r"\d{4}(?:[ -]?\d{4}){2,3}[ -]?\d{0,5}",
        "direct",
        (
            "银行账号",
            "银行帐号",
            "收款账号",
            "开户账号",
            "工资卡",
            "银行卡",
            "行卡",
            "卡号",
            "bank_account",
        ),
        "GB/T 35273-2020",
        9,
        needs_words=True,
        ahead=AHEAD + NOT_AMOUNT,
    ),
    Entity(
        "CN_MOBILE",
        "手机号码",
        "mobile number",
        r"(?:(?:\+|00)?86[ -]?)?1[3-9]\d(?:[ -]?\d{4}[ -]?\d{4}|[ -]\d{3}[ -]\d{5}|\d[ -]\d{3}[ -]\d{4})",
        "direct",
        ("手机", "电话", "联系方式", "移动电话", "mobile", "phone", "tel", "sjhm"),
        "GB/T 35273-2020",
        5,
        ahead=AHEAD + NOT_AMOUNT,
        hint=r"1[3-9]\d[ -]?\d{1,4}[ -]?\d{3,5}",
    ),
    Entity(
        "CN_LANDLINE",
        "固定电话",
        "landline number",
        r"(?:(?:\+86[ -]?|0086[ -]?)(?:10|2[0-57-9]|[3-9]\d{2})[ -]?|\(?0(?:10|2[0-57-9]|[3-9]\d{2})\)?[ -]{0,2})"
        r"[1-9]\d{2,3}[ -]?\d{4}(?:(?:-|转|ext\.?)\d{1,6})?",
        "direct",
        ("电话", "座机", "联系方式", "传真", "phone", "tel", "fax"),
        "GB/T 35273-2020",
        7,
        ahead=AHEAD + NOT_AMOUNT,
    ),
    Entity(
        "CN_PLATE",
        "机动车号牌",
        "vehicle plate",
        rf"[{PROVINCE_LETTERS}使][A-HJ-Z][· .-]?(?:[A-HJ-NP-Z0-9]{{4}}[A-HJ-NP-Z0-9挂学警港澳领]"
        r"|[DF][A-HJ-NP-Z0-9][0-9]{4}|[0-9]{5}[DF])",
        "direct",
        ("车牌", "号牌", "plate"),
        "GA 36-2018",
        6,
        lambda t: any(c.isdigit() for c in t),
    ),
    Entity(
        "VIN",
        "车辆识别代号",
        "vehicle identification number",
        r"[A-HJ-NPR-Z0-9]{17}",
        "direct",
        ("车架号", "车辆识别", "识别代号", "vin"),
        "GB 16735-2019",
        4,
        checks.vin,
    ),
    Entity(
        "EMAIL",
        "电子邮箱",
        "e-mail address",
        r"[0-9A-Z._%+-]{1,64}@(?:[0-9A-Z-]{1,63}\.){1,4}[A-Z]{2,24}",
        "direct",
        ("邮箱", "邮件", "email", "e-mail"),
        "GB/T 35273-2020",
        3,
        behind=r"(?<![0-9A-Za-z._%+-])",
        ahead=r"(?![0-9A-Za-z])",
        hint="@",
    ),
    Entity(
        "IP_ADDRESS",
        "IP地址",
        "IP address",
        r"(?:\d{1,3}\.){3}\d{1,3}|(?:[0-9A-F]{0,4}:){2,7}[0-9A-F]{0,4}",
        "direct",
        ("ip",),
        "GB/T 35273-2020",
        7,
        checks.ip,
        behind=r"(?<![0-9A-Za-z.:])",
        ahead=r"(?![0-9A-Za-z:])(?!\.[0-9])",
        hint=r"\d\.\d{1,3}\.|[0-9A-F:]:[0-9A-F:]",
    ),
    Entity(
        "MAC_ADDRESS",
        "MAC地址",
        "MAC address",
        r"(?:[0-9A-F]{2}[:-]){5}[0-9A-F]{2}",
        "direct",
        ("mac",),
        "GB/T 35273-2020",
        6,
        behind=r"(?<![0-9A-Za-z:-])",
        ahead=r"(?![0-9A-Za-z:-])",
    ),
    Entity(
        "CN_PASSPORT",
        "护照号码",
        "passport number",
        r"(?:[EGDSPH]\d{8}|E[A-HJ-NP-Z]\d{7}|1[45]\d{7})",
        "direct",
        ("护照", "passport"),
        "GB/T 35273-2020",
        8,
        needs_words=True,
    ),
    Entity(
        "CN_HKM_PERMIT",
        "往来港澳通行证号码",
        "Hong Kong and Macau travel permit",
        r"[CW](?:\d{8}|[A-Z]\d{7})",
        "direct",
        ("港澳通行证", "往来港澳", "港澳证"),
        "GB/T 35273-2020",
        8,
        needs_words=True,
    ),
    Entity(
        "CN_HOME_RETURN",
        "港澳居民来往内地通行证号码",
        "home return permit",
        r"[HM]\d{8}(?:\d{2})?",
        "direct",
        ("回乡证", "来往内地通行证", "港澳居民"),
        "GB/T 35273-2020",
        8,
        needs_words=True,
    ),
    Entity(
        "CN_TAIWAN_PERMIT",
        "台湾居民来往大陆通行证号码",
        "Taiwan compatriot permit",
        r"\d{8}(?:\d{2}(?:[A-Z]|\([A-Z]\))?)?",
        "direct",
        ("台胞证", "来往大陆通行证", "大陆通行证"),
        "GB/T 35273-2020",
        8,
        needs_words=True,
    ),
    Entity(
        "CN_MILITARY_ID",
        "军官证号码",
        "military identity number",
        r"\d{8}",
        "direct",
        (
            "军字第",
            "武字第",
            "军官证",
            "士兵证",
            "义务兵证",
            "文职证",
            "警官证",
            "武警证",
            "军人证",
        ),
        "GB/T 35273-2020",
        8,
        needs_words=True,
    ),
    Entity(
        "CN_DRIVING_FILE",
        "驾驶证档案编号",
        "driving licence file number",
        r"\d{12}",
        "direct",
        ("档案编号", "驾驶证", "驾照"),
        "GA 482-2012",
        8,
        needs_words=True,
    ),
    Entity(
        "CN_SOCIAL_CARD",
        "社会保障卡号",
        "social security card number",
        r"[0-9A-Z]\d{8,9}[0-9A-Z]?",
        "direct",
        ("社保", "社会保障", "社会保险"),
        "GB/T 35273-2020",
        8,
        needs_words=True,
    ),
    Entity(
        "CN_MEDICAL_CARD",
        "医保卡号或病历号",
        "medical card or record number",
        r"[A-Z]{0,3}\d{6,18}",
        "direct",
        ("医保", "医疗保险", "就诊卡", "病历号", "住院号", "门诊号", "健康卡"),
        "GB/T 35273-2020",
        9,
        needs_words=True,
    ),
    Entity(
        "CN_HOUSEHOLD",
        "户号",
        "household number",
        r"[A-Z]?\d{8,10}",
        "direct",
        ("户号", "户口簿号", "户籍编号"),
        "GB/T 35273-2020",
        9,
        needs_words=True,
    ),
    Entity(
        "QQ",
        "QQ号",
        "QQ number",
        r"[1-9]\d{4,10}",
        "direct",
        ("qq", "扣扣"),
        "GB/T 35273-2020",
        9,
        needs_words=True,
    ),
    Entity(
        "WECHAT",
        "微信号",
        "WeChat id",
        r"[A-Z][-_0-9A-Z]{5,19}",
        "direct",
        ("微信", "wechat", "weixin", "wx"),
        "GB/T 35273-2020",
        9,
        needs_words=True,
        behind=r"(?<![0-9A-Za-z_-])",
        ahead=r"(?![0-9A-Za-z_-])",
    ),
    Entity(
        "BIRTH_DATE",
        "出生日期",
        "date of birth",
        _DATE,
        "quasi",
        ("出生", "生日", "生于", "诞生", "birth", "born", "dob", "csrq"),
        "GB/T 37964-2019",
        10,
        needs_words=True,
        behind=r"(?<![0-9A-Za-z])",
    ),
    Entity(
        "COORDINATES",
        "位置坐标",
        "coordinates",
        r"(?:7[3-9]|[89]\d|1[0-2]\d|13[0-5])\.\d{3,}\s?[,;]\s?(?:[1-4]?\d|5[0-4])\.\d{3,}"
        r"|(?:[1-4]?\d|5[0-4])\.\d{3,}\s?[,;]\s?(?:7[3-9]|[89]\d|1[0-2]\d|13[0-5])\.\d{3,}",
        "quasi",
        ("坐标", "经纬度", "位置", "coordinates", "location"),
        "GB/T 37964-2019",
        10,
    ),
)

BY_NAME = {entity.name: entity for entity in ENTITIES}
