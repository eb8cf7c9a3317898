"""Proposed cells: valid, of one piece, buildings whole, floors kept wherever that is possible, or the reason said."""

from collections.abc import Iterator, Sequence
from itertools import product

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gis_app.grid.coverage import polygons
from gis_app.grid.partition.buildings import buildings
from gis_app.grid.partition.ground import gathered, ground
from gis_app.grid.partition.proposal import Aim, Proposal, Wanted, propose
from gis_app.progress import finish

SQUARE = shapely.box(0, 0, 1000, 1000)
ELL = shapely.Polygon([(0, 0), (1000, 0), (1000, 200), (200, 200), (200, 1000), (0, 1000)])
HORSESHOE = shapely.Polygon([(0, 0), (1000, 0), (1000, 1000), (800, 1000), (800, 200), (200, 200), (200, 1000), (0, 1000)])
HOLED = shapely.Polygon(SQUARE.exterior.coords, [shapely.box(300, 300, 700, 700).exterior.coords[::-1]])
ENCLAVES = shapely.MultiPolygon([shapely.box(0, 0, 600, 600), shapely.box(800, 0, 1400, 600)])
LANDS = {"square": SQUARE, "ell": ELL, "horseshoe": HORSESHOE, "holed": HOLED, "enclaves": ENCLAVES}


def scattered(land: shapely.Geometry, count: int, rng: np.random.Generator) -> np.ndarray:
    """Return places within land, on the 1 mm grid."""
    west, south, east, north = land.bounds
    found = np.zeros((0, 2))
    while len(found) < count:
        more = np.round(rng.uniform((west, south), (east, north), (4 * count, 2)), 3)
        found = np.concatenate([found, more[shapely.contains_xy(land, more[:, 0], more[:, 1])]])
    return found[:count]


def checked(land: shapely.Geometry, places: np.ndarray, weights: np.ndarray, found: Proposal) -> None:
    """Check what holds for every proposal."""
    shapes = polygons(found.coverage)
    cells = np.array(list(shapes.values()), object)
    assert shapely.is_valid(cells).all()
    assert shapely.area(cells).sum() == pytest.approx(land.area, rel=1e-6)
    assert shapely.union_all(cells).symmetric_difference(land).area < 1e-3 * land.length
    of = dict(zip(shapes, range(len(shapes)), strict=True))
    own = cells[[of[cell] for cell in found.building.tolist()]]
    assert shapely.distance(own, shapely.points(places)).max() < 0.01, "each building lies in its cell"
    assert found.loads.sum() == weights.sum()
    assert np.bincount(found.building - 1, weights, len(cells)).tolist() == found.loads.tolist()
    assert (found.problem is None) == (found.below == 0 and not (found.wanted.most and (found.loads > found.wanted.most).any()))


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(sorted(LANDS)),
    st.integers(1, 120),
    st.integers(1, 12),
    st.integers(0, 6),
    st.sampled_from(list(Aim)),
    st.integers(0, 2**32 - 1),
)
def test_every_proposal_is_a_sound_division(name: str, count: int, floor: int, cells: int, aim: Aim, seed: int) -> None:
    land, rng = LANDS[name], np.random.default_rng(seed)
    places, weights = scattered(land, count, rng), rng.integers(1, 6, count)
    present = rng.integers(0, 4, count)
    found = finish(propose(land, places, weights, Wanted(floor, cells=cells, aim=aim), present=present))
    checked(land, places, weights, found)
    if cells:
        assert len(found.loads) == min(cells, count) or (name == "enclaves" and len(found.loads) < cells)
    for parts in found.coverage.cells.values():
        assert len(parts) == 1 or name == "enclaves", "each cell is of one piece"
    again = finish(propose(land, places, weights, Wanted(floor, cells=cells, aim=aim), present=present))
    assert again.building.tolist() == found.building.tolist(), "the same question has the same answer"


def contiguous(faces: Sequence[int], beside: Sequence[dict[int, float]]) -> bool:
    left, waiting = set(faces[1:]), [faces[0]]
    while waiting:
        for other in beside[waiting.pop()]:
            if other in left:
                left.discard(other)
                waiting.append(other)
    return not left


def divisions(count: int, k: int) -> Iterator[tuple[int, ...]]:
    for rest in product(range(k), repeat=count - 1):
        if len({0, *rest}) == k:
            yield (0, *rest)


