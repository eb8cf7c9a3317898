"""Points in time as tables write them: 10/21/18 0:00, 2020-05-01 12:34, 2020年5月1日, 20200501123400, Excel's day numbers."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
from numpy.typing import NDArray

from gis_app.files.errors import FileError
from gis_app.language import msg

EARLIEST, LATEST = 1900, 2100
_YEAR_FIRST = re.compile(
    r"^(?P<y>\d{4})\s*[-/.年]\s*(?P<m>\d{1,2})\s*[-/.月]\s*(?P<d>\d{1,2})\s*[日号]?"
    r"(?:[T\s]*(?P<half>上午|下午|晚上|早上|中午|凌晨)?\s*(?P<H>\d{1,2})\s*[:：时点]\s*(?P<M>\d{1,2})?\s*(?:[:：分]\s*(?P<S>\d{1,2})?(?:\.\d+)?)?\s*[分秒]?)?"
    r"\s*(?P<zone>Z|[+-]\d{2}(?::?\d{2})?)?$"
)
_YEAR_LAST = re.compile(
    r"^(?P<a>\d{1,2})[-/.](?P<b>\d{1,2})[-/.](?P<y>\d{4}|\d{2})(?:[T\s]+(?P<H>\d{1,2}):(?P<M>\d{2})(?::(?P<S>\d{2})(?:\.\d+)?)?\s*(?P<half>[AaPp][Mm])?)?$"
)
_DIGITS = re.compile(r"^(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})(?:\s*(?P<H>\d{2})(?P<M>\d{2})(?P<S>\d{2})?)?$")
_AFTERNOON = ("下午", "晚上", "中午")


def time_zone(name: str) -> ZoneInfo:
    """Return a time zone by its name; raises `FileError`."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise FileError(msg("There is no time zone {zone}; write it as Asia/Shanghai, for example.", zone=name)) from error


def as_times(values: NDArray[Any], zone: str = "Asia/Shanghai") -> tuple[NDArray[np.datetime64], NDArray[np.bool_]]:
    """Return (times as datetime64[s] in UTC, NaT for none; where something stands that is no time).

    Times without a zone are local ones of `zone`. Whether 3/4/20 begins with the month is decided by the whole column: where any first
    number is above 12 it is the day, else the month (as programs from America write it).
    """
    local = time_zone(zone)
    plain = [_plain(value) for value in values.tolist()]
    texts = {value for value in plain if isinstance(value, str) and value}
    day_first = _day_first(texts)
    known: dict[Any, datetime | None] = {value: _time(value, day_first) for value in set(plain)}
    moments = {value: None if time is None else _utc(time, local) for value, time in known.items()}
    result = np.array([np.datetime64("NaT") if (m := moments[v]) is None else np.datetime64(m, "s") for v in plain], dtype="datetime64[s]")
    wrong = np.array([moments[v] is None and v not in ("", None) for v in plain], dtype=np.bool_)
    return result, wrong


def _plain(value: object) -> Any:
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return None
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, datetime | date | int | float):
        return value
    return str(value)


def _utc(time: datetime, local: ZoneInfo) -> datetime:
    aware = time if time.tzinfo else time.replace(tzinfo=local)
    return aware.astimezone(UTC).replace(tzinfo=None)


def _day_first(texts: set[str]) -> bool:
    pairs = [(int(m["a"]), int(m["b"])) for text in texts if (m := _YEAR_LAST.match(text))]
    return any(a > 12 for a, _ in pairs) and not any(b > 12 for _, b in pairs)


def _time(value: Any, day_first: bool) -> datetime | None:
    try:
        found = _read(value, day_first)
    except (ValueError, OverflowError):
        return None
    return found if found is not None and EARLIEST <= found.year <= LATEST else None


def _read(value: Any, day_first: bool) -> datetime | None:
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)
    if isinstance(value, int | float):
        return _serial(float(value)) if value < 1e7 else _read(str(int(value)), day_first)
    text = value.strip()
    if match := _YEAR_FIRST.match(text):
        return _from(match, int(match["m"]), int(match["d"]))
    if match := _YEAR_LAST.match(text):
        a, b = int(match["a"]), int(match["b"])
        return _from(match, *((b, a) if day_first or a > 12 else (a, b)))
    if match := _DIGITS.match(text):
        return _from(match, int(match["m"]), int(match["d"]))
    if re.fullmatch(r"\d{5}(\.\d+)?", text):
        return _serial(float(text))
    if not re.search(r"\d{4}|\d{1,2}\D+\d{1,2}", text):
        return None
    from dateutil import parser

    found: datetime = parser.parse(text, dayfirst=day_first)
    return found


def _from(match: re.Match[str], month: int, day: int) -> datetime:
    parts = match.groupdict()
    year = int(parts["y"])
    if year < 100:
        year += 2000 if year < 70 else 1900
    hour = int(parts["H"] or 0)
    half = (parts.get("half") or "").lower()
    if half == "pm" or half in _AFTERNOON:
        hour += 12 if hour < 12 and not (half == "中午" and hour > 10) else 0
    elif half == "am" and hour == 12:
        hour = 0
    midnight_after = hour == 24
    time = datetime(year, month, day, 0 if midnight_after else hour, int(parts["M"] or 0), int(parts["S"] or 0))
    if midnight_after:
        time += timedelta(days=1)
    zone = parts.get("zone")
    return datetime.fromisoformat(time.isoformat() + zone.replace("Z", "+00:00")) if zone else time


def _serial(number: float) -> datetime | None:
    """Return the time of Excel's day number (1900 system; days before March 1900 do not matter here)."""
    if not 1 < number < 80_000:
        return None
    return datetime(1899, 12, 30) + timedelta(seconds=round(number * 86_400))
