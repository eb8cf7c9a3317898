"""The one translation between the columns of `county.tables` and `CountyState`, both ways.

`load_state` makes a state of the tables; `apply` follows row changes without reading anything again; `all_settings`, `settings_change`,
`unit_rows`, `worker_rows` … make row changes of domain values; `completed` brings row changes into the form that storage expects.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import UTC, date, datetime
from typing import Any, Protocol, TypeVar

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_app.cases.bodies import Body, BodyKind, Category, Rule
from gis_app.cases.case import Cases
from gis_app.cases.limits import Limit
from gis_app.county.changes import Columns, RowChange
from gis_app.county.references import Reference, ReferenceKind
from gis_app.county.state import CountyState, Period, Settings
from gis_app.county.tables import TABLES, ColumnType
from gis_app.grid.coverage import Coverage, build_coverage, polygons, snap
from gis_app.grid.former import FormerGrid
from gis_app.grid.households import Households
from gis_app.grid.plans import Plan, PlanStatus
from gis_app.grid.units import Hierarchy, Level, Unit, UnitKind
from gis_app.grid.workers import Worker

V = TypeVar("V")
_ARRAYS: Mapping[str, type[Households] | type[Cases]] = {"households": Households, "cases": Cases}
_DTYPES: Mapping[ColumnType, str] = {
    ColumnType.INTEGER: "int64",
    ColumnType.REFERENCE: "int64",
    ColumnType.REAL: "float64",
    ColumnType.BOOLEAN: "bool",
    ColumnType.DATETIME: "datetime64[s]",
    ColumnType.POINT: "float64",
}
_PINYIN_OF = {"units": "name", "plan_units": "name", "closed_units": "name", "households": "head", "workers": "name", "bodies": "name"}
_PINYIN_OF |= {"retired_households": "head", "former_units": "name"}
"""Table → the column whose initials its column `pinyin` holds."""


class Reader(Protocol):
    """How a table is read: all rows by id, some columns (all by default, `id` always)."""

    def __call__(self, table: str, columns: Sequence[str] | None = None) -> Columns:
        """Read columns."""


def load_state(read: Reader, last_plan: int = 0) -> CountyState:
    """Make the state of a county of its tables; `last_plan` is the highest id that a plan is known to have had."""
    units, plans, planned = read("units"), _values("plans", read("plans")), read("plan_units", ["plan", "code"])
    homes, retired = read("households", _stored(Households)), read("retired_households", ["retired"])
    flags, flag_sets = counted_flags(homes["flags"])
    return CountyState(
        settings=_settings(read("settings")),
        units=unit_values(units),
        coverage=coverage_of(units),
        households=Households(**_arrays("households", {**homes, "flags": flags})),
        workers=_values("workers", read("workers")),
        bodies=_values("bodies", read("bodies")),
        categories=_values("categories", read("categories")),
        rules=_values("rules", read("rules")),
        limits=_values("limits", read("limits")),
        cases=Cases(**_arrays("cases", read("cases", _stored(Cases)))),
        periods=_values("periods", read("periods")),
        plan=published(plans),
        plans=plans,
        closed=_values("closed_units", read("closed_units")),
        references=_values("reference_layers", read("reference_layers")),
        former_grids=_values("former_grids", read("former_grids")),
        flag_sets=flag_sets,
        retired=frozenset(retired["id"].tolist()),
        taken={
            "units": int(_row_ids(planned["id"]).max(initial=0)),
            "plans": last_plan,
            "households": int(retired["id"].max(initial=0)),
        },
        plan_codes=_codes_by_plan([planned], plans),
    )


def counted_flags(texts: NDArray[Any], known: tuple[str, ...] = ("",)) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Return for each text of flags its place among the different ones, and these: the known ones first, new ones behind them."""
    numbers = {text: number for number, text in enumerate(known)}
    found = np.fromiter((numbers.setdefault(text, len(numbers)) for text in texts.tolist()), np.int64, len(texts))
    return found, tuple(numbers)


PLAN_SHIFT = 32
ROW_MASK = (1 << PLAN_SHIFT) - 1
"""The id of a row in a table of plans is `plan << PLAN_SHIFT | id` of what it speaks of; `& ROW_MASK` gives that id back."""


def _row_ids(rows: NDArray[Any]) -> NDArray[np.int64]:
    return np.asarray(rows, np.int64) & ROW_MASK


