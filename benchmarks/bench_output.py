"""Pages and offline maps of the demo county: `python -m benchmarks.bench_output [county.gpkg]`."""

import tempfile
from pathlib import Path

from benchmarks.county import demo_file
from benchmarks.measure import cpu_seconds, report
from gis_app.bootstrap import open_county
from gis_app.county.county import County
from gis_app.grid.units import Level
from gis_app.map.palette import LIGHT
from gis_app.map.scene import Figure, LayerKind, Scene, default_layers
from gis_app.output.html import write_html
from gis_app.output.qt.application import ensure_application
from gis_app.output.qt.pages import write_map
from gis_app.progress import finish


def all_layers(county: County) -> Scene:
    """Return a scene with every layer of the map."""
    scene = Scene(county.state, LIGHT, county.state.settings.now(), default_layers("cases"))
    for layer in scene.layers:
        scene = scene.with_layer(layer.kind, visible=True)
    return scene.with_layer(LayerKind.CELLS, figure=Figure.HOUSEHOLDS)


def measure(county: County, folder: Path) -> None:
    """Write every kind of map and print its CPU time and size."""
    ensure_application()
    scene = all_layers(county)
    villages = [unit.code for unit in county.state.units.at_level(Level.VILLAGE)]

    def page(name: str, **options: object) -> Path:
        finish(write_map(scene, folder / name, **options))  # type: ignore[arg-type]
        return folder / name

    def row(what: str, budget: str, name: str, note: str = "", runs: int = 3, **options: object) -> None:
        seconds = cpu_seconds(lambda: page(name, **options), runs)
        report(what, budget, f"{seconds:.2f} s, {(folder / name).stat().st_size / 1e6:.1f} MB", note)

    row("A3 map PDF of the county, all layers", "<= 2 s, <= 5 MB", "a3.pdf", "QGIS 3.22: 7.1 s, 17.6 MB", size="A3")
    row("A4 map PDF of the county, all layers", "", "a4.pdf")
    row("A4 map PDF of a village, neighbours faded", "", "village.pdf", "QGIS 3.22, one page of an atlas: 0.2 s", unit=villages[0])
    row("A3 picture of the county at 300 dpi, all layers", "", "a3.png", size="A3", runs=1)
    row("A4 SVG of the county, all layers", "", "a4.svg", runs=1)

    def web() -> None:
        finish(write_html(county, folder / "map.html"))

    seconds = cpu_seconds(web, 3)
    report("offline HTML map of the county", "<= 5 MB", f"{seconds:.2f} s, {(folder / 'map.html').stat().st_size / 1e6:.1f} MB")


def main() -> None:
    """Measure on the county file that is named, else on a new demo county."""
    with demo_file() as path, tempfile.TemporaryDirectory() as folder:
        county = open_county(path)
        measure(county, Path(folder))
        county.close()


if __name__ == "__main__":
    main()
