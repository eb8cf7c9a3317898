"""What the supporting bodies of a joint meeting are told: one message each, at once. The lead is told as the holder of the case."""

from collections.abc import Iterator

import numpy as np

from gis_app.cases import outbox
from gis_app.cases.case import Event, EventKind
from gis_app.cases.display import category_name
from gis_app.cases.outbox import Message
from gis_app.cases.schedule import ReminderKind
from gis_app.county.changes import RowChange
from gis_app.county.message_rows import message_rows
from gis_app.county.ports import CountyStore
from gis_app.county.state import CountyState
from gis_app.grid.units import Level


def supporting(event: Event) -> tuple[int, ...]:
    """Return the bodies beside the lead of a joint meeting."""
    named = event.data.get("supporting", ())
    return tuple(body for body in named if isinstance(body, int)) if isinstance(named, list | tuple) else ()


def invitations(store: CountyStore, state: CountyState, event: Event) -> tuple[RowChange, ...]:
    """Return the rows of the messages to the supporting bodies of a meeting that is called; none for any other event.

    A body without a phone gets none: it has to be called by somebody, and the card of the case names it.
    """
    if event.kind != EventKind.MEETING:
        return ()
    written = tuple(_written(store, state, event))
    return (RowChange("messages", insert=message_rows(written)),) if written else ()


def _written(store: CountyStore, state: CountyState, event: Event) -> Iterator[Message]:
    row = int(np.searchsorted(state.cases.id, event.case))
    number = str(store.rows("cases", np.array([event.case], np.int64), ["number"])["number"][0]) or str(event.case)
    category = state.categories.get(int(state.cases.category[row]))
    village = state.units.ancestor(int(state.cases.cell[row]), Level.VILLAGE)
    what = outbox.about(int(state.cases.kind[row]), category_name(category) if category else "", village.name if village else "")
    for body in (state.bodies[body] for body in supporting(event) if body != event.target):
        name, phone = outbox.addressee(ReminderKind.INVITATION, body)
        if phone:
            lead = state.bodies[event.target].name
            text = outbox.wording(ReminderKind.INVITATION, body=body.name, number=number, what=what, arrived=event.time, lead=lead)
            kind, time = ReminderKind.INVITATION, event.time
            yield Message(0, event.case, kind, body.id, time, None, time, name, phone, str(text), next_try=time)
