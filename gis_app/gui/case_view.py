"""All that is read of one whistle at once, for its card and its forms."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from gis_app.cases.case import CaseKind, Event, EventKind, State
from gis_app.cases.display import department_category_text
from gis_app.cases.life_cycle import Standing, fold
from gis_app.cases.routing import Place, Route
from gis_app.cases.times import from_utc64
from gis_app.cases.transitions import allowed
from gis_app.county.case_edits import events_of
from gis_app.county.changes import Changes, Columns, Edit
from gis_app.county.responsible import next_above
from gis_app.gui.body_choice import Suggested, without_doubles
from gis_app.gui.rows import positions
from gis_app.gui.session import Session
from gis_app.language import ZONE, Message, msg


@dataclass(frozen=True, slots=True, eq=False)
class CaseView:
    """One whistle: its row in the state (`at`), its stored columns, its events, where it stands, and whom the rules name now."""

    case: int
    at: int
    row: Columns
    events: list[Event]
    standing: Standing
    route: Route

    @property
    def number(self) -> str:
        """Return what people call it."""
        return str(self.row["number"][0])

    @property
    def kind(self) -> int:
        """Return its `CaseKind`."""
        return int(self.row["kind"][0])

    @property
    def last(self) -> datetime | None:
        """Return when somebody did something last (that a body was told is no step of anybody)."""
        return next((event.time for event in reversed(self.events) if event.kind != EventKind.TOLD), None)

    @property
    def secret(self) -> bool:
        """Tell whether it reports a wrongdoing: who did is hidden from the body concerned."""
        return self.kind == CaseKind.REPORT

    @property
    def cell_said(self) -> bool:
        """Tell whether a person has said in which cell it lies, since its place was written down last."""
        changes = [event.data.get("changes") for event in self.events if event.kind == EventKind.CORRECTED]
        said = [("cell" in one, "place" in one) for one in changes if isinstance(one, dict)]
        return next((cell for cell, place in reversed(said) if cell or place), False)

    @property
    def other_body(self) -> int:
        """Return the body that the rules name now where it has never held the open case, 0 for none."""
        held = {event.target for event in self.events}
        wanted = self.route.body
        return wanted if wanted and wanted not in held and self.standing.state in _MOVABLE else 0


_MOVABLE = frozenset({State.WAITING, State.PICKED_UP, State.UNDER_REVIEW, State.PROMISED, State.IN_PROGRESS})


def read_case(session: Session, case: int) -> CaseView:
    """Read one whistle of the county that is shown."""
    state, store = session.state, session.county.store
    at = int(positions(state.cases.id, np.array([case]))[0])
    row = store.rows("cases", np.array([case], np.int64))
    events = events_of(store.events(case))
    return CaseView(case, at, row, events, fold(events), route_of(session, at))


def place_of(session: Session, at: int) -> Place:
    """Return where the whistle in a row of the state lies."""
    cases = session.state.cases
    return Place(float(cases.x[at]), float(cases.y[at]), float(cases.accuracy[at]), int(cases.household[at]), int(cases.unit[at]))


def route_of(session: Session, at: int, place: Place | None = None, **instead: int) -> Route:
    """Return whom the rules name now for the whistle in a row of the state, or for it with another place, category, kind or urgency."""
    cases = session.state.cases
    category, kind, urgency = (instead.get(name, int(getattr(cases, name)[at])) for name in ("category", "kind", "urgency"))
    blown = from_utc64(cases.blown[at]) or session.derived.now
    day = blown.astimezone(ZONE).date()
    return session.derived.router.route(place or place_of(session, at), category, kind, urgency, day)


def suggested_bodies(session: Session, view: CaseView, kind: EventKind) -> tuple[Suggested, ...]:
    """Return the bodies that a step of a whistle is likely to lead to, the likeliest first."""
    holder = view.standing.body
    above = Suggested(next_above(session.state, view.case, session.derived.router), msg("next step above"))
    rules = Suggested(view.route.body, msg("by the rules"))
    charge = Suggested(view.route.department, msg("in charge of the category"))
    before = [Suggested(event.target, msg("has held it")) for event in reversed(view.events) if event.target]
    ladder = [Suggested(body, msg("of its ladder")) for body in view.route.ladder]
    here = Suggested(holder, msg("holds it"))
    if kind == EventKind.PASSED_UP:
        return without_doubles((above, *ladder, charge), (holder,))
    if kind == EventKind.MEETING:
        return without_doubles((charge, here, rules, *ladder, *before))
    if kind in (EventKind.REOPENED, EventKind.APPEALED):
        return without_doubles((here, rules, above, *before, *ladder))
    used = [Suggested(body, msg("chosen last")) for body in session.bodies_chosen]
    return without_doubles((rules, charge, *before, above, *ladder, *used, *_alike(session, view)), (holder,))


def _alike(session: Session, view: CaseView) -> Iterator[Suggested]:
    """Return the departments of the same category as the one in charge, or as the one that holds the whistle."""
    bodies = session.state.bodies
    known = bodies.get(view.route.department) or bodies.get(view.standing.body)
    if known is not None and known.category:
        why = department_category_text(known.category)
        yield from (Suggested(body.id, why) for body in bodies.values() if body.category == known.category)


def usual_body(session: Session, view: CaseView, kind: EventKind) -> int:
    """Return the body that is chosen beforehand, 0 for none: a hand-over is decided by a person, unless the rules name another body."""
    if kind == EventKind.HANDED_OVER:
        return view.other_body
    suggested = suggested_bodies(session, view, kind)
    return suggested[0].body if suggested else 0


@dataclass(frozen=True, slots=True)
class Wanted:
    """An edit that the card asks for, and who is told what became of it."""

    edit: Edit
    done: Callable[[Changes], None]
    refused: Callable[[Message], None]


def chosen_cases(session: Session) -> tuple[int, ...]:
    """Return the selected whistles."""
    return session.selection.ids.get("cases", ())


def rows_of(session: Session, cases: Sequence[int]) -> NDArray[np.int64]:
    """Return the rows of whistles in the state; those that are gone are left out."""
    ids, wanted = session.state.cases.id, np.asarray(cases, np.int64)
    if not len(ids):
        return np.empty(0, np.int64)
    at = np.minimum(np.searchsorted(ids, wanted), len(ids) - 1)
    found: NDArray[np.int64] = at[ids[at] == wanted]
    return found


def states_of(session: Session, cases: Sequence[int]) -> Mapping[State, int]:
    """Return in which states whistles are, and how many in each."""
    found, counts = np.unique(session.state.cases.state[rows_of(session, cases)], return_counts=True)
    return {State(state): count for state, count in zip(found.tolist(), counts.tolist(), strict=True)}


def open_to(session: Session, cases: Sequence[int], kind: EventKind) -> list[int]:
    """Return the whistles that a step is possible for, in their order."""
    rows = rows_of(session, cases)
    possible = [int(state) for state in State if kind in allowed(state)]
    found: list[int] = session.state.cases.id[rows[np.isin(session.state.cases.state[rows], possible)]].tolist()
    return found
