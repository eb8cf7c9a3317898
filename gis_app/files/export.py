"""Units, households, workers and cases out of the county, in files that other programs open: names and phones are masked by default."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_app.cases.case import CaseKind, State, Urgency
from gis_app.county.county import County
from gis_app.county.state import CountyState
from gis_app.files.errors import FileError
from gis_app.files.writers import FORMATS, write_table
from gis_app.grid.coverage import areas, polygons, unions
from gis_app.grid.datum import from_county, metres_per_unit
from gis_app.grid.privacy import mask_name, mask_phone
from gis_app.grid.units import Level
from gis_app.language import ZONE, msg
from gis_app.progress import Progress, Steps, part

Column = NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class Exported:
    """A table on its way out: columns, and a geometry a row in the county's system (None where it has none)."""

    columns: Mapping[str, Column]
    geometry: NDArray[np.object_]
    geometry_type: str

    def __len__(self) -> int:
        return len(self.geometry)


def export_data(county: County, path: Path, what: str, show_private: bool = False) -> Steps[int]:
    """Write units, households, workers or cases to .gpkg, .geojson, .shp, .csv or .xlsx and return the number of rows.

    `what` is one of `WHAT`. Households and cases carry `id` (their own number or code) and `cell` (its code). Without `show_private`
    names and phones are masked; the flags of households and the texts and whistlers of reports are left empty. GeoJSON is in WGS 84 as
    its standard says, the rest in the county's system; tables have x, y and lon, lat. The file appears whole or not at all.
    Raises `FileError`.
    """
    path = Path(path)
    if what not in WHAT:
        raise FileError(msg("There is no table {what}; choose one of {tables}.", what=what, tables=", ".join(WHAT)))
    if path.suffix.lower() not in FORMATS:
        raise FileError(msg("{file}: the name must end in one of {suffixes}.", file=path.name, suffixes=", ".join(FORMATS)))
    if not path.parent.is_dir():
        raise FileError(msg("The folder {folder} does not exist; make it first.", folder=str(path.parent)))
    yield Progress(0.0, msg("Reading {what}", what=what))
    table = WHAT[what](county, show_private)
    yield Progress(0.4, msg("Writing {file}", file=path.name))
    columns = with_coordinates(table, county.state.settings.crs)
    yield from part(write_table(path, what, columns, table.geometry, table.geometry_type, county.state.settings.crs), 0.4, 1.0)
    return len(table)


def with_coordinates(table: Exported, crs: str) -> dict[str, Column]:
    """Return the columns of a table, and of points x, y, lon and lat beside them."""
    return {**table.columns, **(_coordinates(table.geometry, crs) if table.geometry_type == "Point" else {})}


def _coordinates(points: NDArray[np.object_], crs: str) -> dict[str, Column]:
    x, y = shapely.get_x(points), shapely.get_y(points)
    lon, lat = from_county(x, y, crs)
    return {"x": x, "y": y, "lon": np.round(lon, 7), "lat": np.round(lat, 7)}


def _units(county: County, show_private: bool) -> Exported:
    """One row a unit of any level, townships first; villages and townships with the union of their cells. Areas are in m²."""
    del show_private  # nothing in units is private
    state = county.state
    ordered = [unit for level in Level for unit in state.units.at_level(level)]
    groups = {
        u.id: [cell.id for cell in state.units.cells(u.id) if cell.id in state.coverage.cells] for u in ordered if u.level != Level.CELL
    }
    shapes: dict[int, Any] = {**unions(state.coverage, {key: cells for key, cells in groups.items() if cells}), **polygons(state.coverage)}
    square = metres_per_unit(state.settings.crs) ** 2
    sizes = {cell: size * square for cell, size in areas(state.coverage).items()}
    area = [sizes.get(u.id, 0.0) if u.level == Level.CELL else sum(sizes[cell] for cell in groups[u.id]) for u in ordered]
    above = {
        level: [state.units.ancestor(u.id, level) if u.level > level else None for u in ordered]
        for level in (Level.TOWNSHIP, Level.VILLAGE)
    }
    columns: dict[str, Column] = {
        "code": _texts([u.code for u in ordered]),
        "name": _texts([u.name for u in ordered]),
        "level": _texts([u.level.name.lower() for u in ordered]),
        "kind": _texts([u.kind.value for u in ordered]),
        "village_code": _texts([u.code if u else "" for u in above[Level.VILLAGE]]),
        "village_name": _texts([u.name if u else "" for u in above[Level.VILLAGE]]),
        "township_code": _texts([u.code if u else "" for u in above[Level.TOWNSHIP]]),
        "township_name": _texts([u.name if u else "" for u in above[Level.TOWNSHIP]]),
        "area": np.round(np.array(area, dtype=np.float64), 3),
        "remark": _texts([u.remark for u in ordered]),
    }
    return Exported(columns, _objects([shapes.get(u.id) for u in ordered]), "MultiPolygon")


def _households(county: County, show_private: bool) -> Exported:
    rows = county.store.rows("households")
    columns: dict[str, Column] = {
        "id": _texts([code or str(number) for code, number in zip(rows["code"].tolist(), rows["id"].tolist(), strict=True)]),
        "cell": _codes(county.state, rows["cell"]),
        "head": _masked(rows["head"], mask_name, show_private),
        "address": rows["address"],
        "phone": _masked(rows["phone"], mask_phone, show_private),
        "members": rows["members"],
        "resident": np.asarray(rows["resident"]).astype(np.int64),
        "flags": rows["flags"] if show_private else _texts([""] * len(rows["id"])),
        "building": rows["building"],
        "notes": rows["notes"] if show_private else _texts([""] * len(rows["id"])),
        "pinned": np.asarray(rows["pinned"]).astype(np.int64),
        "distance": np.round(np.asarray(rows["distance"], dtype=np.float64), 2),
        "datum": rows["datum"],
    }
    return Exported(columns, _points(rows["geom"]), "Point")


