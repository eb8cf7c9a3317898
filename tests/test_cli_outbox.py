"""`gis-app outbox` and `gis-app channel`: what is due is sent without a window."""

import json
from pathlib import Path

import pytest

from tests.channels.server import listening
from tests.cli import report, run


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a small demo county on the command line."""
    path = tmp_path_factory.mktemp("outbox") / "small.gpkg"
    report("demo", path, "--size", "small")
    return path


@pytest.fixture(autouse=True)
def own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the channel in a folder of the test."""
    from gis_app.channels import settings

    monkeypatch.setattr(settings, "settings_file", lambda: tmp_path / "config" / "channel.json")
    monkeypatch.setenv("no_proxy", "127.0.0.1")


def test_the_garages_in_a_replay(demo: Path) -> None:
    found = report("outbox", demo, "replay", "--from", "2020-05-01 12:20", "--to", "2020-05-01 12:45")
    garages = [one for one in found["reminders"] if one["body"] in ("县住建局", "县自然资源局")]
    assert [(one["body"], one["kind"], one["due"]) for one in garages] == [
        ("县住建局", "sms", "2020-05-01T12:20:00+08:00"),
        ("县住建局", "sms_again", "2020-05-01T12:25:00+08:00"),
        ("县住建局", "robot_call", "2020-05-01T12:30:00+08:00"),
        ("县自然资源局", "sms", "2020-05-01T12:34:00+08:00"),
        ("县自然资源局", "sms_again", "2020-05-01T12:39:00+08:00"),
        ("县自然资源局", "robot_call", "2020-05-01T12:44:00+08:00"),
    ]
    assert len({one["number"] for one in garages}) == 1 and garages[0]["number"].startswith("20200501-")
    assert found["counts"]["robot_call"] >= 2
    day = report("outbox", demo, "replay", "--from", "2020-05-01", "--to", "2020-05-01")
    assert {one["due"][:10] for one in day["reminders"]} == {"2020-05-01"}
    assert sum(day["counts"].values()) == len(day["reminders"])
    words = run("outbox", demo, "replay", "--from", "2020-05-01", "--to", "2020-05-01")
    assert "2020-05-01 12:44\tRobot call\t" in words


def blow(county: Path, count: int) -> None:
    """Blow whistles a minute before the demo's now, to a body that has a phone."""
    for _ in range(count):
        report("case", county, "blow", "--kind", "help", "--text", "路灯不亮", "--to", "县住建局", "--at", "2022-04-01 08:59")


def test_messages_go_through_the_channel_once(demo: Path, tmp_path: Path) -> None:
    report("channel", "file", tmp_path / "before.jsonl")
    before = report("outbox", demo, "run")["left"]  # the demo's own messages
    blow(demo, 4)
    report("channel", "none")
    waiting = report("outbox", demo, "run")
    assert waiting == {
        "channel": "none",
        "queued": 4,
        "cancelled": 0,
        "sent": 0,
        "failed": 0,
        "given_up": 0,
        "left": before + 4,
        "unreachable": [],
        "trouble": None,
    }
    assert "No channel is set up" in run("outbox", demo, "run")
    listed = report("outbox", demo, "list", "--state", "waiting")["messages"]
    assert [(message["kind"], message["body"], message["due"]) for message in listed] == [
        ("sms", "县住建局", "2022-04-01T08:59:00+08:00")
    ] * 4
    assert all("*" in message["phone"] and "*" in message["recipient"] for message in listed)
    assert "*" not in report("outbox", demo, "list", "--state", "waiting", "--private")["messages"][0]["phone"]
    assert len(report("outbox", demo, "list")["messages"]) == before + 4

    out = tmp_path / "out.jsonl"
    assert report("channel", "file", out) == {"channel": "file", "address": None, "path": str(out)}
    done = report("outbox", demo, "run")
    assert (done["queued"], done["sent"], done["left"]) == (0, 4, before)
    lines = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert len({line["key"] for line in lines}) == len(lines) == 4
    assert report("outbox", demo, "run")["sent"] == 0
    assert run("outbox", demo, "list", "--state", "waiting").strip() == "No messages."
    cases = {line["case"] for line in lines}
    sent = [message for message in report("outbox", demo, "list", "--state", "sent")["messages"] if message["case"] in cases]
    assert [(message["sent"], message["channel"]) for message in sent] == [("2022-04-01T09:00:00+08:00", "file")] * 4
    assert "\tSent\t" in run("outbox", demo, "list", "--state", "sent")
    shown = report("case", demo, "show", sent[0]["case"])
    assert [event["kind"] for event in shown["events"]] == ["blown", "told"] and shown["state"] == "waiting"


def test_a_server_that_fails_is_said(demo: Path) -> None:
    blow(demo, 4)
    with listening(500) as server:
        made = report("channel", "webhook", server.address)
        assert len(made["secret"]) == 64
        failed = json.loads(run("outbox", demo, "run", "--json", code=1))
        assert failed["failed"] == len(server.requests) == 3 and "error (500)" in failed["trouble"]
        assert "error (500)" in run("outbox", demo, "list", "--state", "failed")


def test_the_channel_is_shown_and_kept(tmp_path: Path) -> None:
    assert report("channel", "show")["channel"] == "none"
    (tmp_path / "secret.txt").write_text("a secret of one's own\n", encoding="utf-8")
    shown = report("channel", "webhook", "https://sms.example.org/send", "--secret-file", tmp_path / "secret.txt")
    assert "secret" not in shown and "secret" not in report("channel", "show")
    assert report("channel", "show", "--secret")["secret"] == "a secret of one's own"
    assert "posted to https://sms.example.org/send" in run("channel", "show")
    assert "wait in the outbox" in run("channel", "none") and report("channel", "show")["channel"] == "none"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("outbox", "COUNTY", "replay", "--from", "2020-05-02", "--to", "2020-05-01"), "swap them"),
        (("outbox", "COUNTY", "run", "--at", "2030-01-01"), "choose a time that has come"),
        (("outbox", "COUNTY", "run", "--at", "noon"), "write a time as"),
        (("channel", "webhook", "sms.example.org"), "begins with http"),
        (("channel", "webhook", "https://x.org/", "--secret-file", "no-such-file"), "cannot be read"),
        (("channel", "file", "no/such/folder/out.jsonl"), "in a folder that exists"),
    ],
)
def test_what_cannot_be_is_said_in_one_sentence(demo: Path, arguments: tuple[str, ...], words: str) -> None:
    assert words in run(*(demo if argument == "COUNTY" else argument for argument in arguments), code=2)


def test_a_demo_county_calls_nobody(demo: Path) -> None:
    report("channel", "webhook", "https://sms.example.org/send")
    assert "phone numbers of a demo county" in run("outbox", demo, "run", code=2)
