"""Which channel messages go out by: the user's own setting, kept beside his other ones and not in the county."""

import json
import os
import secrets
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from gis_app.channels.channel import Channel, ChannelError
from gis_app.channels.file import FileChannel
from gis_app.channels.webhook import TIMEOUT, WebhookChannel
from gis_app.language import Message, msg

SHORTEST_SECRET = 16
"""Characters below which a secret could be guessed."""


class ChannelKind(StrEnum):
    """The ways out; with none, messages wait in the outbox."""

    NONE = "none"
    FILE = "file"
    WEBHOOK = "webhook"


@dataclass(frozen=True, slots=True)
class ChannelSettings:
    """The user's channel. `address` and `secret` belong to a webhook, `path` to a file; `timeout` in seconds."""

    kind: ChannelKind = ChannelKind.NONE
    address: str = ""
    secret: str = ""
    path: str = ""
    timeout: float = TIMEOUT

    def problem(self) -> Message | None:
        """Say what is wrong with the settings, or None."""
        match self.kind:
            case ChannelKind.FILE if not self.path.strip():
                return msg("Choose the file that messages are written to.")
            case ChannelKind.FILE if not Path(self.path).is_absolute() or not Path(self.path).parent.is_dir():
                return msg("{path}: name a file in a folder that exists, with its whole path.", path=self.path)
            case ChannelKind.WEBHOOK if not _is_address(self.address):
                return msg("The address of a message server begins with http:// or https://, for example https://sms.example.org/send.")
            case ChannelKind.WEBHOOK if len(self.secret) < SHORTEST_SECRET:
                return msg("The secret of a message server needs {count} characters at least.", count=SHORTEST_SECRET)
            case ChannelKind.WEBHOOK if not 0 < self.timeout <= 60:
                return msg("A message server has between 1 and 60 seconds to answer.")
            case _:
                return None


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False


def new_secret() -> str:
    """Return a secret that nobody can guess."""
    return secrets.token_hex(32)


def open_channel(settings: ChannelSettings) -> Channel | None:
    """Return the channel of the settings, None for none; `ChannelError` where they are wrong."""
    problem = settings.problem()
    if problem is not None:
        raise ChannelError(problem)
    match settings.kind:
        case ChannelKind.FILE:
            return FileChannel(Path(settings.path))
        case ChannelKind.WEBHOOK:
            return WebhookChannel(settings.address, settings.secret, settings.timeout)
        case _:
            return None


def settings_file() -> Path:
    """Return the file in the user's configuration folder that holds the channel."""
    import platformdirs

    return Path(platformdirs.user_config_dir("gis-app")) / "channel.json"


def load_settings(path: Path | None = None) -> ChannelSettings:
    """Read the channel; none where there is no file or a damaged one."""
    try:
        content = json.loads((path or settings_file()).read_text(encoding="utf-8"))
        known = {field.name: content[field.name] for field in fields(ChannelSettings) if field.name in content}
        texts = {name: value for name, value in known.items() if name in ("address", "secret", "path") and isinstance(value, str)}
        return ChannelSettings(ChannelKind(known["kind"]), timeout=float(known.get("timeout", TIMEOUT)), **texts)
    except (OSError, ValueError, KeyError, TypeError):
        return ChannelSettings()


def save_settings(settings: ChannelSettings, path: Path | None = None) -> None:
    """Write the channel; only the user may read it, since the secret is in it. `ChannelError` where it cannot be written."""
    path = path or settings_file()
    half = path.with_suffix(".half")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        half.unlink(missing_ok=True)
        with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            json.dump(asdict(settings), file, ensure_ascii=False, indent=1)
        half.replace(path)
    except OSError as error:
        raise ChannelError(msg("{path} cannot be written: {why}.", path=path, why=error.strerror or str(error))) from error
