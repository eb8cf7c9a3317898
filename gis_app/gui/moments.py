"""Times that a person types, as people write them: 2020-05-01 12:34, 5月1日 12:34, 12:34."""

import re
from datetime import datetime, time, timedelta

from gis_app.language import ZONE, Message, msg

CLOSING = time(17, 0)
"""When offices close: a day without a time ends then."""

NOT_UNDERSTOOD = msg("Write a time as 2020-05-01 12:34, 05-01 12:34 or 12:34.")

_DATE = r"(?:(?P<year>\d{4})[-/.年])?(?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})日?"
_TIME = r"(?P<hour>\d{1,2})[:：点时](?P<minute>\d{1,2})分?"
_WRITTEN = re.compile(rf"(?:{_DATE}(?:$|[T\s]\s*|(?<=日)))?(?:{_TIME})?")


def moment_of(text: str, now: datetime, *, ahead: bool = False) -> datetime | Message:
    """Return the instant that is written, on the county's clock, or what is wrong with it; nothing written is `now`.

    What is left out is the nearest that fits: `ahead` of now (a deadline), else before it (what has happened). A day without a time ends
    when offices close; only a deadline may leave its time out.
    """
    words, here = text.strip(), now.astimezone(ZONE)
    if not words:
        return now
    found = _WRITTEN.fullmatch(words)
    parts = {name: int(value) for name, value in found.groupdict().items() if value is not None} if found else {}
    if not parts or ("hour" not in parts and not ahead):
        return NOT_UNDERSTOOD
    try:
        return _nearest(parts, here, ahead)
    except ValueError:  # the 31st of February, 25:00
        return NOT_UNDERSTOOD


def _nearest(parts: dict[str, int], here: datetime, ahead: bool) -> datetime:
    at = time(parts["hour"], parts["minute"]) if "hour" in parts else CLOSING
    if "month" not in parts:
        today = datetime.combine(here.date(), at, ZONE)
        if ahead:
            return today if today > here else today + timedelta(days=1)
        return today if today <= here else today - timedelta(days=1)
    year = parts.get("year", here.year)
    wanted = datetime(year, parts["month"], parts["day"], at.hour, at.minute, tzinfo=ZONE)
    if "year" in parts or (wanted > here) == ahead:
        return wanted
    return wanted.replace(year=year + 1 if ahead else year - 1)


def quick_choices(now: datetime) -> tuple[tuple[Message, datetime], ...]:
    """Return deadlines that are asked for every day: by the end of today's work where it is not over, tomorrow, in 3 days, in 7 days."""
    here = now.astimezone(ZONE)
    closing = datetime.combine(here.date(), CLOSING, ZONE)
    days = ((msg("Tomorrow"), 1), (msg("3 days"), 3), (msg("7 days"), 7))
    later = tuple((text, closing + timedelta(days=count)) for text, count in days)
    return ((msg("Today"), closing), *later) if closing > here else later
