"""Hotspots as a report and as a file: a list of places with words, and a layer for any GIS."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from gis_app.cases.hotspots import (
    GiStar,
    Surface,
    counts_per_cell,
    density,
    density_text,
    gi_star,
    gi_star_text,
    hotspot_text,
    hotspots,
    suggested_bandwidth,
)
from gis_app.county.state import CountyState
from gis_app.grid.coverage import extent, neighbours, polygons
from gis_app.grid.datum import from_county, metres_per_unit
from gis_app.grid.figures import household_counts
from gis_app.grid.units import Level
from gis_app.language import Message, format_number, msg, tr
from gis_app.output.errors import OutputError
from gis_app.output.writing import replacing

PEAKS = 10
"""How many peaks of the density surface are listed."""

SQUARES = 1200
"""At most so many squares of the density surface along the longer side of the county."""

WRITERS = {".gpkg": "GPKG", ".geojson": "GeoJSON", ".csv": "CSV"}


@dataclass(frozen=True, slots=True)
class Found:
    """What was found: its method and explanation, one dictionary a place (as in the JSON report) with its line of words, and the layer."""

    method: str
    explanation: Message
    places: tuple[dict[str, Any], ...]
    words: tuple[Message, ...]
    layer: GiStar | Surface

    def report(self) -> dict[str, Any]:
        """Return the report as plain data."""
        return {"method": self.method, "explanation": str(self.explanation), "hotspots": list(self.places)}

    def lines(self) -> list[str]:
        """Return the report in words."""
        return [str(self.explanation), *(str(words) for words in self.words)] if self.places else [tr("No hotspots.")]


def find_hotspots(state: CountyState, method: str) -> Found:
    """Find where whistles pile up: `method` is "density" (peaks of the surface) or "gi-star" (groups of significant cells).

    Raises `OutputError` for a county without cells.
    """
    if not state.coverage.arcs:
        raise OutputError(msg("This county has no cells yet: import boundaries before looking for hotspots."))
    return _by_density(state) if method == "density" else _by_gi_star(state)


def _by_gi_star(state: CountyState) -> Found:
    cells = np.array([unit.id for unit in state.units.at_level(Level.CELL)], np.int64)
    near = neighbours(state.coverage)
    result = gi_star(cells, counts_per_cell(cells, state.cases.cell), near, household_counts(cells, state.households))
    spots = hotspots(result, near)
    places = tuple(
        {
            "cells": [state.units[cell].code for cell in spot.cells],
            "names": [state.units[cell].name for cell in spot.cells],
            "cases": spot.cases,
            "expected": round(spot.expected, 1),
            "z": round(spot.z, 2),
            "p": spot.p,
        }
        for spot in spots
    )
    words = tuple(
        msg("{place}: {what}", place=" › ".join(unit.name for unit in state.units.path(spot.cells[0])), what=hotspot_text(spot))
        for spot in spots
    )
    return Found("gi-star", gi_star_text(result), places, words, result)


def _by_density(state: CountyState) -> Found:
    metres = metres_per_unit(state.settings.crs)
    x, y = state.cases.x, state.cases.y
    west, south, east, north = box = extent(state.coverage)
    within = (x >= west) & (x <= east) & (y >= south) & (y <= north)
    least = 3 * max(east - west, north - south) / SQUARES  # whistles at one place have no spread, and the finest grid has no end
    bandwidth = max(suggested_bandwidth(x[within], y[within]), least)
    surface = density(x, y, box, bandwidth / 3, bandwidth, metres=metres)
    peaks = _peaks(surface)
    lon, lat = from_county(peaks[:, 0], peaks[:, 1], state.settings.crs)
    names = _names(state, peaks[:, :2])
    places = tuple(
        {"lon": round(float(a), 6), "lat": round(float(b), 6), "density": round(float(value), 2), "cell": code}
        for a, b, value, (code, _) in zip(lon, lat, peaks[:, 2], names, strict=True)
    )
    words = tuple(
        msg("{place}: {density} whistles per km²", place=name or "—", density=format_number(value, 1))
        for value, (_, name) in zip(peaks[:, 2].tolist(), names, strict=True)
    )
    return Found("density", density_text(surface, metres), places, words, surface)


def _peaks(surface: Surface) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return the highest local maxima of a surface, (n, 3): x, y (centres of squares) and the density."""
    from scipy.ndimage import maximum_filter

    values = surface.values
    radius = max(1, round(2 * surface.bandwidth / surface.cell_size))
    top = (values == maximum_filter(values, size=2 * radius + 1)) & (values > 0)
    rows, columns = np.nonzero(top)
    order = np.argsort(-values[rows, columns], kind="stable")[:PEAKS]
    rows, columns = rows[order], columns[order]
    x = surface.extent[0] + (columns + 0.5) * surface.cell_size
    y = surface.extent[3] - (rows + 0.5) * surface.cell_size
    return np.column_stack([x, y, values[rows, columns]])


