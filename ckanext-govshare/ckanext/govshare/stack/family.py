"""The portal's processes: one loads CKAN, the others are forked from it.

Loading CKAN once makes the start quick and lets the web server, the worker and the scheduler share
its memory. The upgrade is a fork as well, so that nothing it opens is inherited. Started by the
launcher as `python -m ckanext.govshare.stack.family DATA_DIR PORT` with `CKAN_INI` set.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from ckan import model
from ckan.cli import load_config
from ckan.config.middleware import make_app
from ckan.lib import redis as ckan_redis
from ckan.lib.jobs import Worker
from ckanext.datastore.backend import postgres as datastore
from gunicorn.app.base import BaseApplication
from rq import Queue
from rq.job import Job

from ckanext.govshare.stack import portal, scheduler, upgrade
from ckanext.govshare.stack.processes import Child, die_with_parent, rotated

LONGEST_PAUSE = 30.0
"""Seconds between two starts of a process that keeps dying."""


class Server(BaseApplication):
    """gunicorn, serving the application that this process has loaded already."""

    def __init__(self, application: Any, options: dict[str, Any]) -> None:
        self.application = application
        self.options = options
        super().__init__()

    def load_config(self) -> None:
        """gunicorn asks for its settings."""
        for key, value in self.options.items():
            self.cfg.set(key, value)

    def load(self) -> Any:
        """gunicorn asks for the application."""
        return self.application


class JobWorker(Worker):
    """CKAN's worker, but a job's process does not load CKAN again: it is a fork of one that has."""

    def main_work_horse(self, job: Job, queue: Queue) -> NoReturn:
        """Run one job in the process that rq forked for it."""
        _let_go(close=False)  # they are the parent's
        super(Worker, self).main_work_horse(job, queue)


def serve(application: Any, data_dir: Path, port: int) -> None:
    """The web server. More worker processes: `WEB_CONCURRENCY`, gunicorn's own variable."""
    Server(application, {
        "bind": f"127.0.0.1:{port}", "worker_class": "gthread", "threads": 4,
        "workers": int(os.environ.get("WEB_CONCURRENCY", "1")), "timeout": 120,
        "graceful_timeout": 20, "control_socket_disable": True,
        "worker_tmp_dir": str(data_dir / "run"), "loglevel": "warning",
    }).run()


class Family:
    """The forks of this process: starts them, starts again what dies, stops them in order."""

    def __init__(self, application: Any, data_dir: Path, port: int) -> None:
        worker, clock, web = portal.children(data_dir)
        ini = os.environ["CKAN_INI"]
        self.upgrade_child = portal.upgrade_child(data_dir)
        self.application = application
        self.roles: dict[Child, Callable[[], object]] = {
            worker: lambda: JobWorker(["default"]).work(with_scheduler=True),
            clock: lambda: scheduler.main(ini),
            web: lambda: serve(application, data_dir, port),
        }
        self.pids: dict[int, Child] = {}
        self.over = False

    def run(self) -> None:
        """Upgrade, start all, watch until told to stop."""
        if self._upgrade():
            sys.exit(1)
        os.environ.pop("GOVSHARE_ADMIN_URL", None)  # the portal must not have it
        gc.collect()
        gc.freeze()  # keeps the shared pages shared
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._told_to_stop)
        for child, role in self.roles.items():
            self.pids[fork(child, role)] = child
        self._watch()
        for child in reversed(self.roles):
            child.stop()

    def _upgrade(self) -> int:
        def work() -> None:
            with self.application._wsgi_app.test_request_context():
                upgrade.everything()

        pid = fork(self.upgrade_child, work)
        status = os.waitpid(pid, 0)[1]
        self.upgrade_child.pid_file.unlink(missing_ok=True)
        return status

    def _told_to_stop(self, *_signal: object) -> None:
        self.over = True

    def _watch(self) -> None:
        born = dict.fromkeys(self.roles, time.monotonic())
        pauses = dict.fromkeys(self.roles, 1.0)
        waiting: dict[Child, float] = {}
        while not self.over:
            time.sleep(0.5)  # a signal ends it early
            now = time.monotonic()
            for child in self._dead():
                lived = now - born[child]
                pauses[child] = 1.0 if lived > 60 else min(pauses[child] * 2, LONGEST_PAUSE)
                waiting[child] = now + pauses[child]
                print(f"{child.name} ended; starting it again in {pauses[child]:.0f} s", flush=True)
            for child in [one for one, moment in waiting.items() if moment <= now]:
                del waiting[child]
                born[child] = now
                self.pids[fork(child, self.roles[child])] = child

    def _dead(self) -> list[Child]:
        dead = []
        while self.pids:
            pid, _status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                break
            if pid in self.pids:
                dead.append(self.pids.pop(pid))
        return dead


def fork(child: Child, role: Callable[[], object]) -> int:
    """Fork a process that does `role`, logs to `child.log` and dies with this one."""
    _let_go()
    parent = os.getpid()
    pid = os.fork()
    if not pid:
        _be(child, role, parent)
    child.record(pid)
    return pid


def _be(child: Child, role: Callable[[], object], parent: int) -> NoReturn:
    status = 1
    try:
        os.setsid()
        die_with_parent(signal.SIGTERM, parent)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        with rotated(child.log).open("ab") as log:
            os.dup2(log.fileno(), 1)
            os.dup2(log.fileno(), 2)
        role()
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 1
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _let_go(*, close: bool = True) -> None:
    """Forget the connections that a fork must not share; `close` them too unless they are lent."""
    model.Session.remove()
    if model.meta.engine:
        model.meta.engine.dispose(close=close)
    for engine in datastore._engines.values():
        engine.dispose(close=close)
    if close and ckan_redis._connection_pool:
        ckan_redis._connection_pool.disconnect()


def main(data_dir: str, port: str) -> None:
    """Load CKAN and be the head of the family."""
    application = make_app(load_config(os.environ["CKAN_INI"]))
    Family(application, Path(data_dir), int(port)).run()


if __name__ == "__main__":
    main(*sys.argv[1:])