def _workers(county: County, show_private: bool) -> Exported:
    rows = county.store.rows("workers")
    columns: dict[str, Column] = {
        "id": _texts([code or str(number) for code, number in zip(rows["code"].tolist(), rows["id"].tolist(), strict=True)]),
        "name": _masked(rows["name"], mask_name, show_private),
        "phone": _masked(rows["phone"], mask_phone, show_private),
        "village": _codes(county.state, rows["village"]),
        "cell": _texts([_cells_of(county, int(id)) for id in rows["id"]]),
        "skills": rows["skills"],
        "capacity": rows["capacity"],
        **{name: _texts([day.isoformat() if day else "" for day in rows[name].tolist()]) for name in _DAYS},
        "substitute": _texts([_code_of(county, id) for id in rows["substitute"].tolist()]),
        "notes": rows["notes"] if show_private else _texts([""] * len(rows["id"])),
    }
    return Exported(columns, _points(rows["geom"]), "Point")


_DAYS = ("since", "until", "absent_from", "absent_until")


def _cells_of(county: County, worker: int) -> str:
    """Return the codes of all cells of a worker, his own first."""
    units = county.state.units
    return "、".join(units[cell].code for cell in county.state.workers[worker].cells if cell in units)


def _code_of(county: County, worker: int) -> str:
    known = county.state.workers.get(worker)
    return (known.code or str(known.id)) if known else ""


def _cases(county: County, show_private: bool) -> Exported:
    return cases_table(county, show_private)


def cases_table(county: County, show_private: bool, ids: NDArray[np.int64] | None = None) -> Exported:
    """Return cases (all by default) as a table; without `show_private` as `export_data` says."""
    state = county.state
    rows = county.store.rows("cases", ids)
    hidden = np.asarray(rows["kind"]) == CaseKind.REPORT  # who reported a wrongdoing stays hidden, and so does what he wrote
    bodies = {body.id: body.name for body in state.bodies.values()}
    categories = {category.id: category.name for category in state.categories.values()}
    kinds = {kind.value: kind.name.lower() for kind in CaseKind}
    states = {case_state.value: case_state.name.lower() for case_state in State}
    urgencies = {urgency.value: urgency.name.lower() for urgency in Urgency if urgency}

    def secret(values: Any) -> Any:
        return values if show_private else np.where(hidden, "", values)

    columns: dict[str, Column] = {
        "id": _texts([number or str(key) for number, key in zip(rows["number"].tolist(), rows["id"].tolist(), strict=True)]),
        "cell": _codes(state, rows["cell"]),
        "kind": _looked_up(rows["kind"], kinds),
        "category": _looked_up(rows["category"], categories),
        "state": _looked_up(rows["state"], states),
        "body": _looked_up(rows["body"], bodies),
        "text": secret(rows["text"]),
        "address": rows["address"],
        "result": rows["result"],
        "whistler": secret(rows["whistler"]),
        "unit": _codes(state, rows["unit"]),
        "border": np.round(np.asarray(rows["border"], dtype=np.float64), 2),
        **{name: _times(rows[name]) for name in ("blown", "arrived", "picked_up", "done", "deadline")},
        "urged": np.asarray(rows["urged"]).astype(np.int64),
        "source": rows["source"],
        "urgency": _looked_up(rows["urgency"], urgencies),
        "contact": secret(_masked(rows["contact"], mask_name, show_private)),
        "phone": secret(_masked(rows["phone"], mask_phone, show_private)),
    }
    return Exported(columns, _points(rows["geom"]), "Point")


WHAT: Mapping[str, Callable[[County, bool], Exported]] = {
    "units": _units,
    "households": _households,
    "workers": _workers,
    "cases": _cases,
}
"""What can be exported, and how it is put together."""


def _objects(values: list[Any]) -> NDArray[np.object_]:
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def _texts(values: list[str]) -> NDArray[np.object_]:
    return _objects(values)


def _points(geom: Any) -> NDArray[np.object_]:
    xy = np.asarray(geom, dtype=np.float64).reshape(-1, 2)
    points = _objects([None] * len(xy))
    known = np.isfinite(xy).all(axis=1)
    points[known] = shapely.points(xy[known])
    return points


def _codes(state: CountyState, ids: Any) -> NDArray[np.object_]:
    return _looked_up(ids, {unit.id: unit.code for unit in state.units.values()})


def _looked_up(ids: Any, words: Mapping[int, str]) -> NDArray[np.object_]:
    return _texts([words.get(key, "") for key in np.asarray(ids).tolist()])


def _masked(values: Any, mask: Callable[[str], str], show_private: bool) -> NDArray[np.object_]:
    texts = np.asarray(values).tolist()
    if show_private:
        return _texts(texts)
    known = {text: mask(text) if text else "" for text in set(texts)}
    return _texts([known[text] for text in texts])


def _times(values: Any) -> NDArray[np.object_]:
    """Return times as text in the county's zone: 2020-05-01T12:34:00+08:00."""
    moments: list[datetime | None] = np.asarray(values).astype("datetime64[s]").tolist()
    return _texts(["" if m is None else m.replace(tzinfo=UTC).astimezone(ZONE).isoformat() for m in moments])
