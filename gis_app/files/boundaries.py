"""Boundaries of townships, villages and cells from somebody's file, as one edit of the county."""

from dataclasses import dataclass, replace
from pathlib import Path

import shapely

from gis_app.county.changes import Edit, Outcome, Refusal
from gis_app.county.content import settings_change
from gis_app.county.state import CountyState
from gis_app.files import mapping
from gis_app.files.draft import Draft
from gis_app.files.drawings import is_label
from gis_app.files.errors import FileError
from gis_app.files.follow import follow_units
from gis_app.files.levels import Placing
from gis_app.files.report import ImportReport, Rejection, Repair
from gis_app.files.rows import FileRows, read_rows
from gis_app.files.shapes import Shapes, area_shapes
from gis_app.files.unit_rows import Candidates, Columns, candidates, misfits
from gis_app.grid.checks import GAP_WIDTH, check_county
from gis_app.grid.coverage import Coverage, build_coverage, extent, polygons
from gis_app.grid.datum import metres_per_unit
from gis_app.grid.repair import SNAPPING_DISTANCE, repair_polygons
from gis_app.grid.units import Hierarchy, Level
from gis_app.language import Message, msg
from gis_app.progress import Progress, Steps, part


@dataclass(frozen=True, slots=True)
class BoundaryOptions:
    """How a file of boundaries is read. Columns that are "" are not in the file; upper levels come from columns, codes or places.

    When no column is named at all, code and name are guessed from the headers. `parent` is the column with the code of the unit above.
    `crs` is the coordinate system of the file ("EPSG:4549", "gcj02"; "" to trust the file and its numbers). `repair` makes the boundaries
    fit: gaps narrower than `gap_width` and vertices nearer than `snapping_distance` (both in metres).
    """

    level: Level | str
    code: str | None = ""
    name: str | None = ""
    parent: str | None = ""
    kind: str | None = ""
    crs: str | None = ""
    encoding: str | None = ""
    layer: str | None = ""
    repair: bool = False
    village_code: str | None = ""
    village_name: str | None = ""
    township_code: str | None = ""
    township_name: str | None = ""
    gap_width: float = GAP_WIDTH
    snapping_distance: float = SNAPPING_DISTANCE


def level_of(level: Level | str) -> Level:
    """Return a level by its name ("cell") or as it is."""
    return level if isinstance(level, Level) else Level[level.upper()]


def boundary_edit(path: Path, options: BoundaryOptions) -> Edit:
    """Return the edit that imports boundaries; the file is read when it is performed. Its report is an `ImportReport`.

    Nothing is imported in part: raises `FileError` for a file that cannot be read, and what is wrong with single rows stands in the report.
    """
    path = Path(path)

    def plan(state: CountyState) -> Steps[Outcome | Refusal]:
        rows = yield from part(read_rows(path, options.layer or None, options.encoding or None), 0.0, 0.3)
        return (yield from part(_plan(state, rows, options), 0.3, 1.0))

    return Edit(msg("Import boundaries from {file}", file=path.name), plan)


def _plan(state: CountyState, rows: FileRows, options: BoundaryOptions) -> Steps[Outcome | Refusal]:
    level = level_of(options.level)
    yield Progress(0.0, msg("Checking {count} rows", count=len(rows)))
    shapes: Shapes | None = None
    if rows.geometry is not None and not all(shape is None for shape in rows.geometry):
        bounds = extent(state.coverage) if state.coverage.cells else None
        shapes = area_shapes(rows, options.crs or "", state.settings.crs, bounds, repair=options.repair)
        shapes = replace(shapes, rejected=tuple(r for r in shapes.rejected if not is_label(rows, r)))
    elif level == Level.CELL or rows.geometry is not None:
        raise FileError(msg("{file} has no geometry; cells need areas, so import a map file.", file=rows.name))
    columns = _columns(rows, options, level)
    yield Progress(0.15, msg("Checking {count} rows", count=len(rows)))
    found = candidates(rows, columns, level, shapes.polygons if shapes else None)
    notes = [*rows.warnings, *(shapes.notes if shapes else ())]
    scheme = _fitting_scheme(state, rows, found, level, notes)
    if not found.units:
        raise _nothing(rows, [*(shapes.rejected if shapes else ()), *found.rejected])

    yield Progress(0.25, msg("Placing {count} units", count=len(found.units)))
    draft = Draft(state)
    draft.scheme = scheme
    placing = Placing(state, draft)
    if shapes is None:
        placing.listed(found.units, level)
    elif level == Level.CELL:
        placing.cells(found.units)
    else:
        placing.upper(found.units, level)
    if not placing.imported:
        raise _nothing(rows, [*placing.rejected])

    yield Progress(0.5, msg("Fitting {count} cells together", count=len(draft.shapes)))
    coverage, repaired = yield from part(_fit(draft, state, options), 0.5, 0.65)
    yield Progress(0.65, msg("Checking {count} cells", count=len(draft.shapes)))
    hierarchy = Hierarchy(draft.units.values())
    metres = metres_per_unit(state.settings.crs)
    checked = check_county(hierarchy, coverage, scheme=scheme, county_code=state.settings.code, metres=metres)
    issues = (*placing.strays, *(yield from part(checked, 0.65, 0.85)))
    yield Progress(0.85, msg("Putting households and whistles into their cells"))
    changes = draft.rows(polygons(coverage))
    if scheme != state.settings.code_scheme:
        changes.append(settings_change(code_scheme=scheme))
    redrawn = bool(draft.redrawn) or bool(draft.removed)
    if redrawn:
        changes.extend(follow_units(state, coverage, hierarchy.values(), draft.removed))
    report = ImportReport(
        read=len(rows),
        imported=placing.imported,
        rejected=_sorted([*(shapes.rejected if shapes else ()), *found.rejected, *placing.rejected]),
        repaired=(*(shapes.repaired if shapes else ()), *found.repaired, *repaired),
        issues=issues,
        notes=(*notes, *placing.notes),
    )
    yield Progress(1.0, msg("Checking {count} cells", count=len(draft.shapes)))
    return Outcome(tuple(changes), coverage if redrawn else None, report)