def _names(state: CountyState, xy: np.ndarray[Any, np.dtype[np.float64]]) -> list[tuple[str | None, str]]:
    """Return the code and the path of the cell of each point; None and "" outside."""
    from gis_app.grid.locate import Locator

    found = Locator(state.coverage).cells_at(xy).tolist()
    units = state.units
    return [(units[c].code, " › ".join(u.name for u in units.path(c))) if c in units else (None, "") for c in found]


def check_target(path: Path) -> None:
    """Raise `OutputError` where hotspots cannot be written under this name: before the work, not after it."""
    if path.suffix.lower() not in WRITERS:
        raise OutputError(msg("{path}: hotspots are written as .gpkg, .geojson or .csv; choose one of these endings.", path=path))


def write_hotspots(state: CountyState, found: Found, path: Path) -> None:
    """Write the layer in the county's coordinate system (GeoJSON: WGS 84): cells with their scores, or the squares of the surface.

    Raises `OutputError`.
    """
    import geopandas

    check_target(path)
    driver = WRITERS[path.suffix.lower()]
    columns, shapes = _cells_layer(state, found.layer) if isinstance(found.layer, GiStar) else _squares_layer(state, found.layer)
    frame = geopandas.GeoDataFrame(columns, geometry=shapes, crs=state.settings.crs)
    if driver == "GeoJSON":
        frame = frame.to_crs("EPSG:4326")
    with replacing(path) as target:
        if driver == "CSV":
            frame.drop(columns="geometry").to_csv(target, index=False, encoding="utf-8-sig")
        else:
            frame.to_file(target, driver=driver, engine="pyogrio", layer="hotspots")


def _cells_layer(state: CountyState, result: GiStar) -> tuple[dict[str, Any], list[shapely.Geometry]]:
    cells = result.cells.tolist()
    shapes = polygons(state.coverage, cells)
    columns = {
        "code": [state.units[cell].code for cell in cells],
        "name": [state.units[cell].name for cell in cells],
        "cases": result.counts,
        "expected": result.expected.round(2),
        "z": result.z.round(3),
        "p": result.p.round(6),
        "q": result.q.round(6),
        "hot": result.hot,
        "cold": result.cold,
    }
    return columns, [shapes.get(cell) for cell in cells]


def _squares_layer(state: CountyState, surface: Surface) -> tuple[dict[str, Any], list[shapely.Geometry]]:
    rows, columns = np.nonzero(surface.values > surface.values.max() / 1000)
    size = surface.cell_size
    west = surface.extent[0] + columns * size
    north = surface.extent[3] - rows * size
    lon, lat = from_county(west + size / 2, north - size / 2, state.settings.crs)
    squares = shapely.box(west, north - size, west + size, north)
    return {"density": surface.values[rows, columns].round(4), "lon": np.round(lon, 6), "lat": np.round(lat, 6)}, list(squares)
