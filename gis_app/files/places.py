"""Where the rows of a table lie: two columns of coordinates or the geometry of the file, brought into the county's system."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_app.county.state import CountyState
from gis_app.files import crs as systems
from gis_app.files.errors import FileError
from gis_app.files.numbers import as_numbers
from gis_app.files.rows import FileRows
from gis_app.grid.coverage import extent
from gis_app.language import Message, msg, plural

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """One point a row in the county's system, NaN for none; the datum that they came in, and what was decided about it."""

    xy: NDArray[np.float64]
    datum: str
    notes: tuple[Message, ...] = ()


def points(rows: FileRows, x: str, y: str, datum: str, state: CountyState) -> Points:
    """Return where rows lie. `x` and `y` are columns ("" to take the geometry of the file, if it has any); `datum` "" trusts the numbers.

    What is no coordinate (text, 0/0, beyond the world) is no point; the notes say how many. Raises `FileError` for an unknown datum.
    """
    if x and y:
        xy = np.column_stack([as_numbers(rows.texts(x)), as_numbers(rows.texts(y))])
        written = (rows.texts(x) != "") & (rows.texts(y) != "")
        declared = ""
    elif rows.geometry is not None:
        xy = _anchors(rows.geometry)
        written = np.isfinite(xy).all(axis=1)
        declared = rows.crs
    else:
        return Points(np.full((len(rows), 2), np.nan), "")
    good = np.isfinite(xy).all(axis=1) & (np.abs(xy) < 1e9).all(axis=1) & (xy != 0).any(axis=1)
    xy = np.where(good[:, None], xy, np.nan)
    if not good.any():
        return Points(xy, "", _lost(written, good))
    bounds = extent(state.coverage) if state.coverage.cells else None
    usual = systems.usual_bounds(xy[good, 0], xy[good, 1])
    guess = systems.named_or_guessed(datum.strip(), usual, declared, state.settings.crs, bounds)
    used = guess.crs
    if not used:
        raise FileError(
            msg(
                "{file} does not say its coordinate system ({reason}); name its datum, for example wgs84.",
                file=rows.name,
                reason=guess.reason,
            )
        )
    notes: list[Message] = []
    if not guess.declared:
        notes.append(msg("Coordinates are taken as {crs}: {reason}.", crs=systems.shown_name(used), reason=guess.reason))
    if guess.swapped:
        xy = xy[:, ::-1]
        usual = (usual[1], usual[0], usual[3], usual[2]) if usual is not None else None
    xy, turned = _turned(xy, usual)
    if turned:
        notes.append(
            plural(
                turned,
                msg("{count} row has longitude and latitude in each other's column; it was read the other way round.", count=turned),
                msg("{count} rows have longitude and latitude in each other's column; they were read the other way round.", count=turned),
            )
        )
    if used.lower() in systems.DATUM_NAMES or systems.parse_crs(used).is_geographic:
        good &= (np.abs(np.nan_to_num(xy[:, 0])) <= 180) & (np.abs(np.nan_to_num(xy[:, 1])) <= 90)
    moved = np.full_like(xy, np.nan)
    if good.any():
        moved[good] = systems.transform(np.ascontiguousarray(xy[good]), used, state.settings.crs)
    good &= np.isfinite(moved).all(axis=1)
    if not good.any():
        raise FileError(
            msg("No coordinate in {file} fits {crs}; name another datum, or none.", file=rows.name, crs=systems.shown_name(used))
        )
    moved[~good] = np.nan
    stored = used.lower() if used.lower() in systems.DATUM_NAMES else "wgs84" if used == "EPSG:4326" else systems.crs_name(used)
    return Points(moved, stored, (*notes, *_lost(written, good)))


def _lost(written: NDArray[np.bool_], good: NDArray[np.bool_]) -> tuple[Message, ...]:
    count = int((written & ~good).sum())
    one = msg("{count} row has coordinates that cannot be; it comes in without a place.", count=count)
    many = msg("{count} rows have coordinates that cannot be; they come in without a place.", count=count)
    return (plural(count, one, many),) if count else ()


def _turned(xy: Floats, usual: systems.Bounds | None) -> tuple[Floats, int]:
    """Turn the pairs that lie where most places are once their numbers are exchanged, and only then; return how many they are."""
    if usual is None:
        return xy, 0
    west, south, east, north = usual
    wide, high = max(east - west, 1e-9), max(north - south, 1e-9)

    def among(x: Floats, y: Floats) -> NDArray[np.bool_]:
        return (x >= west - wide) & (x <= east + wide) & (y >= south - high) & (y <= north + high)

    turned = ~among(xy[:, 0], xy[:, 1]) & among(xy[:, 1], xy[:, 0])
    return np.where(turned[:, None], xy[:, ::-1], xy), int(turned.sum())


def _anchors(shapes: NDArray[np.object_]) -> NDArray[np.float64]:
    """Return a point for each geometry: itself, or a point inside an area; NaN for none."""
    types = shapely.get_type_id(shapes)
    finite = np.array(
        [s is not None and not s.is_empty and bool(np.isfinite(shapely.get_coordinates(s)).all()) for s in shapes], dtype=np.bool_
    )
    anchors = np.empty(len(shapes), dtype=object)
    anchors[finite] = np.where(types[finite] == 0, shapes[finite], shapely.point_on_surface(shapes[finite]))
    return np.column_stack([shapely.get_x(anchors), shapely.get_y(anchors)])
