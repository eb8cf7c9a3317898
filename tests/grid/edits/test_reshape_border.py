import numpy as np
import pytest
import shapely
import shapely.ops
from hypothesis import given
from hypothesis import strategies as st

from gis_app.grid.coverage import OUTSIDE, Coverage, areas, polygons
from gis_app.grid.edits.edited import Edited
from gis_app.grid.edits.reshape_border import reshape_border
from gis_app.grid.refusal import Refusal
from tests.grid.edits.counties import RING, assert_good_edit, assert_result, counties, frozen, of


def box(x: float, y: float, width: float = 100, height: float = 100) -> shapely.Polygon:
    return shapely.box(x, y, x + width, y + height)


PAIR = of([box(0, 0), box(100, 0)])
COLUMN = of(shapely.coverage_clean([box(0, 0, 100, 300), box(100, 0), box(100, 100), box(100, 200)]))
"""A tall cell on the left (11), three on its right (22, 33, 44, from south to north)."""


def done(county: Coverage, line: list[tuple[float, float]], *, cells: list[int] | None = None, outside: bool = False) -> Edited:
    kept = frozen(county)
    result = reshape_border(county, line, cells, outside=outside)
    assert isinstance(result, Edited), result
    assert_good_edit(county, result, same_land=not outside)
    assert frozen(county) == kept
    return result


def test_the_border_follows_the_line() -> None:
    result = done(PAIR, [(100, 20), (130, 50), (100, 80)])
    assert areas(result.coverage) == {11: 10900, 22: 9100}
    assert [(piece.origin, piece.owner, piece.shape.area) for piece in result.pieces] == [(22, 11, 900)]
    assert result.cells == {11, 22}
    assert len(result.coverage.arcs) == 3


def test_what_hangs_over_is_left_out() -> None:
    result = done(PAIR, [(80, 10), (130, 50), (80, 90)])
    assert len(result.coverage.arcs) == 3
    assert areas(result.coverage)[11] == 10000 + 30 * 48 / 2


def test_ends_that_nearly_meet_the_border_are_carried_on_to_it() -> None:
    result = done(PAIR, [(100.004, 23.333), (130, 50), (99.995, 76.666)])
    assert len(result.coverage.arcs) == 3
    assert areas(result.coverage)[11] == pytest.approx(10800, abs=0.5)


def test_every_piece_of_land_changes_hands_where_the_line_crosses_the_border() -> None:
    result = done(PAIR, [(100, 10), (120, 20), (100, 30), (80, 40), (100, 50), (140, 60), (100, 90)])
    assert sorted((piece.origin, piece.owner, piece.shape.area) for piece in result.pieces) == [(11, 22, 200), (22, 11, 200), (22, 11, 800)]


def test_a_line_along_the_border_for_a_while() -> None:
    result = done(PAIR, [(100, 10), (100, 40), (120, 50), (100, 60), (100, 95)])
    assert [(piece.origin, piece.owner, piece.shape.area) for piece in result.pieces] == [(22, 11, 200)]


def test_cells_on_the_way_give_land_to_the_cell_that_grows() -> None:
    result = done(COLUMN, [(100, 50), (120, 50), (120, 250), (100, 250)])
    assert areas(result.coverage) == {11: 34000, 22: 9000, 33: 8000, 44: 9000}
    assert {(piece.origin, piece.owner) for piece in result.pieces} == {(22, 11), (33, 11), (44, 11)}


def test_borders_across_are_carried_on_to_the_line() -> None:
    result = done(COLUMN, [(100, 50), (80, 50), (80, 250), (100, 250)])
    assert areas(result.coverage) == {11: 26000, 22: 11000, 33: 12000, 44: 11000}
    assert polygons(result.coverage)[33].equals(box(80, 100, 120, 100))


def test_the_place_where_borders_meet_can_be_moved() -> None:
    # the border between 22 and 33 ends at (100, 100); drawn from (100, 140), it ends there
    result = done(COLUMN, [(100, 140), (150, 100)])
    assert {(piece.origin, piece.owner) for piece in result.pieces} == {(33, 22)}
    assert areas(result.coverage) == {11: 30000, 22: 11000, 33: 9000, 44: 10000}


def test_with_cells_their_common_border_is_replaced_and_all_across_share() -> None:
    result = done(COLUMN, [(100, 50), (80, 50), (80, 150), (100, 150)], cells=[22, 33, 44])
    assert areas(result.coverage) == {11: 28000, 22: 11000, 33: 11000, 44: 10000}
    refusal = reshape_border(COLUMN, [(150, 100), (150, 120), (190, 100)], [22, 33, 44])
    assert isinstance(refusal, Refusal)


def test_the_border_between_two_villages_over_several_cells() -> None:
    county = of([box(x, y) for x in (0, 100) for y in (0, 100, 200)])  # 11, 22, 33 in the west; 44, 55, 66 in the east
    for cells in (None, [11, 22, 33], [44, 55, 66]):
        result = done(county, [(100, 20), (130, 50), (130, 250), (100, 280)], cells=cells)
        pieces = {(piece.origin, piece.owner) for piece in result.pieces}
        assert pieces == {(44, 11), (55, 22), (66, 33)}


def test_an_enclave_gives_and_takes() -> None:
    county = of(RING)
    bulge = done(county, [(700, 400), (800, 500), (700, 600)])
    assert {(piece.origin, piece.owner) for piece in bulge.pieces} == {(11, 22)}
    bite = done(county, [(700, 400), (650, 500), (700, 600)])
    assert {(piece.origin, piece.owner) for piece in bite.pieces} == {(22, 11)}
    around_the_corner = done(county, [(300, 350), (320, 280), (350, 300)])
    assert sum(piece.shape.area for piece in around_the_corner.pieces) == pytest.approx(714.29)


