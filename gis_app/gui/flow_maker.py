"""The hand-overs that the map shows: those of the whistles which the filter leaves, in its period."""

import numpy as np
from numpy.typing import NDArray

from gis_app.cases.chains import Trails, flows
from gis_app.cases.times import utc64
from gis_app.county.state import CountyState
from gis_app.map.flows import FlowMap, Seats, flow_map, unit_seats

Period = tuple[np.datetime64 | None, np.datetime64 | None]


class FlowMaker:
    """Keeps the seats of the bodies while the county's division is the same: while the time slider plays, only the counts change."""

    def __init__(self) -> None:
        self._of: tuple[object, ...] = ()
        self._seats: Seats = {}

    def seats(self, state: CountyState) -> Seats:
        """Return the seats of the bodies of a state."""
        key = (state.coverage, state.units, state.bodies)
        if not self._of or any(one is not other for one, other in zip(self._of, key, strict=True)):
            self._of, self._seats = key, unit_seats(state)
        return self._seats

    def made(self, state: CountyState, trails: Trails, shown: NDArray[np.bool_], period: Period) -> FlowMap:
        """Return the map of the hand-overs in a period (start, end; None: open) of the cases that are shown."""
        stays, (start, end) = trails.stays, period
        ids = state.cases.id
        counted = np.isin(stays.case, ids[shown]) if not shown.all() else np.ones(len(stays), np.bool_)
        if start is not None:
            counted &= stays.arrived >= utc64(start)
        if end is not None:
            counted &= stays.arrived < utc64(end)
        return flow_map(state, flows(stays, counted), self.seats(state))
