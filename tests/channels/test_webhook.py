"""The webhook against a real server: what is sent and how it is signed, what counts as delivered, and every way to fail."""

import json
import socket
import threading
import time
from datetime import UTC, datetime

import pytest

from gis_app.cases.outbox import Message
from gis_app.cases.schedule import ReminderKind
from gis_app.channels.channel import ChannelError
from gis_app.channels.webhook import SIGNATURE, TIMESTAMP, WebhookChannel, is_genuine, signature
from tests.channels.server import listening

SECRET = "0123456789abcdef0123456789abcdef"
NOW = datetime(2020, 5, 1, 4, 34, tzinfo=UTC)
MESSAGE = Message(9, 7, ReminderKind.ROBOT_CALL, 3, NOW, None, NOW, "周杰", "13800000003", "自然资源局：请接哨。", attempts=2)


def error_of(channel: WebhookChannel) -> str:
    with pytest.raises(ChannelError) as caught:
        channel.send(MESSAGE)
    return str(caught.value)


def test_a_message_arrives_whole_and_signed() -> None:
    with listening(200) as server:
        WebhookChannel(server.address + "/send?to=sms", SECRET).send(MESSAGE)
    ((path, headers, body),) = server.requests
    assert path == "/send?to=sms" and headers["Content-Type"].startswith("application/json")
    assert json.loads(body) == {
        "key": "7-robot_call-20200501T043400Z",
        "kind": "robot_call",
        "case": 7,
        "body": 3,
        "recipient": "周杰",
        "phone": "13800000003",
        "text": "自然资源局：请接哨。",
        "arrived": "2020-05-01T04:34:00Z",
        "due": "2020-05-01T04:34:00Z",
        "deadline": None,
        "attempt": 3,
    }
    now = time.time()
    assert abs(int(headers[TIMESTAMP]) - now) < 60
    assert is_genuine(SECRET, headers, body, now)
    assert not is_genuine("another secret, as long as it", headers, body, now)
    assert not is_genuine(SECRET, headers, body.replace(b"7", b"8", 1), now), "the body was changed"
    assert not is_genuine(SECRET, {**headers, TIMESTAMP: str(int(now) + 1)}, body, now), "the time was changed"
    assert not is_genuine(SECRET, headers, body, now + 400), "somebody sends it again later"
    assert not is_genuine(SECRET, {}, body, now) and not is_genuine(SECRET, {TIMESTAMP: "x", SIGNATURE: "姓"}, body, now)


def test_the_signature_is_hmac_sha256_of_time_and_body() -> None:
    # made with: printf '1588307640.{}' | openssl dgst -sha256 -hmac 0123456789abcdef0123456789abcdef
    assert signature(SECRET, "1588307640", b"{}") == "sha256=3326982c0500761d5983521ba4452167d5a4fea8ef7fc667abdd6ae0570cb3fa"


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_every_2xx_is_delivered(status: int) -> None:
    with listening(status) as server:
        WebhookChannel(server.address, SECRET).send(MESSAGE)
    assert len(server.requests) == 1


@pytest.mark.parametrize(("status", "words"), [(500, "with an error (500)"), (404, "with an error (404)"), (401, "the same secret")])
def test_other_answers_are_failures(status: int, words: str) -> None:
    with listening(status) as server:
        assert words in error_of(WebhookChannel(server.address, SECRET))


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(status: int) -> None:
    with listening(status) as server:
        assert "points to another address" in error_of(WebhookChannel(server.address, SECRET))
    assert [path for path, _, _ in server.requests] == ["/"]


def test_a_server_that_does_not_answer_in_time() -> None:
    with listening(200, delay=30) as server:
        assert "does not answer within 0.2 s" in error_of(WebhookChannel(server.address, SECRET, timeout=0.2))


def test_nobody_listens() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, and refusing every connection
        address = f"http://127.0.0.1:{taken.getsockname()[1]}/"
        assert "cannot be reached" in error_of(WebhookChannel(address, SECRET))


def test_what_answers_is_no_web_server() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(100_000)
                connection.sendall(b"hello\r\n\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        assert "cannot be reached" in error_of(WebhookChannel(f"http://127.0.0.1:{listener.getsockname()[1]}/", SECRET))
        thread.join()


@pytest.mark.parametrize(
    ("address", "leaves"),
    [
        ("http://127.0.0.1:8080/send", False),
        ("http://localhost/send", False),
        ("http://[::1]:80/", False),
        ("https://sms.example.org/", True),
        ("http://10.0.0.8/", True),
        ("http://127.0.0.1.example.org/", True),
    ],
)
def test_it_knows_whether_messages_leave_this_machine(address: str, leaves: bool) -> None:
    assert WebhookChannel(address, SECRET).leaves_machine == leaves
