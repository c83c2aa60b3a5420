"""What can pass by itself and is tried again, and after which pause."""

from __future__ import annotations

from datetime import timedelta

import requests
from redis.exceptions import RedisError
from sqlalchemy.exc import OperationalError

from harvesters.network import PASSING_STATUS
from harvesters.notes import Note, SourceError

TRIES = 4
"""How often a record, or a gathering, is tried before it is left out and reported."""
FIRST_PAUSE = timedelta(seconds=30)
PASSING = (ConnectionError, TimeoutError, requests.ConnectionError, requests.Timeout,
           OperationalError, RedisError)


def can_pass(error: BaseException) -> bool:
    """Whether the same may succeed later: a network, a database or a busy server; not the data."""
    if isinstance(error, SourceError):
        return error.passing
    if isinstance(error, requests.HTTPError):
        return error.response is not None and error.response.status_code in PASSING_STATUS
    return isinstance(error, PASSING) and not isinstance(error, requests.exceptions.SSLError)


def pause(tries: int) -> timedelta:
    """Half a minute, two, eight …"""
    return FIRST_PAUSE * 4 ** (tries - 1)


def note(error: BaseException) -> Note:
    """What is reported of an error; of an unknown one its type only: words may quote a value."""
    return error.note if isinstance(error, SourceError) else Note(
        "crashed", {"reason": type(error).__name__})
