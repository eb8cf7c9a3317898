"""The canvas at 1920 × 1080 with every layer on: `python -m benchmarks.bench_canvas [COUNTY]`."""

import gc
import os
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from benchmarks.county import demo_file
from benchmarks.heartbeat import longest_freeze
from benchmarks.measure import peak_megabytes, report
from gis_app import bootstrap
from gis_app.county.state import CountyState
from gis_app.grid.coverage import extent
from gis_app.grid.units import Level
from gis_app.map.palette import LIGHT
from gis_app.map.qt.base_picture import MARGIN
from gis_app.map.qt.canvas import MapCanvas
from gis_app.map.qt.drawing import Drawing
from gis_app.map.qt.painter import rendering
from gis_app.map.scene import Layer, LayerKind, Scene, Selection, default_layers
from gis_app.map.viewport import Viewport

WIDTH, HEIGHT = 1920, 1080
FRAMES = 60
HOTSPOTS = (LayerKind.HOTSPOT_CELLS, LayerKind.DENSITY)


def scene_of(state: CountyState) -> Scene:
    """Return a scene with every layer visible."""
    return Scene(state, LIGHT, state.settings.now(), tuple(replace(layer, visible=True) for layer in default_layers("plan")))


def cpu_ms(work: Callable[[], object]) -> float:
    """Return the CPU milliseconds of one call, all threads."""
    start = time.process_time()
    work()
    return (time.process_time() - start) * 1000


def median_and_p95(times: list[float]) -> str:
    """Write the median and the 95th percentile."""
    return f"{np.median(times):.1f} / {np.percentile(times, 95):.1f} ms"


def frames(canvas: MapCanvas, step: Callable[[int], object]) -> list[float]:
    """Return the CPU milliseconds of frames: what `step` does and the repaint that follows."""
    times = []
    for i in range(FRAMES):

        def frame(i: int = i) -> None:
            step(i)
            canvas.repaint()

        times.append(cpu_ms(frame))
    return times


def move_pointer(canvas: MapCanvas, x: float, y: float) -> None:
    """Move the pointer over the canvas, as Qt would tell it."""
    at = QPointF(x, y)
    none, no_keys = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
    canvas.mouseMoveEvent(QMouseEvent(QMouseEvent.Type.MouseMove, at, QPointF(canvas.mapToGlobal(QPoint(0, 0))) + at, none, none, no_keys))


def measure_frames(canvas: MapCanvas, state: CountyState) -> None:
    """Pan inside the base picture, zoom by scaling it, select, hover."""
    home = canvas.viewport
    pan = frames(canvas, lambda i: canvas.set_viewport(home.moved(i % 40, i % 30)))
    report("pan, per frame (median / p95)", "p95 <= 8 ms", median_and_p95(pan))
    canvas.set_viewport(home)
    canvas.wait_until_drawn()

    def zoom(i: int) -> None:
        canvas.set_viewport(home.zoomed(1 + i / 20, 700, 500))
        canvas._base.put_off()  # the gesture goes on

    report("zoom gesture, per frame", "p95 <= 8 ms", median_and_p95(frames(canvas, zoom)))
    canvas.set_viewport(home)
    canvas.wait_until_drawn()
    cells = [unit.id for unit in state.units.at_level(Level.CELL)]
    villages = [unit.id for unit in state.units.at_level(Level.VILLAGE)]
    select_cell = frames(canvas, lambda i: canvas.set_selection(Selection({"units": (cells[i * 7 % len(cells)],)})))
    report("select a cell, per frame", "p95 <= 8 ms", median_and_p95(select_cell))
    select_village = frames(canvas, lambda i: canvas.set_selection(Selection({"units": (villages[i % len(villages)],)})))
    report("select a village, per frame", "p95 <= 8 ms", median_and_p95(select_village))
    report("hover, per frame", "p95 <= 8 ms", median_and_p95(frames(canvas, lambda i: move_pointer(canvas, 500 + i * 9, 300 + i * 5))))


