"""The map of a bulletin: where the whistles of a month piled up."""

import tempfile
from pathlib import Path

from gis_app.cases.case import CaseKind
from gis_app.cases.times import utc64
from gis_app.county.county import County
from gis_app.language import tr
from gis_app.map.palette import LIGHT
from gis_app.map.scene import Figure, Layer, LayerKind, Scene
from gis_app.output.bulletin import Month
from gis_app.output.bulletin_words import month_text
from gis_app.progress import Steps


def map_scene(county: County, month: Month) -> Scene:
    """Return what the map of a bulletin shows: where the whistles of the month pile up, never single ones nor reports of wrongdoing."""
    state = county.state
    cases = state.cases
    shown = (cases.blown >= utc64(month.start)) & (cases.blown < utc64(month.end)) & (cases.kind != CaseKind.REPORT)
    layers = (
        Layer(LayerKind.CELLS, figure=Figure.NONE),
        Layer(LayerKind.HOTSPOT_CELLS, opacity=0.6),
        Layer(LayerKind.DENSITY),
        Layer(LayerKind.VILLAGE_BORDERS),
        Layer(LayerKind.TOWNSHIP_BORDERS),
        Layer(LayerKind.LABELS),
    )
    return Scene(state, LIGHT, state.settings.now(), layers, shown)


def drawing_map(county: County, month: Month) -> Steps[bytes]:
    """Return the map of a bulletin as PNG; empty for a county without cells."""
    from gis_app.output.page import Orientation
    from gis_app.output.qt.charts import DPI
    from gis_app.output.qt.pages import write_map

    if not county.state.coverage.cells:
        return b""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "map.png"
        name = tr("Where whistles piled up in {month}", month=month_text(month))
        yield from write_map(map_scene(county, month), path, orientation=Orientation.PORTRAIT, title=name, dpi=DPI)
        return path.read_bytes()
