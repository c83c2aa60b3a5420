"""A source that answers over HTTP as the test says, in a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from werkzeug import Request, Response
from werkzeug.serving import make_server

Answer = Callable[[Request], Response]


@dataclass
class Server:
    """`answers` by path; what was asked is kept."""

    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[Request] = field(default_factory=list)
    url: str = ""

    def __call__(self, environ: Any, start: Any) -> Any:
        request = Request(environ)
        request.get_data()
        self.asked.append(request)
        answer = self.answers.get(request.path)
        return (answer(request) if answer else Response(status=404))(environ, start)


@contextmanager
def serving() -> Iterator[Server]:
    """The server on a free port of 127.0.0.1."""
    app = Server()
    server = make_server("127.0.0.1", 0, app, threaded=True)
    app.url = f"http://127.0.0.1:{server.port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield app
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