def _codes_by_plan(units: Iterable[Columns], plans: Mapping[int, Plan]) -> dict[int, frozenset[str]]:
    """Return the codes of the units of archived plans, from rows of `plan_units`."""
    found: dict[int, set[str]] = {}
    for rows in units:
        for plan, code in zip(rows["plan"].tolist(), rows["code"].tolist(), strict=True):
            if plan in plans and plans[plan].status == PlanStatus.ARCHIVED:
                found.setdefault(plan, set()).add(code)
    return {plan: frozenset(codes) for plan, codes in found.items()}


def published(plans: Mapping[int, Plan]) -> int:
    """Return the id of the published plan, 0 for a county without plans."""
    return next((plan.id for plan in plans.values() if plan.status == PlanStatus.PUBLISHED), 0)


def unit_values(units: Columns) -> Hierarchy:
    """Return the units of the rows of their table."""
    return Hierarchy(_values("units", units).values())


def coverage_of(units: Columns) -> Coverage:
    """Return the coverage of the cells in the rows of units."""
    drawn = np.array([shape is not None for shape in units["geom"]], np.bool_)
    return build_coverage(units["id"][drawn].astype(np.int64), list(units["geom"][drawn])) if drawn.any() else Coverage()


def _stored(columns: type[Households] | type[Cases]) -> list[str]:
    """Return the columns of the file that a set of arrays needs."""
    return ["geom", *(field.name for field in fields(columns) if field.name not in {"id", "x", "y"})]


def _arrays(table: str, rows: Columns) -> dict[str, NDArray[Any]]:
    """Return the arrays of `Households` or `Cases` from columns of their table."""
    names = {field.name for field in fields(_ARRAYS[table])}
    arrays: dict[str, NDArray[Any]] = {name: array for name, array in rows.items() if name in names}
    if "geom" in rows:
        arrays["x"], arrays["y"] = np.array(rows["geom"][:, 0], np.float64), np.array(rows["geom"][:, 1], np.float64)
    return arrays


def _utc(value: np.datetime64) -> datetime:
    moment: datetime = value.astype("datetime64[s]").item()
    return moment.replace(tzinfo=UTC)


def _instant(value: object) -> datetime | None:
    """Return a time of a table, or one that was made of it, as UTC."""
    moment = value.astype("datetime64[s]").item() if isinstance(value, np.datetime64) else value
    return moment.replace(tzinfo=UTC) if isinstance(moment, datetime) else None


def _place(value: Any) -> tuple[float, float] | None:
    """Return a point of a table (NaN where there is none), or one that was made of it, as a pair."""
    if value is None or not np.isfinite(value).all():
        return None
    x, y = value
    return float(x), float(y)


def _unit(row: dict[str, Any]) -> Unit:
    return Unit(**{**row, "level": Level(row["level"]), "kind": UnitKind(row["kind"])})


_MAKERS: Mapping[str, Callable[[dict[str, Any]], Any]] = {
    "units": _unit,
    "closed_units": _unit,
    "plans": lambda row: Plan(**{**row, "status": PlanStatus(row["status"]), "created": _instant(row["created"])}),
    "workers": lambda row: Worker(home=_place(row.pop("geom")), **{**row, "more_cells": tuple(row["more_cells"] or ())}),
    "former_grids": lambda row: FormerGrid(**{**row, "loaded": _instant(row["loaded"])}),
    "bodies": lambda row: Body(**{**row, "kind": BodyKind(row["kind"])}),
    "categories": lambda row: Category(**row),
    "rules": lambda row: Rule(**row),
    "limits": lambda row: Limit(**row),
    "reference_layers": lambda row: Reference(**{**row, "kind": ReferenceKind(row["kind"]), "options": row["options"] or {}}),
    "periods": lambda row: Period(**{**row, "start": _utc(row["start"]), "end": _utc(row["end"])}),
}
_FIELDS: Mapping[str, tuple[str, ...]] = {
    table: tuple(field.name for field in fields(kind))
    for table, kind in {
        "units": Unit,
        "closed_units": Unit,
        "plans": Plan,
        "workers": Worker,
        "former_grids": FormerGrid,
        "bodies": Body,
        "categories": Category,
        "rules": Rule,
        "limits": Limit,
        "reference_layers": Reference,
        "periods": Period,
    }.items()
}
_FIELDS = {**_FIELDS, "workers": tuple("geom" if name == "home" else name for name in _FIELDS["workers"])}


