"""Names of persons: rules of context, the model in sentences, and bare columns decided as a whole."""

# ruff: noqa: E501

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from . import crf, headers, ner, normal
from .arrow import compute as pc
from .joined import Joined
from .surnames import COMPOUND, NOT_NAMES, PATTERN, SINGLE, pattern

Found = list[tuple[int, int, str]]
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
    rf"(?P<name>{pattern()}(?:(?![{STOP}]){GIVEN}){{1,2}})"
)
_before = re.compile(
    rf"(?P<name>{pattern()}(?:(?![{STOP}]){GIVEN}){{1,2}}?)(?=先生|女士|小姐|同志|同学|大爷|大妈|阿姨|老师|医生|律师)"
)
_beside = re.compile(
    rf"(?P<name>{pattern(f'(?<![{HAN}].)')}(?:(?![{STOP}]){GIVEN}){{1,2}})(?=[,:(\s]{{0,2}}(?:\+?86)?1[3-9]\d{{9}}(?!\d))",
    re.DOTALL,
)
# What people do in official sentences, right behind their name.
DOES = (
    "代为|到场|到窗口|前来|前往|来电|来访|来信|来到|电话|联系|反映|表示|提交|提出|提供|咨询|申请|投诉|举报|要求|陈述|签收|签字|签名|"
    "领取|办理|缴纳|购买|驾驶|乘坐|居住|家庭|本人|同意|认为|确认|死亡|受伤|入院|出院|就诊|报案|报警|户籍|毕业|任职|担任|"
    "家住|家中|名下|账户|所有|说|称|系|因|已于|于|[,(](?:男|女)(?:[,)\\x00]|$)"
)
# What stands before a name and is not part of it.
LEADS = "由|与|和|请|经|被|对|向|找|给|将|把|及|昨日|今日|昨天|今天|当日|人员|干部|主任|书记|局长|科长|经理|队长|组长|主治|先生|女士|人"
_LEADS = "|".join(f"(?<={lead}.)" for lead in LEADS.split("|"))
_doing = re.compile(
    rf"(?P<name>{pattern(f'(?:(?<![{HAN}].)|{_LEADS})')}(?:(?![{STOP}]){GIVEN}){{1,2}}?)(?={DOES})",
    re.DOTALL,
)
_minority = re.compile(
    rf"(?<![{HAN}·])([{HAN}]{{2,7}}·[{HAN}]{{2,8}}(?:·[{HAN}]{{2,8}})?)(?=[^{HAN}]|$|[{STOP}])"
)
_HAN = r"[\x{4e00}-\x{9fff}]"
# RE2: what every text with a name by rule contains.
HINT = (
    rf"(?:{TRIGGERS})(?:姓名)?(?:是|为|名叫|叫|:|：|\s){{0,3}}{PATTERN}|·"
    rf"|{PATTERN}{_HAN}{{1,2}}(?:先生|女士|小姐|同志|同学|大爷|大妈|阿姨|老师|医生|律师|{DOES.replace('[,(]', '[,，(（]').replace('[,)', '[,，)）')}"
    r")|[1１][3-9３-９][0-9０-９]{9}"
)
SHAPE = rf"^(?:{PATTERN}[\x{{4e00}}-\x{{9fff}}]{{1,2}}|[\x{{4e00}}-\x{{9fff}}]{{2,7}}·[\x{{4e00}}-\x{{9fff}}]{{2,8}})$"
_clause = re.compile(r"[^,;:!?。\n\x00]+[,;:!?。]*")
_blob = re.compile(r"[0-9A-Za-z+/=_-]{24,}")  # codes and encoded files: no model need read them
_chinese = re.compile(f"[{HAN}]")
_SAME = str.maketrans("123456789", "000000000")
SHARE = 0.5
SAMPLE = 2000
_not_after = re.compile(
    r"(?:路|街|村|镇|乡|县|市|区|省|小学|中学|大学|公司|医院|集团|桥|山|河|湖|寺|庄|广场|站|港|岛|朝)"
)


