"""What is wrong with a county's division: each defect with its kind, its units, its place, and whether it can be repaired."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_app.grid.codes import check_code
from gis_app.grid.coverage import Coverage, polygons, unions
from gis_app.grid.figures import household_counts
from gis_app.grid.fit import fit_issues
from gis_app.grid.households import Households
from gis_app.grid.issues import Issue, IssueKind, place
from gis_app.grid.units import Hierarchy, Level, Unit
from gis_app.language import msg
from gis_app.progress import Progress, Steps, part

__all__ = [
    "GAP_WIDTH",
    "SLIVER_WIDTH",
    "Issue",
    "IssueKind",
    "check_county",
    "check_polygons",
    "check_units",
    "code_names",
    "empty_cells",
    "villages_outside",
]

GAP_WIDTH = 100.0
"""Gaps up to this width (m, the widest circle in them) count as errors, which can be repaired; wider ones may be another county's land."""

SLIVER_WIDTH = 0.5
"""A part of a cell that is narrower than this on the average (m) is a sliver (New York has real piers of 0.7 m)."""

Names = Mapping[int, str]


def code_names(hierarchy: Hierarchy) -> Names:
    """Return what messages call each unit: its code, else its name, else its number."""
    return {unit.id: unit.code or unit.name or str(unit.id) for unit in hierarchy.values()}


def check_polygons(
    ids: Sequence[int] | NDArray[np.int64],
    shapes: Sequence[object],
    gap_width: float = GAP_WIDTH,
    sliver_width: float = SLIVER_WIDTH,
    names: Names | None = None,
    metres: float = 1.0,
) -> Steps[tuple[Issue, ...]]:
    """Check that polygons (Polygon, MultiPolygon or None, one an id) are valid and fill the county without gap and overlap.

    Widths are metres, areas m²; `metres` is the length of one unit of the coordinate system. `names` gives what messages call the units.
    Raises `CoverageError` for coordinates that cannot be.
    """
    return _by_kind((yield from fit_issues([int(unit) for unit in ids], shapes, gap_width, sliver_width, names or {}, metres)))


def check_units(hierarchy: Hierarchy, scheme: str = "gbt", county_code: str = "") -> tuple[Issue, ...]:
    """Check the tree and the codes: units without the parent that they need, codes that are wrong or given twice.

    `county_code` is what the codes of townships begin with ("": not compared).
    """
    return _by_kind([*_parents(hierarchy), *_codes(hierarchy, scheme, county_code)])


def _by_kind(issues: Sequence[Issue]) -> tuple[Issue, ...]:
    order = {kind: position for position, kind in enumerate(IssueKind)}
    return tuple(sorted(issues, key=lambda issue: order[issue.kind]))


def _parents(hierarchy: Hierarchy) -> Iterator[Issue]:
    names = code_names(hierarchy)
    for unit in hierarchy.values():
        parent = hierarchy.get(unit.parent)
        if unit.level == Level.TOWNSHIP or (parent is not None and parent.level == unit.level - 1):
            continue
        text = (
            msg("The cell {unit} belongs to no village; choose its village.", unit=names[unit.id])
            if unit.level == Level.CELL
            else msg("The village {unit} belongs to no township; choose its township.", unit=names[unit.id])
        )
        yield Issue(IssueKind.UNIT_WITHOUT_PARENT, (unit.id,), None, False, 0.0, text)


def _codes(hierarchy: Hierarchy, scheme: str, county_code: str) -> Iterator[Issue]:
    for level in Level:
        same: dict[str, list[Unit]] = {}
        for unit in hierarchy.at_level(level):
            parent = hierarchy.get(unit.parent)
            above = county_code if level == Level.TOWNSHIP else parent.code if parent else ""
            wrong = check_code(scheme, level, unit.code, above)
            if wrong:
                yield Issue(IssueKind.CODE_WRONG, (unit.id,), None, False, 0.0, wrong)
            if unit.code:
                same.setdefault(unit.code, []).append(unit)
        for code, units in same.items():
            if len(units) > 1:
                text = msg("{count} units have the code {code}; give each its own.", count=len(units), code=code)
                yield Issue(IssueKind.CODE_REPEATED, tuple(unit.id for unit in units), None, False, 0.0, text)


