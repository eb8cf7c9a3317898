"""The offline map: one HTML file that any browser opens without a network, for people who have no GIS.

It shows the cells with a figure, the borders, whistles without words, and a legend. Names and phones are masked, small counts suppressed.
"""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import folium
import jinja2
from branca.element import Element, MacroElement

from gis_app.county.county import County
from gis_app.county.state import CountyState
from gis_app.language import RESOURCES, current, format_number, msg, tr
from gis_app.map.legend import legend, legend_title, without_counts
from gis_app.map.palette import LIGHT
from gis_app.map.scene import CaseStyle, Figure, Layer, LayerKind, Scene
from gis_app.output import whistles
from gis_app.output.closed import closed_map
from gis_app.output.contents import Contents, contents, default_figure, find_unit
from gis_app.output.errors import OutputError
from gis_app.output.leaflet import (
    Place,
    Whistles,
    border_layers,
    cell_layer,
    cells_to_show,
    heat_layer,
    name_layer,
    simplified,
    whistle_layer,
)
from gis_app.output.words import case_words
from gis_app.output.writing import replacing
from gis_app.progress import Progress, Steps


def write_html(
    county: County, path: Path, *, title: str = "", unit: str | None = None, scene: Scene | None = None, texts: bool = False
) -> Steps[None]:
    """Write the offline map of the county, or of the unit with a code.

    `scene` gives the figure of the cells, the whistles that are chosen and the instant; its palette is not used. `texts` also publishes
    what the whistles say, without the names and phones that the county knows. Raises `OutputError`.
    """
    state = county.state
    chosen = find_unit(state, unit) if unit else None
    scene = _scene(state, scene)
    if not state.coverage.cells:
        raise OutputError(msg("This county has no cells yet: import boundaries before writing a map."))
    if path.suffix.lower() not in (".html", ".htm"):
        raise OutputError(msg("{file}: an offline map is a file that ends with .html.", file=path.name))
    yield Progress(0.0, msg("Simplifying borders"))
    place = Place(state.settings.crs)
    shapes = simplified(state, cells_to_show(state, chosen), place.metres)
    own = list(shapes) if chosen is None else [cell.id for cell in state.units.cells(chosen.id) if cell.id in shapes]
    yield Progress(0.4, msg("Writing the cells"))
    cells = scene.layer(LayerKind.CELLS)
    subtitle = "" if cells is None or cells.figure == Figure.NONE else str(legend_title(scene, LayerKind.CELLS))
    written = contents(state, scene.now, title=title, subtitle=subtitle, unit=chosen)
    page = closed_map(
        written.title,
        current().replace("_", "-"),
        prefer_canvas=True,
        attributionControl=False,
        control_scale=True,
        zoom_control="bottomleft",
        max_zoom=18,
        zoom_snap=0.25,
    )
    layers: list[Any] = [cell_layer(scene, shapes, chosen, place), *border_layers(state, shapes, place)]
    yield Progress(0.6, msg("Writing the whistles"))
    if len(state.cases):
        heat = heat_layer(scene, own, place)
        layers += [heat] if heat is not None else []
        layers.append(whistle_layer(scene, own, place, case_words(county) if texts else None))
    layers.append(name_layer(state, shapes, place))
    for layer in layers:
        layer.add_to(page)
    _frame(page, _body(scene, written, counted=chosen is None), layers, place.bounds([shapes[cell] for cell in own]))
    yield Progress(0.8, msg("Writing {file}", file=path.name))
    text = page.get_root().render()
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
    yield Progress(1.0, msg("Writing {file}", file=path.name))


def _scene(state: CountyState, scene: Scene | None) -> Scene:
    """Return the scene of a page: the one on the screen in light colours, or households and whistles."""
    cells = scene.layer(LayerKind.CELLS) if scene else None
    figure = cells.figure if cells and cells.visible and cells.figure != Figure.NONE else default_figure(state)
    kinds = (LayerKind.CELL_BORDERS, LayerKind.VILLAGE_BORDERS, LayerKind.TOWNSHIP_BORDERS)
    layers = (Layer(LayerKind.CELLS, figure=figure), *(Layer(kind) for kind in kinds), Layer(LayerKind.CASES, style=CaseStyle.STATE))
    return Scene(state, LIGHT, scene.now if scene else state.settings.now(), layers, scene.cases if scene else None)


