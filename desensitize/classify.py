"""From facts to classes: which column identifies a person, directly or with others. Never by
one hit.
"""

from __future__ import annotations

import pyarrow as pa

from . import detect, headers
from .arrow import compute as pc
from .entities import BY_NAME, ENTITIES
from .problems import Problem
from .profile import ColumnProfile, Hits, Profile, Why
from .table import Table

WHOLE = 0.5  # from this share on a column consists of the entity
SUPPORTED = 0.1  # … when the header says so too
LONG = 24  # characters: longer values are sentences
SENTENCE = 12  # … and shorter ones, if something was found inside them
EXTRA = {
    "PERSON": ("人名", "names of persons", "direct"),
    "ADDRESS": ("详细地址", "addresses", "direct"),
    "ORGANIZATION": ("组织机构名称", "names of organizations", "organization"),
    "SECRET": ("密码或密钥", "passwords or keys", "direct"),
    "QUASI": ("准标识符", "quasi-identifiers", "quasi"),
    "SENSITIVE": ("敏感个人信息", "sensitive personal facts", "sensitive"),
}
MARKS = ("FORMULA", "EXPONENT")  # counts that are no entity


def label(entity: str, lang: str = "zh") -> str:
    """What an entity is called."""
    if entity in BY_NAME:
        return BY_NAME[entity].label(lang)
    return EXTRA[entity][0 if lang.startswith("zh") else 1] if entity in EXTRA else entity


def class_of(entity: str) -> str:
    return BY_NAME[entity].class_ if entity in BY_NAME else EXTRA[entity][2]


def personal(hits: dict[str, Hits]) -> dict[str, Hits]:
    """The hits that concern persons."""
    return {e: h for e, h in hits.items() if e not in MARKS and class_of(e) != "organization"}


def decide(profile: Profile) -> None:
    """Gives every column its class; what depends on the other columns comes last."""
    for column in profile.columns:
        column.header = _header(column)
        _alone(column)
    persons = any(c.class_ in ("direct", "quasi", "sensitive") for c in profile.columns)
    for column in profile.columns:
        _among(column, persons)
        if not profile.ner and column.type == "text" and column.class_ in ("none", "free_text"):
            column.why.append(Why("not_looked"))
    for problem in profile.problems:
        if problem.code == "split_identifier":
            for this, other in (("left", "right"), ("right", "left")):
                _set(
                    profile.column(problem.params[this]),
                    "direct",
                    problem.params["entity_name"],
                    Why(
                        "split",
                        {"other": problem.params[other], "entity": problem.params["entity"]},
                    ),
                )


def _header(column: ColumnProfile) -> list[str]:
    """The entities that the header speaks for."""
    named = [e.name for e in ENTITIES if e.in_header(column.name)]
    if headers.names_a_person(column.name):
        named.append("PERSON")
    for words, entity in (
        (headers.PRIVATE_ADDRESS, "ADDRESS"),
        (headers.SECRET, "SECRET"),
        (headers.QUASI, "QUASI"),
        (headers.SENSITIVE, "SENSITIVE"),
    ):
        if headers.says(column.name, words):
            named.append(entity)
    return named


def _set(column: ColumnProfile, class_: str, entity: str, *why: Why) -> None:
    column.class_, column.entity = class_, entity
    column.why = [*why, *column.why] if class_ != "none" else list(why)


