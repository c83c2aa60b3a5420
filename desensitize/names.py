"""Names of persons: rules of context, the model in sentences, and bare columns decided as a whole."""

# ruff: noqa: E501

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from . import headers, ner, normal
from .arrow import compute as pc
from .surnames import COMPOUND, NOT_NAMES, PATTERN, SINGLE

HAN = "\u4e00-\u9fff"
# Characters that follow a name far more often than they end one.
STOP = "的因在于和与为是有已将被向对到从开完办发提说了等及或均未不也都并经由给去来住称系要请做身手电联先女性男年出前后再又则需"
TRIGGERS = (
    "户主|患者|病人|联系人|法定代表人|法人代表|负责人|经办人|申请人|当事人|监护人|收件人|寄件人|投诉人|举报人|反映人|来电人|车主|业主|"
    "持卡人|登记人|受理人|代理人|委托人|承办人|签收人|被告人|被告|原告|嫌疑人|死者|伤者|家属|配偶|妻子|丈夫|儿子|女儿|父亲|母亲|"
    "姓名|客户|用户|旅客|乘客|学生|医生|医师|护士|老师|律师|法官|居民|村民|市民|群众|司机|驾驶人|驾驶员|职工|员工|同志|会员|名叫|我叫|叫做"
)
GIVEN = rf"[{HAN}]"
_after = re.compile(
    rf"(?:{TRIGGERS})(?:姓名)?(?:是|为|名叫|叫|:|\s){{0,3}}"
    rf"(?P<name>{PATTERN}(?:(?![{STOP}]){GIVEN}){{1,2}})(?=[^{HAN}]|[{STOP}]|$|{GIVEN})"
)
_before = re.compile(
    rf"(?<![{HAN}])?(?P<name>{PATTERN}(?:(?![{STOP}]){GIVEN}){{1,2}}?)(?=先生|女士|小姐|同志|同学|大爷|大妈|阿姨|老师|医生|律师)"
)
_beside = re.compile(
    rf"(?<![{HAN}])(?P<name>{PATTERN}(?:(?![{STOP}]){GIVEN}){{1,2}})(?=[,:(\s]{{0,2}}(?:\+?86)?1[3-9]\d{{9}}(?!\d))"
)
# What people do in official sentences, right behind their name.
DOES = (
    "代为|到场|到窗口|前来|前往|来电|来访|来信|来到|电话|联系|反映|表示|提交|提出|提供|咨询|申请|投诉|举报|要求|陈述|签收|签字|签名|"
    "领取|办理|缴纳|购买|驾驶|乘坐|居住|家庭|本人|同意|认为|确认|死亡|受伤|入院|出院|就诊|报案|报警|户籍|毕业|任职|担任|"
    "家住|家中|名下|账户|所有|说|称|系|因|已于|于|[,(](?:男|女)(?:[,)]|$)"
)
# What stands before a name and is not part of it.
LEADS = "由|与|和|请|经|被|对|向|找|给|将|把|及|昨日|今日|昨天|今天|当日|人员|干部|主任|书记|局长|科长|经理|队长|组长|主治|先生|女士|人"
_doing = re.compile(
    rf"(?:(?<![{HAN}])|(?<={'|'.join(LEADS.split('|')[:14]).replace('|', ')|(?<=')})"
    rf"|(?<={')|(?<='.join(LEADS.split('|')[14:])}))"
    rf"(?P<name>{PATTERN}(?:(?![{STOP}]){GIVEN}){{1,2}}?)(?={DOES})"
)
_minority = re.compile(
    rf"(?<![{HAN}·])[{HAN}]{{2,7}}·[{HAN}]{{2,8}}(?:·[{HAN}]{{2,8}})?(?=[^{HAN}]|$|[{STOP}])"
)
_HAN = r"[\x{4e00}-\x{9fff}]"
# RE2: what every text with a name by rule contains.
HINT = (
    rf"(?:{TRIGGERS})(?:姓名)?(?:是|为|名叫|叫|:|：|\s){{0,3}}{PATTERN}|·"
    rf"|{PATTERN}{_HAN}{{1,2}}(?:先生|女士|小姐|同志|同学|大爷|大妈|阿姨|老师|医生|律师|{DOES.replace('[,(]', '[,，(（]').replace('[,)]', '[,，)）]')}"
    r")|[1１][3-9３-９][0-9０-９]{9}"
)
SHAPE = rf"^(?:{PATTERN}[\x{{4e00}}-\x{{9fff}}]{{1,2}}|[\x{{4e00}}-\x{{9fff}}]{{2,7}}·[\x{{4e00}}-\x{{9fff}}]{{2,8}})$"
SHARE = 0.5
SAMPLE = 2000
_not_after = re.compile(
    r"(?:路|街|村|镇|乡|县|市|区|省|小学|中学|大学|公司|医院|集团|桥|山|河|湖|寺|庄|广场|站|港|岛|朝)"
)


