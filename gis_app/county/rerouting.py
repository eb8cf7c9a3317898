"""Whistles routed again: what their place and the rules say now beside what was recorded, and open ones handed over to whom the rules name.

Nothing is decided here: a pin that was moved, a category that was corrected, a plan that was published or a rule that was changed may make
the rules name another body; somebody says so by handing over.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from gis_app.cases.case import OPEN_STATES, EventKind
from gis_app.cases.routing import Router
from gis_app.cases.statistics import local_days
from gis_app.county.case_edits import record_event, recording_all
from gis_app.county.changes import Edit, Outcome, Refusal
from gis_app.county.ports import CountyStore
from gis_app.county.responsible import Routers, router_of
from gis_app.county.state import CountyState
from gis_app.grid.workers import answering
from gis_app.language import msg
from gis_app.progress import Progress, Steps

Ids = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Rerouted:
    """What was recorded of whistles and what is said now, one entry a whistle; ids, 0 for none.

    `cell` and `worker` (of that cell) as recorded, `new_cell` and `new_worker` by its place; `holder` and the body that the rules name
    (`named`, by `rule`). `handed_on`: it has reached its holder by a step since it was blown, so somebody has decided about it already.
    """

    case: Ids
    cell: Ids
    new_cell: Ids
    worker: Ids
    new_worker: Ids
    holder: Ids
    named: Ids
    rule: Ids
    handed_on: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.case)

    @property
    def other_cell(self) -> NDArray[np.bool_]:
        """Mark the whistles that lie in another cell by now."""
        return np.asarray((self.new_cell > 0) & (self.new_cell != self.cell))

    @property
    def other_worker(self) -> NDArray[np.bool_]:
        """Mark the whistles for whose place another worker answers by now."""
        return np.asarray((self.new_cell > 0) & (self.new_worker != self.worker))

    @property
    def other_body(self) -> NDArray[np.bool_]:
        """Mark the whistles that another body holds than the one that the rules name."""
        return np.asarray((self.named > 0) & (self.named != self.holder))

    def only(self, wanted: NDArray[np.bool_] | NDArray[np.intp]) -> "Rerouted":
        """Return those that are marked, or some by their places in an order."""
        return replace(self, **{field.name: getattr(self, field.name)[wanted] for field in fields(self)})


def reroute(state: CountyState, cases: Sequence[int] | Ids, router: Router | None = None) -> Rerouted:
    """Route whistles of the state anew, each on the day on which it was blown; ids that there are not are left out.

    A whistle whose point is less accurate than its border is near stays in the cell that was recorded (somebody may have said which), as
    far as that still exists.
    """
    columns, known = state.cases, router or router_of(state)
    rows = np.flatnonzero(np.isin(columns.id, np.asarray(cases, np.int64)))
    kept = (columns.border[rows] < columns.accuracy[rows]) & np.isin(columns.cell[rows], np.array(list(state.coverage.cells), np.int64))
    nothing = np.full(len(rows), np.nan)
    routes = known.route_many(
        np.where(kept, nothing, columns.x[rows]),
        np.where(kept, nothing, columns.y[rows]),
        household=np.where(kept, 0, columns.household[rows]),
        unit=np.where(kept, columns.cell[rows], columns.unit[rows]),
        category=columns.category[rows],
        kind=columns.kind[rows],
        urgency=columns.urgency[rows],
        day=local_days(columns.blown[rows]),
    )
    worker_of = answering(state.workers, state.settings.today())
    return Rerouted(
        case=columns.id[rows],
        cell=columns.cell[rows],
        new_cell=routes.cell,
        worker=np.array([worker_of.get(cell, 0) for cell in columns.cell[rows].tolist()], np.int64),
        new_worker=routes.worker,
        holder=columns.body[rows],
        named=routes.body,
        rule=routes.rule,
        handed_on=columns.arrived[rows] > columns.blown[rows],
    )


def held_elsewhere(state: CountyState, router: Router | None = None) -> Rerouted:
    """Return the open whistles that another body holds than the one that the rules name now, those that nobody has handed on first."""
    opened = state.cases.id[np.isin(state.cases.state, list(OPEN_STATES)) & (state.cases.body > 0)]
    found = reroute(state, opened, router)
    found = found.only(found.other_body)
    return found.only(np.lexsort((found.case, found.handed_on)))


def hand_over_as_named(
    store: CountyStore, cases: Sequence[int], *, actor: str = "", note: str = "", routers: Routers | None = None
) -> Edit:
    """Hand open whistles over to the bodies that the rules name now, by an event each, in one transaction. Report: `RecordedMany`. Lasting.

    Whistles that refuse the step are left out and reported; those that their body holds already are passed over. Refusals "no_case"
    (there is nothing to hand over), and of the first where all refuse.
    """
    listed = tuple(dict.fromkeys(cases))

    def plan(state: CountyState) -> Steps[Outcome | Refusal]:
        yield Progress(0.0, msg("Handing {count} whistles over", count=len(listed)))
        found = reroute(state, listed, (routers or Routers()).of(state))
        found = found.only(found.other_body)
        goes: Mapping[int, int] = dict(zip(found.case.tolist(), found.named.tolist(), strict=True))
        steps = [
            (case, record_event(store, case, EventKind.HANDED_OVER, actor=actor, target=body, note=note)) for case, body in goes.items()
        ]
        return (yield from recording_all(state, steps, msg("The rules name no other body for these whistles.")))

    return Edit(msg("Hand {count} whistles over", count=len(listed)), plan, lasting=True)
