"""The layers of the offline map: cells, borders, whistles and heat, from a county state to folium."""

import html
from collections.abc import Mapping, Sequence
from typing import Any

import folium
import numpy as np
import shapely
from folium.plugins import HeatMap
from folium.utilities import JsCode
from numpy.typing import NDArray
from pyproj import Transformer

from gis_app.cases.display import display_states
from gis_app.county.limits import hours_of
from gis_app.county.state import CountyState
from gis_app.grid.coverage import build_coverage, label_points, polygons, unions
from gis_app.grid.datum import metres_per_unit
from gis_app.grid.privacy import mask_name
from gis_app.grid.units import Level, Unit
from gis_app.language import format_code, format_number, msg, tr
from gis_app.map.colours import WHISTLES, mixed
from gis_app.map.legend import classify, legend, state_colours
from gis_app.map.palette import LIGHT
from gis_app.map.scene import LayerKind, Scene
from gis_app.output import whistles
from gis_app.output.contents import category_names, household_counts, open_counts, path_text, public_count, unit_name
from gis_app.output.errors import OutputError
from gis_app.output.words import Words

MOST_VERTICES = 110_000
"""Cells are simplified until they have no more vertices than this (about 2.5 MB)."""

TOLERANCES = (0.0, 5.0, 10.0, 20.0, 40.0, 80.0, 160.0)
"""What is tried, in metres (square root of the area that a removed vertex may take away)."""

HEAT_SQUARE = 500.0
"""Squares (metres) into which whistles are counted for the heat layer."""


