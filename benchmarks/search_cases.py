"""What is asked of a search engine: the parameters that CKAN sends for one page of datasets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

FACETS = ["organization", "tags", "groups", "res_format", "topic", "open_class"]
ANONYMOUS = '+permission_labels:("public")'
SIGNED_IN = '+permission_labels:("public" OR "creator-me" OR "member-org-7" OR "member-org-8")'
DISMAX = {
    "defType": "dismax",
    "qf": "name^4 title^4 tags^2 groups^2 text",
    "mm": "2<-1 5<80%",
    "tie": "0.1",
}
WORDS = ["公积金", "空气质量", "公交线路", "医疗机构", "养老机构", "行政许可", "停车场", "充电桩"]
TYPED = ["gjj", "kqzl", "gongji", "停车"]


def parameters(
    q: str = "*:*", *, facets: bool = True, labels: str = ANONYMOUS, **more: Any
) -> dict[str, Any]:
    """One search; `fq` holds the reader's own filters."""
    always = ["+capacity:public", '+site_id:"govshare"', "+state:active", labels]
    params = {
        "q": q,
        "fq": [*more.pop("fq", []), *always],
        "rows": 21,
        "fl": "id validated_data_dict",
        "df": "text",
        "q.op": "AND",
        "sort": "score desc, metadata_modified desc",
        **more,
    }
    if facets:
        params |= {"facet": "true", "facet.field": FACETS, "facet.limit": 50, "facet.mincount": 1}
    if q != "*:*" and ":" not in q:
        params |= DISMAX
    return params


def autocomplete(number: int) -> dict[str, Any]:
    typed = TYPED[number % len(TYPED)]
    fields = ("name_ngram", "title_ngram", "name", "title")
    q = " OR ".join(f'{field}:"{typed}"' for field in fields)
    return parameters(q, facets=False, rows=11, fl="name,title")


SIX = "six facets, all"
SIX_SIGNED_IN = "six facets, all, signed in"
TOP = "top 20, two words"
AUTOCOMPLETE = "autocomplete"
CASES: dict[str, Callable[[int], dict[str, Any]]] = {
    SIX: lambda _: parameters(),
    SIX_SIGNED_IN: lambda _: parameters(labels=SIGNED_IN),
    "six facets, two words": lambda i: parameters(f"{WORDS[i % 8]} 统计"),
    "six facets, one filter": lambda i: parameters(fq=[f'+organization:"org-{i % 60}"']),
    "six facets, no datasets": lambda _: parameters(rows=0),
    TOP: lambda i: parameters(f"{WORDS[i % 8]} 统计", facets=False),
    "phrase": lambda i: parameters(f'"{WORDS[i % 8]}明细"', facets=False),
    "by date": lambda _: parameters(fq=["+issued_date:[2020-01-01T00:00:00Z TO *]"], facets=False),
    "by title": lambda _: parameters(facets=False, sort="title_string asc"),
    AUTOCOMPLETE: autocomplete,
}
