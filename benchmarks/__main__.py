"""Runs every benchmark, or those named: `python -m benchmarks [NAME …]`.

A benchmark is a module here with `run() -> list[Result]`. Its figures go to
`benchmarks/results/NAME.json` and are printed as a table. A goal that is not met: exit code 1.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from importlib import import_module
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.result import Result

HERE = Path(__file__).parent
FRAME = {"__init__", "__main__", "result"}


def names() -> list[str]:
    """The benchmarks there are."""
    return sorted(path.stem for path in HERE.glob("*.py")
                  if path.stem not in FRAME and hasattr(_module(path.stem), "run"))


def _module(name: str):
    return import_module(f"benchmarks.{name}")


def keep(name: str, results: list[Result]) -> None:
    """Write the figures of one benchmark."""
    folder = HERE / "results"
    folder.mkdir(exist_ok=True)
    rows = [asdict(result) for result in results]
    (folder / f"{name}.json").write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n")


def show(name: str, results: list[Result]) -> None:
    """Print the figures of one benchmark."""
    table = Table("measure", "ours", "peer", "ratio", "goal", "met", title=name)
    for one in results:
        table.add_row(
            one.name, f"{one.value:g} {one.unit}", "" if one.peer is None else f"{one.peer:g}",
            "" if one.ratio is None else f"{one.ratio:g}", one.goal,
            {None: "", True: "yes", False: "NO"}[one.met],
        )
    Console().print(table)


def main(wanted: list[str]) -> int:
    """Run the wanted benchmarks; 1 when a goal is not met."""
    missed = 0
    for name in wanted or names():
        results = _module(name).run()
        keep(name, results)
        show(name, results)
        missed += sum(result.met is False for result in results)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