def measure_playing(canvas: MapCanvas, scene: Scene) -> None:
    """Move a period of 90 days along by five days every 60 ms, for five seconds, with and without the hotspot layers."""
    blown, day = scene.state.cases.blown, np.timedelta64(86_400, "s")
    for what, hotspots in (("whistles", False), ("whistles, density, Gi*", True)):
        layers = tuple(replace(layer, visible=layer.visible and (hotspots or layer.kind not in HOTSPOTS)) for layer in scene.layers)
        shown = replace(scene, layers=layers)
        steps: list[int] = []
        frames: list[float] = []

        def step(shown: Scene = shown, steps: list[int] = steps) -> None:
            first = blown.min() + day * 5 * len(steps)
            steps.append(1)
            canvas.set_scene(replace(shown, cases=(blown >= first) & (blown < first + 90 * day)))

        def framed(frames: list[float] = frames) -> None:
            frames.append(time.perf_counter())

        canvas.set_scene(shown)
        canvas.wait_until_drawn()
        canvas._base.changed.connect(framed)
        timer = QTimer(interval=60)
        timer.timeout.connect(step)
        start, cpu = time.perf_counter(), time.process_time()
        timer.start()
        freeze = longest_freeze(lambda: None, lambda start=start: time.perf_counter() - start > 5)  # type: ignore[misc]
        timer.stop()
        cpu = (time.process_time() - cpu) * 1000 / max(len(frames), 1)
        note = f"of {len(steps) / 5:.0f} steps; {cpu:.0f} ms CPU a frame; the window froze for {freeze.longest:.0f} ms at most"
        report(f"time slider at county zoom: {what}", "", f"{len(frames) / (time.perf_counter() - start):.1f} frames/s", note)
        canvas._base.changed.disconnect(framed)
        canvas.wait_until_drawn()
    canvas.set_scene(scene)
    canvas.wait_until_drawn()


def redraw(scene: Scene, viewport: Viewport, drawing: Drawing) -> tuple[float, float, int]:
    """Draw the base picture once; returns its CPU time, its longest slice (CPU of the window's thread) and the number of slices."""
    longest, slices = 0.0, 0
    start = time.process_time()
    steps = rendering(scene, viewport, drawing=drawing)
    done = False
    while not done:
        began = time.thread_time()
        done = next(steps) is not None
        longest, slices = max(longest, time.thread_time() - began), slices + 1
    return (time.process_time() - start) * 1000, longest * 1000, slices


def measure_redraws(scene: Scene) -> None:
    """Draw the base picture at three zooms: the first time ever, with new details and names, and again; with its margin and without."""
    state = scene.state
    whole = Viewport.fitting(extent(state.coverage), WIDTH, HEIGHT)
    town = whole.resized(WIDTH, HEIGHT)
    drawing = Drawing()
    first = redraw(scene, replace(whole, width=WIDTH + 2 * MARGIN, height=HEIGHT + 2 * MARGIN), drawing)
    report("first picture ever: network, classes, Gi*, surface", "", f"{first[0]:.0f} ms", f"longest slice {first[1]:.1f} ms of {first[2]}")
    for name, budget, resolution in (
        ("county", "<= 100 ms", whole.resolution),
        ("township", "<= 50 ms", whole.resolution / 4.5),
        ("village", "<= 30 ms", whole.resolution / 16),
    ):
        for what, margin in (("seen", 0), ("with the margin", MARGIN)):
            viewport = Viewport(town.x, town.y, resolution, WIDTH + 2 * margin, HEIGHT + 2 * margin)
            runs = [redraw(scene, viewport, drawing) for _ in range(5)]
            again = float(np.median([run[0] for run in runs[1:]]))
            note = f"at first {runs[0][0]:.0f} ms; longest slice {max(run[1] for run in runs[1:]):.1f} ms, at first {runs[0][1]:.1f} ms"
            report(f"full redraw, {name}, {what}", budget if not margin else "", f"{again:.0f} ms", note)
    plain: tuple[Layer, ...] = tuple(replace(layer, visible=layer.kind not in HOTSPOTS) for layer in scene.layers)
    run = [redraw(replace(scene, layers=plain), whole, drawing)[0] for _ in range(4)]
    report("full redraw, county, seen, without the hotspot layers", "<= 100 ms", f"{np.median(run[1:]):.0f} ms")
    drawing.clear()


def main() -> None:
    """Measure all."""
    application = QApplication.instance() or QApplication([])
    with demo_file() as path:
        county = bootstrap.open_county(path)
        scene = scene_of(county.state)
        canvas = MapCanvas()
        canvas.resize(WIDTH, HEIGHT)
        canvas.set_scene(scene)
        canvas.show()
        QApplication.processEvents()  # until it is exposed, a widget paints nothing
        canvas.wait_until_drawn()
        gc.collect()
        gc.freeze()  # as the window does: see gis_app/gui/garbage.py
        measure_frames(canvas, county.state)
        cases = tuple(replace(layer, visible=layer.visible and layer.kind != LayerKind.HOUSEHOLDS) for layer in scene.layers)
        measure_playing(canvas, replace(scene, layers=cases))
        canvas.drawing.clear()
        measure_redraws(scene)
        report("memory with the county open and drawn", "<= 600 MB", f"{peak_megabytes():.0f} MB", "largest so far")
        canvas.close()
        county.close()
    del application


if __name__ == "__main__":
    main()
