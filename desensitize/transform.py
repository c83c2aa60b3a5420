"""Carrying a plan out: each different value once, rows in their order, untouched columns byte
for byte.
"""

from __future__ import annotations

import hmac
from collections import Counter
from concurrent.futures import ThreadPoolExecutor, as_completed

import numpy as np
import pyarrow as pa

from . import annotate, cipher, generalise, scan
from .actions import Action
from .arrow import compute as pc
from .classify import label
from .plan import ColumnPlan, Plan
from .problems import Problem
from .scan import FORMULA, Progress
from .table import Table

MIN_KEY = 32  # bytes
LOOKS = 4  # at a text that is being redacted


class NotReady(ValueError):  # noqa: N818 says what it is
    """The plan still asks a person, or does not fit the table."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(problem.message("en"))


def apply(
    table: Table, plan: Plan, key: bytes, progress: Progress | None = None, *, ner: bool = True
) -> Table:
    """The table as the plan wants it. ``key``: at least 32 bytes, secret, the same for files
    that shall join.

    Errors: ``NotReady`` if a column is undecided or missing.
    """
    if len(key) < MIN_KEY:
        raise ValueError(f"the key must have at least {MIN_KEY} bytes")
    planned = {c.name for c in plan.columns}
    for name in table.columns:
        if name not in planned:
            raise NotReady(Problem("column_missing", {"column": name}))
    kept = [c for c in plan.columns if _ready(c, table) and c.do.action != "drop"]
    done: dict[str, tuple[pa.ChunkedArray, list[Problem]]] = {}
    order = {name: place for place, name in enumerate(scan.by_size(table))}
    with ThreadPoolExecutor(scan.WORKERS) as pool:
        work = {
            pool.submit(_column, table.frame[c.name], c, key, ner): c.name
            for c in sorted(kept, key=lambda c: order[c.name])
        }
        for number, one in enumerate(as_completed(work), 1):
            done[work[one]] = one.result()
            if progress:
                progress(work[one], number / len(work))
    made = {c.name: done[c.name][0] for c in kept}
    problems = [*table.problems, *(p for c in kept for p in done[c.name][1])]
    return Table(
        table.name, pa.table(made) if made else table.frame.select([]), problems, table.source
    )


def _ready(column: ColumnPlan, table: Table) -> bool:
    """Whether the plan says what to do with a column that is there."""
    if column.name not in table.columns:
        raise NotReady(Problem("column_unknown", {"column": column.name}))
    if column.do.action == "ask":
        raise NotReady(Problem("undecided", {"column": column.name}))
    return True


def _column(
    values: pa.ChunkedArray, column: ColumnPlan, key: bytes, ner: bool
) -> tuple[pa.ChunkedArray, list[Problem]]:
    problems: list[Problem] = []
    if column.do.action != "keep":
        array = values.combine_chunks() if values.num_chunks != 1 else values.chunk(0)
        array = pa.concat_arrays([array])
        encoded = array.dictionary_encode()
        new, lost = change(encoded.dictionary, column.do, column.name, key, ner)
        if lost:
            rows = Counter(encoded.indices.to_pylist())
            count = sum(rows[i] for i in lost)
            problems.append(
                Problem(
                    "not_transformed",
                    {"column": column.name, "count": count, "to": _goal(column.do)},
                )
            )
        values = pa.chunked_array([new.take(encoded.indices)])
    hit = pc.match_substring_regex(values, FORMULA)
    count = pc.sum(hit).as_py() or 0
    if count:
        problems.append(Problem("formula", {"column": column.name, "count": count}))
        values = pc.if_else(hit, pc.binary_join_element_wise("'", values, ""), values)
    return values, problems


def _goal(action: Action) -> str:
    return action.to if action.action == "generalise" else action.action


def change(
    values: pa.StringArray, action: Action, header: str, key: bytes, ner: bool = True
) -> tuple[pa.StringArray, list[int]]:
    """New values for distinct values, and which could not be changed (they become empty)."""
    if action.action == "redact":
        return _redact(values, header, ner), []
    if action.action == "pseudonym":
        return _pseudonyms(values, action.namespace, key), []
    if action.action == "mask":
        return _masks(values, action.left, action.right), []
    empty = pc.equal(values, "")
    if action.action == "replace":
        return pc.if_else(empty, "", action.with_), []
    if action.action == "encrypt":
        one = cipher.encrypter(action.namespace, key)
        new = pa.array([v and one(v) for v in values.to_pylist()], pa.string())
    elif action.action == "generalise":
        new = pc.if_else(empty, "", generalise.column(values, action))
    else:
        raise ValueError(action.action)
    return pc.fill_null(new, ""), np.flatnonzero(pc.is_null(new)).tolist()


def _masks(values: pa.StringArray, left: int, right: int) -> pa.StringArray:
    """``mask`` of each value; values of one length at once."""
    lengths = pc.utf8_length(values)
    for length in pc.unique(lengths).to_pylist():
        here = pc.equal(lengths, length)
        first, last = shown(length, left, right)
        some = values.filter(here)
        begin = pc.utf8_slice_codeunits(some, 0, first)
        end = pc.utf8_slice_codeunits(some, length - last, length)
        stars = "*" * (length - first - last)
        masked = pc.binary_join_element_wise(begin, stars, end, "")
        values = masked if len(some) == len(values) else pc.replace_with_mask(values, here, masked)
    return values


def shown(length: int, left: int, right: int) -> tuple[int, int]:
    """How many characters a mask leaves at either end: never more than half of the value."""
    while left + right > length // 2:
        left, right = (left - 1, right) if left > right else (left, right - 1)
    return left, right


def mask(value: str, left: int, right: int) -> str:
    """``张三丰`` → ``张**``."""
    return _masks(pa.array([value]), left, right)[0].as_py()


def pseudonym(value: str, namespace: str, key: bytes) -> str:
    """HMAC-SHA-256 under the namespace, 100 bits in base 32: the same person the same code,
    separators apart.
    """
    return _pseudonyms(pa.array([value]), namespace, key)[0].as_py()


CODE = 20  # characters of a pseudonym, five bits each
_BASE32 = np.frombuffer(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", np.uint8)


def _pseudonyms(values: pa.StringArray, namespace: str, key: bytes) -> pa.StringArray:
    """The pseudonym of each value; nothing stays nothing."""
    if not len(values):
        return values
    space = namespace.encode() + b"\0"
    digests = b"".join(
        hmac.digest(key, space + value.encode(), "sha256") for value in cipher.canonicals(values)
    )
    bits = np.unpackbits(np.frombuffer(digests, np.uint8).reshape(len(values), 32)[:, :13], axis=1)
    fives = np.packbits(bits[:, : 5 * CODE].reshape(-1, 5), axis=1) >> 3
    codes = _BASE32[fives.ravel()].tobytes()
    ends = np.arange(0, len(codes) + 1, CODE, dtype=np.int32)
    made = pa.StringArray.from_buffers(len(values), pa.py_buffer(ends), pa.py_buffer(codes))
    return pc.if_else(pc.equal(values, ""), "", made)


def _redact(values: pa.StringArray, header: str, ner: bool) -> pa.StringArray:
    """Personal spans become their entity's name; organizations stay.

    What stands in a text changes what the model sees in the rest: it looks again until it finds
    nothing. Redacted texts are often the same: each is looked at once.
    """
    new = pa.array(values)
    rows = np.arange(len(new))
    for _ in range(LOOKS):
        texts = new.take(pa.array(rows)).dictionary_encode()
        changed = _redact_once(texts.dictionary, header, ner)
        if not changed:
            break
        after = texts.dictionary.to_pylist()
        for place, text in changed.items():
            after[place] = text
        hit = np.zeros(len(after), bool)
        hit[list(changed)] = True
        indices = texts.indices.to_numpy()
        mask_ = np.zeros(len(new), bool)
        rows = rows[hit[indices]]
        mask_[rows] = True
        changes = pa.array(after, pa.string()).take(pa.array(indices[hit[indices]]))
        new = pc.replace_with_mask(new, pa.array(mask_), changes)
    return new


def _redact_once(values: pa.StringArray, header: str, ner: bool) -> dict[int, str]:
    """Place → redacted text, for the values in which something was found."""
    found = annotate.column(values, header, model=ner, whole=False)
    changed: dict[int, str] = {}
    for entity, rows in found.whole.items():
        if annotate.personal(entity):
            changed |= {int(row): f"〔{label(entity)}〕" for row in rows}
    for row, spans in found.spans.items():
        text = values[row].as_py()
        for span in reversed([s for s in spans if annotate.personal(s.entity)]):
            text = f"{text[: span.start]}〔{label(span.entity)}〕{text[span.end :]}"
            changed[row] = text
    return changed
