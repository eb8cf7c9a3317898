from dataclasses import replace

import shapely

from gis_app.grid.coverage import Coverage, build_coverage
from gis_app.grid.difference import difference, sharing


def row_of_squares() -> Coverage:
    return build_coverage([1, 2, 3], [shapely.box(x, 0, x + 1, 1) for x in range(3)])


def test_nothing_differs_from_itself() -> None:
    coverage = row_of_squares()
    assert not difference(coverage, coverage)
    assert not difference(coverage, replace(coverage, arcs=dict(coverage.arcs), cells=dict(coverage.cells)))


def test_a_moved_border_concerns_both_sides() -> None:
    before = row_of_squares()
    number = next(number for number, arc in before.arcs.items() if {arc.left, arc.right} == {1, 2})
    arc = before.arcs[number]
    found = difference(before, replace(before, arcs={**before.arcs, number: replace(arc, points=arc.points + 0)}))
    assert (found.arcs, found.lost_arcs, found.cells, found.lost_cells) == ({number}, set(), {1, 2}, set())


def test_cells_come_and_go() -> None:
    before = row_of_squares()
    fewer = replace(before, cells={cell: parts for cell, parts in before.cells.items() if cell != 3})
    assert difference(before, fewer).lost_cells == {3}
    assert difference(fewer, before).cells == {3}


def test_a_coverage_made_anew_differs_everywhere() -> None:
    before, after = row_of_squares(), row_of_squares()
    found = difference(before, after)
    assert found.arcs == after.arcs.keys() and found.cells == {1, 2, 3}


def test_a_coverage_that_was_built_anew_shares_what_is_the_same() -> None:
    before = row_of_squares()
    assert sharing(before, row_of_squares()) is before
    longer = build_coverage([1, 2, 3], [shapely.box(x, 0, x + 1 + (x == 2), 1) for x in range(3)])
    after = sharing(before, longer)
    assert difference(before, after).cells == {3} and after.arcs.keys() == longer.arcs.keys()