def _values(table: str, rows: Columns) -> dict[int, Any]:
    """Return the domain values of the rows of a small table by id."""
    names = _FIELDS[table]
    lists = [rows[name] if name in {"start", "end"} else rows[name].tolist() for name in names]
    return {row[0]: _MAKERS[table](dict(zip(names, row, strict=True))) for row in zip(*lists, strict=True)}


def _settings(rows: Columns) -> Settings:
    known = {field.name for field in fields(Settings)}
    return Settings(**{key: value for key, value in zip(rows["key"].tolist(), rows["value"].tolist(), strict=True) if key in known})


# Applying changes

_NONE = np.empty(0, np.int64)
_PARTS = {"closed_units": "closed", "reference_layers": "references"}
"""Table → the field of `CountyState` that holds it, where the names differ."""


def apply(state: CountyState, changes: Iterable[RowChange], coverage: Coverage | None = None) -> CountyState:
    """Return the state after row changes; the coverage is rebuilt only where cells' polygons changed and nobody brings the new one."""
    shapes: dict[int, object] = {}
    parts: dict[str, Any] = {}
    planned: list[Columns] = []
    for change in changes:
        table = change.table
        if table in _ARRAYS:
            counted, parts["flag_sets"] = _with_counted_flags(change, parts.get("flag_sets", state.flag_sets))
            parts[table] = _changed_arrays(parts.get(table, getattr(state, table)), counted)
        elif table == "settings":
            parts[table] = _changed_settings(parts.get(table, state.settings), change)
        elif table in _MAKERS:
            part = _PARTS.get(table, table)
            parts[part] = _changed_values(parts.get(part, getattr(state, part)), change)
        elif table == "plan_units" and change.insert:
            parts["taken"] = _with_highest(parts.get("taken", state.taken), "units", _row_ids(change.insert["id"]))
            planned.append(change.insert)
        if table == "retired_households" and change.insert:
            parts["taken"] = _with_highest(parts.get("taken", state.taken), "households", np.asarray(change.insert["id"], np.int64))
        if table == "retired_households":
            parts["retired"] = parts.get("retired", state.retired) - {*change.delete.tolist()} | {*change.insert.get("id", _NONE).tolist()}
        if table == "plans":
            parts["taken"] = _with_highest(parts.get("taken", state.taken), "plans", change.insert.get("id", change.delete))
        if table == "units":
            shapes.update({int(cell): None for cell in change.delete if int(cell) in state.coverage.cells or int(cell) in shapes})
            for rows in (change.update, change.insert):
                if "geom" in rows:
                    shapes.update(zip(rows["id"].tolist(), rows["geom"], strict=True))
    if "units" in parts:
        parts["units"] = Hierarchy(parts["units"].values())
    if "plans" in parts:
        parts["plan"] = published(parts["plans"])
        if planned:
            parts["plan_codes"] = {**state.plan_codes, **_codes_by_plan(planned, parts["plans"])}
    if coverage is not None:
        parts["coverage"] = coverage
    elif any(shape is not None or cell in state.coverage.cells for cell, shape in shapes.items()):
        parts["coverage"] = _rebuilt(state.coverage, shapes)
    return replace(state, **parts) if parts else state


def _with_counted_flags(change: RowChange, known: tuple[str, ...]) -> tuple[RowChange, tuple[str, ...]]:
    """Return a change with the numbers of sets of flags for their texts, and the sets there are now; only households have flags."""
    insert, update = dict(change.insert), dict(change.update)
    for rows in (insert, update):
        if "flags" in rows:
            rows["flags"], known = counted_flags(rows["flags"], known)
    return RowChange(change.table, insert, update, change.delete), known


def _with_highest(taken: Mapping[str, int], table: str, ids: NDArray[Any]) -> dict[str, int]:
    return {**taken, table: max(taken.get(table, 0), int(ids.max(initial=0)))}


def _rebuilt(coverage: Coverage, shapes: Mapping[int, object]) -> Coverage:
    kept = polygons(coverage, [cell for cell in coverage.cells if cell not in shapes])
    merged = dict(sorted({**kept, **{cell: shape for cell, shape in shapes.items() if shape is not None}}.items()))
    return build_coverage(list(merged), list(merged.values())) if merged else Coverage()


