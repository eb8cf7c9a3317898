import shapely

from gis_app.grid.checks import Issue, IssueKind, check_county, check_polygons, check_units, empty_cells, villages_outside
from gis_app.grid.coverage import Coverage, build_coverage, polygons
from gis_app.grid.units import Hierarchy, Level, Unit, UnitKind
from gis_app.progress import Progress, finish
from tests.grid.samples import wiggly
from tests.grid.test_households import at

B = shapely.box


def found(*shapes: shapely.Geometry | None, **options: float) -> list[Issue]:
    return list(finish(check_polygons(range(1, len(shapes) + 1), shapes, **options)))


def kinds(issues: list[Issue]) -> list[tuple[str, tuple[int, ...]]]:
    return [(issue.kind.value, issue.units) for issue in issues]


def test_a_sound_coverage_has_no_issues() -> None:
    shapes = polygons(wiggly(200, 3))
    assert found(*shapes.values()) == []
    ground = shapely.Polygon(B(0, 0, 50, 50).exterior, [B(20, 20, 30, 30).exterior])
    assert found(ground, B(20, 20, 30, 30)) == []


def test_an_overlap() -> None:
    (issue, *rest) = found(B(0, 0, 20, 20), B(18, 0, 40, 20))
    assert (issue.kind, issue.units, issue.area, issue.repairable) == (IssueKind.OVERLAP, (1, 2), 40, True)
    assert issue.at is not None
    assert 18 < issue.at[0] < 20
    assert "1 and 2 overlap on 40 m²" in str(issue.message)
    assert {issue.kind for issue in rest} == {IssueKind.MISSING_VERTEX}


def test_a_cell_on_top_of_another_without_a_hole() -> None:
    assert kinds(found(B(0, 0, 50, 50), B(20, 20, 30, 30))) == [("overlap", (1, 2))]


def test_two_whole_divisions_on_top_of_one_another() -> None:
    rows = [B(0, y, 60, y + 20) for y in (0, 20, 40)]
    columns = [B(x, 0, x + 20, 60) for x in (0, 20, 40)]
    overlaps = {issue.units: issue.area for issue in found(*rows, *columns) if issue.kind == IssueKind.OVERLAP}
    assert overlaps == {(row, column): 400 for row in (1, 2, 3) for column in (4, 5, 6)}


def test_a_duplicate_is_also_an_overlap() -> None:
    issues = found(B(0, 0, 20, 20), B(20, 0, 40, 20), B(0, 0, 20, 20))
    assert kinds(issues) == [("duplicate", (1, 3)), ("overlap", (1, 3))]


def test_a_gap_and_a_hole_too_wide_to_be_one() -> None:
    ring = shapely.Polygon(B(0, 0, 300, 300).exterior, [B(100, 100, 250, 250).exterior])
    beside = shapely.difference(B(300, 0, 600, 300), B(300, 100, 310, 200))
    gap, hole = sorted((issue for issue in found(ring, beside) if issue.kind == IssueKind.GAP), key=lambda issue: issue.area)
    assert (gap.kind, gap.units, gap.area, gap.repairable) == (IssueKind.GAP, (1, 2), 1000, True)
    assert (hole.kind, hole.units, hole.area, hole.repairable) == (IssueKind.GAP, (1,), 22500, False)
    assert "another county" in str(hole.message)
    assert not any(issue.repairable for issue in found(ring, beside, gap_width=5) if issue.kind == IssueKind.GAP)


def test_a_crack_that_is_open_to_the_outside() -> None:
    issues = found(B(0, 0, 100, 100), shapely.Polygon([(100, 0), (200, 0), (200, 100), (100.4, 100)]))
    assert kinds(issues) == [("gap", (1, 2))]


def test_a_vertex_that_the_neighbour_lacks() -> None:
    one, two, long = B(0, 0, 20, 20), B(20, 0, 40, 20), B(0, 20, 40, 40)
    (issue,) = found(one, two, long)
    assert (issue.kind, issue.units[0], issue.at, issue.repairable) == (IssueKind.MISSING_VERTEX, 3, (20.0, 20.0), True)


def test_invalid_and_empty_rings() -> None:
    bow = shapely.Polygon([(0, 0), (20, 20), (20, 0), (0, 20), (0, 0)])
    issues = found(bow, None, B(100, 100, 130, 130))
    assert kinds(issues) == [("invalid_ring", (1,)), ("invalid_ring", (2,))]
    assert issues[0].at == (10, 10)
    assert [issue.repairable for issue in issues] == [True, False]


def test_a_sliver_part() -> None:
    (issue,) = found(shapely.MultiPolygon([B(0, 0, 20, 20), B(50, 0, 50.5, 30)]))
    assert (issue.kind, issue.units, issue.area, issue.repairable) == (IssueKind.SLIVER, (1,), 15, False)


def test_work_is_reported_and_can_be_stopped() -> None:
    steps = check_polygons([1, 2], [B(0, 0, 1, 1), B(1, 0, 2, 1)])
    assert isinstance(next(steps), Progress)
    steps.close()


