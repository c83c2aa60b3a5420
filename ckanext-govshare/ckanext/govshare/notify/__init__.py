"""Messages to people: written with the act, delivered at least once."""

from ckanext.govshare.notify.outbox import send

__all__ = ["send"]
