"""Grants: what an approval gives, to whom, for what and how long."""

from ckanext.govshare.access.blocks import blocked
from ckanext.govshare.access.model import Grant, cancel, get, issue, live_grants, take_read

__all__ = ["Grant", "blocked", "cancel", "get", "issue", "live_grants", "take_read"]
