"""What people call by a name, a code or a number: bodies, cases, households, units, workers; near names where nothing fits."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import TypeVar

import numpy as np

from gis_app.cases.bodies import Body
from gis_app.county.ports import CountyStore
from gis_app.county.state import CountyState
from gis_app.errors import UserError
from gis_app.grid.units import Level, Unit
from gis_app.grid.workers import Worker
from gis_app.language import Listing, Message, format_code, msg

V = TypeVar("V", Body, Unit, Worker)
_NEAR = 6
"""So many near names are offered."""


class UnknownNameError(UserError):
    """Nothing, or more than one thing, is called so."""


def body_called(state: CountyState, text: str) -> Body:
    """Return the body of a name, code or id, or the only one whose name holds the text ("住建局"); else `UnknownNameError`."""
    found = _called(state.bodies.values(), text)
    if len(found) == 1:
        return found[0]
    names = [body.name for body in state.bodies.values()]
    raise UnknownNameError(
        _several(text, [body.name for body in found]) if found else _none(msg("There is no receiving body {name}.", name=text), text, names)
    )


def unit_called(state: CountyState, text: str) -> Unit:
    """Return the unit of a code, name or id, or the only one whose name holds the text; else `UnknownNameError`."""
    found = _called(state.units.values(), text)
    if len(found) == 1:
        return found[0]
    names = [unit.name for unit in state.units.values()]
    raise UnknownNameError(
        _several(text, [f"{unit.name} {unit.code}" for unit in found])
        if found
        else _none(msg("There is no unit {name}.", name=text), text, names)
    )


def villages_called(state: CountyState, texts: Iterable[str]) -> list[int]:
    """Return the villages of codes or names; of a township, all of its villages. `UserError` for what is no village or township.

    Ids do not count: who mistypes a code is told so, and not what some other unit is.
    """
    found: dict[int, None] = {}
    above = [unit for unit in state.units.values() if unit.level != Level.CELL]
    for text in texts:
        named = _named(state.units.values(), text)
        units = [unit for unit in named if unit.level != Level.CELL] or named or _holding(above, text)
        if len(units) > 1:
            raise UnknownNameError(_several(text, [f"{unit.name} {unit.code}" for unit in units]))
        if not units:
            raise UnknownNameError(_none(msg("There is no unit {name}.", name=text), text, [unit.name for unit in above]))
        if units[0].level == Level.CELL:
            raise UserError(msg("{code} is a cell; name a village or a township.", code=format_code(units[0].code)))
        below = state.units.children(units[0].id) if units[0].level == Level.TOWNSHIP else units
        found |= dict.fromkeys(unit.id for unit in below)
    return list(found)


def worker_called(state: CountyState, text: str) -> Worker:
    """Return the worker of a code, name or id, or the only one whose name holds the text; else `UnknownNameError`."""
    found = _called(state.workers.values(), text)
    if len(found) == 1:
        return found[0]
    names = [worker.name for worker in state.workers.values()]
    raise UnknownNameError(
        _several(text, [f"{worker.name} {worker.code}" for worker in found])
        if found
        else _none(msg("There is no worker called {name}.", name=text), text, names)
    )


def household_called(store: CountyStore, text: str) -> int:
    """Return the household of a code or id; else `UnknownNameError`."""
    wanted = text.strip()
    rows = store.rows("households", columns=["code"])
    found = rows["id"][rows["code"] == wanted].tolist()
    if not found and wanted.isdecimal():
        found = rows["id"][rows["id"] == int(wanted)].tolist()
    if len(found) == 1:
        return int(found[0])
    reason = msg("There is no household {name}; give its code or its id.", name=text)
    raise UnknownNameError(_several(text, [str(id) for id in found]) if found else reason)


def households_at(store: CountyStore, address: str) -> list[int]:
    """Return the households whose address is exactly this one."""
    rows = store.rows("households", columns=["address"])
    return [int(id) for id in rows["id"][rows["address"] == address.strip()]] if address.strip() else []


def case_called(store: CountyStore, text: str) -> int:
    """Return the case of a number (20200501-007) or, where no case has that number, of an id; else `UnknownNameError`."""
    wanted = text.strip()
    rows = store.rows("cases", columns=["number"])
    found = rows["id"][rows["number"] == wanted].tolist()
    if not found and wanted.isdecimal():
        found = rows["id"][rows["id"] == np.int64(wanted)].tolist() if len(wanted) < 19 else []
    if len(found) == 1:
        return int(found[0])
    if found:  # registers of other systems begin anew every year
        raise UnknownNameError(
            msg("{count} whistles have the number {number}; give one's id: {ids}.", count=len(found), number=text, ids=_list(found))
        )
    none = msg("There is no whistle {name}; give its number (as 20200501-007) or its id.", name=text)
    raise UnknownNameError(_none(none, wanted, rows["number"].tolist()))


def _called(values: Iterable[V], text: str) -> list[V]:
    """Return what has this code or name; else what has this id; else what has the text in its name."""
    known = list(values)
    return _named(known, text) or [value for value in known if str(value.id) == text.strip()] or _holding(known, text)


def _named(values: Iterable[V], text: str) -> list[V]:
    """Return what has this code, with or without its gaps, or this name."""
    wanted = text.strip().casefold()
    code = "".join(wanted.split())
    return [value for value in values if code == value.code.casefold() or wanted == value.name.casefold()] if wanted else []


def _holding(values: Iterable[V], text: str) -> list[V]:
    """Return what has the text in its name."""
    wanted = text.strip().casefold()
    return [value for value in values if wanted in value.name.casefold()] if wanted else []


def _several(text: str, names: Sequence[str]) -> Message:
    return msg("{name} could be any of these: {known}. Say which.", name=text, known=_list(names))


def _none(reason: Message, text: str, names: Sequence[str]) -> Message:
    near = get_close_matches(text.strip(), [name for name in names if name], _NEAR, 0.5)
    return msg("{reason} Near to it are: {known}.", reason=reason, known=_list(near)) if near else reason


def _list(names: Sequence[object]) -> Listing:
    return Listing(tuple(str(name) for name in names[:_NEAR]))
