"""Did you mean: the nearest words among those in documents that the reader may see."""

from __future__ import annotations

import re
from typing import Any

from pypinyin import lazy_pinyin
from rapidfuzz.distance import OSA
from tantivy import Searcher

from . import analysis, words
from .compile import MOST_TERMS, RefusedError
from .engine import Engine
from .lucene import QuerySyntaxError

LONGEST = 60
_SYNTAX = re.compile(r'[:()\[\]{}"*?~^\\]|\b(?:AND|OR|NOT)\b')  # words are meant, not a query


def did_you_mean(engine: Engine, params: dict[str, Any]) -> str | None:
    """`q` with the words that nothing has replaced by near ones; `None` when there is nothing
    better.

    `params` must carry the filters of the search that found nothing, permission labels among them:
    only words of documents that pass them are offered.
    """
    text = str(params.get("q") or "").strip()
    if not text or len(text) > LONGEST or _SYNTAX.search(text):
        return None
    searcher = engine.searcher()
    # The same filters, over everything: the words that this reader can meet.
    filters = {"q": "*:*", "fq": params.get("fq"), "q.op": "AND", "df": "text"}
    try:
        visible = engine.compiled(searcher, filters).query
    except (RefusedError, QuerySyntaxError, ValueError):
        return None
    better = [_nearest(searcher, visible, part) for part in text.split()]
    answer = " ".join(better)
    same = analysis.normalize(text).lower().split() == answer.lower().split()
    return None if same else answer


def _nearest(searcher: Searcher, visible: Any, word: str) -> str:
    word = analysis.normalize(word)
    if not analysis.is_han(word):
        return _latin(searcher, visible, word.lower())
    return _han(searcher, visible, word)


def _latin(searcher: Searcher, visible: Any, word: str) -> str:
    if len(word) < 4 or not word.isalpha():
        return word
    stem = analysis.term(analysis.Unit(word, han=False), stem=True)
    terms = searcher.terms_with_prefix("text", word[0], filter_query=visible, limit=MOST_TERMS)
    return _best(stem, word, [(t, n) for t, n in terms if t.isalpha()], 2 if len(word) > 6 else 1)


def _han(searcher: Searcher, visible: Any, word: str) -> str:
    """Words that sound the same or differ in one character; two words when the whole has none."""
    terms = searcher.terms_with_prefix(
        "text", analysis.WORD, filter_query=visible, limit=MOST_TERMS
    )
    known = {term[1:]: count for term, count in terms if len(term) > 2}
    if word in known:
        return word
    sound = lazy_pinyin(word)
    same = [w for w in known if len(w) == len(word) and lazy_pinyin(w) == sound]
    if same:
        return max(same, key=lambda w: known[w])
    if len(word) >= 3:
        near = _best(word, word, list(known.items()), 1)
        if near != word:
            return near
    parts = words.cut(word)
    if len(parts) < 2:
        return word
    for at in range(2, len(word) - 1):  # two words, one of them wrong
        left, right = word[:at], word[at:]
        fixed = [_sound(known, part) for part in (left, right)]
        if all(fixed) and fixed != [left, right]:
            return "".join(part for part in fixed if part)
    return word


def _sound(known: dict[str, int], word: str) -> str | None:
    if word in known:
        return word
    sound = lazy_pinyin(word)
    same = [w for w in known if len(w) == len(word) and lazy_pinyin(w) == sound]
    return max(same, key=lambda w: known[w]) if same else None


def _best(looked_for: str, otherwise: str, terms: list[tuple[str, int]], distance: int) -> str:
    best = min(
        (
            (gap, -count, term)
            for term, count in terms
            if (gap := OSA.distance(term, looked_for, score_cutoff=distance)) <= distance
        ),
        default=None,
    )
    return otherwise if best is None or best[0] == 0 else best[2]
