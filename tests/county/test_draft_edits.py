"""Edits that were there before plans, on a draft: they change the draft alone."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import shapely

from gis_app.county import edits
from gis_app.county.boundary_edits import boundary_edit, split_cell
from gis_app.county.changes import Changes, Edit, RowChange
from gis_app.county.content import objects
from gis_app.county.county import County
from gis_app.county.household_edits import pin_households
from gis_app.county.locks import named
from gis_app.grid.coverage import polygons
from gis_app.language import format_code
from gis_app.progress import finish
from tests.county import villages
from tests.county.samples import edit, same_state
from tests.county.villages import DRAFT, at


@pytest.fixture
def county(tmp_path: Path) -> Iterator[County]:
    made = villages.drafted(tmp_path / "county.gpkg")
    published, start = made.state, made.working
    yield made
    same_state(made.state, published)
    after = made.working
    made.close_draft()
    same_state(finish(made.opening_draft(DRAFT)), after)
    while made.undo():
        pass
    same_state(made.working, start)
    made.close()


def done(county: County, what: Edit) -> Changes:
    changes = county.perform(what)
    assert isinstance(changes, Changes) and changes.plan == DRAFT, changes
    return changes


def test_a_household_is_pinned_and_let_go(county: County) -> None:
    done(county, pin_households([1], 13))
    assert county.working.households.cell[0] == 13 and county.working.households.pinned[0]
    done(county, boundary_edit(split_cell(13, [np.array([at(50, 200), at(50, 300)])])))
    assert county.working.households.cell[0] in (13, 25), "it lies in neither part: it stays with the one that keeps the number"
    assert county.working.households.cell[0] == 13
    done(county, pin_households([1], None))
    done(county, pin_households([6], None))
    assert county.working.households.cell[[0, 5]].tolist() == [21, 19]


def test_cells_get_workers(county: County) -> None:
    done(county, edits.assign_workers())
    cells = {worker.id: worker.cell for worker in county.working.workers.values()}
    assert cells == {1: 21, 2: 22, 3: 13, 4: 19, 5: 14}, "all keep theirs"
    done(county, boundary_edit(split_cell(21, [np.array([at(50, 0), at(50, 100)])])))
    done(county, edits.assign_workers())
    assert county.working.workers[1].cell == 25


def test_a_draft_is_repaired(county: County) -> None:
    hole = shapely.box(*at(95, 40), *at(105, 41))  # a gap between 21 and 22
    shapes = polygons(county.working.coverage, [21, 22])
    torn = [shapely.MultiPolygon([shapely.difference(shape, hole)]) for shape in shapes.values()]
    tear = edit(RowChange("units", update={"id": np.array([21, 22]), "geom": objects(torn)}))
    done(county, Edit(tear.title, tear.plan, division=True))
    done(county, edits.repair_coverage())
    healed = polygons(county.working.coverage, [21, 22])
    assert shapely.coverage_is_valid(list(healed.values()), gap_width=2.0)
    assert sum(shape.area for shape in healed.values()) == pytest.approx(20_000)


def test_the_history_says_which_unit_was_renamed_and_where_a_household_is_pinned(county: County) -> None:
    """The titles name codes: by them a unit finds what was done to it."""
    units, home = county.working.units, int(county.working.households.id[0])
    cell, other = int(county.working.households.cell[0]), max(county.working.coverage.cells)
    was = named(units[cell])
    for what in (edits.rename_unit(cell, "甲网格"), pin_households([home], other), pin_households([home], None)):
        done(county, what)
    unpinned, pinned, renamed = (str(entry.title) for entry in county.history(3))
    assert renamed == f"Rename {was} to 甲网格" and format_code(units[cell].code) in renamed
    assert pinned == f"Pin a household to {named(units[other])}"
    assert unpinned == f"Unpin a household; its place is in {named(county.working.units[cell])}"