def _frame(page: folium.Map, body: str, layers: Sequence[Any], bounds: list[list[float]]) -> None:
    """Add what stands around the map: title, legend, source, and the scripts and styles of the page itself."""
    figure: Any = page.get_root()
    figure.header.add_child(_Plain(f"<style>{template_text('map_page.css')}</style>"), name="page_style")
    figure.html.add_child(_Plain(body), name="page_body")
    figure.script.add_child(_Plain(template_text("map_page.js")), name="page_script")
    folium.LayerControl(position="topleft", collapsed=False).add_to(page)
    order = ", ".join(layer.get_name() for layer in layers if isinstance(layer, folium.GeoJson | Whistles))
    _Opening(order, bounds).add_to(page)


class _Opening(MacroElement):
    """What happens when the page opens: it shows the whole place, beside the legend, and keeps its layers in their order."""

    _template = folium.template.Template(
        "{% macro script(this, kwargs) %}"
        "grid.open({{ this._parent.get_name() }}, {{ this.bounds|tojson }}, [{{ this.order }}]);"
        "{% endmacro %}"
    )

    def __init__(self, order: str, bounds: list[list[float]]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.order = order
        self.bounds = bounds


def _body(scene: Scene, written: Contents, *, counted: bool) -> str:
    """Return title and legend as HTML, every text escaped; the legend counts cells only on a map of the whole county."""
    groups: dict[LayerKind, list[dict[str, object]]] = {}
    entries = legend(scene) if counted else without_counts(legend(scene))
    for entry in entries:
        if entry.layer == LayerKind.CASES and not len(scene.state.cases):
            continue
        count = format_number(entry.count) if entry.layer == LayerKind.CELLS and entry.count is not None else None
        shown: dict[str, object] = {"symbol": str(entry.symbol), "colour": entry.colour, "text": str(entry.text), "count": count}
        kind = entry.layer if entry.layer in (LayerKind.CELLS, LayerKind.CASES) else LayerKind.CELL_BORDERS
        groups.setdefault(kind, []).append(shown)
    titles = {kind: str(legend_title(scene, kind)) for kind in (LayerKind.CELLS, LayerKind.CASES)}
    if counted:
        titles[LayerKind.CELLS] = tr("{figure} (number of cells)", figure=titles[LayerKind.CELLS])
    text: str = (
        _templates()
        .get_template("map_page.html")
        .render(
            title=written.title,
            subtitle=written.subtitle,
            date=written.date,
            heading=tr("Legend"),
            figures_heading=written.figures_of,
            legend=[{"title": titles.get(kind, tr("Borders")), "entries": members} for kind, members in groups.items()],
            figures=written.figures,
            note=_note(scene),
            source=written.source,
        )
    )
    return text


def _note(scene: Scene) -> str:
    """Return what a reader must know about what is not shown."""
    parts = [tr("Counts of households below 5 and names are not published.")]
    if len(scene.state.cases):
        if scene.cases is None:
            parts.append(tr("Whistles: the open ones and those of the last {days} days.", days=whistles.RECENT_DAYS))
        parts.append(tr("Places are rounded to {metres} m; reports of wrongdoing are counted, not drawn.", metres=int(whistles.GRID)))
    return " ".join(parts) if current() == "en" else "".join(parts)


@cache
def _templates() -> jinja2.Environment:
    return jinja2.Environment(loader=jinja2.FileSystemLoader(RESOURCES / "templates"), autoescape=True)


def template_text(name: str) -> str:
    """Return a file of `resources/templates` as it is."""
    return (RESOURCES / "templates" / name).read_text(encoding="utf-8")


class _Plain(Element):
    """A text that is written as it is."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text

    def render(self, **kwargs: Any) -> str:
        """Return the text."""
        del kwargs
        return self.text