@pytest.mark.parametrize("start", [(300, 300), (500, 300), (700, 300), (700, 700), (300, 700), (300, 500)])
@pytest.mark.parametrize("end", [(300, 300), (500, 300), (700, 300), (700, 700), (300, 700), (300, 500)])
def test_of_a_ring_the_stretch_that_encloses_less_is_replaced(start: tuple[float, float], end: tuple[float, float]) -> None:
    county = of([RING[0], shapely.Polygon(RING[1].exterior)])
    cell = shapely.Polygon(RING[1].exterior)
    line = [start, ((start[0] + end[0]) / 2 + 10, (start[1] + end[1]) / 2 + 20), end]
    result = reshape_border(county, line)
    if start == end:
        assert isinstance(result, Refusal)
        return
    assert isinstance(result, Edited)
    assert_good_edit(county, result)
    ways = []
    ring = shapely.get_coordinates(cell.exterior)
    around = shapely.line_locate_point(cell.exterior, [shapely.Point(start), shapely.Point(end)])
    for one, other in ((around[0], around[1]), (around[1], around[0])):
        stretch = shapely.ops.substring(shapely.LineString(np.vstack([ring, ring[1:]])), one, other if other > one else other + cell.length)
        ways.append(shapely.make_valid(shapely.Polygon(np.vstack([stretch.coords, line if other == around[0] else line[::-1]]))).area)
    assert sum(piece.shape.area for piece in result.pieces) == pytest.approx(min(ways), abs=0.01)


def test_the_outer_border_moves_when_it_may() -> None:
    line = [(200, 20), (230, 50), (200, 80)]
    refusal = reshape_border(PAIR, line)
    assert isinstance(refusal, Refusal)
    assert refusal.code == "outside"
    assert refusal.at is not None
    assert areas(done(PAIR, line, outside=True).coverage) == {11: 10000, 22: 10900}
    bite = [(200, 20), (170, 50), (200, 80)]
    assert areas(done(PAIR, bite, outside=True).coverage) == {11: 10000, 22: 9100}
    assert isinstance(reshape_border(PAIR, bite), Refusal)


def test_a_border_that_ends_on_the_outer_border_can_end_elsewhere_on_it() -> None:
    result = done(PAIR, [(120, 100), (100, 50)])
    assert areas(result.coverage) == {11: 10500, 22: 9500}


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ([], "no_line"),
        ([(100, 50)], "no_line"),
        ([(100, 50), (np.nan, 0)], "no_line"),
        ([(120, 50), (150, 50)], "does_not_meet"),
        ([(100, 50), (150, 50)], "does_not_meet"),
        ([(100, 20), (130, 20), (110, 60), (110, 10), (120, 90), (100, 80)], "crosses_itself"),
        ([(100, 20), (100, 80)], "nothing_to_do"),
        ([(100, 20), (300, 50), (100, 80)], "outside"),
    ],
)
def test_refusals(line: list[tuple[float, float]], code: str) -> None:
    refusal = reshape_border(PAIR, line)
    assert isinstance(refusal, Refusal)
    assert refusal.code == code
    assert str(refusal.reason)


def test_a_whole_cell_does_not_vanish() -> None:
    county = of(shapely.coverage_clean([box(0, 0, 300, 100), box(0, 100, 100), box(100, 100), box(200, 100), box(0, 200, 300)]))
    refusal = reshape_border(county, [(50, 100), (50, 150), (90, 220), (210, 220), (250, 150), (250, 100)])
    assert isinstance(refusal, Refusal)
    assert refusal.code == "whole_cell"
    assert refusal.at is not None


def test_borders_that_do_not_hang_together() -> None:
    ground = box(0, 0, 400, 100) - box(50, 30, 40, 40) - box(250, 30, 40, 40)
    county = of([ground, box(50, 30, 40, 40), box(250, 30, 40, 40)])
    refusal = reshape_border(county, [(90, 50), (250, 50)])
    assert isinstance(refusal, Refusal)
    assert refusal.code == "not_one_border"


@given(counties(), st.data())
def test_reshaped_borders_keep_the_county_sound(county: Coverage, data: st.DataObject) -> None:
    cell = data.draw(st.sampled_from(sorted(county.cells)))
    arcs = sorted({abs(arc) for part in county.cells[cell] for arc in part[0]} if data.draw(st.booleans()) else county.arcs)
    ends = []
    for _ in range(2):
        points = county.arcs[data.draw(st.sampled_from(arcs))].points
        segment = data.draw(st.integers(0, len(points) - 2))
        share = data.draw(st.sampled_from((0.0, 0.25, 0.5, 0.9)))
        ends.append(points[segment] + share * (points[segment + 1] - points[segment]))
    way = ends[1] - ends[0]
    aside = np.array([-way[1], way[0]]) * data.draw(st.sampled_from((0.02, 0.2, 1.0)))
    steps = data.draw(st.lists(st.floats(-1, 1), max_size=4))
    middle = [ends[0] + way * (k + 1) / (len(steps) + 1) + aside * step for k, step in enumerate(steps)]
    outside = data.draw(st.booleans())
    more = data.draw(st.one_of(st.none(), st.lists(st.sampled_from(sorted(county.cells)), max_size=3)))
    cells = None if more is None else [cell, *more]
    kept = frozen(county)
    result = reshape_border(county, np.array([ends[0], *middle, ends[1]]), cells, outside=outside)
    assert frozen(county) == kept
    assert_result(county, result, same_land=not outside, rounding=1.0)
    if isinstance(result, Edited):
        assert result.coverage.cells.keys() == county.cells.keys()
        if not outside:
            assert not any(OUTSIDE in (piece.origin, piece.owner) for piece in result.pieces)
