"""All that is found in a column's distinct values: patterns, addresses, names; conflicts
resolved.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pyarrow as pa

from . import address, detect, headers, names, normal
from .arrow import compute as pc
from .classify import class_of
from .detect import Found, contains
from .find import Span, resolve

TEXT_SCORE = 0.7
HAN = r"[\x{4e00}-\x{9fff}]"
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
    return not pc.all(pc.string_is_ascii(values)).as_py() and bool(contains(values, HAN).any())


def _rows(found: Found) -> np.ndarray:
    """Values that are already nothing but an entity."""
    return np.concatenate([np.empty(0, np.int64), *found.whole.values()])


def _addresses(values: pa.StringArray, header: str, found: Found, bare: bool) -> None:
    spoken = bool(headers.says(header, headers.PRIVATE_ADDRESS))
    hit = np.ones(len(values), bool) if spoken else contains(values, address.HINT)
    hit[_rows(found)] = False
    enough = MOSTLY if bare else 1.0
    whole: list[int] = []
    if bare and hit.any():
        full = hit.copy()
        full[hit] = contains(values.filter(pa.array(hit)), address.WHOLE)
        whole, hit = np.flatnonzero(full).tolist(), hit & ~full
    rows = np.flatnonzero(hit)
    for row, text in zip(rows.tolist(), values.take(pa.array(rows)).to_pylist(), strict=True):
        plain, offsets = normal.with_offsets(text)
        spans = [
            Span(*normal.original_span(offsets, a, b), "ADDRESS", TEXT_SCORE)
            for a, b in address.in_text(plain)
        ]
        if (spans and spans[0].end - spans[0].start >= enough * len(text)) or (
            spoken and address.is_address(plain)
        ):
            whole.append(row)
        elif spans:
            found.spans[row] = resolve([*found.spans.get(row, []), *spans])
    found.make_whole("ADDRESS", whole)


def _names(values: pa.StringArray, found: Found, model: bool, whole: bool) -> None:
    """Names inside sentences; values that are a place's or an organization's name are none."""
    place = contains(values, COMPANY) if whole else np.zeros(len(values), bool)
    if whole and place.mean() >= PLACES:
        return
    asked = contains(values, HAN)
    if whole:
        length = pc.utf8_length(values).to_numpy(zero_copy_only=False)
        spoken = contains(values, names.HINT)
        sentences = model and (length >= SENTENCE).mean() > SENTENCES
        asked &= spoken | (~place & (length >= WORDS)) if sentences else spoken
    asked[_rows(found)] = False
    rows = np.flatnonzero(asked)
    texts = values.take(pa.array(rows))
    lengths = pc.utf8_length(texts).to_pylist()
    whole_rows: dict[str, list[int]] = defaultdict(list)
    for at, spans in names.in_column(texts, model).items():
        row = int(rows[at])
        mine = [Span(a, b, kind, TEXT_SCORE) for a, b, kind in spans]
        merged = resolve([*found.spans.get(row, []), *mine])
        if len(merged) == 1 and merged[0].end - merged[0].start == lengths[at]:
            whole_rows[merged[0].entity].append(row)
        else:
            found.spans[row] = merged
    for kind, some in whole_rows.items():
        found.make_whole(kind, some)


def text(value: str, header: str = "", *, model: bool = True) -> list[Span]:
    """All spans of one text."""
    found = column(pa.array([value]), header, model=model, whole=False)
    if found.spans:
        return found.spans[0]
    return [Span(0, len(value), entity, TEXT_SCORE) for entity in found.whole]


def personal(entity: str) -> bool:
    """Whether an entity concerns a person."""
    return class_of(entity) != "organization"
