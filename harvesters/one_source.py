"""One datum, one source (一数一源): the same from a second department opens a question.

Linyi 4(1), Nanyang 24, Yunnan 13, Zhongshan 17, Tengzhou 5(3).
"""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from ckan import model

from harvesters import frame, news
from harvesters.notes import SourceError

OTHER = sa.text("""
    select p.id, p.owner_org from package p
    where p.type = 'dataset' and p.state = 'active' and p.owner_org <> :org
      and (replace(replace(p.title, ' ', ''), '　', '') = :title
           or exists (select 1 from govshare_release r
                      where r.dataset_id = p.id and r.raw_digest = any(:digests)))
    order by p.metadata_created limit 1
""")
ASK = sa.text("""
    insert into govshare_harvest_question
        (id, source_id, key, title, org_id, other_dataset, other_org)
    values (:id, :source, :key, :title, :org, :other, :other_org)
    on conflict (source_id, key, other_dataset) do nothing
""")
DECISION = sa.text("""
    select decision from govshare_harvest_question
    where source_id = :source and key = :key and other_dataset = :other
""")


def check(source_id: str, key: str, title: str, org: str, digests: list[str]) -> None:
    """Let a new record pass, or ask the authority; raises SourceError until it has decided.

    The same is what has the same title, or a file with the same content.
    """
    same = title.replace(" ", "").replace("\u3000", "")
    other = model.Session.execute(OTHER, {"org": org, "title": same, "digests": digests}).first()
    if other is None:
        return
    values = {"source": source_id, "key": key, "other": other.id}
    model.Session.execute(ASK, {
        **values, "id": str(uuid.uuid4()), "title": title, "org": org,
        "other_org": other.owner_org,
    })
    decision = model.Session.scalar(DECISION, values)
    if decision == "separate":
        return
    source = frame.source(source_id)
    if decision is None and source is not None:
        news.ask_authority("harvest_question", source, f"{source_id}/{key}")
    model.Session.commit()
    code = "other_counts" if decision == "other" else "same_as_other"
    raise SourceError(code, file=key, title=title)
