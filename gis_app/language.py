"""Both languages: texts through gettext, numbers, times and codes as a county office writes them.

Texts in the code are English and are the keys of the catalogues in `resources/locale/zh_CN/*.po` (one per room; all are merged).
The language is one setting of the process, like the locale that it is; nothing else in the program is global.
"""

import gettext
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

LANGUAGES = ("zh_CN", "en")
RESOURCES = Path(__file__).parent.parent / "resources"
ZONE = ZoneInfo("Asia/Shanghai")

_current = {"language": "zh_CN"}


def use(language: str) -> None:
    """Make `language` ("zh_CN" or "en") the language of every text from now on."""
    if language not in LANGUAGES:
        raise ValueError(f"language must be one of {LANGUAGES}, not {language!r}")
    _current["language"] = language


def current() -> str:
    """Return the language in use, "zh_CN" or "en"."""
    return _current["language"]


@cache
def _catalogue(language: str) -> Mapping[str, str]:
    """Read every catalogue of a language: compiled files where they are newer than their source, else the source."""
    texts: dict[str, str] = {}
    for source in sorted((RESOURCES / "locale" / language).glob("*.po")):
        compiled = source.with_suffix(".mo")
        if compiled.exists() and compiled.stat().st_mtime >= source.stat().st_mtime:
            content = compiled.read_bytes()
        else:
            content = compile_catalogue(source)
        translations: Any = gettext.GNUTranslations(io.BytesIO(content))
        texts.update({key: value for key, value in translations._catalog.items() if isinstance(key, str) and key})
    return texts


def compile_catalogue(source: Path) -> bytes:
    """Return the compiled (.mo) form of a .po file."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with source.open("rb") as file:
        catalogue = read_po(file)
    target = io.BytesIO()
    write_mo(target, catalogue)
    return target.getvalue()


def tr(text: str, /, **values: object) -> str:
    """Translate an English text into the language in use and fill in its `{names}`."""
    translated = _catalogue(current()).get(text, text) if current() != "en" else text
    return translated.format(**{name: _shown(value) for name, value in values.items()}) if values else translated


def _shown(value: object) -> object:
    return str(value) if isinstance(value, Message | Listing) else value


@dataclass(frozen=True, slots=True)
class Message:
    """A text to be translated when it is shown: the English text and the values of its `{names}`."""

    text: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return tr(self.text, **self.values)


@dataclass(frozen=True, slots=True)
class Listing:
    """Texts to be told one after the other; joined, and each translated, when it is shown."""

    items: tuple[Message | str, ...]

    def __str__(self) -> str:
        return ("、" if current() == "zh_CN" else ", ").join(str(item) for item in self.items) or "–"


def msg(text: str, /, **values: object) -> Message:
    """Return a text that is translated only when it is shown (`str(message)`)."""
    return Message(text, values)


def plural(count: int, one: Message, many: Message) -> Message:
    """Return what is said of one thing or of several (also of none): "1 household", "61 households".

    English has two forms. Chinese has one: there both texts read the same in the catalogue.
    """
    return one if count == 1 else many


def listed(texts: Iterable[str]) -> str:
    """Return texts one after another: "east, west", in Chinese 东、西."""
    return ("、" if current() == "zh_CN" else ", ").join(texts)


def format_number(value: float, digits: int = 0) -> str:
    """Write a number with thin grouping: 120,000 or 0.77 (both languages group the same way)."""
    return f"{value:,.{digits}f}"


def format_time(time: datetime) -> str:
    """Write a time as 2020-05-01 12:34 in Asia/Shanghai; a naive time is taken as UTC."""
    aware = time if time.tzinfo else time.replace(tzinfo=UTC)
    return aware.astimezone(ZONE).strftime("%Y-%m-%d %H:%M")


def format_duration(duration: timedelta) -> str:
    """Write a duration as `32 小时 53 分` or `32 h 53 min`; from three days on as days and hours."""
    minutes = int(duration.total_seconds() // 60)
    hours, minutes = divmod(minutes, 60)
    if hours >= 72:
        return tr("{days} d {hours} h", days=hours // 24, hours=hours % 24)
    if hours:
        return tr("{hours} h {minutes} min", hours=hours, minutes=minutes)
    return tr("{minutes} min", minutes=minutes)


def format_code(code: str) -> str:
    """Write a 9, 12 or 15-digit code in groups: 230225 203 201 003; other codes as they are."""
    if not (code.isdigit() and len(code) in (9, 12, 15)):
        return code
    return " ".join([code[:6], *(code[i : i + 3] for i in range(6, len(code), 3))])


def compile_all() -> None:
    """Write the compiled form (.mo) of every catalogue beside it, so that the program starts faster."""
    for source in (RESOURCES / "locale").rglob("*.po"):
        source.with_suffix(".mo").write_bytes(compile_catalogue(source))


if __name__ == "__main__":
    compile_all()