def _columns(rows: FileRows, options: BoundaryOptions, level: Level) -> Columns:
    named = {name: getattr(options, name) for name in Columns.__dataclass_fields__}
    if not any(named.values()):
        target = mapping.Target(level.name.lower())
        guess = mapping.guess(tuple(rows.columns), target, {column: rows.texts(column)[:50] for column in rows.columns})
        named.update({field: guess[field] for field in ("code", "name", "kind") if field in guess})
    return Columns(**{name: rows.find(column) if column else "" for name, column in named.items()})


def _fitting_scheme(state: CountyState, rows: FileRows, found: Candidates, level: Level, notes: list[Message]) -> str:
    """Return the code scheme to go on with; candidates whose codes do not fit it become rejected rows.

    An empty county takes over codes that are not of the national standard as they are (scheme "free"). One with units keeps its scheme.
    """
    scheme = state.settings.code_scheme
    wrong = misfits(found.units, level, scheme)
    if wrong and len(wrong) * 2 > len(found.units):
        example = next(iter(wrong.values())).problem
        if len(state.units):
            raise FileError(
                msg(
                    "{file}: {wrong} of {count} codes do not fit the county's code scheme ({problem}) "
                    "Choose another column, correct the codes, or let the county use free codes.",
                    file=rows.name,
                    wrong=len(wrong),
                    count=len(found.units),
                    problem=example,
                )
            )
        notes.append(msg("The codes are not of the national standard, so the county now uses free codes."))
        scheme, wrong = "free", misfits(found.units, level, "free")
    elif scheme == "gbt" and not len(state.units) and len(state.settings.code) != 6 and not any(unit.code for unit in found.units):
        notes.append(msg("The county has no code to begin codes with, so it now uses free codes."))
        scheme = "free"
    found.rejected.extend(wrong.values())
    found.units[:] = [unit for position, unit in enumerate(found.units) if position not in wrong]
    return scheme


def _nothing(rows: FileRows, rejected: list[Rejection]) -> FileError:
    if not rejected:
        return FileError(msg("{file} holds no areas.", file=rows.name))
    first = _sorted(rejected)[0]
    return FileError(
        msg("Nothing in {file} can be imported; row {row}, for example: {problem}.", file=rows.name, row=first.row, problem=first.problem)
    )


def _fit(draft: Draft, state: CountyState, options: BoundaryOptions) -> Steps[tuple[Coverage, list[Repair]]]:
    """Return the coverage of all cells, repaired on request, with every area that changed hands."""
    if not draft.redrawn and draft.shapes.keys() == state.coverage.cells.keys() and not options.repair:
        return state.coverage, []
    ids = sorted(draft.shapes)
    repaired: list[Repair] = []
    if options.repair:
        metres = metres_per_unit(state.settings.crs)
        shapes = [draft.shapes[cell] for cell in ids]
        mended = yield from repair_polygons(ids, shapes, options.gap_width, options.snapping_distance, metres)
        for exchange in mended.exchanges:
            one, other = _code(draft, exchange.unit_from), _code(draft, exchange.unit_to)
            text = msg("{area} m² went from {one} to {other}", area=f"{exchange.area:.3f}", one=one, other=other)
            repaired.append(Repair(0, text, exchange.area))
        for cell in mended.removed:
            repaired.append(Repair(0, msg("{unit} lay exactly on another unit and was left out", unit=_code(draft, cell))))
        draft.remove(mended.removed)
        for cell, shape in mended.polygons.items():
            if not shapely.equals_identical(shape, draft.shapes[cell]):
                draft.draw(cell, shape)
        draft.remove_childless(mended.removed)
        ids = sorted(draft.shapes)
    return build_coverage(ids, [draft.shapes[cell] for cell in ids]), repaired


def _code(draft: Draft, cell: int) -> str | Message:
    return draft.units[cell].code if cell in draft.units else msg("no cell")


def _sorted(rejected: list[Rejection]) -> tuple[Rejection, ...]:
    return tuple(sorted(rejected, key=lambda rejection: rejection.row))