def by_rule(text: str) -> list[tuple[int, int]]:
    """Names that a word beside them gives away; the text is normalised."""
    spans: list[tuple[int, int]] = []
    for rule in (_after, _beside, _before, _doing):
        for match in rule.finditer(text):
            start, end = match.span("name")
            if (
                not any(s < end and start < e for s, e in spans)
                and text[start:end] not in NOT_NAMES
            ):
                spans.append((start, end))
    spans += [
        m.span()
        for m in _minority.finditer(text)
        if not any(s < m.end() and m.start() < e for s, e in spans)
    ]
    return sorted(spans)


def plausible(text: str, start: int, end: int) -> bool:
    """Whether a person the model names can be one: surname, length, and no place goes on behind it."""
    name = text[start:end]
    if "·" in name:
        return True
    begins = name[0] in SINGLE or name[:2] in COMPOUND
    return (
        begins and 2 <= len(name) <= 4 and not _not_after.match(text, end) and name not in NOT_NAMES
    )


def in_texts(
    texts: list[str], model: bool = True, progress: Callable[[float], None] | None = None
) -> list[list[tuple[int, int, str]]]:
    """Names (and organizations) in sentences: the rules, and what the model adds to them."""
    normals = [normal.with_offsets(text) for text in texts]
    plain = [text for text, _ in normals]
    found = [[(a, b, "PERSON") for a, b in by_rule(text)] for text in plain]
    if model:
        for text, mine, tagged in zip(plain, found, ner.tag(plain, progress), strict=True):
            for start, end, kind in tagged:
                if kind == "PLACE" or (kind == "PERSON" and not plausible(text, start, end)):
                    continue
                if not any(s < end and start < e for s, e, _ in mine):
                    mine.append((start, end, kind))
    return [
        [(*normal.original_span(offsets, start, end), kind) for start, end, kind in spans]
        for spans, (_, offsets) in zip(found, normals, strict=True)
    ]


def shaped(values: pa.StringArray) -> npt.NDArray[np.bool_]:
    """Which values look like a name: a surname and one or two characters, or a name with a dot."""
    return np.array(
        pc.match_substring_regex(pc.utf8_trim_whitespace(values), SHAPE).to_numpy(
            zero_copy_only=False
        ),
        bool,
    )


def is_name_column(values: pa.StringArray, header: str, model: bool) -> bool:
    """Whether a column of bare values consists of names: decided as a whole, not cell by cell."""
    if not len(values):
        return False
    share = float(shaped(values).mean())
    if share < SHARE:
        return False
    if headers.names_a_person(header):
        return True
    if not model:
        return False
    sample = values.filter(pa.array(shaped(values)))[:SAMPLE].to_pylist()
    whole = [
        spans == [(0, len(text), "PERSON")]
        for text, spans in zip(sample, ner.tag(sample), strict=True)
    ]
    return share * (sum(whole) / len(whole)) >= SHARE
