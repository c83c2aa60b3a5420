"""Who looks after security, who runs the portal and who audits are different persons (ZS 33)."""

from __future__ import annotations

from collections.abc import Collection

DUTIES = {
    "authority": "security",
    "confidentiality_reviewer": "security",
    "operator": "operation",
    "auditor": "audit",
}


def conflict(held: Collection[str], office: str) -> bool:
    """Whether who holds these offices may not hold this one too.

    The auditor holds no other office at all; security and operation exclude one another.
    """
    offices = {*held, office}
    if "auditor" in offices:
        return len(offices) > 1
    return len({DUTIES[name] for name in offices if name in DUTIES}) > 1
