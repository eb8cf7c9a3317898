"""The land is one valid partition, its units are those that were asked for, and their codes are the county's."""

import numpy as np
import shapely

from gis_app.county.county import County
from gis_app.demo.land import make_land
from gis_app.demo.places import SIZES
from gis_app.demo.units import chinese, reading_order
from gis_app.grid import coverage as coverages
from gis_app.grid.codes import check_code
from gis_app.grid.units import Level, UnitKind


def cells_of(county: County) -> np.ndarray:
    return np.array(list(coverages.polygons(county.state.coverage).values()), object)


def test_the_county_has_the_units_that_the_issue_names(county: County, size: str) -> None:
    units = county.state.units
    counts = [len(units.at_level(level)) for level in Level]
    assert counts == ([12, 127, 1939] if size == "county" else [1, 8, 100])
    kinds = [unit.kind for unit in units.at_level(Level.VILLAGE)]
    if size == "county":
        assert [kinds.count(kind) for kind in (UnitKind.COMMUNITY, UnitKind.VILLAGE, UnitKind.DIRECT_UNIT)] == [8, 110, 9]
        assert sum(unit.kind == UnitKind.FARM for unit in units.at_level(Level.TOWNSHIP)) == 2


def test_codes_are_valid_unique_and_nested(county: County) -> None:
    units = county.state.units
    for unit in units.values():
        above = units[unit.parent].code if unit.parent else county.state.settings.code
        assert check_code("gbt", unit.level, unit.code, above) is None
    assert len({unit.code for unit in units.values()}) == len(units)
    assert len({unit.name for unit in units.at_level(Level.VILLAGE)}) == len(units.at_level(Level.VILLAGE))
    for village in units.at_level(Level.VILLAGE):
        cells = units.children(village.id)
        assert [int(cell.code[-3:]) for cell in cells] == list(range(1, len(cells) + 1))


def test_ids_follow_codes(county: County) -> None:
    for level in Level:
        ids = [unit.id for unit in county.state.units.at_level(level)]
        assert ids == sorted(ids)


def test_the_cells_are_one_partition_without_gap_or_overlap(county: County, size: str) -> None:
    polygons = cells_of(county)
    wanted = SIZES[size]
    whole = shapely.coverage_union_all(polygons)
    assert shapely.is_valid(polygons).all()
    assert shapely.coverage_is_valid(polygons, gap_width=1.0)
    assert shapely.area(polygons).sum() == np.float64(shapely.area(whole)).round(3) or abs(shapely.area(polygons).sum() - whole.area) < 1
    assert len(shapely.get_parts(whole)) == 1
    assert not list(shapely.get_parts(whole)[0].interiors)
    assert abs(whole.area - wanted.area) < 0.001 * wanted.area
    assert abs(int(shapely.get_num_coordinates(polygons).sum()) - wanted.vertices) < 0.02 * wanted.vertices
    coordinates = shapely.get_coordinates(polygons)
    assert np.abs(coordinates * 1000 - np.round(coordinates * 1000)).max() < 1e-3


def test_the_county_lies_where_gannan_lies(county: County) -> None:
    from pyproj import Transformer

    x0, y0, x1, y1 = coverages.extent(county.state.coverage)
    longitude, latitude = Transformer.from_crs("EPSG:4550", "EPSG:4490", always_xy=True).transform((x0 + x1) / 2, (y0 + y1) / 2)
    assert abs(longitude - 123.5) < 0.2
    assert abs(latitude - 47.9) < 0.2


def test_enclaves_holes_and_parts_are_there(county: County, size: str) -> None:
    state = county.state
    groups = {unit.id: [cell.id for cell in state.units.cells(unit.id)] for unit in state.units.at_level(Level.VILLAGE)}
    villages = np.array(list(coverages.unions(state.coverage, groups).values()), object)
    cells = cells_of(county)
    assert sum(len(shapely.get_parts(village)) > 1 for village in villages) >= 2
    assert sum(any(list(part.interiors) for part in shapely.get_parts(cell)) for cell in cells) == 2
    assert sum(len(shapely.get_parts(cell)) > 1 for cell in cells) == 1
    if size == "county":
        groups = {unit.id: [cell.id for cell in state.units.cells(unit.id)] for unit in state.units.at_level(Level.TOWNSHIP)}
        townships = coverages.unions(state.coverage, groups).values()
        assert any(len(shapely.get_parts(township)) > 1 for township in townships)


def test_another_seed_is_another_and_equally_valid_land() -> None:
    for seed in range(2, 12):
        land = make_land(SIZES["small"], np.random.default_rng([seed, 1]))
        assert shapely.coverage_is_valid(land.polygons, gap_width=1.0)
        assert shapely.is_valid(land.polygons).all()
        assert shapely.contains_xy(land.polygons, land.seeds[:, 0], land.seeds[:, 1]).all()


def lengths_and_widths(shapes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return both sides of the smallest rectangle around each shape, the longer one first."""
    corners = shapely.get_coordinates(shapely.minimum_rotated_rectangle(shapes)).reshape(-1, 5, 2)
    sides = np.hypot(*np.moveaxis(np.diff(corners[:, :3], axis=1), -1, 0))
    return sides.max(axis=1), sides.min(axis=1)


def test_no_cell_is_a_strip(county: County) -> None:
    """Along rivers and at the county's border, too, cells are about as wide as they are long; a few are up to four times as long."""
    cells = cells_of(county)
    length, width = lengths_and_widths(cells[shapely.get_num_geometries(cells) == 1])
    assert (length / width).max() < 4
    assert ((length / width) > 2.5).mean() < 0.01


def test_the_outline_winds_as_borders_do(county: County) -> None:
    """Its length is well above that of a smooth curve around the same county, and it runs into the county here and there."""
    whole = shapely.coverage_union_all(cells_of(county))
    smooth = whole.buffer(3_000).buffer(-6_000).buffer(3_000)
    assert whole.length > 1.15 * smooth.length
    assert whole.area < 0.95 * whole.convex_hull.area


def test_reading_order_goes_west_to_east_then_north_to_south() -> None:
    points = np.array([(2.0, 0.0), (0.0, 10.0), (2.0, 10.0), (0.0, 0.0)])
    assert reading_order(points).tolist() == [1, 2, 3, 0]


def test_the_eastern_suburb_lies_east_of_the_western(county: County, size: str) -> None:
    if size != "county":
        return
    state = county.state
    villages = {unit.name: unit.id for unit in state.units.at_level(Level.VILLAGE)}
    groups = {unit: [cell.id for cell in state.units.cells(unit)] for unit in villages.values()}
    shapes = coverages.unions(state.coverage, groups)
    at = {name: shapely.centroid(shapes[unit]) for name, unit in villages.items()}
    assert at["东郊村"].x > at["西郊村"].x
    assert at["北郊村"].y > at["南郊村"].y
    assert at["岭东村"].x > at["岭西村"].x


def test_numbers_in_chinese() -> None:
    assert [chinese(n) for n in (1, 10, 12, 20, 34)] == ["一", "十", "十二", "二十", "三十四"]
