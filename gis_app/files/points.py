"""Households, workers, departments and cases from somebody's table (or map file of points), as one edit of the county."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from gis_app.county.changes import Edit, Outcome, Refusal
from gis_app.county.ports import CountyStore
from gis_app.county.state import CountyState
from gis_app.files import mapping as columns_of
from gis_app.files import open311
from gis_app.files.errors import FileError
from gis_app.files.mapping import Mapped, Target
from gis_app.files.registers import recognised
from gis_app.files.report import ImportReport
from gis_app.files.rows import FileRows, read_rows
from gis_app.files.table import Table
from gis_app.language import ZONE, Message, msg
from gis_app.progress import Steps, part


@dataclass(frozen=True, slots=True)
class PointOptions:
    """How a table is read.

    `mapping` is field → column for the fields in `mapping.FIELDS`; the fields that it leaves out are guessed (a guessed column never
    rejects a row; `guess` False leaves them empty, but for what a known register tells beyond
    these fields). `x` and `y` are the columns of the coordinates, `datum` is "wgs84", "cgcs2000",
    "gcj02", "bd09" or "EPSG:n" ("" trusts the numbers). Times without a zone are local ones of `timezone` ("": of the known register that
    the file comes from, else Asia/Shanghai). `create_bodies`: departments that nobody knows are made instead of rejecting the row;
    `create_categories`: categories as well (None: all but those of Open311, whose services may be many). `dry_run`: nothing is written, the
    report says what would be. `source`: what system the cases come from, where the name of the file does not tell it; they are known by
    it and their number. `format` "open311" or "table" where the file does not show it.
    """

    mapping: Mapping[str, str] = field(default_factory=dict)
    x: str | None = ""
    y: str | None = ""
    datum: str | None = ""
    encoding: str | None = ""
    layer: str | None = ""
    timezone: str = ""
    create_bodies: bool = False
    guess: bool = True
    create_categories: bool | None = None
    dry_run: bool = False
    source: str = ""
    format: str = ""


def point_edit(path: Path, target: Target | str, options: PointOptions | None = None, store: CountyStore | None = None) -> Edit:
    """Return the edit that imports the rows of a file, which is read when it is performed. Its report is an `ImportReport`.

    `store` is that of the county: with it, households and cases that were imported before are known by their own ids and not added
    again (workers and departments are known without). Nothing is imported in part: raises `FileError` for a file that cannot be
    read, and what is wrong with single rows stands in the report.
    """
    path, target, options = Path(path), Target(target), options or PointOptions()
    maker = _makers()[target]

    def plan(state: CountyState) -> Steps[Outcome | Refusal]:
        if target is Target.CASES and (options.format or open311.format_of(path)) == "open311":
            rows = yield from part(open311.reading_requests(path, options.encoding or ""), 0.0, 0.4)
        else:
            rows = yield from part(read_rows(path, options.layer or None, options.encoding or None), 0.0, 0.4)
        outcome = yield from part(maker(table_of(rows, target, options, state, store)), 0.4, 1.0)
        if options.dry_run and isinstance(outcome, Outcome) and isinstance(outcome.report, ImportReport):
            return Outcome((), report=replace(outcome.report, dry_run=True))
        return outcome

    return Edit(_title(target, path.name), plan)


def table_of(rows: FileRows, target: Target, options: PointOptions, state: CountyState, store: CountyStore | None) -> Table:
    """Return rows of a file with the columns of their fields known; rows of totals are rejected. Raises `FileError`."""
    named, guessed = columns_for(rows, target, options)
    columns = {**guessed, **named}
    register = recognised(tuple(rows.columns)) if target is Target.CASES else None
    if register is not None and columns.get("id") != register.mapping(tuple(rows.columns)).get("id"):
        register = None  # the user knows better
    known = register.mapping(tuple(rows.columns)) if register is not None else {}
    same_places = all(named.get(name, known.get(name)) == known.get(name) for name in ("x", "y"))
    makes = register is None or register.makes_categories
    table = Table(
        rows,
        columns,
        frozenset(named),
        state,
        store,
        options.timezone or (register.timezone if register else "") or ZONE.key,
        options.create_bodies,
        options.datum or (register.datum if register and same_places else ""),
        register,
        options.source or (register.source if register else ""),
        makes if options.create_categories is None else options.create_categories,
    )
    table.reject_totals()
    return table


def columns_for(rows: FileRows, target: Target, options: PointOptions) -> tuple[Mapped, Mapped]:
    """Return (columns that the user named, columns that are guessed) by field.

    Raises `FileError` for a field or column that is not there.
    """
    named = {name: column for name, column in options.mapping.items() if column}
    named |= {name: column for name, column in (("x", options.x), ("y", options.y)) if column}
    unknown = [name for name in named if name not in columns_of.FIELDS[target] and name not in ("x", "y")]
    if unknown:
        known = ", ".join(columns_of.FIELDS[target])
        raise FileError(
            msg("{target} have no field {field}; the fields are: {fields}.", target=str(target), field=unknown[0], fields=known)
        )
    if ("x" in named) != ("y" in named):
        raise FileError(msg("Name both columns of the coordinates, x and y, or none."))
    named = {name: rows.find(column) for name, column in named.items()}
    columns = tuple(rows.columns)
    if not options.guess:
        return named, _beyond_choice(columns, named) if target is Target.CASES else {}
    guessed = columns_of.recall(columns, target) if not named else None
    if guessed is None and target is Target.CASES and (register := recognised(columns)) is not None:
        guessed = register.mapping(columns)
    if guessed is None:
        guessed = columns_of.guess(columns, target, {column: rows.texts(column)[:50] for column in columns})
    if rows.geometry is not None and "x" not in named:
        guessed = {name: column for name, column in guessed.items() if name not in ("x", "y")}
    return named, {name: column for name, column in guessed.items() if name not in named and column not in named.values()}


def _beyond_choice(columns: tuple[str, ...], named: Mapped) -> Mapped:
    """Return the columns of a known register that nobody can choose, because they are no fields of their own.

    The code of a category goes with its name: where another column was chosen for that, the code says nothing.
    """
    register = recognised(columns)
    known = register.mapping(columns) if register is not None else {}
    if known.get("id") != named.get("id"):  # the user knows better
        return {}
    used = set(named.values())
    beyond = {field: column for field, column in known.items() if field not in columns_of.FIELDS[Target.CASES] and column not in used}
    if named.get("category") not in (None, known.get("category")):
        beyond.pop("category_code", None)
    return beyond


def _title(target: Target, file: str) -> Message:
    return {
        Target.HOUSEHOLDS: msg("Import households from {file}", file=file),
        Target.WORKERS: msg("Import grid workers from {file}", file=file),
        Target.DEPARTMENTS: msg("Import departments from {file}", file=file),
        Target.CASES: msg("Import whistles from {file}", file=file),
    }[target]


def _makers() -> Mapping[Target, Callable[[Table], Steps[Outcome | Refusal]]]:
    from gis_app.files.cases import case_rows
    from gis_app.files.people import department_rows, household_rows, worker_rows

    return {
        Target.HOUSEHOLDS: household_rows,
        Target.WORKERS: worker_rows,
        Target.DEPARTMENTS: department_rows,
        Target.CASES: case_rows,
    }
