"""The scheduler: asks the worker once a minute to run every room's tick.

Several schedulers (several machines) make one tick a minute, and a tick that still waits in the
queue is not asked for again. A late or missing tick changes nothing that the law decided: rooms
compute from the clock, not from the tick.
"""

from __future__ import annotations

import signal
import sys
import threading

import redis
import rq
from redis.exceptions import RedisError

from ckanext.govshare.stack import settings

PERIOD = 60  # seconds
JOB = "ckanext.govshare.stack.ticks.run"
JOB_ID = "govshare-tick"


def ask(connection: redis.Redis, site_id: str) -> bool:
    """Queue one run of all ticks, unless one waits already; says whether it did."""
    queue = rq.Queue(f"ckan:{site_id}:default", connection=connection)
    if not connection.set(f"{JOB_ID}:{site_id}", "1", nx=True, ex=PERIOD - 5):
        return False
    if JOB_ID in queue.get_job_ids():
        return False
    queue.enqueue_call(JOB, job_id=JOB_ID, result_ttl=0, failure_ttl=24 * 3600)
    return True


def main(ini: str) -> None:
    """Ask once a minute until told to stop."""
    over = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: over.set())
    values = settings.read(ini)
    connection = redis.Redis.from_url(values["ckan.redis.url"])
    while not over.is_set():
        try:
            ask(connection, values["ckan.site_id"])
        except RedisError as error:
            print(f"scheduler: the queue does not answer: {error}", flush=True)
        over.wait(PERIOD)


if __name__ == "__main__":
    main(sys.argv[1])
