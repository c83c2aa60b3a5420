"""One question, asked at every read: may these bytes go to this reader?"""

from __future__ import annotations

from ckanext.govshare.gate.decision import Actor, Decision
from ckanext.govshare.gate.facts import decide
from ckanext.govshare.gate.identity import actor

__all__ = ["Actor", "Decision", "actor", "decide"]
