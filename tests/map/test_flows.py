"""Hand-overs on the map: seats on the land of their units, departments beside the county, the strongest arrows."""

from dataclasses import replace

import shapely
from hypothesis import given
from hypothesis import strategies as st

from gis_app.cases.bodies import Body, BodyKind
from gis_app.cases.chains import Flow
from gis_app.county.state import CountyState
from gis_app.grid.coverage import extent, unions
from gis_app.map.flows import MOST_ARROWS, _in_a_row, flow_map, unit_seats, with_room
from tests.output.made import small_state

HOUSING, LAND, WATER = 1, 2, 3
WEST, EAST, GONE = 101, 102, 999


def county() -> CountyState:
    """Return a county with three departments, a body for either township, and one whose unit is gone."""
    departments = (Body(number, BodyKind.DEPARTMENT, name) for number, name in ((HOUSING, "Housing"), (LAND, "Land"), (WATER, "Water")))
    townships = (Body(WEST, BodyKind.TOWNSHIP, "West", unit=1), Body(EAST, BodyKind.TOWNSHIP, "East", unit=2))
    bodies = {body.id: body for body in (*departments, *townships, Body(GONE, BodyKind.TOWNSHIP, "Gone", unit=77))}
    return replace(small_state(), bodies=bodies)


def test_a_body_has_its_seat_on_the_land_of_its_unit() -> None:
    state = county()
    seats = unit_seats(state)
    assert set(seats) == {WEST, EAST}, "departments and bodies of units that are gone have none"
    for body in (WEST, EAST):
        cells = [cell.id for cell in state.units.cells(state.bodies[body].unit)]
        assert shapely.contains_xy(unions(state.coverage, {0: cells})[0], *seats[body])


def test_arrows_join_seats_the_strongest_last() -> None:
    state = county()
    told = [Flow(WEST, HOUSING, 9), Flow(HOUSING, LAND, 5), Flow(LAND, EAST, 1)]
    found = flow_map(state, told, unit_seats(state))
    assert [arrow.flow for arrow in found.arrows] == told[::-1] and found.most == 9
    place = {seat.body: (seat.x, seat.y) for seat in found.seats}
    assert set(place) == {WEST, EAST, HOUSING, LAND}
    for arrow in found.arrows:
        assert (arrow.start, arrow.end) == (place[arrow.flow.source], place[arrow.flow.target])
    east = extent(state.coverage)[2]
    room = with_room(extent(state.coverage))
    for seat in found.seats:
        assert seat.beside == (seat.body in (HOUSING, LAND)) == (seat.x > east)
        assert room[0] <= seat.x < room[2] and room[1] <= seat.y <= room[3]


def test_only_the_strongest_are_drawn_but_all_are_told() -> None:
    state = county()
    told = [Flow(WEST, HOUSING, count) for count in range(90, 20, -1)]
    found = flow_map(state, [*told, Flow(GONE + 1, HOUSING, 1)], unit_seats(state))
    assert len(found.arrows) == MOST_ARROWS and len(found.flows) == len(told) + 1
    assert min(arrow.flow.count for arrow in found.arrows) == 90 - MOST_ARROWS + 1


def test_nothing_was_handed_over() -> None:
    found = flow_map(county(), [], {})
    assert (found.arrows, found.seats, found.most) == ((), (), 0)


def test_bodies_that_are_gone_are_not_drawn() -> None:
    assert flow_map(county(), [Flow(12345, HOUSING, 3)], {}).arrows == ()


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6), st.integers(1, 9)).filter(lambda flow: flow[0] != flow[1]), max_size=20))
def test_everybody_stands_once_in_the_row_and_the_strongest_pair_side_by_side(told: list[tuple[int, int, int]]) -> None:
    flows = sorted((Flow(*one) for one in told), key=lambda flow: -flow.count)
    bodies = list(dict.fromkeys(body for flow in flows for body in (flow.source, flow.target)))
    row = _in_a_row(bodies, flows)
    assert sorted(row) == sorted(bodies)
    if flows:
        assert abs(row.index(flows[0].source) - row.index(flows[0].target)) == 1