@settings(max_examples=25, deadline=None)
@given(st.integers(5, 8), st.integers(2, 3), st.integers(2, 9), st.integers(0, 2**32 - 1))
def test_the_floor_is_kept_where_brute_force_keeps_it(count: int, k: int, floor: int, seed: int) -> None:
    """All divisions of a few buildings into contiguous cells are tried: where one keeps the floor, so does the proposal."""
    rng = np.random.default_rng(seed)
    places, weights = scattered(SQUARE, count, rng), rng.integers(1, 6, count)
    laid = gathered(ground(SQUARE, places, weights), 1)
    leader = laid.leader[laid.building]
    possible = any(
        all(
            sum(int(weights[at]) for at in mine) >= floor and contiguous([int(leader[at]) for at in mine], laid.beside)
            for mine in ([at for at in range(count) if cells[at] == cell] for cell in range(k))
        )
        for cells in divisions(count, k)
    )
    found = finish(propose(SQUARE, places, weights, Wanted(floor, cells=k)))
    assert found.below == 0 or not possible, (found.loads, floor)  # straight cuts can do what faces cannot


def test_near_to_the_present_cells_there_are_no_more_of_them_and_few_change() -> None:
    """Four quarters of which one is below the floor: 8 cells would fit, but four stay, and only what the poor one lacks goes over."""
    rng = np.random.default_rng(8)
    corners = [(0, 0), (500, 0), (0, 500), (500, 500)]
    counts = [130, 130, 110, 40]
    quarters = [scattered(shapely.box(x, y, x + 500, y + 500), count, rng) for (x, y), count in zip(corners, counts, strict=True)]
    places, present = np.concatenate(quarters), np.repeat([11, 12, 13, 14], counts)
    found = finish(propose(SQUARE, places, np.ones(410, np.int64), Wanted(50, aim=Aim.FAITHFUL), present=present))
    checked(SQUARE, places, np.ones(410, np.int64), found)
    assert len(found.loads) == 4 and found.below == 0 and found.spread <= 0.15
    shared = np.zeros((4, 4), np.int64)
    np.add.at(shared, (found.building - 1, present - 11), 1)
    stays = shared.max(axis=0).sum()
    assert stays >= 410 - 80, "a third of the mean is lacking, and about so many go over"


@pytest.mark.parametrize(("seed", "count", "k", "floor"), [(256, 6, 3, 7), (65, 5, 2, 6), (4086, 8, 3, 7)])
def test_floors_that_were_once_not_kept(seed: int, count: int, k: int, floor: int) -> None:
    rng = np.random.default_rng(seed)
    places, weights = scattered(SQUARE, count, rng), rng.integers(1, 6, count)
    found = finish(propose(SQUARE, places, weights, Wanted(floor, cells=k)))
    assert found.problem is None and len(found.loads) == k


def test_the_cells_of_a_village_are_nearly_equal_and_compact() -> None:
    rng = np.random.default_rng(5)
    places = scattered(SQUARE, 400, rng)
    found = finish(propose(SQUARE, places, np.ones(400, np.int64), Wanted(50)))
    assert len(found.loads) == 8 and found.below == 0 and found.loads.tolist() == [50] * 8
    looser = finish(propose(SQUARE, places, np.ones(400, np.int64), Wanted(30, cells=8)))
    assert looser.spread < 0.15 and looser.compactness.mean() > 0.6