def by_rule(text: str) -> list[tuple[int, int]]:
    """Names that a word beside them gives away; the text is normalised (one, or several joined).

    Where two rules meet, the earlier one has it.
    """
    taken = np.zeros(len(text) + 1, np.int32)  # how many characters are, up to each place
    every: list[tuple[int, int]] = []
    for rule in (_after, _beside, _before, _doing, _minority):
        if rule is _minority and "·" not in text:
            continue
        found = [match.span(1) for match in rule.finditer(text)]
        found = [span for span in found if text[span[0] : span[1]] not in NOT_NAMES]
        if not found:
            continue
        starts, ends = np.array(found).T
        free = taken[starts] == taken[ends]
        change = np.zeros(len(text) + 1, np.int32)
        change[starts[free]] += 1
        change[ends[free]] -= 1
        taken[1:] += np.cumsum(np.cumsum(change)[:-1], dtype=np.int32)
        every += [span for span, ok in zip(found, free, strict=True) if ok]
    return sorted(every)


def plausible(text: str, start: int, end: int) -> bool:
    """Whether a person the model names can be one: surname, length, and no place goes on behind it."""
    name = text[start:end]
    if "·" in name:
        return True
    begins = name[0] in SINGLE or name[:2] in COMPOUND
    return (
        begins and 2 <= len(name) <= 4 and not _not_after.match(text, end) and name not in NOT_NAMES
    )


def in_column(
    values: pa.StringArray, model: bool = True, progress: Callable[[float], None] | None = None
) -> dict[int, Found]:
    """Value → names (and organizations) in it: the rules, and what the model adds to them."""
    plain, moved = normal.column(values)
    found: dict[int, Found] = defaultdict(list)
    able = np.flatnonzero(pc.match_substring_regex(plain, HINT))
    joined = Joined.of(plain.take(pa.array(able)))
    spans = by_rule(joined.text)
    for place, (start, end) in zip(joined.rows(s for s, _ in spans), spans, strict=True):
        first = joined.begins[place]
        found[int(able[place])].append((start - first, end - first, "PERSON"))
    if model:
        for row, tagged in _by_model(plain, progress):
            if more := [s for s in tagged if not _overlap(s, found.get(row, ()))]:
                found[row] += more
    for row in np.flatnonzero(moved).tolist():
        if row in found:
            _, offsets = normal.with_offsets(values[row].as_py())
            found[row] = [(*normal.original_span(offsets, a, b), kind) for a, b, kind in found[row]]
    return found


def _by_model(
    plain: pa.StringArray, progress: Callable[[float], None] | None
) -> Iterator[tuple[int, Found]]:
    """Text → what the models name in it. They read clause by clause, and what is the same but for
    its digits once: much of what offices write is.
    """
    joined = Joined.of(plain)
    text = _blob.sub(lambda m: "\n" * len(m[0]), joined.text.translate(_SAME))
    places: dict[str, list[int]] = defaultdict(list)
    for clause in _clause.finditer(text):
        if _chinese.search(clause[0]):
            places[clause[0]].append(clause.start())
    clauses = list(places)
    by_row: dict[int, Found] = defaultdict(list)
    for clause, tagged in zip(clauses, ner.tag(clauses, progress), strict=True):
        kept = [s for s in tagged if _counts(clause, *s)]
        own = [(a, b, "PERSON") for a, b in crf.spans(clause) if plausible(clause, a, b)]
        kept += [s for s in own if not _overlap(s, kept)]
        if kept:
            starts = places[clause]
            for row, at in zip(joined.rows(starts), starts, strict=True):
                at -= joined.begins[row]
                by_row[row] += [(at + a, at + b, kind) for a, b, kind in kept]
    yield from by_row.items()


def _counts(text: str, start: int, end: int, kind: str) -> bool:
    """Whether what the model names is of use: an organization, or a person who can be one."""
    return kind != "PLACE" and (kind != "PERSON" or plausible(text, start, end))


def _overlap(span: tuple[int, int, str], others: Iterable[tuple[int, int, str]]) -> bool:
    return any(start < span[1] and span[0] < end for start, end, _ in others)


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
