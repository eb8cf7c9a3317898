"""A map of a county in one call, whatever its format: what the command line and the window ask for."""

from pathlib import Path

from gis_app.county.county import County
from gis_app.map.palette import LIGHT
from gis_app.map.scene import LayerKind, Scene, default_layers
from gis_app.output.page import Extent
from gis_app.progress import Steps


def write_county_map(
    county: County,
    path: Path,
    *,
    unit: str | None = None,
    title: str = "",
    page: str = "A4",
    scene: Scene | None = None,
    extent: Extent | None = None,
) -> Steps[None]:
    """Write the county, or the unit with a code, as .pdf, .png, .svg or offline .html, by the ending of `path`.

    `scene` is what the window shows (else households per cell, borders, names and whistles); `extent` its present view.
    `page`: "A4" or "A3". Raises `OutputError`.
    """
    if path.suffix.lower() in (".html", ".htm"):
        from gis_app.output.html import write_html

        return write_html(county, path, title=title, unit=unit, scene=scene)
    from gis_app.output.qt.pages import write_map

    return write_map(scene or meeting_scene(county), path, size=page, title=title, unit=unit, extent=extent)


def meeting_scene(county: County) -> Scene:
    """Return what a map for a meeting shows: households per cell, borders, names, and whistles where there are any."""
    state = county.state
    scene = Scene(state, LIGHT, state.settings.now(), default_layers("plan"))
    scene = scene.with_layer(LayerKind.HOUSEHOLDS, visible=False)
    return scene.with_layer(LayerKind.CASES, visible=len(state.cases) > 0)