def test_balanced_is_more_equal_and_faithful_stays_nearer_to_what_there_is() -> None:
    rng = np.random.default_rng(6)
    places = scattered(SQUARE, 500, rng)
    weights = rng.integers(1, 4, 500)
    present = 1 + (places[:, 0] // 250).astype(np.int64)  # four strips, which nobody would propose
    found = {aim: finish(propose(SQUARE, places, weights, Wanted(100, cells=4, aim=aim), present=present)) for aim in Aim}
    assert found[Aim.BALANCED].spread <= found[Aim.COMPACT].spread

    def kept(one: Proposal) -> int:
        pairs, counts = np.unique(np.stack([one.building, present]), axis=1, return_counts=True)
        return int(sum(counts[pairs[0] == cell].max() for cell in np.unique(pairs[0])))

    assert kept(found[Aim.FAITHFUL]) > kept(found[Aim.COMPACT])
    assert found[Aim.COMPACT].cut < found[Aim.FAITHFUL].cut


def test_too_few_households_are_one_cell_that_says_so() -> None:
    places = scattered(SQUARE, 20, np.random.default_rng(1))
    found = finish(propose(SQUARE, places, np.ones(20, np.int64), Wanted(50)))
    assert found.loads.tolist() == [20] and "fewer than the floor" in str(found.problem)
    asked = finish(propose(SQUARE, places, np.ones(20, np.int64), Wanted(8, cells=4)))
    assert len(asked.loads) == 4 and "do not suffice" in str(asked.problem)
    most = finish(propose(SQUARE, places, np.ones(20, np.int64), Wanted(2, most=4, cells=2)))
    assert "at most 4" in str(most.problem)


def test_all_households_at_one_place_and_along_a_line() -> None:
    one = finish(propose(SQUARE, np.full((60, 2), 500.0), np.ones(60, np.int64), Wanted(20)))
    assert one.loads.tolist() == [60], "a building is never parted"
    along = np.stack([np.linspace(10, 990, 60), np.full(60, 500.0)], axis=1)
    found = finish(propose(SQUARE, along, np.ones(60, np.int64), Wanted(20)))
    assert found.loads.tolist() == [20, 20, 20]


def test_a_piece_too_small_goes_with_the_nearest_cell() -> None:
    land = shapely.MultiPolygon([shapely.box(0, 0, 600, 600), shapely.box(700, 0, 760, 60)])
    places = np.concatenate([scattered(land.geoms[0], 100, np.random.default_rng(3)), [[720.0, 20.0]]])
    found = finish(propose(land, places, np.ones(101, np.int64), Wanted(25)))
    assert found.below == 0 and sorted(len(parts) for parts in found.coverage.cells.values()) == [1, 1, 1, 2]
    assert any("too few households" in str(remark) for remark in found.remarks)


def test_a_border_follows_a_road_nearby() -> None:
    rng, land = np.random.default_rng(2), shapely.box(0, 0, 1000, 600)
    places = np.concatenate([scattered(box, 100, rng) for box in (shapely.box(0, 0, 400, 600), shapely.box(600, 0, 1000, 600))])
    road = np.array([(500 + 15 * np.sin(y / 60), y) for y in np.linspace(-20, 620, 60)])
    weights = np.ones(200, np.int64)
    straight = finish(propose(land, places, weights, Wanted(80, cells=2)))
    found = finish(propose(land, places, weights, Wanted(80, cells=2, tolerance=90.0), lines=[road]))
    near = shapely.buffer(shapely.LineString(road), 0.1)
    shares = [shapely.LineString(one.borders[0]).intersection(near).length / 600 for one in (straight, found)]
    assert shares[0] < 0.2 and shares[1] > 0.8
    assert found.building.tolist() == straight.building.tolist()
    checked(land, places, weights, found)


def test_households_of_a_building_are_one() -> None:
    found = buildings(np.array([[0.0, 0.0], [0.0, 0.0], [5.0, 0.0], [9.0, 9.0]]), ["", "A", "A", ""])
    assert found.tolist() == [found[0]] * 3 + [found[3]] and found[0] != found[3]


@settings(max_examples=15, deadline=None)
@given(st.sampled_from(["square", "ell", "enclaves"]), st.sampled_from(list(Aim)), st.integers(0, 2**32 - 1))
def test_no_building_is_parted(name: str, aim: Aim, seed: int) -> None:
    """Buildings of one to four places, some metres apart and apart from the others, stay whole whatever is drawn."""
    land, rng = LANDS[name], np.random.default_rng(seed)
    grid = np.stack(np.meshgrid(np.arange(20, 1400, 40.0), np.arange(20, 1000, 40.0)), axis=-1).reshape(-1, 2)
    grid = grid[shapely.contains_xy(land.buffer(-15), grid[:, 0], grid[:, 1])]
    middles = rng.permutation(grid)[:90]
    building = np.repeat(np.arange(90), rng.integers(1, 5, 90))
    places = np.round(middles[building] + rng.uniform(-8, 8, (len(building), 2)), 3)
    weights = rng.integers(0, 3, len(building))
    found = finish(propose(land, places, weights, Wanted(12, aim=aim), building=building))
    checked(land, places, weights, found)
    assert len(found.loads) > 3
    for one in range(90):
        assert len(set(found.building[building == one].tolist())) == 1


def test_fewer_cells_are_proposed_where_buildings_are_as_heavy_as_cells() -> None:
    """60 buildings of 34 households: 40 cells of 50 by counting, but two buildings are needed for each."""
    places = scattered(SQUARE, 60, np.random.default_rng(3))
    found = finish(propose(SQUARE, places, np.full(60, 34), Wanted(50)))
    assert found.problem is None and found.below == 0 and 20 <= len(found.loads) <= 30


def test_what_cannot_be_asked_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="floor"):
        finish(propose(SQUARE, np.zeros((1, 2)), np.ones(1, np.int64), Wanted(0)))


def test_land_without_households_is_one_cell() -> None:
    for places in (np.zeros((0, 2)), np.array([[10.0, 10.0], [900.0, 900.0]])):
        found = finish(propose(SQUARE, places, np.zeros(len(places), np.int64), Wanted(50)))
        assert found.loads.tolist() == [0] and found.problem is not None
