"""Hand-overs between bodies on the map: where bodies have their seats, and the arrows between them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_app.cases.bodies import Body
from gis_app.cases.chains import Flow
from gis_app.county.state import CountyState
from gis_app.grid.coverage import extent, polygons

MOST_ARROWS = 30
"""So many of the strongest flows are drawn; more would be a tangle."""

BESIDE, ROOM = 0.16, 0.42
"""How far east of the county the departments stand, and how much room they and their names need, as shares of its width."""

Seats = Mapping[int, tuple[float, float]]
"""Body → its seat in county coordinates."""


@dataclass(frozen=True, slots=True)
class Arrow:
    """One flow between two seats, in county coordinates."""

    flow: Flow
    start: tuple[float, float]
    end: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Seat:
    """The seat of a body that has a part in the arrows; `beside`: it stands beside the county, because the body governs no unit."""

    body: int
    name: str
    x: float
    y: float
    beside: bool


@dataclass(frozen=True, slots=True, eq=False)
class FlowMap:
    """What the layer of flows shows: the strongest flows as arrows, the weakest first, the seats that they join, and all flows."""

    arrows: tuple[Arrow, ...]
    seats: tuple[Seat, ...]
    flows: tuple[Flow, ...]

    @property
    def most(self) -> int:
        """Return the count of the strongest flow, 0 where there is none."""
        return self.flows[0].count if self.flows else 0


def with_room(around: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    """Return the extent of a county with the bodies that stand beside it."""
    west, south, east, north = around
    return west, south, east + ROOM * (east - west), north


def unit_seats(state: CountyState) -> Seats:
    """Return where the bodies that govern a unit have their seat: in the middle of its land. Those of units without cells have none."""
    shapes = {cell: shape for cell, shape in polygons(state.coverage).items() if shape}
    cells = np.array(list(shapes), np.int64)
    land = np.array(list(shapes.values()), object)
    area, middle = shapely.area(land), shapely.get_coordinates(shapely.centroid(land))
    row = {cell: at for at, cell in enumerate(cells.tolist())}
    found = {}
    for body in state.bodies.values():
        rows = [row[cell.id] for cell in state.units.cells(body.unit) if cell.id in row] if body.unit else []
        if rows:
            found[body.id] = _middle(area[rows], middle[rows])
    return found


def _middle(area: NDArray[np.float64], at: NDArray[np.float64]) -> tuple[float, float]:
    """Return the place among some that is nearest to their centre of gravity: it lies on the land of a unit of any shape."""
    centre = (at * area[:, None]).sum(axis=0) / area.sum()
    x, y = at[int(np.argmin(((at - centre) ** 2).sum(axis=1)))]
    return float(x), float(y)


def flow_map(state: CountyState, flows: Sequence[Flow], seats: Seats, most: int = MOST_ARROWS) -> FlowMap:
    """Return the map of some flows (the most first); bodies that govern no unit stand beside the county, partners together.

    Flows from or to bodies that are no longer there are counted, but not drawn.
    """
    drawn = [flow for flow in flows if flow.source in state.bodies and flow.target in state.bodies][:most]
    bodies = dict.fromkeys(body for flow in drawn for body in (flow.source, flow.target))
    places = {body: seats[body] for body in bodies if body in seats}
    places |= _beside(state, _in_a_row([body for body in bodies if body not in seats], drawn))
    joined = tuple(_seat(state.bodies[body], place, body not in seats) for body, place in places.items())
    arrows = tuple(Arrow(flow, places[flow.source], places[flow.target]) for flow in reversed(drawn))
    return FlowMap(arrows, joined, tuple(flows))


def _seat(body: Body, place: tuple[float, float], beside: bool) -> Seat:
    return Seat(body.id, body.name, *place, beside)


def _in_a_row(bodies: Sequence[int], flows: Sequence[Flow]) -> list[int]:
    """Return bodies in an order in which those with strong flows are neighbours: ends of rows are joined, the strongest flow first."""
    row_of = {body: [body] for body in bodies}
    for flow in flows:
        one, other = row_of.get(flow.source), row_of.get(flow.target)
        if one is None or other is None or one is other:
            continue
        if flow.source not in (one[0], one[-1]) or flow.target not in (other[0], other[-1]):
            continue
        first = one if one[-1] == flow.source else one[::-1]
        last = other if other[0] == flow.target else other[::-1]
        joined = first + last
        row_of.update(dict.fromkeys(joined, joined))
    rows = {id(row): row for row in row_of.values()}
    return [body for row in rows.values() for body in row]


def _beside(state: CountyState, bodies: Sequence[int]) -> dict[int, tuple[float, float]]:
    """Return places in a row east of the county, from north to south."""
    if not bodies or not state.coverage.arcs:
        return dict.fromkeys(bodies, (0.0, 0.0))
    west, south, east, north = extent(state.coverage)
    x, step = east + BESIDE * (east - west), (north - south) / max(len(bodies), 8)
    top = (south + north) / 2 + step * (len(bodies) - 1) / 2
    return {body: (x, top - at * step) for at, body in enumerate(bodies)}
