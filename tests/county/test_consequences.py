"""What an edit would mean for each cell: the figures before and after, and who counts where."""

from collections.abc import Iterator

import numpy as np
import pytest
import shapely

from gis_app.county import boundary_edits
from gis_app.county.boundary_edits import BoundaryEdit
from gis_app.county.consequences import CellConsequence, Consequences, consequences
from gis_app.county.numbering import new_units
from gis_app.county.state import CountyState
from gis_app.grid.coverage import polygons
from gis_app.grid.edits.edited import Edited
from gis_app.grid.figures import compactness
from tests.county import villages
from tests.county.villages import at

MIDDLE = np.array([at(50, 0), at(50, 100)])


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CountyState]:
    county = villages.county(tmp_path_factory.mktemp("county") / "county.gpkg")
    yield villages.as_draft(county.state)
    county.close()


def tried(state: CountyState, edit: BoundaryEdit) -> Edited:
    edited = edit.attempt(state)
    assert isinstance(edited, Edited), edited
    return edited


def by_cell(found: tuple[CellConsequence, ...]) -> dict[int, CellConsequence]:
    return {one.cell: one for one in found}


def test_a_split_shows_both_parts(state: CountyState) -> None:
    edited = tried(state, boundary_edits.split_cell(21, [MIDDLE]))
    found = consequences(state, edited)
    assert [one.cell for one in found] == [21, 25], "18 and 22 stay as they are"
    old, new = found[0], found[1]
    assert (new.before, new.code, new.name) == (None, "230225101201005", "永安村第五网格")
    assert old.before is not None and old.after is not None and new.after is not None
    assert (old.before.households, old.before.members, old.before.whistles, old.before.workers) == (11, 82, 4, 1)
    assert (old.after.households, new.after.households) == (8, 2), "one on the border goes to 22, of the lower code"
    assert old.after.members + new.after.members == 82 - 11
    assert (old.after.area, new.after.area) == (5000, 5000) and old.after.floor == 1
    square = polygons(edited.coverage, [25])[25]
    assert new.after.compactness == pytest.approx(4 * np.pi * square.area / square.length**2)
    assert old.before.compactness == pytest.approx(float(compactness([21], state.coverage)[0]))
    assert (old.after.workers, new.after.workers) == (0, 1), "he lives there"
    assert not new.after.below_floor


def test_a_cell_that_is_gone_has_no_figures_after(state: CountyState) -> None:
    found = by_cell(consequences(state, tried(state, boundary_edits.merge_cells([21, 22], 22))))
    assert found[21].after is None and found[21].before is not None
    after = found[22].after
    assert after is not None and (after.households, after.whistles, after.workers) == (12, 5, 2)


def test_land_from_beyond_brings_those_who_live_there(state: CountyState) -> None:
    beyond = np.array([at(400, 0), at(500, 0), at(500, 100), at(400, 100)])
    (found,) = consequences(state, tried(state, boundary_edits.extend_county(beyond, 24)))
    assert found.before is not None and found.after is not None
    assert (found.before.households, found.after.households) == (0, 1)


def test_what_is_kept_while_dragging_gives_the_same(state: CountyState) -> None:
    live = Consequences(state)
    for x in (10, 30, 50, 70, 150, 30):
        cell = 21 if x < 100 else 22
        edited = tried(state, boundary_edits.split_cell(cell, [np.array([at(x, 0), at(x, 100)])]))
        assert live.of(edited) == consequences(state, edited)
    for edit in (
        boundary_edits.merge_cells([21, 22], 21),
        boundary_edits.draw_cell(np.array(shapely.box(*at(80, 80), *at(320, 220)).exterior.coords)),
    ):
        edited = tried(state, edit)
        assert live.of(edited) == consequences(state, edited)


def test_a_drawn_cell_comes_to_the_village_that_gives_most(state: CountyState) -> None:
    edited = tried(state, boundary_edits.draw_cell(np.array(shapely.box(*at(190, 20), *at(290, 80)).exterior.coords)))
    (unit,) = new_units(state, edited).values()
    assert (unit.parent, unit.code, unit.name) == (5, "230225201201005", "河西村第五网格")


def test_a_cell_beyond_the_county_comes_to_the_village_it_borders_on(state: CountyState) -> None:
    edited = tried(state, boundary_edits.draw_cell(np.array(shapely.box(*at(400, 90), *at(450, 200)).exterior.coords), outside=True))
    (unit,) = new_units(state, edited).values()
    assert unit.parent == 6, "its border with 20 is longer than that with 24"
