"""All that is found in a column's distinct values: patterns, addresses, names; conflicts
resolved.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from . import address, detect, headers, names, normal
from .arrow import compute as pc
from .classify import class_of
from .detect import Found
from .find import Span, resolve

TEXT_SCORE = 0.7
WORDS = 5  # characters: shorter values beside sentences are labels
SENTENCE = 12  # characters: where names inside a value are worth looking for
PLACES = 0.5  # share of places and organizations from which on a column consists of them
MOSTLY = 0.7  # of a bare value: the rest is how people write addresses
SENTENCES = 0.1  # share of such values from which on a column holds sentences
COMPANY = (
    r"(?:公司|集团|银行|医院|学校|小学|中学|大学|幼儿园|合作社|委员会"
    r"|中心|局|厂|店|所|部|院|站|馆|村|镇|乡|街道|社区|区|县|市)$"
)


def column(values: pa.StringArray, header: str, *, model: bool = True, whole: bool = True) -> Found:
    """Findings in distinct values (no nulls) under a header.

    ``whole=False``: each value is judged by itself, whatever the others are, so that every
    split of a
    column gives the same findings; it finds no less in a sentence.
    """
    found = detect.column(values, header)
    if not _chinese(values):
        return found
    if whole and names.is_name_column(values, header, model):
        rows = np.setdiff1d(np.flatnonzero(names.shaped(values)), _rows(found))
        found.whole["PERSON"] = rows
        return found
    _addresses(values, header, found, whole)
    _names(values, found, model, whole)
    return found


def _chinese(values: pa.StringArray) -> bool:
    head = values[:4096]
    return bool(pc.any(pc.match_substring_regex(head, r"[\x{4e00}-\x{9fff}]")).as_py()) or bool(
        pc.any(pc.match_substring_regex(values, r"[\x{4e00}-\x{9fff}]")).as_py()
    )


def _rows(found: Found) -> np.ndarray:
    """Values that are already nothing but an entity."""
    return np.concatenate([np.empty(0, np.int64), *found.whole.values()])


def _addresses(values: pa.StringArray, header: str, found: Found, bare: bool) -> None:
    spoken = bool(headers.says(header, headers.PRIVATE_ADDRESS))
    hit = np.array(
        pc.match_substring_regex(values, "" if spoken else address.HINT).to_numpy(
            zero_copy_only=False
        ),
        bool,
    )
    hit[_rows(found)] = False
    enough = MOSTLY if bare else 1.0
    full = np.zeros(len(values), bool)
    if bare:
        full = hit & np.array(
            pc.match_substring_regex(values, address.WHOLE).to_numpy(zero_copy_only=False), bool
        )
    whole = np.flatnonzero(full).tolist()
    for row in whole:
        found.spans.pop(row, None)
    for row in np.flatnonzero(hit & ~full):
        text = values[int(row)].as_py()
        plain, offsets = normal.with_offsets(text)
        spans = [
            Span(*normal.original_span(offsets, a, b), "ADDRESS", TEXT_SCORE)
            for a, b in address.in_text(plain)
        ]
        if (spans and spans[0].end - spans[0].start >= enough * len(text)) or (
            spoken and address.is_address(plain)
        ):
            whole.append(int(row))
            found.spans.pop(int(row), None)
        elif spans:
            found.spans[int(row)] = resolve([*found.spans.get(int(row), []), *spans])
    if whole:
        found.whole["ADDRESS"] = np.array(whole, np.int64)


def _names(values: pa.StringArray, found: Found, model: bool, whole: bool) -> None:
    """Names inside sentences; values that are a place's or an organization's name are none."""
    length = pc.utf8_length(values).to_numpy(zero_copy_only=False)
    long = length >= SENTENCE
    spoken = np.array(
        pc.match_substring_regex(values, names.HINT).to_numpy(zero_copy_only=False), bool
    )
    place = np.array(pc.match_substring_regex(values, COMPANY).to_numpy(zero_copy_only=False), bool)
    if whole and place.mean() >= PLACES:
        return
    if not whole:
        asked = np.ones(len(values), bool)
    elif model and long.mean() > SENTENCES:
        asked = spoken | (~place & (length >= WORDS))
    else:
        asked = spoken
    asked &= np.array(
        pc.match_substring_regex(values, r"[\x{4e00}-\x{9fff}]").to_numpy(zero_copy_only=False),
        bool,
    )
    asked[_rows(found)] = False
    rows = np.flatnonzero(asked)
    texts = values.take(pa.array(rows)).to_pylist()
    whole_rows: dict[str, list[int]] = {}
    for row, text, spans in zip(rows, texts, names.in_texts(texts, model), strict=True):
        mine = [Span(a, b, kind, TEXT_SCORE) for a, b, kind in spans]
        if not mine:
            continue
        merged = resolve([*found.spans.get(int(row), []), *mine])
        if len(merged) == 1 and merged[0].end - merged[0].start == len(text):
            kind = merged[0].entity
            whole_rows.setdefault(kind, []).append(int(row))
            found.spans.pop(int(row), None)
        else:
            found.spans[int(row)] = merged
    for kind, some in whole_rows.items():
        before = found.whole.get(kind, np.empty(0, np.int64))
        found.whole[kind] = np.union1d(before, some).astype(np.int64)


def text(value: str, header: str = "", *, model: bool = True) -> list[Span]:
    """All spans of one text."""
    found = column(pa.array([value]), header, model=model, whole=False)
    if found.spans:
        return found.spans[0]
    return [Span(0, len(value), entity, TEXT_SCORE) for entity in found.whole]


def personal(entity: str) -> bool:
    """Whether an entity concerns a person."""
    return class_of(entity) != "organization"