def _alone(column: ColumnProfile) -> None:
    """What the column says by itself."""
    if column.type == "empty":
        return _set(column, "none", "", Why("empty"))
    hits = personal(column.hits)
    best = max(hits, key=lambda e: (hits[e].whole, hits[e].weighted), default="")
    if best:
        share = hits[best].whole / column.filled
        spoken = best in column.header
        enough = SUPPORTED if spoken and hits[best].distinct > 1 else WHOLE
        if share >= enough and (hits[best].weighted > 1 or spoken):
            code = "names" if best == "PERSON" else "values"
            return _set(
                column,
                class_of(best),
                best,
                Why(code, {"share": share, "entity": label(best)}),
                *_said(column),
            )
    if "SECRET" in column.header:
        return _set(column, "direct", "SECRET", *_said(column))
    if column.hits.get("EXPONENT") and column.hits["EXPONENT"].weighted > 0.1 * column.filled:
        return _set(
            column, "unknown", "", Why("damaged", {"count": column.hits["EXPONENT"].weighted})
        )
    organizations = {e: h for e, h in column.hits.items() if e not in MARKS and e not in hits}
    if any(h.whole / column.filled >= WHOLE for h in organizations.values()):
        return _set(
            column,
            "none",
            max(organizations, key=lambda e: organizations[e].whole),
            Why("organization"),
        )
    return _without_entity(column, hits)


def _without_entity(column: ColumnProfile, hits: dict[str, Hits]) -> None:
    """Columns that do not consist of one entity."""
    some = [
        Why("some_values", {"count": h.weighted, "entity": label(e)})
        for e, h in sorted(hits.items())
    ]
    inside = any(h.weighted > h.whole for h in hits.values())
    if column.type == "text" and (
        column.longest >= LONG or (inside and column.longest >= SENTENCE)
    ):
        text = Why("long_text", {"length": column.longest})
        kind = "sensitive" if "SENSITIVE" in column.header else "free_text"
        return _set(column, kind, "", text, *some, *_said(column))
    for entity, kind in (("SENSITIVE", "sensitive"), ("QUASI", "quasi")):
        if entity in column.header:
            return _set(column, kind, entity, *_said(column), *some)
    if hits:
        return _set(column, "unknown", "", Why("mixed"), *some)
    silent = [
        e
        for e in column.header
        if (e in BY_NAME and BY_NAME[e].class_ != "organization") or e in ("PERSON", "ADDRESS")
    ]
    if silent:
        return _set(column, "unknown", "", Why("header_only", {"entity": label(silent[0])}))
    return _set(column, "none", "", Why("clean", {"distinct": column.distinct}))


def _said(column: ColumnProfile) -> list[Why]:
    return [Why("header", {"word": column.name})] if column.header else []


def _among(column: ColumnProfile, persons: bool) -> None:
    """What the other columns make of it."""
    if column.entity == "ADDRESS" and "ADDRESS" not in column.header and not persons:
        return _set(column, "none", "ADDRESS", Why("place"))
    if not persons or column.class_ != "none":
        return None
    if (
        column.type in ("text", "integer")
        and column.rows >= 20
        and column.distinct >= 0.95 * max(1, column.filled)
        and 4 <= column.longest < LONG
        and not column.hits
        and not headers.says(column.name, headers.HARMLESS)
    ):
        return _set(column, "unknown", "", Why("unique_code"))
    return None


def split_identifiers(table: Table) -> list[Problem]:
    """Neighbouring columns that make an identifier only when they are read together."""
    problems = []
    sample = table.frame.slice(0, 500)
    for left, right in zip(table.columns, table.columns[1:], strict=False):
        joined = (
            pc.binary_join_element_wise(sample[left], sample[right], "")
            .combine_chunks()
            .drop_null()
        )
        joined = joined.filter(
            pc.is_in(pc.utf8_length(joined), pa.array([11, 16, 18, 19], pa.int32()))
        )
        if len(joined) < 3 or len(joined) < WHOLE * sample.num_rows:
            continue
        for entity, rows in detect.column(joined).whole.items():
            alone = pc.utf8_length(sample[left])
            if (
                len(rows) >= WHOLE * sample.num_rows
                and class_of(entity) == "direct"
                and pc.min(alone).as_py()
            ):
                problems.append(
                    Problem(
                        "split_identifier",
                        {
                            "left": left,
                            "right": right,
                            "entity": label(entity),
                            "entity_name": entity,
                        },
                    )
                )
    return problems
