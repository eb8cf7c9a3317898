"""The user's channel: kept where only he can read it, and never set up wrongly."""

import stat
import sys
from pathlib import Path

import pytest

from gis_app.channels.channel import ChannelError
from gis_app.channels.file import FileChannel
from gis_app.channels.settings import ChannelKind, ChannelSettings, load_settings, new_secret, open_channel, save_settings
from gis_app.channels.webhook import WebhookChannel

HOOK = ChannelSettings(ChannelKind.WEBHOOK, address="https://sms.example.org/send", secret=new_secret(), timeout=5.0)


def test_settings_read_back_as_they_were_kept(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "channel.json"
    for settings in (HOOK, ChannelSettings(ChannelKind.FILE, path=str(tmp_path / "out.jsonl")), ChannelSettings()):
        save_settings(settings, path)
        assert load_settings(path) == settings
    assert [found.name for found in path.parent.iterdir()] == ["channel.json"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps rights in another way")
def test_only_the_user_reads_the_secret(tmp_path: Path) -> None:
    path = tmp_path / "channel.json"
    path.touch(mode=0o644)
    path.with_suffix(".half").touch(mode=0o666)  # left over
    save_settings(HOOK, path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("content", ["", "{", "[]", "null", '{"kind": "pigeon"}', '{"kind": "webhook", "timeout": "soon"}', "\x00"])
def test_a_damaged_file_means_no_channel(tmp_path: Path, content: str) -> None:
    path = tmp_path / "channel.json"
    path.write_text(content, encoding="utf-8")
    assert load_settings(path) == ChannelSettings() == load_settings(tmp_path / "none.json")


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "taken").touch()
    with pytest.raises(ChannelError, match="cannot be written"):
        save_settings(HOOK, tmp_path / "taken" / "channel.json")


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (ChannelSettings(ChannelKind.FILE), "Choose the file"),
        (ChannelSettings(ChannelKind.FILE, path="out.jsonl"), "with its whole path"),
        (ChannelSettings(ChannelKind.FILE, path="/no/such/folder/out.jsonl"), "in a folder that exists"),
        (ChannelSettings(ChannelKind.WEBHOOK, secret=HOOK.secret), "begins with http"),
        (ChannelSettings(ChannelKind.WEBHOOK, address="ftp://x/", secret=HOOK.secret), "begins with http"),
        (ChannelSettings(ChannelKind.WEBHOOK, address="https://", secret=HOOK.secret), "begins with http"),
        (ChannelSettings(ChannelKind.WEBHOOK, address="https://a:b/", secret=HOOK.secret), "begins with http"),
        (ChannelSettings(ChannelKind.WEBHOOK, address="https://[x/", secret=HOOK.secret), "begins with http"),
        (ChannelSettings(ChannelKind.WEBHOOK, address="https://x/", secret="short"), "needs 16 characters"),
        (ChannelSettings(ChannelKind.WEBHOOK, address="https://x/", secret=HOOK.secret, timeout=0), "seconds to answer"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(settings: ChannelSettings, words: str) -> None:
    with pytest.raises(ChannelError, match=words):
        open_channel(settings)


def test_the_channel_of_the_settings(tmp_path: Path) -> None:
    assert open_channel(ChannelSettings()) is None
    hook, file = open_channel(HOOK), open_channel(ChannelSettings(ChannelKind.FILE, path=str(tmp_path / "out.jsonl")))
    assert isinstance(hook, WebhookChannel) and hook.address == HOOK.address
    assert isinstance(file, FileChannel) and file.path == tmp_path / "out.jsonl"


def test_secrets_are_long_and_differ() -> None:
    assert len(new_secret()) == 64 and new_secret() != new_secret()