def villages_outside(
    hierarchy: Hierarchy, coverage: Coverage, townships: Mapping[int, shapely.Geometry], tolerance: float = 0.01
) -> tuple[Issue, ...]:
    """Compare villages with township polygons that came from elsewhere (id → shape): which lie outside their township?

    A village may reach out by `tolerance` of its area, since borders of two sources never agree to the metre.
    """
    villages = [unit for unit in hierarchy.at_level(Level.VILLAGE) if unit.parent in townships]
    shapes = unions(coverage, {unit.id: [cell.id for cell in hierarchy.cells(unit.id)] for unit in villages})
    names = code_names(hierarchy)
    issues: list[Issue] = []
    for village in villages:
        shape = shapes[village.id]
        beyond = shapely.difference(shape, shapely.make_valid(townships[village.parent]))
        if shape.area > 0 and beyond.area > tolerance * shape.area:
            text = msg(
                "{percent} % of the village {village} lies outside its township {township}; check to which it belongs.",
                percent=round(100 * beyond.area / shape.area),
                village=names[village.id],
                township=names[village.parent],
            )
            units = (village.id, village.parent)
            issues.append(Issue(IssueKind.VILLAGE_OUTSIDE_TOWNSHIP, units, place(beyond), False, float(beyond.area), text))
    return tuple(issues)


def empty_cells(hierarchy: Hierarchy, coverage: Coverage, households: Households) -> tuple[Issue, ...]:
    """List the cells without households; none as long as the county has no households at all."""
    if not len(households):
        return ()
    cells = hierarchy.at_level(Level.CELL)
    counts = household_counts([cell.id for cell in cells], households)
    empty = [cell for cell, count in zip(cells, counts.tolist(), strict=True) if count == 0]
    shapes = polygons(coverage, [cell.id for cell in empty if cell.id in coverage.cells])
    names = code_names(hierarchy)
    return tuple(
        Issue(
            IssueKind.EMPTY_CELL,
            (cell.id,),
            place(shapes[cell.id]) if cell.id in shapes else None,
            False,
            float(shapes[cell.id].area) if cell.id in shapes else 0.0,
            msg("No household lies in the cell {unit}; merge it with a neighbour, or assign the households again.", unit=names[cell.id]),
        )
        for cell in empty
    )


def check_county(
    hierarchy: Hierarchy,
    coverage: Coverage,
    households: Households | None = None,
    scheme: str = "gbt",
    county_code: str = "",
    gap_width: float = GAP_WIDTH,
    townships: Mapping[int, shapely.Geometry] | None = None,
    metres: float = 1.0,
) -> Steps[tuple[Issue, ...]]:
    """Run all checks over a county and return what is wrong, by kind. `townships`: their polygons from elsewhere, if there are any.

    `gap_width` is metres; `metres` is the length of one unit of the coordinate system (`grid.datum.metres_per_unit`).
    """
    yield Progress(0.0, msg("Checking units and codes"))
    issues = list(check_units(hierarchy, scheme, county_code))
    for cell in hierarchy.at_level(Level.CELL):
        if cell.id not in coverage.cells:
            text = msg("The cell {unit} has no boundary; draw or import it.", unit=cell.code or cell.name)
            issues.append(Issue(IssueKind.INVALID_RING, (cell.id,), None, False, 0.0, text))
    shapes = polygons(coverage)
    fit = check_polygons(list(shapes), list(shapes.values()), gap_width, names=code_names(hierarchy), metres=metres)
    issues += yield from part(fit, 0.1, 0.9)
    yield Progress(0.9, msg("Checking villages and households"))
    if townships:
        issues += _in_square_metres(villages_outside(hierarchy, coverage, townships), metres)
    if households is not None:
        issues += _in_square_metres(empty_cells(hierarchy, coverage, households), metres)
    return _by_kind(issues)


def _in_square_metres(issues: Sequence[Issue], metres: float) -> Iterator[Issue]:
    return (replace(issue, area=issue.area * metres**2) for issue in issues)
