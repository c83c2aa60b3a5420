"""XML and RDF of a table hold every cell, whatever stands in it."""

from __future__ import annotations

from xml.etree import ElementTree

import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st

from ckanext.govshare.portal import forms

ADDRESS = "http://portal.example/dataset/a/resource/b"
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
named = st.lists(texts, min_size=1, max_size=4, unique=True)
filled = named.flatmap(
    lambda names: st.tuples(
        st.just(names), st.lists(st.lists(texts, min_size=len(names), max_size=len(names)))
    )
)


@settings(max_examples=60)
@given(filled)
def test_xml_gives_back_every_cell(table):
    names, rows = table
    root = ElementTree.fromstring("".join(forms.xml(names, rows, ADDRESS)))
    # XML reads a carriage return as a new line
    expected = [[forms.UNSPEAKABLE.sub("\ufffd", v).replace("\r\n", "\n").replace("\r", "\n")
                 for v in row] for row in rows]  # fmt: skip
    assert [[cell.text or "" for cell in row] for row in root] == expected
    assert len(root) == len(rows)


@settings(max_examples=40)
@given(filled)
def test_turtle_gives_back_every_cell_that_is_not_empty(table):
    names, rows = table
    graph = rdflib.Graph().parse(data="".join(forms.turtle(names, rows, ADDRESS)), format="turtle")
    values = sorted(
        str(o) for _, p, o in graph if isinstance(o, rdflib.Literal) and p != rdflib.RDFS.label
    )
    cells = {(r, n): v for r, row in enumerate(rows) for n, v in enumerate(row) if v}
    assert values == sorted(cells.values())
    assert {str(o) for o in graph.objects(predicate=rdflib.RDFS.label)} == set(names)
