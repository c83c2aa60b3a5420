"""The query language, clause by clause."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckanext.govshare.search.lucene import (
    MAX_DEPTH,
    Bool,
    Boost,
    Everything,
    Phrase,
    QuerySyntaxError,
    Range,
    Regex,
    Term,
    parse,
)


def occurs(text: str, *, default_and: bool = True) -> list[str]:
    tree = parse(text, default_and)
    assert isinstance(tree, Bool)
    return [occur for occur, _ in tree.clauses]


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("*:*", Everything()),
        ("a:b", Term("a", "b", pattern="b")),
        ("_query_store : true", Term("_query_store", "true", pattern="true")),
        (r"http\://x", Term(None, "http://x", pattern=r"http\://x")),
        ('"a b"~3^2', Boost(Phrase(None, "a b", 3), 2.0)),
        (r'"say \"hi\""', Phrase(None, 'say "hi"')),
        ("a:[1 TO 5}", Range("a", "1", "5", True, False)),
        ("a:{* TO *]", Range("a", None, None, False, True)),
        ('a:["x y" TO z]', Range("a", "x y", "z", True, True)),
        (
            "a:[2024-01-01T00:00:00Z TO NOW-1DAY/DAY]",
            Range("a", "2024-01-01T00:00:00Z", "NOW-1DAY/DAY", True, True),
        ),
        ("tit*", Term(None, "tit*", True, "tit*")),
        (r"tit\*", Term(None, "tit*", False, r"tit\*")),
        ("word~1", Term(None, "word", pattern="word", fuzzy=1)),
        ("/ab+c/", Regex(None, "ab+c")),
        ("state:(active)", Term("state", "active", pattern="active")),
        ("公积金^=3", Boost(Term(None, "公积金", pattern="公积金"), 3.0, constant=True)),
    ],
)
def test_leaf(text: str, tree: object) -> None:
    assert parse(text) == tree


@pytest.mark.parametrize(
    ("text", "default_and", "expected"),
    [
        ("a b", True, ["must", "must"]),
        ("a b", False, ["should", "should"]),
        ("a OR b", True, ["should", "should"]),
        ("a AND b", False, ["must", "must"]),
        ("a && b || c", True, ["must", "should", "should"]),
        ("+a b", False, ["must", "should"]),
        ("-a b", False, ["not", "should"]),
        ("NOT a", True, ["not"]),
        ("a AND NOT b", False, ["must", "not"]),
        ("a -b !c", True, ["must", "not", "not"]),
        ("a OR -b", True, ["should", "not"]),
        ("AND OR", True, None),
    ],
)
def test_occurrence(text: str, default_and: bool, expected: list[str] | None) -> None:
    if expected is None:
        with pytest.raises(QuerySyntaxError):
            parse(text, default_and)
    else:
        assert occurs(text, default_and=default_and) == expected


@pytest.mark.parametrize(
    "text",
    ["(", ")", "a)", "a:", "[1 TO", "a:[1 2]", '"open', "a AND", "OR b", "--a", "+-a", "^2", "~"],
)
def test_refused(text: str) -> None:
    with pytest.raises(QuerySyntaxError):
        parse(text)


def test_depth_is_bounded() -> None:
    assert parse("(" * (MAX_DEPTH - 1) + "a" + ")" * (MAX_DEPTH - 1)) == parse("a")
    with pytest.raises(QuerySyntaxError, match="nested"):
        parse("(" * 100_00 + "a")


def test_clauses_are_bounded() -> None:
    with pytest.raises(QuerySyntaxError, match="clauses"):
        parse("a " * 2000)


@given(st.text(alphabet='ab 公:"()[]{}+-!&|*?~^\\/ \u3000TOANDRN1', max_size=60))
def test_any_text_is_a_tree_or_an_error(text: str) -> None:
    try:
        parse(text)
    except QuerySyntaxError as error:
        assert "parse" in str(error)


@given(st.text(min_size=1, max_size=40).filter(str.strip))
def test_an_escaped_word_is_itself(word: str) -> None:
    escaped = "".join("\\" + char for char in word)
    assert parse(escaped) == Term(None, word, pattern=escaped)
