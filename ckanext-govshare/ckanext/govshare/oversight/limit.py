"""How often one sender may ask, so that a public form is no way to flood the office."""

from __future__ import annotations

import hashlib

from ckan.plugins import toolkit as tk
from flask import has_request_context

from ckanext.govshare.access import limit


class TooOften(Exception):  # noqa: N818  the word people use
    """This sender asked too often within the hour."""


def take(what: str, most: int) -> None:
    """Count one request of the present sender; without a request (a command) nothing is counted.

    The address is kept for an hour as a keyed digest only, never as it is.

    :raises TooOften: the sender had `most` of this kind within the hour
    """
    if not has_request_context():
        return
    secret = str(tk.config["SECRET_KEY"])
    sender = hashlib.sha256(f"{secret}:{tk.request.remote_addr}".encode()).hexdigest()[:24]
    if limit.take(f"{what}:{sender}", most, limit.HOUR):
        raise TooOften