def _changed_arrays(columns: Any, change: RowChange) -> Any:
    names = [field.name for field in fields(columns)]
    arrays: dict[str, NDArray[Any]] = {name: getattr(columns, name) for name in names}
    if len(change.delete):
        kept = ~np.isin(arrays["id"], change.delete)
        arrays = {name: array[kept] for name, array in arrays.items()}
    if change.update:
        new = _arrays(change.table, change.update)
        rows = np.searchsorted(arrays["id"], new["id"])
        for name, array in new.items():
            if name != "id":
                arrays[name] = arrays[name].copy()
                arrays[name][rows] = array
    if change.insert:
        new = _arrays(change.table, change.insert)
        count = len(new["id"])
        joined = {name: np.concatenate([array, new.get(name, _empty(array, count))]) for name, array in arrays.items()}
        order = np.argsort(joined["id"], kind="stable")
        arrays = {name: array[order] for name, array in joined.items()}
    for array in arrays.values():
        array.flags.writeable = False
    return type(columns)(**arrays)


def _empty(like: NDArray[Any], count: int) -> NDArray[Any]:
    if like.dtype.kind == "f":
        return np.full(count, np.nan)
    return np.full(count, np.datetime64("NaT", "s")) if like.dtype.kind == "M" else np.zeros(count, like.dtype)


def _changed_values(values: Mapping[int, V], change: RowChange) -> dict[int, V]:
    changed = dict(values)
    for key in change.delete.tolist():
        changed.pop(key, None)
    if change.update:
        names = [name for name in change.update if name in _FIELDS[change.table] and name != "id"]
        for i, key in enumerate(change.update["id"].tolist()):
            row = {name: _plain(change.update[name][i]) for name in names}
            now = {name: getattr(changed[key], "home" if name == "geom" else name) for name in _FIELDS[change.table]}
            if change.table == "periods":  # the maker expects them as the file has them
                now |= {name: np.datetime64(now[name].replace(tzinfo=None), "s") for name in ("start", "end")}
            changed[key] = _MAKERS[change.table]({**now, **row})
    if change.insert:
        changed.update(_values(change.table, full(change.table, change.insert, _FIELDS[change.table])))
    return changed


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) and not isinstance(value, np.datetime64) else value


def _changed_settings(settings: Settings, change: RowChange) -> Settings:
    values: dict[str, Any] = {}
    for rows in (change.update, change.insert):
        if rows:
            keys = [_SETTING_NAMES.get(row, "") for row in rows["id"].tolist()]
            values.update({key: value for key, value in zip(keys, rows["value"], strict=True) if key})
    return replace(settings, **values)


# Making row changes

_SETTING_NAMES = {number: field.name for number, field in enumerate(fields(Settings), start=1)}
"""Row of the table `settings` → field of `Settings`. New fields go to the end of `Settings`, so that rows keep their meaning."""


def all_settings(settings: Settings) -> RowChange:
    """Return all settings as new rows."""
    ids, names = np.array(list(_SETTING_NAMES), np.int64), list(_SETTING_NAMES.values())
    return RowChange("settings", insert={"id": ids, "key": objects(names), "value": objects([_json(getattr(settings, n)) for n in names])})


def settings_change(**values: object) -> RowChange:
    """Return the change that gives settings new values (fields of `Settings` by name)."""
    numbers = {name: number for number, name in _SETTING_NAMES.items()}
    ids = np.array([numbers[name] for name in values], np.int64)
    return RowChange("settings", update={"id": ids, "value": objects([_json(value) for value in values.values()])})


def first_plan(settings: Settings) -> RowChange:
    """Return the row of the plan that a new county has: the published one, as the settings name it."""
    day = date.fromisoformat(settings.plan_published[:10]) if settings.plan_published else None
    plan = Plan(1, settings.plan_name, PlanStatus.PUBLISHED, created=datetime.now(UTC), valid_from=day)
    return RowChange("plans", insert=value_rows("plans", [plan]))


def _json(value: object) -> object:
    return dict(value) if isinstance(value, Mapping) else value


def value_rows(table: str, values: Sequence[Any]) -> dict[str, NDArray[Any]]:
    """Return units, workers, bodies, categories, rules or periods as columns of their table (geometries are the caller's to add)."""
    kinds = {"id": ColumnType.INTEGER, **TABLES[table]}
    return {name: _array(kinds[name], [getattr(value, name) for value in values]) for name in _FIELDS[table] if name != "geom"}


