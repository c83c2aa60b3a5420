"""How often something may be done within a time: the counters of every limit, kept in Redis."""

from __future__ import annotations

from ckan.lib.redis import connect_to_redis
from ckan.plugins import toolkit as tk

from ckanext.govshare.access.model import Grant

MINUTE, HOUR, DAY = 60, 3600, 86_400


def take(what: str, most: int, seconds: int) -> int:
    """Count one use of `what`: 0 while it is within `most`, else for how many seconds it is not.

    The time begins with the first use and is over `seconds` later. `most` 0: no limit.
    """
    if most <= 0:
        return 0
    key = f"govshare:{tk.config['ckan.site_id']}:limit:{seconds}:{what}"
    counting = connect_to_redis().pipeline()  # one transaction: no counter without its end
    counting.set(key, 0, ex=seconds, nx=True)
    counting.incr(key)
    counting.ttl(key)
    _, count, left = counting.execute()
    return max(left, 1) if count > most else 0


def pace(what: str, per_minute: int, per_day: int) -> int:
    """Count one call; for how many seconds no further one is taken, 0 if this one is."""
    return take(what, per_minute, MINUTE) or take(what, per_day, DAY)


def of_grant(grant: Grant) -> int:
    """Count one call under a grant: by its own limits, else by those of the site."""
    limits = {
        name: tk.config[f"govshare.access.{name}"] if own is None else own
        for name, own in (("calls_per_minute", grant.calls_per_minute),
                          ("calls_per_day", grant.calls_per_day))
    }
    return pace(f"grant:{grant.id}", limits["calls_per_minute"], limits["calls_per_day"])


def of_token(token_id: str) -> int:
    """Count one call with an API token, whatever it asks for."""
    return pace(f"token:{token_id}", tk.config["govshare.access.token_calls_per_minute"],
                tk.config["govshare.access.token_calls_per_day"])
