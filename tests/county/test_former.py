"""Former grids: loaded with their errors, laid over one another and over the cells, and where their units went."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import shapely

from gis_app.bootstrap import open_county
from gis_app.county.boundary_edits import boundary_edit, use_borders
from gis_app.county.changes import Changes
from gis_app.county.content import objects
from gis_app.county.county import County
from gis_app.county.former import CELLS, former_called, former_content, former_units, laying_over, unit_now, went_to
from gis_app.county.former_edits import (
    LoadedGrid,
    colour_former_grid,
    load_former_grid,
    remove_former_grid,
    rename_former_grid,
    renew_crosswalk,
    show_former_grid,
)
from gis_app.county.plan_edits import create_draft, publish
from gis_app.grid.coverage import areas, polygons
from gis_app.grid.former import FormerGrid, FormerUnits
from gis_app.grid.issues import IssueKind
from gis_app.progress import finish
from tests.county.samples import done, refused
from tests.county.villages import at
from tests.county.villages import county as made_county


def box(west: float, south: float, east: float, north: float) -> shapely.MultiPolygon:
    return shapely.MultiPolygon([shapely.box(*at(west, south), *at(east, north))])


def units(*shapes: shapely.MultiPolygon, codes: tuple[str, ...] = ()) -> FormerUnits:
    """Return units named 甲, 乙, … with the codes P1, P2, …"""
    n = len(shapes)
    named = codes or tuple(f"P{number}" for number in range(1, n + 1))
    texts = objects(list(named)), objects(list("甲乙丙丁戊己"[:n])), objects(["李警官"] * n), objects(["0452-110"] * n), objects([""] * n)
    return FormerUnits(np.arange(n), np.zeros(n, np.int64), *texts, objects(list(shapes)))


WHOLE = (box(0, 0, 130, 300), box(130, 0, 400, 300))
"""Two police beats that fill the county; their border runs through the second column of cells."""


@pytest.fixture
def county(tmp_path: Path) -> Iterator[County]:
    made = made_county(tmp_path / "county.gpkg")
    yield made
    made.close()


def load(county: County, name: str = "公安警务网格", of: FormerUnits | None = None) -> LoadedGrid:
    report = done(county, load_former_grid(FormerGrid(0, name, "公安局", "police.gpkg"), of or units(*WHOLE))).report
    assert isinstance(report, LoadedGrid)
    return report


def test_a_loaded_grid_is_in_the_file_with_units_contacts_and_crosswalk(county: County) -> None:
    report = load(county)
    assert (report.units, report.issues) == (2, ())
    county.close()
    again = open_county(Path(county.store.name))
    try:
        grid = again.state.former_grids[report.grid.id]
        assert (grid.name, grid.office, grid.source, grid.visible) == ("公安警务网格", "公安局", "police.gpkg", True)
        assert grid.loaded is not None and grid.colour.startswith("#")
        first = former_units(again.store, grid.id).unit(0)
        assert (first.code, first.name, first.contact, first.phone) == ("P1", "甲", "李警官", "0452-110")
        went = went_to(again.store, [first.id])
        assert sum(row.area for row in went) == pytest.approx(130 * 300) and sum(row.area_share for row in went) == pytest.approx(1)
        halved = next(row for row in went if row.cell == 22)
        assert halved.area == pytest.approx(3000) and halved.area_share == pytest.approx(3000 / 39_000)
        assert sum(row.households for row in went) == int(((again.state.households.x - at(0, 0)[0]) <= 130).sum())
    finally:
        again.close()


def test_errors_are_told_and_stay(county: County) -> None:
    broken = units(box(0, 0, 120, 300), box(100, 0, 250, 300), box(250, 0, 400, 290), codes=("P1", "P2", "P2"))
    report = load(county, of=broken)
    kinds = {issue.kind for issue in report.issues}
    assert {IssueKind.OVERLAP, IssueKind.CODE_REPEATED} <= kinds
    stored = former_units(county.store, report.grid.id)
    assert [shape.area for shape in stored.shapes] == pytest.approx([36_000, 45_000, 43_500])


def test_land_and_households_beyond_the_cells_went_to_none(county: County) -> None:
    report = load(county, of=units(box(300, 0, 500, 100)))
    unit = int(former_units(county.store, report.grid.id).id[0])
    assert {(row.cell, round(row.area), row.households) for row in went_to(county.store, [unit])} == {(24, 10_000, 0), (0, 10_000, 1)}


def test_names_are_needed_and_not_given_twice(county: County) -> None:
    load(county)
    assert refused(county, load_former_grid(FormerGrid(0, " "), units(*WHOLE))) == "no_name"
    assert refused(county, load_former_grid(FormerGrid(0, "公安警务网格"), units(*WHOLE))) == "name_taken"
    assert refused(county, load_former_grid(FormerGrid(0, "空"), units())) == "no_units"
    grid = next(iter(county.state.former_grids))
    assert refused(county, rename_former_grid(grid, "")) == "no_name"
    assert refused(county, colour_former_grid(grid, "red")) == "colour"
    assert {refused(county, edit) for edit in (remove_former_grid(99), show_former_grid(99, True), rename_former_grid(99, "x"))} == {
        "no_grid"
    }


def test_grids_are_renamed_hidden_coloured_and_removed_and_all_comes_back(county: County) -> None:
    one, two = load(county).grid, load(county, "党建网格").grid
    assert one.colour != two.colour
    done(county, rename_former_grid(one.id, "警务网格", "县公安局"))
    done(county, show_former_grid(one.id, False))
    done(county, colour_former_grid(one.id, "#aa00bb"))
    now = county.state.former_grids[one.id]
    assert (now.name, now.office, now.visible, now.colour, now.loaded) == ("警务网格", "县公安局", False, "#AA00BB", one.loaded)
    before = former_content(county.store)
    done(county, remove_former_grid(one.id))
    after = former_content(county.store)
    assert set(after.units.grid) == {two.id} == set(after.crosswalk_grid) and one.id not in county.state.former_grids
    county.undo()
    back = former_content(county.store)
    assert back.units.id.tolist() == before.units.id.tolist() and back.crosswalk.tolist() == before.crosswalk.tolist()
    assert one.id in county.state.former_grids


def test_two_grids_and_the_cells_are_laid_over_one_another(county: County) -> None:
    one = load(county).grid.id
    two = load(county, "党建网格", units(box(0, 0, 100, 300), box(100, 0, 400, 300))).grid.id
    sides = finish(laying_over(county.store, county.state, one, two))
    assert sides.overlaid.agreement.area == pytest.approx(1 - 9000 / 120_000)
    (piece,) = sides.overlaid.differences
    assert (sides.names_one[piece.one], sides.names_other[piece.other]) == ("甲", "乙")
    cells = finish(laying_over(county.store, county.state, two, CELLS))
    assert cells.overlaid.agreement.other_in_one == pytest.approx(1), "every cell lies within one of the party's units"
    assert cells.overlaid.agreement.one_in_other == pytest.approx(20_000 / 120_000)
    with pytest.raises(KeyError):
        finish(laying_over(county.store, county.state, 99, CELLS))


def test_an_old_code_or_name_is_found_in_every_grid(county: County) -> None:
    one, two = load(county).grid.id, load(county, "党建网格").grid.id
    assert [(unit.grid, unit.name) for unit in former_called(county.store, " P2 ")] == [(one, "乙"), (two, "乙")]
    assert [unit.code for unit in former_called(county.store, "甲")] == ["P1", "P1"]
    assert former_called(county.store, "P9") == [] == former_called(county.store, " ")


def test_the_unit_of_today_is_the_lowest_that_holds_nearly_all_of_an_old_one(county: County) -> None:
    shapes = box(0, 0, 100, 100), box(0, 100, 200, 200), box(100, 200, 300, 300), box(500, 500, 600, 600)
    report = load(county, of=units(*shapes))
    ids = former_units(county.store, report.grid.id).id.tolist()
    found = [unit_now(county.state, went_to(county.store, [unit])) for unit in ids]
    assert found == [21, 3, 0, 0], "a cell; a village with two cells; two townships; beyond the county"


def use_the_first_beat(county: County, tolerance: float = 15.0) -> Changes:
    done(county, create_draft("草案"))
    finish(county.opening_draft(max(county.state.plans)))
    return done(county, boundary_edit(use_borders(WHOLE[0], tolerance)))


def test_borders_are_taken_over_into_a_draft_and_publishing_makes_the_crosswalk_anew(county: County) -> None:
    report = load(county)
    first = int(former_units(county.store, report.grid.id).id[0])
    before = {row.cell for row in went_to(county.store, [first])}
    use_the_first_beat(county)
    assert county.draft is not None
    added = set(county.draft.coverage.cells) - set(county.state.coverage.cells)
    assert len(added) == 3, "the three cells of the second column are parted at x = 130"
    assert {row.cell for row in went_to(county.store, [first])} == before, "the crosswalk is of the published plan"
    assert county.draft.plan != county.state.plan
    done(county, publish(county.draft.plan, date(2020, 7, 1)))
    went = went_to(county.store, [first])
    assert {row.cell for row in went} > {13, 17, 21} and len(went) == 6
    rows = county.store.rows("crosswalk", columns=["plan"])
    assert set(rows["plan"].tolist()) == {county.state.plan}
    areas_now = areas(county.state.coverage)
    assert all(row.area == pytest.approx(areas_now[row.cell]) for row in went), "no cell lies across the old border any more"
    county.undo()
    assert {row.cell for row in went_to(county.store, [first])} == before


def test_borders_taken_over_are_one_step_back(county: County) -> None:
    load(county)
    use_the_first_beat(county)
    assert county.draft is not None and len(county.draft.coverage.cells) == 15
    county.undo()
    assert county.draft is not None and len(county.draft.coverage.cells) == 12


def test_a_border_nearly_on_a_border_is_that_border(county: County) -> None:
    load(county)
    done(county, create_draft("草案"))
    finish(county.opening_draft(max(county.state.plans)))
    assert refused(county, boundary_edit(use_borders(box(0, 0, 108, 300)))) == "not_parted"
    done(county, boundary_edit(use_borders(box(0, 0, 108, 150))))
    assert county.draft is not None
    drawn = polygons(county.draft.coverage)
    assert len(drawn) == 13, "only the cell 17 is parted, at its middle; the strip of 8 m stays with 18 and 22"
    assert drawn[18].area == pytest.approx(10_000) and drawn[22].area == pytest.approx(10_000)
    assert drawn[17].area == pytest.approx(5000)


def test_the_crosswalk_is_worked_out_anew_on_request(county: County) -> None:
    load(county)
    rows = former_content(county.store)
    changes = done(county, renew_crosswalk())
    assert changes.report == len(rows.crosswalk) == len(former_content(county.store).crosswalk)
