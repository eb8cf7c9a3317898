"""Asking an Open311 server: one resource at a time, with patience, and never without an end."""

import http.client
import re
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from gis_app import __version__
from gis_app.files import open311
from gis_app.files.errors import FileError
from gis_app.language import Message, msg
from gis_app.progress import Progress, Steps

TIMEOUT = 30.0
"""Seconds that a server has to begin its answer, and for each piece of it."""

WAITS = (1.0, 4.0, 10.0)
"""Seconds before each new try, where a server is busy or cannot be reached."""

LONGEST_WAIT = 120.0
"""Seconds that a server may ask to wait (Retry-After); it is left alone where it asks for more."""

LARGEST = 64_000_000
"""Bytes beyond which an answer is not read."""

_PIECE = 1 << 16
_SLICE = 0.2  # seconds of waiting between two looks at whether somebody cancelled


class FeedError(FileError):
    """A server that cannot be asked. `status` is its HTTP status, 0 where it did not answer."""

    def __init__(self, message: Message, status: int = 0) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class Server:
    """A server at an address (http or https, without the resource). `format` is json or xml, `waits` the seconds before each new try."""

    address: str
    format: str = "json"
    jurisdiction: str = ""
    waits: tuple[float, ...] = WAITS
    timeout: float = TIMEOUT

    @property
    def name(self) -> str:
        """Return what sentences call it."""
        return re.sub(r"^https?://", "", self.address)

    def url(self, resource: str, parameters: Mapping[str, str]) -> str:
        """Return the address of a resource; parameters that are empty are left out."""
        asked = {name: value for name, value in {"jurisdiction_id": self.jurisdiction, **parameters}.items() if value}
        query = urlencode(asked, safe=":,")
        return f"{self.address}/{resource}.{self.format}" + (f"?{query}" if query else "")


def asking(server: Server, resource: str, parameters: Mapping[str, str]) -> Steps[bytes]:
    """Ask for a resource and return the answer. A busy server (429, 5xx), or none, is asked again after each of `waits`.

    Raises `FeedError`.
    """
    address = server.url(resource, parameters)
    for wait in (*server.waits, None):
        yield Progress(0.0, msg("Asking {server}", server=server.name))
        try:
            return (yield from _answer(server, address))
        except urllib.error.HTTPError as error:
            with error:
                problem = _refused(server, error)
                again = error.code == 429 or error.code >= 500
                longer = _retry_after(error)
        except (OSError, http.client.HTTPException) as error:
            reason = getattr(error, "reason", error)
            problem = FeedError(msg("{server} cannot be reached ({reason}); try again later.", server=server.name, reason=_why(reason)))
            again, longer = True, 0.0
        if not again or wait is None or longer > LONGEST_WAIT:
            raise problem
        yield from _waiting(server, max(wait, longer))
    raise AssertionError("the last try returns or raises")


def _answer(server: Server, address: str) -> Steps[bytes]:
    request = urllib.request.Request(address, headers={"User-Agent": f"gis-app/{__version__}", "Accept": f"*/{server.format}, */*"})
    pieces, size = [], 0
    with urllib.request.urlopen(request, timeout=server.timeout) as answer:
        while piece := answer.read(_PIECE):
            size += len(piece)
            if size > LARGEST:
                raise FeedError(msg("{server} answers with more than {size} MB; ask for smaller pages.", server=server.name, size=64))
            pieces.append(piece)
            yield Progress(0.5, msg("Reading the answer of {server}", server=server.name))
        if left := getattr(answer, "length", 0):  # reading in pieces does not notice by itself that an answer broke off
            raise http.client.IncompleteRead(b"", left)
    return b"".join(pieces)


def _waiting(server: Server, seconds: float) -> Steps[None]:
    """Wait, and let the user cancel meanwhile."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        yield Progress(0.0, msg("{server} is busy or away; asking again in {seconds} s", server=server.name, seconds=round(left) or 1))
        time.sleep(min(left, _SLICE))


def _refused(server: Server, error: urllib.error.HTTPError) -> FeedError:
    """Return what a server said with an HTTP status, with its own words where it has any."""
    try:
        words = open311.complaint_in(error.read(_PIECE))
    except (OSError, http.client.HTTPException):
        words = ""
    text = msg("{server} refuses: {status} {reason}", server=server.name, status=error.code, reason=words or error.reason)
    return FeedError(text, error.code)


def _retry_after(error: urllib.error.HTTPError) -> float:
    value = error.headers.get("Retry-After", "") if error.headers else ""
    return float(value) if value.isdigit() else 0.0


def _why(reason: object) -> Message | str:
    """Say why there was no answer, where that is known in other words than those of the operating system."""
    if isinstance(reason, socket.gaierror):
        return msg("its name cannot be looked up; is there a network?")
    if isinstance(reason, ConnectionRefusedError):
        return msg("the connection was refused")
    if isinstance(reason, TimeoutError):
        return msg("no answer in time")
    return (reason.strerror or str(reason)) if isinstance(reason, OSError) else str(reason)
