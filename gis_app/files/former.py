"""The networks of other offices from their map files, as one edit of the county; and where their units went, as a table."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_app.county.changes import Edit, Outcome, Refusal, RowChange
from gis_app.county.content import apply, objects
from gis_app.county.former import WentTo
from gis_app.county.former_edits import LoadedGrid, loading_grid
from gis_app.county.state import CountyState
from gis_app.files import mapping as columns_of
from gis_app.files.errors import FileError
from gis_app.files.mapping import Mapped, Target
from gis_app.files.report import ImportReport, Rejection
from gis_app.files.rows import FileRows, read_rows
from gis_app.files.shapes import area_shapes
from gis_app.files.writers import write_table
from gis_app.grid.codes import clean_codes
from gis_app.grid.coverage import extent
from gis_app.grid.former import FormerContent, FormerGrid, FormerUnits
from gis_app.language import Listing, Message, msg
from gis_app.progress import Progress, Steps, part

SUFFIXES = (".xlsx", ".csv")


@dataclass(frozen=True, slots=True)
class FormerOptions:
    """How the map file of a network is read.

    `name` is what the grid is called ("": as the file, or its layer), `office` whose it was. `mapping` is field → column for the fields in
    `mapping.FIELDS`; those that it leaves out are guessed, unless `guess` is False. `crs` is the coordinate system ("" to trust the file).
    """

    name: str = ""
    office: str = ""
    mapping: Mapping[str, str] = field(default_factory=dict)
    guess: bool = True
    crs: str | None = ""
    encoding: str | None = ""
    layer: str | None = ""


@dataclass(frozen=True, slots=True, eq=False)
class ReadGrid:
    """A network as it was read: its units (ids 1, 2, … and grid 0), and what was rejected and decided."""

    grid: FormerGrid
    units: FormerUnits
    read: int
    rejected: tuple[Rejection, ...]
    notes: tuple[Message, ...]


def reading_grid(path: Path, options: FormerOptions, state: CountyState) -> Steps[ReadGrid]:
    """Read the units of a network, their outlines as they are. Raises `FileError` for a file without areas, or one that cannot be read."""
    path = Path(path)
    rows = yield from part(read_rows(path, options.layer or None, options.encoding or None), 0.0, 0.6)
    yield Progress(0.6, msg("Checking {count} rows", count=len(rows)))
    if rows.geometry is None:
        raise FileError(msg("{file} is a table without areas; choose the map file of the grid (Shapefile, GeoPackage …).", file=rows.name))
    bounds = extent(state.coverage) if state.coverage.cells else None
    shapes = area_shapes(rows, options.crs or "", state.settings.crs, bounds, repair=False)
    kept = np.flatnonzero([shape is not None for shape in shapes.polygons])
    if not len(kept):
        first = shapes.rejected[0]
        raise FileError(
            msg("{file} holds no areas; row {row}, for example: {problem}.", file=rows.name, row=first.row, problem=first.problem)
        )
    columns = _columns(rows, options)
    notes = [*rows.warnings, *shapes.notes]
    if not columns.keys() & {"code", "name"}:
        notes.append(msg("No column holds codes or names, so the units are called by numbers; name a column."))
    if bounds is not None and not _meets(shapes.polygons[kept], bounds):
        notes.append(msg("The grid lies beyond this county; check its coordinate system."))
    units = _units(rows, columns, kept, shapes.polygons[kept])
    name = options.name.strip() or options.layer or path.stem
    return ReadGrid(FormerGrid(0, name, options.office.strip(), path.name), units, len(rows), shapes.rejected, tuple(notes))


def _meets(shapes: NDArray[np.object_], bounds: tuple[float, float, float, float]) -> bool:
    west, south, east, north = shapely.total_bounds(shapes).tolist()
    return bool(west <= bounds[2] and bounds[0] <= east and south <= bounds[3] and bounds[1] <= north)


def _columns(rows: FileRows, options: FormerOptions) -> Mapped:
    """Return field → column: what the user named, the rest guessed."""
    known = columns_of.FIELDS[Target.FORMER]
    named = {name: column for name, column in options.mapping.items() if column}
    if unknown := [name for name in named if name not in known]:
        raise FileError(
            msg("{target} have no field {field}; the fields are: {fields}.", target="former", field=unknown[0], fields=", ".join(known))
        )
    named = {name: rows.find(column) for name, column in named.items()}
    if not options.guess:
        return named
    columns = tuple(rows.columns)
    guessed = columns_of.recall(columns, Target.FORMER) if not named else None
    if guessed is None:
        guessed = columns_of.guess(columns, Target.FORMER, {column: rows.texts(column)[:50] for column in columns})
    return {**{name: column for name, column in guessed.items() if column not in named.values()}, **named}


def _units(rows: FileRows, columns: Mapped, kept: NDArray[np.int64], shapes: NDArray[np.object_]) -> FormerUnits:
    def texts(name: str) -> NDArray[np.object_]:
        if name not in columns:
            return objects([""] * len(kept))
        if name == "code":
            return objects(clean_codes(rows.columns[columns[name]][kept].tolist()))
        return rows.texts(columns[name])[kept]

    code, name, contact, phone, remark = (texts(field) for field in columns_of.FIELDS[Target.FORMER])
    ids, none = np.arange(1, len(kept) + 1, dtype=np.int64), np.zeros(len(kept), np.int64)
    return FormerUnits(ids, none, code, name, contact, phone, remark, shapes)


def former_edit(paths: Sequence[Path], options: FormerOptions | Callable[[Path], FormerOptions] = FormerOptions()) -> Edit:
    """Return the edit that loads networks, each from its file (read when it is performed), all or none; its report is an `ImportReport`.

    The errors of the networks are listed in it and stay. Raises `FileError`; refusals as of `former_edits.load_former_grid`.
    """
    files = [Path(path) for path in paths]

    def plan(state: CountyState) -> Steps[Outcome | Refusal]:
        changes: list[RowChange] = []
        report = ImportReport(0, 0)
        for at, path in enumerate(files):
            chosen = options if isinstance(options, FormerOptions) else options(path)
            done = yield from part(_loaded(path, chosen, state), at / len(files), (at + 1) / len(files))
            if isinstance(done, Refusal):
                return done
            rows, read, loaded = done
            changes += rows
            report = _with(report, read, loaded)
            state = _after(state, rows)
        return Outcome(tuple(changes), report=report)

    names = Listing(tuple(path.name for path in files))
    return Edit(msg("Load the grid of another office from {file}", file=names), plan, with_former=True)


def _loaded(path: Path, options: FormerOptions, state: CountyState) -> Steps[tuple[tuple[RowChange, ...], ReadGrid, LoadedGrid] | Refusal]:
    read = yield from part(reading_grid(path, options, state), 0.0, 0.4)
    loaded = yield from part(loading_grid(state, read.grid, read.units), 0.4, 1.0)
    return loaded if isinstance(loaded, Refusal) else (loaded[0], read, loaded[1])


def _after(state: CountyState, rows: Sequence[RowChange]) -> CountyState:
    """Return the state that the next of several networks is loaded into."""
    assert state.former is not None
    new = next(change.insert for change in rows if change.table == "former_units")
    known = state.former.units
    names = [field.name for field in fields(FormerUnits)]
    columns = {name: np.concatenate([getattr(known, name), new["geom" if name == "shapes" else name]]) for name in names}
    units = FormerUnits(**columns)
    return replace(apply(state, rows), former=FormerContent(units, state.former.crosswalk, state.former.crosswalk_grid))


def _with(report: ImportReport, read: ReadGrid, loaded: LoadedGrid) -> ImportReport:
    told = msg(
        "{name}: {units} units, {errors} errors; its units went to cells in {pairs} pairs.",
        name=loaded.grid.name,
        units=loaded.units,
        errors=len(loaded.issues),
        pairs=loaded.pairs,
    )
    return replace(
        report,
        read=report.read + read.read,
        imported=report.imported + loaded.units,
        rejected=(*report.rejected, *read.rejected),
        issues=(*report.issues, *loaded.issues),
        notes=(*report.notes, told, *read.notes),
    )


def write_former_crosswalk(
    state: CountyState, grids: Mapping[int, str], units: FormerUnits, went: Sequence[WentTo], path: Path
) -> Steps[int]:
    """Write one row for every pair of a former unit and a cell with land or households in common; returns the number of rows.

    Areas are m², shares (0 to 1) of the former unit's land and households; `grids` are the names of the grids by id. Contacts are left
    out. The file appears whole or not at all. Raises `FileError`.
    """
    path = Path(path)
    if path.suffix.lower() not in SUFFIXES:
        raise FileError(msg("{file}: the name must end in one of {suffixes}.", file=path.name, suffixes=", ".join(SUFFIXES)))
    if not path.parent.is_dir():
        raise FileError(msg("The folder {folder} does not exist; make it first.", folder=str(path.parent)))
    yield Progress(0.1, msg("Writing {file}", file=path.name))
    known = {unit.id: unit for unit in map(units.unit, range(len(units)))}
    old, new = [known[row.unit] for row in went], [state.units.get(row.cell) for row in went]
    villages = [state.units.get(cell.parent) if cell else None for cell in new]
    columns: dict[str, NDArray[np.generic]] = {
        "grid": objects([grids.get(unit.grid, "") for unit in old]),
        "old_code": objects([unit.code for unit in old]),
        "old_name": objects([unit.name for unit in old]),
        "new_code": objects([cell.code if cell else "" for cell in new]),
        "new_name": objects([cell.name if cell else "" for cell in new]),
        "village": objects([village.name if village else "" for village in villages]),
        "area": np.array([row.area for row in went], np.float64).round(1),
        "area_share": np.array([row.area_share for row in went], np.float64).round(4),
        "households": np.array([row.households for row in went], np.int64),
        "household_share": np.array([row.household_share for row in went], np.float64).round(4),
    }
    yield from write_table(path, "crosswalk", columns, np.full(len(went), None, object), "MultiPolygon", state.settings.crs)
    return len(went)