def test_a_county_without_anything() -> None:
    assert finish(check_county(Hierarchy(), Coverage(), at([]))) == ()


def tree(*extra: Unit) -> Hierarchy:
    return Hierarchy(
        [
            Unit(1, Level.TOWNSHIP, UnitKind.TOWN, "230225100", "甘南镇"),
            Unit(2, Level.VILLAGE, UnitKind.VILLAGE, "230225100201", "一村", 1),
            Unit(3, Level.CELL, UnitKind.RURAL_CELL, "230225100201001", "", 2),
            *extra,
        ]
    )


def test_a_sound_tree() -> None:
    assert check_units(tree(), "gbt", "230225") == ()


def test_units_without_parent() -> None:
    lost = (
        Unit(4, Level.CELL, UnitKind.RURAL_CELL, "230225100201002", "", 0),
        Unit(5, Level.CELL, UnitKind.RURAL_CELL, "230225100201003", "", 1),
        Unit(6, Level.VILLAGE, UnitKind.VILLAGE, "230225100202", "", 99),
    )
    issues = [issue for issue in check_units(tree(*lost), "gbt", "230225") if issue.kind == IssueKind.UNIT_WITHOUT_PARENT]
    assert [issue.units for issue in issues] == [(4,), (5,), (6,)]


def test_codes_wrong_and_repeated() -> None:
    issues = check_units(
        tree(
            Unit(4, Level.CELL, UnitKind.RURAL_CELL, "230225100201001", "", 2),
            Unit(5, Level.CELL, UnitKind.RURAL_CELL, "230225100299001", "", 2),
            Unit(6, Level.CELL, UnitKind.RURAL_CELL, "", "", 2),
        ),
        "gbt",
        "230225",
    )
    assert kinds(list(issues)) == [("code_wrong", (6,)), ("code_wrong", (5,)), ("code_repeated", (3, 4))]
    assert kinds(list(check_units(tree(), "gbt", "230229"))) == [("code_wrong", (1,))]
    assert check_units(tree(), "free") == ()


def test_a_village_outside_its_township() -> None:
    coverage = build_coverage([3], [B(0, 0, 100, 100)])
    assert villages_outside(tree(), coverage, {1: B(-10, -10, 110, 110)}) == ()
    assert villages_outside(tree(), coverage, {1: B(0, 0, 100, 99.5)}) == ()
    (issue,) = villages_outside(tree(), coverage, {1: B(0, 0, 60, 100)})
    assert (issue.kind, issue.units, issue.area) == (IssueKind.VILLAGE_OUTSIDE_TOWNSHIP, (2, 1), 4000)
    assert "40 %" in str(issue.message)


def test_empty_cells_count_only_when_there_are_households() -> None:
    coverage = build_coverage([3, 4], [B(0, 0, 100, 100), B(100, 0, 200, 100)])
    units = tree(Unit(4, Level.CELL, UnitKind.RURAL_CELL, "230225100201002", "", 2))
    assert empty_cells(units, coverage, at([])) == ()
    (issue,) = empty_cells(units, coverage, at([(50, 50)], cell=[3]))
    assert (issue.kind, issue.units) == (IssueKind.EMPTY_CELL, (4,))


def test_the_whole_county() -> None:
    coverage = build_coverage([3, 4], [B(0, 0, 100, 100), B(90, 0, 200, 100)])
    units = tree(
        Unit(4, Level.CELL, UnitKind.RURAL_CELL, "230225100201002", "", 2),
        Unit(5, Level.CELL, UnitKind.RURAL_CELL, "12", "", 2),
    )
    issues = finish(check_county(units, coverage, at([(50, 50)], cell=[3]), "gbt", "230225"))
    assert {issue.kind.value for issue in issues} == {"invalid_ring", "overlap", "missing_vertex", "code_wrong", "empty_cell"}
    assert "230225100201001" in str(next(issue for issue in issues if issue.kind == IssueKind.OVERLAP).message)


def test_the_trap_of_gap_overlap_and_duplicate(shared_data) -> None:
    import geopandas

    trap = geopandas.read_file(shared_data / "traps" / "gap_overlap_duplicate.gpkg")
    issues = found(*trap.geometry)
    assert {"gap", "overlap", "duplicate"} == {issue.kind.value for issue in issues}


def test_the_hairs_of_real_tracts(shared_data) -> None:
    import geopandas

    issues = found(*geopandas.read_file(f"zip://{shared_data}/nyc/tracts.zip").geometry)
    assert {"gap", "overlap", "missing_vertex"} == {issue.kind.value for issue in issues}


def test_a_sharp_turn_of_the_outer_border_is_no_crack() -> None:
    notched = shapely.Polygon([(50, 0), (100, 0), (100, 50), (65, 80), (50, 50)])
    assert found(B(0, 0, 50, 50), notched) == []
