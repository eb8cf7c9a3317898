"""A real tile server on this machine."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from gis_app.map.reference.servers import TileServer
from tests.map.reference.made import encoded, plain


class TileHandler(BaseHTTPRequestHandler):
    """Answers with a tile, or as the test wants it."""

    asked: list[str]
    answer: tuple[int, bytes]

    def do_GET(self) -> None:
        type(self).asked.append(self.path)
        code, content = type(self).answer
        self.send_response(code)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[tuple[TileServer, type[TileHandler]]]:
    handler = type("Handler", (TileHandler,), {"asked": [], "answer": (200, encoded(plain("#FF0000")))})
    serving = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=serving.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    address = f"http://127.0.0.1:{serving.server_address[1]}/{{z}}/{{x}}/{{y}}?key={{key}}&s={{s}}"
    yield TileServer("本地", address, key="abc", parts="01"), handler
    serving.shutdown()
    serving.server_close()
    thread.join()
