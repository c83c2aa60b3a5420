"""Who holds which office: the roles of the regulations, appointed, dated and recorded."""

from ckanext.govshare.offices.actor import actor_id
from ckanext.govshare.offices.model import (
    ORGANIZATION_OFFICES,
    PORTAL_OFFICES,
    Office,
    holders,
    holds,
    of,
)

__all__ = ["ORGANIZATION_OFFICES", "PORTAL_OFFICES", "Office", "actor_id", "holders", "holds", "of"]