class Place:
    """From county coordinates to longitude and latitude (WGS 84)."""

    def __init__(self, crs: str) -> None:
        self.metres = metres_per_unit(crs)  # raises OutputError where the system is not known
        self._transformer = Transformer.from_crs(crs, "EPSG:4326", always_xy=True)

    def degrees(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return (n, 2) longitudes and latitudes, rounded to 5 digits (about a metre)."""
        longitude, latitude = self._transformer.transform(xy[:, 0], xy[:, 1])
        return np.round(np.column_stack([longitude, latitude]), 5)

    def bounds(self, shapes: Sequence[shapely.Geometry]) -> list[list[float]]:
        """Return [[south, west], [north, east]] of some shapes."""
        west, south, east, north = shapely.total_bounds(list(shapes))
        corners = self.degrees(np.array([[west, south], [east, south], [west, north], [east, north]]))
        return [corners.min(axis=0)[::-1].tolist(), corners.max(axis=0)[::-1].tolist()]


def cells_to_show(state: CountyState, unit: Unit | None) -> list[int]:
    """Return the ids of all cells, or of a unit's cells and those around it."""
    if unit is None:
        return sorted(state.coverage.cells)
    own = [cell.id for cell in state.units.cells(unit.id) if cell.id in state.coverage.cells]
    if not own:
        raise OutputError(msg("{unit} has no cells: there is nothing to draw.", unit=unit_name(unit)))
    every = polygons(state.coverage)
    ids = np.array(sorted(every), np.int64)
    bounds = shapely.bounds([every[int(i)] for i in ids])
    west, south, east, north = shapely.total_bounds([every[i] for i in own])
    margin = 0.15 * max(east - west, north - south)
    east_west = (bounds[:, 0] <= east + margin) & (bounds[:, 2] >= west - margin)
    north_south = (bounds[:, 1] <= north + margin) & (bounds[:, 3] >= south - margin)
    return [int(i) for i in ids[east_west & north_south]]


def simplified(state: CountyState, ids: Sequence[int], metres: float = 1.0) -> dict[int, shapely.MultiPolygon]:
    """Return the polygons of cells, simplified together (shared borders stay shared) until they are small enough for a browser."""
    shapes = polygons(state.coverage, ids)
    cells, simple = list(shapes), np.array(list(shapes.values()), dtype=object)
    for tolerance in TOLERANCES:
        simple = shapely.coverage_simplify(simple, tolerance / metres) if tolerance else simple  # each from the last: faster
        if shapely.get_num_coordinates(simple).sum() <= MOST_VERTICES:
            break
    return dict(zip(cells, simple, strict=True))


def _geometry(shape: shapely.Geometry, place: Place) -> dict[str, object]:
    """Return a shape as GeoJSON in degrees."""
    in_degrees = shapely.transform(shape, place.degrees)
    if in_degrees.geom_type == "MultiPolygon" and len(in_degrees.geoms) == 1:
        in_degrees = in_degrees.geoms[0]
    geometry: dict[str, object] = shapely.geometry.mapping(in_degrees)
    return geometry


def cell_layer(scene: Scene, shapes: Mapping[int, shapely.Geometry], unit: Unit | None, place: Place) -> folium.GeoJson:
    """Return the cells, coloured by class, with pop-ups; the cells around a unit are faded and have none."""
    state, classes = scene.state, classify(scene)
    own = set(shapes) if unit is None else {cell.id for cell in state.units.cells(unit.id)}
    class_of = dict(zip(classes.ids.tolist(), classes.of.tolist(), strict=True))
    rows = _rows(state, [state.units[cell] for cell in shapes if cell in own and cell in state.units])
    features = []
    for cell, shape in shapes.items():
        if shapely.is_empty(shape):
            continue
        known = state.units.get(cell)
        name = unit_name(known) if known else str(cell)
        properties: dict[str, object] = {"k": class_of.get(cell, -1), "n": name}
        if cell in rows:
            properties |= {"p": path_text(state, cell), "r": rows[cell]}
        else:
            properties["k"] = -2
        features.append({"type": "Feature", "id": str(cell), "properties": properties, "geometry": _geometry(shape, place)})
    colours = {**dict(enumerate(classes.colours)), -1: LIGHT.map_land, -2: mixed(LIGHT.map_land, LIGHT.map_ground, 0.6)}

    def style(feature: Mapping[str, Any]) -> dict[str, object]:
        colour = colours[feature["properties"]["k"]]
        return {"fillColor": colour, "fillOpacity": 1, "color": LIGHT.cell_border, "weight": 0.7, "opacity": 1}

    return folium.GeoJson(
        {"type": "FeatureCollection", "features": features},
        name=html.escape(tr("Cells")),
        style_function=style,
        highlight_function=lambda _feature: {"weight": 2.5, "color": LIGHT.accent},
        on_each_feature=JsCode("grid.cell"),
        smooth_factor=0.5,
    )


def _rows(state: CountyState, cells: Sequence[Unit]) -> dict[int, list[list[str]]]:
    """Return the lines of every cell's pop-up: label and value."""
    households, waiting = household_counts(state, cells), open_counts(state, cells)
    workers: dict[int, list[str]] = {}
    for worker in state.workers.values():
        for one in worker.cells:
            workers.setdefault(one, []).append(mask_name(worker.name))
    rows = {}
    for cell, homes, cases in zip(cells, households.tolist(), waiting.tolist(), strict=True):
        lines = [[tr("Code"), format_code(cell.code)]] if cell.code else []
        if len(state.households):
            lines.append([tr("Households"), public_count(homes)])
        if state.workers:
            lines.append([tr("Grid worker"), tr(", ").join(workers.get(cell.id, [])) or tr("vacant")])
        if len(state.cases):
            lines.append([tr("Open whistles"), format_number(cases)])
        rows[cell.id] = lines
    return rows


def border_layers(state: CountyState, shapes: Mapping[int, shapely.Geometry], place: Place) -> list[folium.GeoJson]:
    """Return the borders of villages and townships as lines: each shared border once, simplified as the cells are."""
    kept = {cell: shape for cell, shape in shapes.items() if not shapely.is_empty(shape)}
    coverage = build_coverage(list(kept), list(kept.values()))
    of = {level: {cell: _ancestor(state, cell, level) for cell in (*kept, 0)} for level in (Level.VILLAGE, Level.TOWNSHIP)}
    found = []
    for level, colour, weight, dash, name in (
        (Level.VILLAGE, LIGHT.village_border, 1.3, None, tr("Borders of villages and communities")),
        (Level.TOWNSHIP, LIGHT.township_border, 2.2, "7 4", tr("Borders of townships")),
    ):
        group = of[level]
        lines = [arc.points for arc in coverage.arcs.values() if group[arc.left] != group[arc.right]]
        if not lines:
            continue
        merged = shapely.line_merge(shapely.multilinestrings([shapely.linestrings(points) for points in lines]))
        style = {"color": colour, "weight": weight, "fill": False, "interactive": False, **({"dashArray": dash} if dash else {})}
        found.append(
            folium.GeoJson(
                {"type": "Feature", "id": level.name, "properties": {}, "geometry": _geometry(merged, place)},
                name=html.escape(name),
                style_function=lambda _feature, style=style: style,
                smooth_factor=0.5,
            )
        )
    return found


def _ancestor(state: CountyState, cell: int, level: Level) -> int:
    unit = state.units.ancestor(cell, level) if cell else None
    return unit.id if unit else 0


class Whistles(folium.map.Layer):
    """Spots of whistles, drawn on the canvas with a shape for each state."""

    _template = folium.template.Template(
        "{% macro script(this, kwargs) %}var {{ this.get_name() }} = grid.whistles({{ this.data|tojson }});{% endmacro %}"
    )

    def __init__(self, data: Mapping[str, object], name: str) -> None:
        super().__init__(name=name, overlay=True)
        self._name = "Whistles"
        self.data = data


def whistle_layer(scene: Scene, cells_shown: Sequence[int], place: Place, texts: Words | None) -> Whistles:
    """Return the whistles that may be shown, without words unless `texts` gives them."""
    state = scene.state
    cases, hours = state.cases, hours_of(state)
    which = whistles.published(cases, scene.now, hours, scene.cases)
    if len(cells_shown) < len(state.coverage.cells):
        which &= np.isin(cases.cell, cells_shown)
    spots = whistles.spots(cases, scene.now, hours, which, whistles.GRID / place.metres)
    at = [case for spot in spots for case in spot.cases]
    words = texts(np.array(at, np.int64)) if texts else [""] * len(at)
    says = dict(zip(at, words, strict=True))
    states = np.asarray(display_states(cases, scene.now, hours))
    categories, cells, months = _Numbered(), _Numbered(), _Numbered()
    names = category_names(state)
    degrees = place.degrees(np.array([[spot.x, spot.y] for spot in spots]).reshape(-1, 2))
    rows = []
    for spot, (longitude, latitude) in zip(spots, degrees.tolist(), strict=True):
        listed = []
        for case in spot.cases:
            category = categories[names.get(int(cases.category[case]), tr("no category"))]
            cell = cells[path_text(state, int(cases.cell[case])) or tr("outside the county")]
            one: list[object] = [int(states[case]), category, months[whistles.month(cases.blown[case])], cell]
            listed.append([*one, says[case]] if says[case] else one)
        rows.append([latitude, longitude, spot.state, spot.count, listed])
    scene_states = [str(entry.text) for entry in legend(scene) if entry.layer == LayerKind.CASES]
    data = {
        "spots": rows[::-1],
        "colours": state_colours(scene),
        "states": scene_states,
        "categories": categories.texts,
        "cells": cells.texts,
        "months": months.texts,
        "heading": tr("Whistles here: {count}"),
        "more": tr("and {count} more"),
    }
    return Whistles(data, html.escape(tr("Whistles")))


class Names(folium.map.Layer):
    """The names of townships, and of villages where the map is large enough."""

    _template = folium.template.Template(
        "{% macro script(this, kwargs) %}var {{ this.get_name() }} = grid.names({{ this.places|tojson }}, {{ this.zoom }});{% endmacro %}"
    )

    def __init__(self, places: Sequence[object], zoom: float, name: str) -> None:
        super().__init__(name=name, overlay=True)
        self._name = "Names"
        self.places = places
        self.zoom = zoom


def name_layer(state: CountyState, shapes: Mapping[int, shapely.Geometry], place: Place) -> Names:
    """Return the names of the townships and villages whose cells are shown, each at a point well inside it."""
    groups: dict[int, list[int]] = {}
    for cell in shapes:
        for unit in state.units.path(cell)[:-1]:
            groups.setdefault(unit.id, []).append(cell)
    anchors = label_points(unions(state.coverage, groups))
    degrees = place.degrees(np.array(list(anchors.values())).reshape(-1, 2)).tolist()
    units = [state.units[unit] for unit in anchors]
    places = [[lat, lon, unit_name(unit), int(unit.level)] for unit, (lon, lat) in zip(units, degrees, strict=True)]
    villages = max(sum(unit.level == Level.VILLAGE for unit in units), 1)
    (south, west), (north, east) = place.bounds(list(shapes.values()))
    across = float(np.sqrt((east - west) * (north - south) / villages))  # degrees that a village measures, usually
    zoom = float(np.log2(75 * 360 / 256 / max(across, 1e-6)))  # 75 pixels for each
    return Names(places, round(zoom, 1), html.escape(tr("Names")))


class _Numbered:
    """Texts by number, so that each is written once."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._numbers: dict[str, int] = {}

    def __getitem__(self, text: str) -> int:
        if text not in self._numbers:
            self._numbers[text] = len(self.texts)
            self.texts.append(text)
        return self._numbers[text]


def heat_layer(scene: Scene, cells_shown: Sequence[int], place: Place) -> HeatMap | None:
    """Return the heat layer (switched off at first): whistles of all time, counted in squares."""
    cases = scene.state.cases
    mask = np.isin(cases.cell, cells_shown) & (np.ones(len(cases), np.bool_) if scene.cases is None else scene.cases)
    squares = whistles.heat(cases, mask, HEAT_SQUARE / place.metres)
    if not squares:
        return None
    degrees = place.degrees(np.array([[x, y] for x, y, _ in squares]))
    strongest = np.quantile([n for _, _, n in squares], 0.98)
    data = [[lat, lon, round(min(n / strongest, 1.0), 2)] for (lon, lat), (_, _, n) in zip(degrees.tolist(), squares, strict=True)]
    gradient = dict(zip((0.15, 0.4, 0.6, 0.8, 1.0), WHISTLES[LIGHT.name][1:], strict=True))
    return HeatMap(  # type: ignore[no-untyped-call]
        data, name=html.escape(tr("Heat of all whistles")), show=False, radius=18, blur=22, min_opacity=0.02, max_zoom=12, gradient=gradient
    )
