"""A real message server on this machine, in a thread: it keeps what it was sent and answers as it was told to."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Server:
    """`answers`: status codes in turn, the last one again and again; `delay`: seconds before each answer."""

    address: str = ""
    answers: list[int] = field(default_factory=lambda: [200])
    delay: float = 0.0
    requests: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    def next_answer(self) -> int:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@contextmanager
def listening(*answers: int, delay: float = 0.0) -> Iterator[Server]:
    """Run a server for the time of a test."""
    known = Server(answers=list(answers) or [200], delay=delay)
    over = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            known.requests.append((self.path, dict(self.headers), body))
            over.wait(known.delay)
            status = known.next_answer()
            with suppress(OSError):  # whoever asked may have gone
                self.send_response(status)
                if 300 <= status < 400:
                    self.send_header("Location", known.address + "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

        do_GET = do_POST

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    known.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield known
    finally:
        over.set()
        server.shutdown()
        thread.join()
        server.server_close()
