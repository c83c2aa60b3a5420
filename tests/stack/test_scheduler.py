"""The scheduler asks once a period, and never piles up."""

from __future__ import annotations

import pytest
import redis
import rq

from ckanext.govshare.stack import scheduler, services


@pytest.fixture
def connection(tmp_path):
    running = services.start(tmp_path, durable=False)
    with redis.Redis.from_url(running.redis_url) as client:
        yield client
    services.stop(tmp_path)


def test_one_tick_a_period_however_many_ask(connection):
    """Two machines ask in the same minute: one tick. It waits still in the next: no second one."""
    queue = rq.Queue("ckan:site:default", connection=connection)
    assert scheduler.ask(connection, "site")
    assert not scheduler.ask(connection, "site")
    assert queue.get_job_ids() == [scheduler.JOB_ID]
    connection.delete(f"{scheduler.JOB_ID}:site")  # the minute is over
    assert not scheduler.ask(connection, "site")
    assert queue.get_job_ids() == [scheduler.JOB_ID]
    queue.empty()
    connection.delete(f"{scheduler.JOB_ID}:site")
    assert scheduler.ask(connection, "site")
