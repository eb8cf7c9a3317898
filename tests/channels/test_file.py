"""The file channel: one line of JSON a message, appended."""

import json
import stat
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from gis_app.channels.channel import ChannelError
from gis_app.channels.file import FileChannel
from tests.channels.test_webhook import MESSAGE


def test_messages_are_appended_line_by_line(tmp_path: Path) -> None:
    channel = FileChannel(tmp_path / "out.jsonl")
    channel.send(MESSAGE)
    channel.send(replace(MESSAGE, text="两行\n文字"))
    lines = (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["text"] for line in lines] == [MESSAGE.text, "两行\n文字"]
    assert MESSAGE.text in lines[0] and not channel.leaves_machine
    if sys.platform != "win32":
        assert stat.S_IMODE((tmp_path / "out.jsonl").stat().st_mode) == 0o600, "phones are in it"


def test_a_file_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(ChannelError, match="cannot be written"):
        FileChannel(tmp_path).send(MESSAGE)
