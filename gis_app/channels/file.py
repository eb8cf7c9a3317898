"""The channel of counties whose message server reads a file: one line of JSON a message, appended."""

import json
import os
from pathlib import Path

from gis_app.cases.outbox import Message
from gis_app.channels.channel import ChannelError, content_of
from gis_app.language import msg


class FileChannel:
    """Appends messages to a file. Only the user may read one that is made here: phones are in it."""

    name = "file"
    leaves_machine = False

    def __init__(self, path: Path) -> None:
        self.path = path

    def send(self, message: Message) -> None:
        """Append one message as one line; it is on the disk when this returns."""
        line = json.dumps(content_of(message), ensure_ascii=False) + "\n"
        try:
            with os.fdopen(os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "w", encoding="utf-8", newline="\n") as file:
                file.write(line)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            why = error.strerror or str(error)
            raise ChannelError(msg("{path} cannot be written: {why}.", path=self.path, why=why)) from error
