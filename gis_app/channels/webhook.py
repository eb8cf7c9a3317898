"""The channel of counties with a message server: one HTTP POST of JSON a message, signed, so that the server knows who sent it.

The signature is HMAC-SHA256 over the timestamp, a dot, and the bytes of the body (as Stripe and Slack sign their webhooks); the timestamp
lets the server refuse old requests that somebody sends again. A server that answers 2xx has taken the message, and nothing else counts.
"""

import hashlib
import hmac
import http.client
import ipaddress
import json
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from gis_app import __version__
from gis_app.cases.outbox import Message
from gis_app.channels.channel import ChannelError, content_of
from gis_app.language import msg

TIMEOUT = 8.0
"""Seconds that a server has for one message."""

TIMESTAMP, SIGNATURE = "X-Gis-App-Timestamp", "X-Gis-App-Signature"

TOLERANCE = 300.0
"""Seconds by which the clocks of both ends may differ."""


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Return the signature of a request, as it stands in its header."""
    return "sha256=" + hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def is_genuine(secret: str, headers: Mapping[str, str], body: bytes, now: float) -> bool:
    """Tell whether a request comes from who has the secret, and is not older than `TOLERANCE`: what a message server has to check.

    `now`: seconds since 1970. `headers` is asked for the two names as they stand here.
    """
    timestamp, given = headers.get(TIMESTAMP, ""), headers.get(SIGNATURE, "")
    fresh = timestamp.isdecimal() and abs(now - int(timestamp)) <= TOLERANCE
    return fresh and hmac.compare_digest(given.encode(), signature(secret, timestamp, body).encode())


class _Straight(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: whoever the server points to was not chosen by the user."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        """Return None: the answer is an error then."""


class WebhookChannel:
    """Posts messages to a server."""

    name = "webhook"

    def __init__(self, address: str, secret: str, timeout: float = TIMEOUT) -> None:
        self.address, self._secret, self._timeout = address, secret, timeout
        self._opener = urllib.request.build_opener(_Straight)

    @property
    def leaves_machine(self) -> bool:
        """Tell whether the server is another machine."""
        host = urlsplit(self.address).hostname or ""
        if host == "localhost":
            return False
        try:
            return not ipaddress.ip_address(host).is_loopback
        except ValueError:
            return True

    def send(self, message: Message) -> None:
        """Post one message."""
        body = json.dumps(content_of(message), ensure_ascii=False).encode()
        timestamp = str(int(time.time()))
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": f"gis-app/{__version__}",
            TIMESTAMP: timestamp,
            SIGNATURE: signature(self._secret, timestamp, body),
        }
        try:
            request = urllib.request.Request(self.address, data=body, headers=headers, method="POST")
            with self._opener.open(request, timeout=self._timeout) as answer:
                status = int(answer.status)
        except urllib.error.HTTPError as error:
            status = error.code
            error.close()
        except TimeoutError as error:
            raise ChannelError(msg("The message server does not answer within {seconds} s.", seconds=f"{self._timeout:g}")) from error
        except (OSError, ValueError, http.client.HTTPException) as error:
            if isinstance(getattr(error, "reason", None), TimeoutError):
                raise ChannelError(msg("The message server does not answer within {seconds} s.", seconds=f"{self._timeout:g}")) from error
            raise ChannelError(msg("The message server cannot be reached; check its address and the network.")) from error
        if 200 <= status < 300:
            return
        if status in (401, 403):
            raise ChannelError(msg("The message server refuses the message ({code}): check that it has the same secret.", code=status))
        if 300 <= status < 400:
            raise ChannelError(msg("The message server points to another address ({code}); enter that one.", code=status))
        raise ChannelError(msg("The message server answers with an error ({code}).", code=status))
