"""The list of what is wrong with the register of a county's households, and what mends many at once."""

from collections.abc import Mapping, Sequence

import numpy as np

from gis_app.county.changes import Edit
from gis_app.county.household_edits import change_households, merge_groups, move_households
from gis_app.county.ports import CountyStore
from gis_app.county.state import CountyState
from gis_app.grid import household_quality
from gis_app.grid.datum import metres_per_unit
from gis_app.grid.household_quality import Fault, Finding, HouseholdTexts, Mend
from gis_app.language import Message, msg
from gis_app.progress import Progress, Steps, part

FAULT_TEXTS: Mapping[Fault, Message] = {
    Fault.DUPLICATE: msg("Duplicates"),
    Fault.NO_PLACE: msg("Without coordinates"),
    Fault.OUTSIDE: msg("Outside the county"),
    Fault.FAR: msg("Far from every settlement"),
    Fault.CROWDED: msg("Many at one point"),
    Fault.PHONE: msg("Phone malformed"),
    Fault.CODE: msg("Code damaged"),
}
"""How each kind of fault is called."""
MEND_TEXTS: Mapping[Mend, Message] = {
    Mend.MERGE: msg("Merge duplicates"),
    Mend.PLACE: msg("Put at their buildings"),
    Mend.BUILDING: msg("Declare one building"),
    Mend.PHONE: msg("Write phones as digits"),
    Mend.CODE: msg("Repair codes"),
}
"""What each way of mending is called."""


def checking(store: CountyStore, state: CountyState) -> Steps[tuple[Finding, ...]]:
    """List what is wrong with the households of a state, the worst first."""
    yield Progress(0.0, msg("Reading the households"))
    rows = store.rows("households", state.households.id, ["code", "head", "phone", "address", "building"])
    texts = HouseholdTexts(rows["code"], rows["head"], rows["phone"], rows["address"], rows["building"])
    metres = metres_per_unit(state.settings.crs)
    return (yield from part(household_quality.checking(state.households, texts, state.settings.far_household, metres), 0.2, 1.0))


def mending(store: CountyStore, findings: Sequence[Finding]) -> Edit:
    """Return the edit that mends findings of one way of mending. Raises ValueError for none, or several ways."""
    ways = {finding.mend for finding in findings}
    if len(ways) != 1 or Mend.NONE in ways:
        raise ValueError(f"not one way of mending: {sorted(ways)}")
    match ways.pop():
        case Mend.MERGE:
            return merge_groups(store, [finding.ids for finding in findings])
        case Mend.PLACE:
            return move_households({finding.ids[0]: finding.place for finding in findings if finding.place is not None})
        case Mend.BUILDING:
            return change_households(store, {one: {"building": finding.value} for finding in findings for one in finding.ids})
        case Mend.PHONE:
            return change_households(store, {finding.ids[0]: {"phone": finding.value} for finding in findings})
        case _:
            return change_households(store, {finding.ids[0]: {"code": finding.value} for finding in findings})


def still_there(state: CountyState, findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return the findings all of whose households are in the register."""
    known = np.array([household for finding in findings for household in finding.ids], np.int64)
    gone = set(known[~np.isin(known, state.households.id)].tolist())
    return tuple(finding for finding in findings if not gone.intersection(finding.ids))
