"""A real HTTP server on this computer that speaks Open311, in a thread, with the habits that a test asks for."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

Requests = list[dict[str, Any]]
Trouble = Callable[[str, dict[str, str]], tuple[int, bytes, dict[str, str]] | None]
"""Called with the resource and the parameters of each question: (status, body, headers) instead of the answer, or None."""


class Open311:
    """What the server knows and how it behaves: `pages` (it has pages), `most` requests at a time, `xml_only`; `asked` is what came."""

    def __init__(self, requests: Requests, *, pages: bool = True, most: int = 1000, xml_only: bool = False) -> None:
        self.requests, self.pages, self.most, self.xml_only = requests, pages, most, xml_only
        self.services: Requests = []
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.trouble: Trouble | None = None
        self.address = ""

    def answer(self, path: str, parameters: dict[str, str]) -> tuple[int, bytes, dict[str, str]]:
        """Return status, body and headers."""
        resource, _, kind = path.rpartition("/")[2].partition(".")
        self.asked.append((resource, parameters))
        if self.trouble is not None and (instead := self.trouble(resource, parameters)) is not None:
            return instead
        if self.xml_only and kind == "json":
            return 404, b"", {}
        found = self.services if resource == "services" else self._chosen(parameters)
        if kind == "json":
            return 200, json.dumps(found).encode(), {"Content-Type": "application/json"}
        name = "service" if resource == "services" else "request"
        return 200, _xml(found, name).encode(), {"Content-Type": "text/xml"}

    def _chosen(self, parameters: dict[str, str]) -> Requests:
        if "service_request_id" in parameters:
            numbers = parameters["service_request_id"].split(",")
            return [one for one in self.requests if one["service_request_id"] in numbers]
        start, end = (datetime.fromisoformat(parameters[name].replace("Z", "+00:00")) for name in ("start_date", "end_date"))
        assert (end - start).days <= 90
        found = [one for one in self.requests if start <= datetime.fromisoformat(one["requested_datetime"]) <= end]
        size = min(self.most, int(parameters.get("page_size", self.most)))
        page = int(parameters.get("page", 1)) if self.pages else 1
        return found[(page - 1) * size : page * size]


def _xml(items: Requests, name: str) -> str:
    body = "".join(f"<{name}>" + "".join(f"<{k}>{escape(str(v))}</{k}>" for k, v in item.items()) + f"</{name}>" for item in items)
    root = "services" if name == "service" else "service_requests"
    return f'<?xml version="1.0" encoding="utf-8"?>\n<{root}>{body}</{root}>'


@contextmanager
def serving(server: Open311) -> Iterator[Open311]:
    """Run the server; its `address` is known then."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            status, body, headers = server.answer(parts.path, {key: values[0] for key, values in parse_qs(parts.query).items()})
            self.send_response(status)
            for key, value in headers.items():
                self.send_header(key, value)
            self.send_header("Content-Length", headers.get("Content-Length", str(len(body))))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            del format, args

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    server.address = f"http://127.0.0.1:{http.server_port}/open311/v2"
    try:
        yield server
    finally:
        http.shutdown()
        http.server_close()
        thread.join()


def request(number: int, **values: Any) -> dict[str, Any]:
    """Return one request as a server writes it, made in the hour `number` of 2026."""
    day, hour = divmod(number, 24)
    made = f"2026-{1 + day // 28:02}-{1 + day % 28:02}T{hour:02}:00:00-05:00"
    return {
        "service_request_id": str(1000 + number),
        "status": "open",
        "status_notes": "",
        "service_name": "Pothole",
        "service_code": "006",
        "description": f"hole {number}",
        "agency_responsible": "Roads",
        "requested_datetime": made,
        "updated_datetime": made,
        "address": "1 Main Street",
        **values,
    }
