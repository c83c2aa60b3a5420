"""A small model of our own for names in sentences (a conditional random field over characters).

Beside LAC it finds what offices write and newspapers do not. ``tools/train_names.py`` trains it.
"""

from __future__ import annotations

import threading
from functools import cache
from importlib.resources import as_file, files
from typing import Any

import pycrfsuite

from .surnames import COMPOUND, SINGLE

MODEL = "names.crf"
_FIRST = SINGLE | {name[0] for name in COMPOUND}
_lock = threading.Lock()


def features(text: str) -> list[list[str]]:
    """What the model sees of each character: itself, two to either side, and who begins like a
    surname.
    """
    padded = f"^^{text}$$"
    kinds = [
        "s" if c in _FIRST else "0" if c.isdigit() else "h" if c >= "\u4e00" else "p"
        for c in padded
    ]
    return [
        [
            f"0{(c := padded[i])}",
            f"a{(b := padded[i - 1])}",
            f"b{(d := padded[i + 1])}",
            f"c{(a := padded[i - 2])}",
            f"d{(e := padded[i + 2])}",
            f"e{b}{c}",
            f"f{c}{d}",
            f"g{a}{b}",
            f"h{d}{e}",
            f"k{kinds[i - 1]}{kinds[i]}{kinds[i + 1]}",
        ]
        for i in range(2, len(padded) - 2)
    ]


@cache
def _tagger() -> Any:
    tagger: Any = pycrfsuite.Tagger()  # pyright: ignore[reportAttributeAccessIssue]  compiled
    with as_file(files("desensitize").joinpath(MODEL)) as path:
        tagger.open(str(path))
    return tagger


def spans(text: str) -> list[tuple[int, int]]:
    """Where the model reads names."""
    if not text:
        return []
    with _lock:
        tags = _tagger().tag(features(text))
    found: list[tuple[int, int]] = []
    for place, tag in enumerate(tags):
        if tag == "B":
            found.append((place, place + 1))
        elif tag == "I" and found and found[-1][1] == place:
            found[-1] = (found[-1][0], place + 1)
    return [span for span in found if span[1] - span[0] > 1]
