"""The peer: a plain PostgreSQL full-text engine for CKAN's searches, one row a dataset.

As portals without Solr do it: text cut by jieba into a `tsvector` under a GIN index, the filters
and the facets over arrays and columns. It answers the parameters that the benchmark sends, nothing
more.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

import psycopg2
import psycopg2.extras

from ckanext.govshare.search import analysis

TABLE = """
create unlogged table dataset (
    id text primary key, name text, title text, modified timestamptz, issued timestamptz,
    labels text[], facets jsonb, shown text, words tsvector, grams text[]
);
"""
INDEXES = {
    "words": "using gin (words)",
    "labels": "using gin (labels)",
    "facets": "using gin (facets jsonb_path_ops)",
    "grams": "using gin (grams)",
    "modified": "(modified)",
    "title": "(title)",
}
FACETS = (
    "organization",
    "tags",
    "groups",
    "res_format",
    "topic",
    "open_class",
    "license_id",
    "state",
)
CLAUSE = re.compile(r'\+?(\w+):\(?"?([^")]+)"?(?: OR [^)]*)?\)?')


def _words(text: str) -> list[str]:
    return [unit.text.lower() for unit in analysis.units(text)]


def _vector(doc: dict[str, Any]) -> str:
    parts = []
    for weight, names in (
        ("A", ("title", "name")),
        ("B", ("tags",)),
        ("D", ("notes", "extras_items", "res_name")),
    ):
        for name in names:
            value = doc.get(name) or ""
            text = " ".join(value) if isinstance(value, list) else value
            parts += [
                f"'{word}':{n + 1}{weight}"
                for n, word in enumerate(_words(text))
                if "'" not in word
            ]
    return " ".join(parts)


class PostgresSearch:
    """The engine of the peer, over a connection URL."""

    def __init__(self, url: str) -> None:
        self.connection = psycopg2.connect(url)
        self.connection.autocommit = True
        self.cursor = self.connection.cursor()
        self.cursor.execute("drop table if exists dataset")
        self.cursor.execute(TABLE)

    def begin(self) -> None:
        """Before many datasets: the indexes are made anew after them, which is faster."""
        for name in INDEXES:
            self.cursor.execute(f"drop index if exists dataset_{name}")

    def add(self, docs: Iterable[dict[str, Any]]) -> None:
        rows = []
        for doc in docs:
            facets = {
                name: doc[name] if isinstance(doc[name], list) else [doc[name]]
                for name in FACETS
                if name in doc
            }
            rows.append(
                (
                    doc["id"],
                    doc["name"],
                    doc["title"],
                    doc["metadata_modified"],
                    doc["issued_date"],
                    doc["permission_labels"],
                    json.dumps(facets),
                    doc["validated_data_dict"],
                    _vector(doc),
                    [g for g in analysis.grams(doc["title"]) if len(g) <= 4],
                )
            )
        psycopg2.extras.execute_values(
            self.cursor,
            "insert into dataset values %s",
            rows,
            "(%s,%s,%s,%s,%s,%s,%s,%s,%s::tsvector,%s)",
            page_size=500,
        )

    def done(self) -> None:
        for name, what in INDEXES.items():
            self.cursor.execute(f"create index dataset_{name} on dataset {what}")
        self.cursor.execute("vacuum analyze dataset")

    def size(self) -> int:
        self.cursor.execute("select pg_total_relation_size('dataset')")
        return self.cursor.fetchone()[0]

    def search(self, params: dict[str, Any]) -> dict[str, Any]:
        where, values, rank = self._where(params)
        order = ", ".join([*([f"{rank} desc"] if rank else []), "modified desc"])
        if params.get("sort") == "title_string asc":
            order = "title"
        self.cursor.execute(f"select count(*) from dataset where {where}", values)
        (count,) = self.cursor.fetchone()
        self.cursor.execute(
            f"select id, shown from dataset where {where} order by {order} limit %s",
            [*values, params["rows"]],
        )
        docs = [{"id": id_, "validated_data_dict": shown} for id_, shown in self.cursor.fetchall()]
        counted = {}
        for field in params.get("facet.field", ()):
            self.cursor.execute(
                "select value, count(*)"
                " from dataset, jsonb_array_elements_text(facets -> %s) as value"
                f" where {where} group by value order by 2 desc, 1 limit 50",
                [field, *values],
            )
            counted[field] = [part for row in self.cursor.fetchall() for part in row]
        return {
            "response": {"numFound": count, "docs": docs},
            "facet_counts": {"facet_fields": counted},
        }

    def _where(self, params: dict[str, Any]) -> tuple[str, list[Any], str]:
        where, values, rank = ["true"], [], ""
        q = params["q"]
        if gram := re.match(r'name_ngram:"([^"]+)"', q):
            where.append("grams @> %s")
            values.append([gram[1]])
        elif q != "*:*":
            sign = " <-> " if q.startswith('"') else " & "
            quoted = [word.replace("'", "") for word in _words(q)]
            query = sign.join(f"'{word}'" for word in quoted)
            where.append("words @@ %s::tsquery")
            values.append(query)
            escaped = query.replace("'", "''").replace("%", "")
            rank = f"ts_rank(words, '{escaped}'::tsquery)"
        for text in params.get("fq", ()):
            if "issued_date" in text:
                where.append("issued >= '2020-01-01'")
            elif "permission_labels" in text:
                where.append("labels && %s")
                values.append(re.findall(r'"([^"]+)"', text))
            elif (match := CLAUSE.match(text)) and match[1] in FACETS:
                where.append("facets @> %s")
                values.append(json.dumps({match[1]: [match[2]]}))
        return " and ".join(where), values, rank
