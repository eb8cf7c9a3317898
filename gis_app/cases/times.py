"""Instants between `datetime` (aware, what people and events speak) and `datetime64[s]` in UTC (what columns hold)."""

from datetime import UTC, datetime

import numpy as np


def utc64(time: datetime | np.datetime64) -> np.datetime64:
    """Return an instant as datetime64[s] in UTC; a naive `datetime` is taken as UTC, fractions of a second are cut off."""
    if isinstance(time, np.datetime64):
        seconds: np.datetime64 = time.astype("datetime64[s]")
        return seconds
    return np.datetime64(as_utc(time).replace(tzinfo=None), "s")


def from_utc64(value: np.datetime64) -> datetime | None:
    """Return an instant of a column as an aware `datetime`, or None for NaT."""
    if np.isnat(value):
        return None
    return datetime.fromtimestamp(int(value.astype("datetime64[s]").astype(np.int64)), UTC)


def as_utc(time: datetime) -> datetime:
    """Return an aware instant in UTC; a naive one is taken as UTC."""
    return time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)
