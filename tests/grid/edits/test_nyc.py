"""Real boundaries with real defects and islands: the 2,165 tracts of New York, repaired, then edited at 200 random places."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import shapely

from gis_app.grid.coverage import GRID, OUTSIDE, Coverage, areas, build_coverage, neighbours, outline, perimeters, polygons
from gis_app.grid.edits.edited import Edited
from gis_app.grid.edits.soundness import unsound
from gis_app.grid.repair import repair_polygons
from gis_app.progress import finish
from tests.grid.edits.any_edit import JOINING, MOVING, PARTING, spot
from tests.grid.edits.counties import assert_well_made, is_valid

GAP_WIDTH = 0.5
VERBS = {
    "split_cell": PARTING["split_cell"],
    "merge_cells": JOINING["merge_cells"],
    "reshape_border": MOVING["reshape_border"],
    "transfer_lasso": MOVING["transfer_lasso"],
    "transfer_line": MOVING["transfer_line"],
}


def assert_valid_around(county: Coverage, edited: Edited) -> None:
    """Assert that the cells that an edit touched and those around them fit together without a gap, as GEOS sees it."""
    beside = neighbours(edited.coverage)
    near = sorted(set(edited.cells).union(*(beside[cell] for cell in edited.cells)))
    shapes = list(polygons(edited.coverage, near).values())
    assert shapely.is_valid(shapes).all()
    assert shapely.coverage_is_valid(shapes)
    touched = [cell for cell in edited.cells | edited.removed if cell in county.cells]
    old, new = areas(county), areas(edited.coverage)
    beyond = sum(piece.shape.area * ((piece.origin == OUTSIDE) - (piece.owner == OUTSIDE)) for piece in edited.pieces)
    bent = GRID * sum(perimeters(county)[cell] for cell in touched)
    assert sum(new[cell] for cell in edited.cells) == pytest.approx(sum(old[cell] for cell in touched) + beyond, abs=bent + 1e-6)


def test_new_york_stays_valid_through_two_hundred_edits(shared_data: Path) -> None:
    import geopandas

    tracts = geopandas.read_file(f"zip://{shared_data}/nyc/tracts.zip").geometry
    repaired = finish(repair_polygons(range(1, len(tracts) + 1), tracts.to_list())).polygons
    county = build_coverage(list(repaired), list(repaired.values()))
    assert is_valid(county, GAP_WIDTH)
    assert unsound(county, county.cells) is None
    whole = outline(county)
    rng = np.random.default_rng(2165)
    done: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    beyond = 0.0
    while done.total() < 200:
        verb = list(VERBS)[done.total() % len(VERBS)]
        result = VERBS[verb](spot(county, rng, 10_000 + 100 * (done.total() + refused.total())))
        if not isinstance(result, Edited):
            refused[result.code] += 1
            continue
        if not result.cells:
            continue
        assert_valid_around(county, result)
        beyond += sum(piece.shape.area * ((piece.origin == OUTSIDE) - (piece.owner == OUTSIDE)) for piece in result.pieces)
        county = result.coverage
        done[verb] += 1
    assert refused.keys() <= {"ends_inside", "not_parted", "apart", "beyond", "one_cell", "nothing_to_do", "outside", "crossing"}, refused
    assert refused.total() < 200
    assert_well_made(county)
    assert is_valid(county, GAP_WIDTH)
    assert unsound(county, county.cells) is None
    after = outline(county)
    assert after.area == pytest.approx(whole.area + beyond, abs=GRID * whole.length)
