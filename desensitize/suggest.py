"""Which coarser values reach the wanted k, at the least loss."""

from __future__ import annotations

import itertools
from collections import Counter
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from .actions import Action, Drop, Generalise
from .arrow import compute as pc
from .plan import Plan
from .table import Table
from .transform import change

TRIES = 400
LADDERS: dict[str, tuple[Action, ...]] = {
    "integer": (
        Generalise(to="band", width=5),
        Generalise(to="band", width=10),
        Generalise(to="band", width=20),
    ),
    "date": (Generalise(to="month"), Generalise(to="year")),
    "address": (
        Generalise(to="street"),
        Generalise(to="district"),
        Generalise(to="city"),
        Generalise(to="province"),
    ),
}
LADDERS["number"] = LADDERS["integer"]
Codes = npt.NDArray[np.int64]


def improve(
    raw: Table, plan: Plan, types: dict[str, str], k: int, most: int = 3
) -> list[dict[str, Any]]:
    """Changes to the plan that give classes of at least ``k`` rows, the least loss first.

    ``types``: column → type of the profile (``address`` for addresses). Loss: the share of the
    quasi-identifiers' information (entropy) that the raw values had and the output no longer has.
    """
    ladders = [
        _steps(raw, name, plan.column(name).do, types.get(name, "text")) for name in plan.quasi
    ]
    if not ladders or not raw.rows:
        return []
    choices = sorted(
        itertools.islice(itertools.product(*ladders), TRIES * 10),
        key=lambda steps: sum(loss for _, loss, _ in steps),
    )
    found = []
    for steps in choices[:TRIES]:
        smallest = _smallest([codes for _, _, codes in steps])
        if smallest < k:
            continue
        changes = {
            name: action.model_dump(by_alias=True)
            for name, (action, _, _) in zip(plan.quasi, steps, strict=True)
            if action != plan.column(name).do
        }
        loss = sum(loss for _, loss, _ in steps) / len(steps)
        found.append({"changes": changes, "k": smallest, "loss": round(loss, 4)})
        if len(found) == most:
            break
    return found


def _steps(raw: Table, name: str, now: Action, kind: str) -> list[tuple[Action, float, Codes]]:
    """The column as planned and ever coarser, down to leaving it out, each with its loss."""
    column = pc.fill_null(raw.frame[name], "").combine_chunks()
    encoded = pa.concat_arrays([column]).dictionary_encode()
    before = _entropy(encoded.indices.to_numpy())
    actions: list[Action] = [now, *(a for a in LADDERS.get(kind, ()) if a != now), Drop()]
    steps = []
    for action in actions:
        codes = _codes(encoded, action, name)
        loss = 1 - _entropy(codes) / before if before else 0.0
        steps.append((action, loss, codes))
    planned = steps[0][1]
    return [step for step in steps if step[1] >= planned - 1e-9]


def _codes(encoded: pa.DictionaryArray, action: Action, name: str) -> Codes:
    indices = encoded.indices.to_numpy()
    if action.action == "drop":
        return np.zeros(len(indices), np.int64)
    values = encoded.dictionary
    if action.action != "keep":
        # A keyed code has as many values as it replaces, whatever the key.
        values, _ = change(values, action, name, bytes(32))
    return np.unique(values.to_numpy(zero_copy_only=False).astype(str), return_inverse=True)[1][
        indices
    ]


def _entropy(codes: Codes) -> float:
    counts = np.array(list(Counter(codes.tolist()).values()), float)
    shares = counts / counts.sum()
    return float(-(shares * np.log2(shares)).sum()) if len(counts) > 1 else 0.0


def _smallest(columns: list[Codes]) -> int:
    ids = np.zeros(len(columns[0]), np.int64)
    for codes in columns:
        ids = np.unique(ids * (int(codes.max()) + 1) + codes, return_inverse=True)[1]
    return int(np.bincount(ids).min())
