"""The same transformation on the partitions of a Dask dataframe, on a cluster of any size.

Every value is judged by itself and pseudonyms are keyed, so any partitioning gives the same bytes.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dask.dataframe as dd
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from dask.distributed import Client

from . import evidence, job, transform, verify, write
from .plan import Plan
from .table import Table

TEXT = pd.ArrowDtype(pa.string())


def partition(
    frame: pd.DataFrame, plan: dict[str, Any], key: bytes, ner: bool = True
) -> pd.DataFrame:
    """One partition as the plan wants it; the function for ``map_partitions``."""
    raw = pa.Table.from_pandas(frame, preserve_index=False).cast(
        pa.schema([(name, pa.string()) for name in frame.columns])
    )
    made = transform.apply(Table("", raw), Plan.from_dict(plan), key, ner=ner)
    return made.frame.to_pandas(types_mapper=lambda _: TEXT).set_axis(frame.index)


def dataframe(frame: dd.DataFrame, plan: Plan, key: bytes, *, ner: bool = True) -> dd.DataFrame:
    """A Dask dataframe of text columns, transformed lazily."""
    meta = pd.DataFrame({name: pd.Series(dtype=TEXT) for name in plan.kept})
    return frame.map_partitions(partition, plan.to_dict(), key, ner, meta=meta)


def apply(
    path: Path, out: Path, plan: Plan, key: bytes, scheduler: str, *, ner: bool = True
) -> dict[str, Any]:
    """``job.apply`` with the partitions worked on by a cluster that sees the folder of ``out``.

    Errors: those of ``job.apply``; ``OSError`` if no scheduler answers.
    """
    found = job.profile(path, ner=ner)
    if problems := plan.problems(found):
        raise transform.NotReady(problems[0])
    tally = evidence.Tally(found, plan)
    with Client(scheduler) as client, tempfile.TemporaryDirectory(dir=out.parent) as folder:
        parts = list(_parts(path, Path(folder)))
        raw = dd.from_map(_read, parts, meta=_read(parts[0]).iloc[:0])
        futures: Any = client.compute(dataframe(raw, plan, key, ner=ner).to_delayed())
        with out.open("wb") as stream:
            for number, (block, future) in enumerate(zip(job.blocks(path), futures, strict=True)):
                made = block.with_frame(pa.Table.from_pandas(future.result(), preserve_index=False))
                write.csv(made, stream, first=number == 0)
                tally.add(block, made)
    verdict = verify.check_blocks(lambda: job.blocks(out), plan, found)
    return tally.report(verdict, raw_digest=job.digest(path), digest=job.digest(out))


def _parts(path: Path, folder: Path) -> Iterator[str]:
    """The blocks of a file where the workers can read them; gone when the work is done."""
    for number, block in enumerate(job.blocks(path)):
        part = folder / f"{number:08}.parquet"
        pq.write_table(block.frame, part)
        yield str(part)


def _read(part: str) -> pd.DataFrame:
    return pq.read_table(part).to_pandas(types_mapper=lambda _: TEXT)
