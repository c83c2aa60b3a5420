"""`make requirements`: which rows of the five regulations a test proves.

Reads the marks `@pytest.mark.requirement("NY-46b")` from the tests' syntax (nothing is run), the
rows in `tests/requirements-matrix.csv`, and the decisions in `tests/requirements.toml`.
Fails on an id that no row has, and on a row that is both proven and out of scope.
"""

from __future__ import annotations

import ast
import csv
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NOT_RUN = {"skip", "skipif", "xfail"}


class RequirementsError(Exception):
    """Marks, rows and decisions do not fit together; the message is a list of lines."""


@dataclass
class Standing:
    """What is known about the rows: proven by which tests, left out for which reason."""

    areas: dict[str, str]
    proven: dict[str, list[str]] = field(default_factory=dict)
    out: dict[str, str] = field(default_factory=dict)

    @property
    def in_scope(self) -> list[str]:
        return [row for row in self.areas if row not in self.out]


def read(tests: Path) -> Standing:
    """The standing of a folder of tests. Raises RequirementsError."""
    with (tests / "requirements-matrix.csv").open(encoding="utf-8", newline="") as file:
        standing = Standing({row["id"]: row["area"] for row in csv.DictReader(file)})
    wrong: list[str] = []
    for path in sorted(tests.rglob("test_*.py")):
        for place, row in marks(path):
            where = f"{path.relative_to(tests)}:{place}"
            if row in standing.areas:
                standing.proven.setdefault(row, []).append(where)
            else:
                wrong.append(f"{where}: no requirement has the id {row!r}")
    for row, reason in decisions(tests / "requirements.toml"):
        if row not in standing.areas:
            wrong.append(f"requirements.toml: no requirement has the id {row!r}")
        elif row in standing.out:
            wrong.append(f"requirements.toml: {row} is decided twice")
        elif row in standing.proven:
            wrong.append(f"{row} is out of scope, yet {standing.proven[row][0]} proves it")
        else:
            standing.out[row] = reason
    if wrong:
        raise RequirementsError("\n".join(wrong))
    return standing


def marks(path: Path) -> Iterator[tuple[int, str]]:
    """Line and id of every mark; what may be skipped or may fail proves nothing."""
    tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
    idle = {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and any(_mark(decorator) in NOT_RUN for decorator in node.decorator_list)
        for part in ast.walk(node)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _mark(node) == "requirement" and id(node) not in idle:
            for argument in node.args:
                value = argument.value if isinstance(argument, ast.Constant) else None
                yield node.lineno, str(value or ast.unparse(argument))


def _mark(node: ast.expr) -> str | None:
    """The name of `pytest.mark.name` or `pytest.mark.name(...)`."""
    if isinstance(node, ast.Call):
        node = node.func
    inside = node.value if isinstance(node, ast.Attribute) else None
    named = isinstance(inside, ast.Attribute) and inside.attr == "mark"
    return node.attr if named and isinstance(node, ast.Attribute) else None


def decisions(path: Path) -> Iterator[tuple[str, str]]:
    """Row and reason of every decision that a row is out of scope."""
    for decision in tomllib.loads(path.read_text(encoding="utf-8")).get("out", []):
        for row in decision["ids"]:
            yield row, decision["reason"]


def report(standing: Standing) -> Iterator[str]:
    """The lines that are printed; the last one is the sum."""
    yield f"{'area':36}{'proven':>8}{'in scope':>10}{'out':>6}"
    for area in dict.fromkeys(standing.areas.values()):
        rows = [row for row, of in standing.areas.items() if of == area]
        out = sum(row in standing.out for row in rows)
        proven = sum(row in standing.proven for row in rows)
        yield f"{area:36}{proven:>8}{len(rows) - out:>10}{out:>6}"
        missing = [row for row in rows if row not in standing.proven | standing.out]
        if missing:
            yield f"    not proven: {' '.join(missing)}"
    yield ""
    yield "out of scope:"
    for reason in dict.fromkeys(standing.out.values()):
        rows = " ".join(row for row, of in standing.out.items() if of == reason)
        yield f"    {rows}: {reason}"
    yield ""
    yield f"requirements: {len(standing.proven)}/{len(standing.in_scope)} proven"


def main() -> int:
    try:
        standing = read(ROOT / "tests")
    except RequirementsError as error:
        print(error, file=sys.stderr)
        return 1
    print("\n".join(report(standing)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
