"""Chinese words: jieba with our user dictionary, traditional to simplified, pinyin, synonyms.

The word lists are files in `config/search/`, one entry a line, `#` starts a comment.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import lru_cache

import opencc
import rjieba
from pypinyin import Style, lazy_pinyin

from ckanext.govshare import config_dir

_TRADITIONAL = opencc.OpenCC("t2s")
_HAN_RUN = re.compile("[\u4e00-\u9fff]+")
GRAM = 10


def simplify(text: str) -> str:
    return _TRADITIONAL.convert(text)


def _lines(name: str) -> list[str]:
    path = config_dir() / "search" / name
    if not path.is_file():
        return []
    lines = (line.split("#")[0].strip() for line in path.read_text("utf-8").splitlines())
    return [line for line in lines if line]


def _catalogue() -> set[str]:
    """The names in the value lists of `config/catalogue/`."""
    found: set[str] = set()
    for path in (config_dir() / "catalogue").glob("*.toml"):
        for entries in tomllib.loads(path.read_text("utf-8")).values():
            for entry in entries if isinstance(entries, list) else ():
                if isinstance(entry, dict) and isinstance(name := entry.get("zh"), str):
                    found.add(name)
    return found


@lru_cache(maxsize=1)
def _jieba() -> rjieba.Jieba:
    jieba = rjieba.Jieba()
    own = set(_lines("words.txt")) | _catalogue()
    own.update(word for group in synonyms().values() for word in group)
    own.update(synonyms())
    own.update(stop_words())
    for word in own:
        if len(word) > 1 and _HAN_RUN.fullmatch(word):
            jieba.add_word(word, max(jieba.suggest_freq(word), 1000), "n")
    return jieba


@lru_cache(maxsize=1)
def synonyms() -> dict[str, tuple[str, ...]]:
    """Word → words that mean the same. Solr's format: `a, b` both ways, `a => b` one way."""
    found: dict[str, set[str]] = {}
    for line in _lines("synonyms.txt"):
        left, arrow, right = line.partition("=>")
        names = [simplify(w.strip()).lower() for w in left.split(",") if w.strip()]
        same = [simplify(w.strip()).lower() for w in right.split(",")] if arrow else names
        for name in names:
            found.setdefault(name, set()).update(w for w in same if w != name)
    return {name: tuple(sorted(same)) for name, same in found.items()}


@lru_cache(maxsize=1)
def stop_words() -> frozenset[str]:
    return frozenset(_lines("stopwords.txt"))


@lru_cache(maxsize=20_000)
def cut(run: str) -> list[str]:
    """The words of a query's Han run, none twice over the same characters."""
    return _jieba().cut(run)


def cut_for_index(run: str) -> list[tuple[str, int, int]]:
    """Words and the shorter words inside them, with character offsets."""
    return _jieba().tokenize(run, "search")


@lru_cache(maxsize=20_000)
def parts(word: str) -> tuple[str, ...]:
    """The words that make up a long one: 住房公积金 → 住房, 公积金; else none."""
    inside: dict[int, int] = {}
    for part, low, high in cut_for_index(word):
        if 2 <= len(part) < len(word):
            inside[low] = max(high, inside.get(low, 0))
    found, at = [], 0
    while at < len(word):
        if at not in inside:
            return ()
        found.append(word[at : inside[at]])
        at = inside[at]
    return tuple(found)


@lru_cache(maxsize=20_000)
def _spelled(word: str) -> list[str]:
    """A word's syllables; a character's sound depends on its word."""
    return lazy_pinyin(word, style=Style.NORMAL)


def pinyin(text: str) -> Iterator[set[str]]:
    """What may be typed for the Han runs of `text`: first letters and full spelling."""
    for run in _HAN_RUN.findall(text):
        syllables = [syllable for word in cut(run) for syllable in _spelled(word)]
        found = set()
        for i in range(len(syllables)):
            first = "".join(s[0] for s in syllables[i : i + GRAM])
            full = "".join(syllables[i : i + GRAM])[:GRAM]
            found.update(first[:n] for n in range(2, len(first) + 1))
            found.update(full[:n] for n in range(2, len(full) + 1))
        yield found
