"""What the search box finds: rows of the county first, then commands."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from gis_app.county.ports import Hit
from gis_app.county.registered import Retired, ever_registered, retired_called
from gis_app.grid.pinyin import initials
from gis_app.grid.privacy import mask_name, mask_phone
from gis_app.gui.retired_panel import fate, number_of
from gis_app.gui.search import Found
from gis_app.gui.session import Session
from gis_app.language import Message, msg, tr

if TYPE_CHECKING:
    from gis_app.gui.operations import Operation
    from gis_app.gui.window import Window

KINDS = {
    "units": msg("unit"),
    "households": msg("household"),
    "workers": msg("grid worker"),
    "bodies": msg("body"),
    "cases": msg("whistle"),
    "former_units": msg("former unit"),
}
"""What the second line of a hit calls each table."""

MOBILE = re.compile(r"(?<!\d)1\d{10}(?!\d)")
"""A mobile number inside a text; codes are longer or shorter."""


def found_rows(session: Session, words: str, choose: Callable[[str, int], object], limit: int = 16) -> list[Found]:
    """Return what the county holds under these words; personal names are masked as everywhere."""
    return [_found(session, hit, choose) for hit in session.county.store.search(words, limit)]


def _found(session: Session, hit: Hit, choose: Callable[[str, int], object]) -> Found:
    named = hit.table in ("households", "workers") and hit.text
    text = mask_name(hit.text) if named else hit.text
    kind = str(KINDS[hit.table]) if hit.table in KINDS else hit.table
    detail = "" if hit.table == "bodies" else hit.detail  # that of a body names its receiver
    if hit.table in ("cases", "households", "workers"):
        names = _people(session, hit)
        text, detail = _masked(text, () if named else names), _masked(detail, names)
    return Found(hit.table, text or kind, " · ".join(part for part in (kind, detail) if part), lambda: choose(hit.table, hit.id))


def _people(session: Session, hit: Hit) -> tuple[str, ...]:
    """Return the names of the people whom a hit is about: of a whistle its worker and the head of its household."""
    state = session.state
    if hit.table != "cases":
        return (hit.text,)
    at = int(np.searchsorted(state.cases.id, hit.id))
    household, worker = int(state.cases.household[at]), int(state.cases.worker[at])
    names = [state.workers[worker].name] if worker in state.workers else []
    if household:
        names += [str(name) for name in ever_registered(session.county.store, np.array([household], np.int64), ("head",))["head"]]
    return tuple(names)


def _masked(text: str, names: Iterable[str]) -> str:
    """Return a text with these names and every mobile number in it masked."""
    for name in names:
        if len(name) > 1:
            text = text.replace(name, mask_name(name))
    return MOBILE.sub(lambda found: mask_phone(found[0]), text)


def found_retired(session: Session, words: str, choose: Callable[[Retired], object], limit: int = 6) -> list[Found]:
    """Return the households that left the register under this number or name: when, why, and into which one they were merged."""
    found = retired_called(session.county.store, session.state, words)[:limit]
    kind = str(KINDS["households"])
    return [
        Found(
            "retired_households",
            " · ".join(part for part in (number_of(one), mask_name(one.head)) if part),
            " · ".join((kind, fate(one))),
            partial(choose, one),
        )
        for one in found
    ]


def found_commands(operations: Iterable[Operation], words: str, window: Window) -> list[Found]:
    """Return the commands whose text holds the words or begins with these pinyin initials; what cannot be done now says why."""
    found = []
    asked = words.casefold()
    for operation in operations:
        text = str(operation.said(window))
        if asked and asked not in text.casefold() and not initials(text).startswith(asked):
            continue
        found.append(_command(operation, text, operation.why_not(window), window.run))
    return found


def _command(operation: Operation, text: str, reason: Message | None, run: Callable[[Operation], object]) -> Found:
    keys = " / ".join(operation.keys)
    if reason is not None:
        return Found("command", text, str(reason))
    return Found("command", text, tr("Key: {keys}", keys=keys) if keys else tr("Command"), lambda: run(operation))
