"""Draws the machines for the documentation: `python -m ckanext.govshare.rules.drawing`."""

from __future__ import annotations

import sys

from .machine import Machine, Move
from .machines import ALL

HEAD = """\
# State machines of the cases

Drawn from `rules/machines.py` by `python -m ckanext.govshare.rules.drawing`; a test compares.
A part in *whose act* is cast by the profile: the *decider* of an application is the provider, or
the data authority where the profile says so (Nanyang, share layer). *time* is the messenger: what
follows from time follows from the data, the messenger only tells it. An article in brackets after
a profile is its source; an act without an article is the portal's design.

Deemed approval and step-in exist on the share layer only. No profile can say otherwise: the loader
refuses it, the moves are declared for that layer, and their condition reads that layer's rules.
"""


def mermaid(machine: Machine) -> str:
    """The machine as a Mermaid state diagram; acts that keep the state are left to the table."""
    lines = ["stateDiagram-v2", f"    [*] --> {machine.initial}"]
    for move in machine.moves:
        lines += [
            f"    {state} --> {move.target}: {move.act}" for state in move.sources if move.target
        ]
    lines += [f"    {state} --> [*]" for state in machine.final]
    return "\n".join(lines)


def table(machine: Machine) -> str:
    rows = ["| Act | From | To | Whose act | Conditions | Event | Layer | Articles |",
            "|---|---|---|---|---|---|---|---|"]  # fmt: skip
    return "\n".join([*rows, *(_row(move) for move in machine.moves)])


def _row(move: Move) -> str:
    articles = ", ".join(f"{key} ({article})" for key, article in (move.articles or {}).items())
    cells = (
        move.act,
        ", ".join(move.sources),
        move.target or "(stays)",
        move.by,
        "; ".join(guard.says for guard in move.guards) or "–",
        move.event or "–",
        ", ".join(move.layers),
        articles or "design",
    )
    return f"| {' | '.join(cells)} |"


def page() -> str:
    parts = [HEAD]
    for machine in ALL:
        clocks = ", ".join(f"`{name}`" for name in machine.clocks)
        parts.append(
            f"## {machine.name.capitalize()}\n\nClocks: {clocks}.\n\n"
            f"```mermaid\n{mermaid(machine)}\n```\n\n{table(machine)}\n"
        )
    return "\n".join(parts)


if __name__ == "__main__":
    sys.stdout.write(page())