def _array(kind: ColumnType, values: Sequence[Any]) -> NDArray[Any]:
    if kind == ColumnType.DATETIME:
        naive = [value.astimezone(UTC).replace(tzinfo=None) if isinstance(value, datetime) else value for value in values]
        return np.array(naive, "datetime64[s]")
    if kind in _DTYPES:
        return np.array(values, _DTYPES[kind])
    return objects([str(value) if kind == ColumnType.TEXT else value for value in values])


def objects(values: Sequence[Any]) -> NDArray[Any]:
    """Return an object array with one entry a value, whatever the values are (numpy would unfold lists)."""
    array = np.empty(len(values), dtype=object)
    array[:] = list(values)
    return array


def next_id(state: CountyState, table: str) -> int:
    """Return the lowest id above all in use of a table that the state holds (an event's id is given by the store: leave it 0).

    The id of a unit is one that no plan has, and no unit that was closed.
    """
    if table in _ARRAYS:
        return max(int(getattr(state, table).id.max(initial=0)), state.taken.get(table, 0)) + 1
    highest = max(getattr(state, table), default=0)
    if table == "units":
        highest = max(highest, max(state.closed, default=0))
    return max(highest, state.taken.get(table, 0)) + 1


def full(table: str, rows: Columns, names: Iterable[str] | None = None) -> dict[str, NDArray[Any]]:
    """Return rows with every column (or `names`), those that are not given holding the empty value of their type."""
    size = len(rows["id"])
    columns = {"id": ColumnType.INTEGER, **TABLES[table]}
    return {name: np.asarray(rows[name]) if name in rows else empty_column(columns[name], size) for name in (names or columns)}


def empty_column(kind: ColumnType, size: int) -> NDArray[Any]:
    """Return `size` empty values of a type."""
    match kind:
        case ColumnType.POINT:
            return np.full((size, 2), np.nan)
        case ColumnType.REAL:
            return np.full(size, np.nan)
        case ColumnType.DATETIME:
            return np.full(size, np.datetime64("NaT", "s"))
        case ColumnType.INTEGER | ColumnType.REFERENCE | ColumnType.BOOLEAN:
            return np.zeros(size, _DTYPES[kind])
        case ColumnType.TEXT:
            return objects([""] * size)
        case _:
            return objects([None] * size)


def completed(change: RowChange) -> RowChange:
    """Return a change as storage expects it: right types, cells on the 1 mm grid, pinyin initials filled in where names are new.

    Raises ValueError for a table, column or length that cannot be: an edit that makes such a change has a bug.
    """
    insert, update = (_completed(change.table, rows) for rows in (change.insert, change.update))
    return RowChange(change.table, insert, update, np.asarray(change.delete, np.int64))


def _completed(table: str, rows: Columns) -> Columns:
    if not rows or all(len(array) == 0 for array in rows.values()):
        return {}
    kinds = {"id": ColumnType.INTEGER, **TABLES[table]}
    if unknown := set(rows) - set(kinds):
        raise ValueError(f"table {table} has no column {sorted(unknown)}")
    if len({len(array) for array in rows.values()}) > 1:
        raise ValueError(f"columns of {table} differ in length: { {name: len(array) for name, array in rows.items()} }")
    columns = {name: _typed(kinds[name], array) for name, array in rows.items()}
    columns.setdefault("id", np.zeros(len(next(iter(columns.values()))), np.int64))
    source = _PINYIN_OF.get(table)
    if source in columns and "pinyin" not in columns:
        columns["pinyin"] = pinyin_of(columns[source])
    return columns


def _typed(kind: ColumnType, array: Any) -> NDArray[Any]:
    if kind == ColumnType.MULTIPOLYGON:
        shapes = objects(list(array))
        drawn = np.array([shape is not None for shape in shapes], np.bool_)
        shapes[drawn] = shapely.transform(shapes[drawn], snap)
        return shapes
    if kind in _DTYPES:
        typed = np.asarray(array, _DTYPES[kind])
        return typed.reshape(-1, 2) if kind == ColumnType.POINT else typed
    return objects(array.tolist() if isinstance(array, np.ndarray) else list(array))


def pinyin_of(names: NDArray[Any]) -> NDArray[Any]:
    """Return the pinyin initials of names, each different name looked up once."""
    from gis_app.grid.pinyin import initials

    known = {name: initials(name) for name in set(names.tolist())}
    return objects([known[name] for name in names.tolist()])
