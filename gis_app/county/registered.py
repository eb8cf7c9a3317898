"""Households that are in the register or were once: a whistle and an old number go on naming who has left it."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from gis_app.county.changes import Columns
from gis_app.county.ports import CountyStore
from gis_app.county.state import CountyState

LEAST_BEGINNING = 4
"""So many characters of an old number find the households whose numbers begin with them."""
MOST_BEGINNING = 20
"""So many of them are found at most, in the order of their numbers."""


def ever_registered(store: CountyStore, households: NDArray[np.int64], columns: Sequence[str]) -> Columns:
    """Read columns (and `id`) of households, retired ones after the others; ids that never were are left out."""
    now = store.rows("households", households, columns)
    left = np.setdiff1d(households, np.asarray(now["id"], np.int64))
    if not len(left):
        return now
    then = store.rows("retired_households", left, columns)
    return {name: np.concatenate([now[name], then[name]]) for name in ("id", *columns)}


@dataclass(frozen=True, slots=True)
class Retired:
    """A household that is in the register no more: since when, why, and into which one it was merged (0: into none).

    `kept` is the household of the register that stands for it now: that one, or where it was merged in turn, the last one of the way; 0
    where there is none. `kept_code` is its code.
    """

    id: int
    code: str
    head: str
    address: str
    day: date | None
    why: str
    merged_into: int = 0
    kept: int = 0
    kept_code: str = ""


_READ = ("code", "head", "address", "retired", "why", "merged_into")


def retired_households(store: CountyStore, state: CountyState) -> list[Retired]:
    """Return all households that are in the register no more, who left last first."""
    found = _made(store, state, store.rows("retired_households", columns=_READ))
    return sorted(found, key=lambda one: (one.day or date.min, one.id), reverse=True)


def retired_called(store: CountyStore, state: CountyState, words: str) -> list[Retired]:
    """Return the retired households of an old number, whole or (from `LEAST_BEGINNING` characters on) its beginning, or of a head's name.

    The table is asked, not the index of texts: few are retired, and nobody searches for them often.
    """
    asked = words.strip()
    if not asked or not state.retired:
        return []
    plain = unicodedata.normalize("NFKC", asked)
    ways = list(dict.fromkeys((asked, plain, plain.upper(), plain.lower())))
    begun = {code for way in ways for code in store.beginning("retired_households", "code", way)} if len(plain) >= LEAST_BEGINNING else ()
    by_code = store.rows_by("retired_households", "code", [*ways, *sorted(begun)[:MOST_BEGINNING]], _READ)
    by_head = store.rows_by("retired_households", "head", ways, _READ)
    found = {one.id: one for rows in (by_code, by_head) for one in _made(store, state, rows)}
    return sorted(found.values(), key=lambda one: (one.code not in ways, one.code, one.id))


def kept_instead(store: CountyStore, state: CountyState, household: int) -> int:
    """Return the household of the register that a retired one was merged into, also by several steps; 0 where there is none."""
    seen: set[int] = set()
    while household in state.retired and household not in seen:
        seen.add(household)
        rows = store.rows("retired_households", np.array([household], np.int64), ["merged_into"])
        household = int(rows["merged_into"][0]) if len(rows["id"]) else 0
    return household if household and np.isin(household, state.households.id) else 0


def _made(store: CountyStore, state: CountyState, rows: Columns) -> list[Retired]:
    merged = rows["merged_into"].tolist()
    last = {into: _last(store, state, into) for into in set(merged) if into}
    kept = store.rows("households", np.array(sorted({one for one in last.values() if one}), np.int64), ["code"])
    codes = dict(zip(kept["id"].tolist(), kept["code"].tolist(), strict=True))
    lists = [rows[name].tolist() for name in ("id", *_READ)]
    return [
        Retired(id, code, head, address, day, why, into, last.get(into, 0), codes.get(last.get(into, 0), ""))
        for id, code, head, address, day, why, into in zip(*lists, strict=True)
    ]


def _last(store: CountyStore, state: CountyState, household: int) -> int:
    """Return the household itself where it is in the register, else the one that stands for it."""
    at = int(np.searchsorted(state.households.id, household))
    if at < len(state.households.id) and int(state.households.id[at]) == household:
        return household
    return kept_instead(store, state, household)
