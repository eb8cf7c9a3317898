"""The one way to write a map of a county, whatever the kind of file: page, picture or offline web map."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from gis_app.county.county import County
from gis_app.grid.coverage import extent as extent_of
from gis_app.map.palette import LIGHT
from gis_app.map.reference.shelf import Shelf
from gis_app.map.scene import Layer, LayerKind, Scene, default_layers
from gis_app.output.contents import default_figure
from gis_app.output.html import write_html
from gis_app.output.page import Extent
from gis_app.progress import Steps


def default_scene(county: County, layers: Sequence[Layer] = ()) -> Scene:
    """Return what a map shows when nobody says more: borders, names, whistles, and the figure that the county has."""
    state = county.state
    scene = Scene(state, LIGHT, state.settings.now(), tuple(layers) or default_layers("plan"))
    if layers:
        return scene
    scene = scene.with_layer(LayerKind.CELLS, figure=default_figure(state))
    scene = scene.with_layer(LayerKind.HOUSEHOLDS, visible=len(state.households) > 0)
    return scene.with_layer(LayerKind.CASES, visible=len(state.cases) > 0)


def write_county_map(
    county: County,
    path: Path,
    *,
    unit: str | None = None,
    extent: Extent | None = None,
    title: str = "",
    page: str = "A4",
    scene: Scene | None = None,
) -> Steps[None]:
    """Write the county, the unit with the code `unit`, or `extent` (county coordinates) as .pdf, .png, .svg or .html.

    A web page holds the county or a unit, never an extent: it can be moved. `scene` is what the window shows; the default layers otherwise.
    Raises `OutputError` for another ending or a place that cannot be written.
    """
    if path.suffix.lower() in (".html", ".htm"):
        return write_html(county, path, title=title, unit=unit, scene=scene)
    from gis_app.output.qt.pages import write_map

    if scene is not None:
        return write_map(scene, path, size=page, title=title, unit=unit, extent=extent)
    return _with_references(county, lambda whole: write_map(whole, path, size=page, title=title, unit=unit, extent=extent))


def _with_references(county: County, write: Callable[[Scene], Steps[None]]) -> Steps[None]:
    """Write what a map shows by default, with the reference layers of the county."""
    scene = default_scene(county)
    if not county.state.references:
        yield from write(scene)
        return
    from gis_app.map.qt.pyramid import cut_beside

    coverage = county.state.coverage
    bounds = extent_of(coverage) if coverage.cells else None
    shelf = Shelf(Path(county.store.name).parent, county.state.settings.crs, lambda: bounds, cut_beside)
    try:
        yield from write(replace(scene, shelf=shelf))
    finally:
        shelf.close()
