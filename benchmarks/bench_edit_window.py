"""Edits in the real window at full county: `python -m benchmarks.bench_edit_window [COUNTY] [--why]`.

For every kind of edit: the time from the tool's commit until the map shows the county as it is then (checked, stored, followed by figures,
redrawn), and the longest freeze of the window's thread meanwhile. Then the frames of a drag and of a drawn line at 1920 × 1080.
"""

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
import shapely
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication

from benchmarks.county import demo_file
from benchmarks.heartbeat import Watcher, longest_freeze, settle
from benchmarks.measure import peak_megabytes, report
from gis_app.county import boundary_edits as edits
from gis_app.county.boundary_edits import BoundaryEdit
from gis_app.county.state import CountyState
from gis_app.grid.coverage import OUTSIDE, neighbours, polygons
from gis_app.grid.edits.vertices import Vertex
from gis_app.gui.live_panel import LivePanel
from gis_app.gui.preferences import Preferences
from gis_app.gui.start import application
from gis_app.gui.window import Window
from gis_app.map.qt.canvas import MapCanvas
from gis_app.map.scene import Scene, Selection

BUDGET = "<= 100 ms"
FRAME_BUDGET = "p95 <= 8 ms"
TIMES = 5
FRAMES = 80
PLAIN, LEFT = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton


def some_edits(state: CountyState, rng: np.random.Generator) -> Iterator[tuple[str, BoundaryEdit]]:
    """Yield an edit of every kind at a random place."""
    coverage = state.coverage
    cells = sorted(coverage.cells)
    beside = neighbours(coverage)
    inner = [number for number, arc in coverage.arcs.items() if OUTSIDE not in (arc.left, arc.right) and len(arc.points) > 30]

    def cell() -> tuple[int, int, tuple[float, float, float, float]]:
        while True:
            one = int(rng.choice(cells))
            shape = polygons(coverage, [one])[one]
            if beside[one] and len(coverage.cells[one]) == 1 and len(coverage.cells[one][0]) == 1:
                return one, sorted(beside[one])[0], shape.bounds

    def arc() -> int:
        return int(rng.choice(inner))

    def vertex() -> Vertex:
        number = arc()
        return Vertex(number, len(coverage.arcs[number].points) // 2)

    one, _, (west, south, east, north) = cell()
    middle = (south + north) / 2
    across = np.array([(west - 30, middle), (east + 30, middle + 15)])
    yield "move a vertex", edits.move_vertices([vertex()], (2.0, 1.0))
    yield "move a node", edits.move_vertices([Vertex(arc(), 0)], (1.5, -1.0))
    number = arc()
    first = coverage.arcs[number].points
    yield "insert a vertex", edits.insert_vertex(number, 5, tuple(((first[5] + first[6]) / 2).tolist()))
    yield "remove a vertex", edits.remove_vertex(arc(), 7)
    yield "smooth a border", edits.smooth_border([arc()])
    yield "simplify a border", edits.simplify_border([arc()], 15.0)
    yield "split by a line", edits.split_cell(one, [across])
    two, _, (west, south, east, north) = cell()
    yield "split equally", edits.split_equally(two, 2)
    three, four, _ = cell()
    yield "merge two cells", edits.merge_cells([three, four], three)
    _, six, (west, south, east, north) = cell()
    yield (
        "transfer land",
        edits.transfer_area(np.array(shapely.box(west - 10, south - 10, (west + east) / 2, (south + north) / 2).exterior.coords), six),
    )
    _, eight, (west, south, east, north) = cell()
    centre = ((west + east) / 2, (south + north) / 2)
    yield "paint land", edits.paint_cells(shapely.Point(*centre).buffer((east - west) / 4), eight)
    _, _, (west, south, east, north) = cell()
    yield (
        "draw a cell",
        edits.draw_cell(np.array(shapely.Point((west + east) / 2, (south + north) / 2).buffer((east - west) / 3).exterior.coords)),
    )
    ten, _, _ = cell()
    yield "delete a cell", edits.delete_cell(ten)


class Bench:
    """A window on the demo county in which a draft is open."""

    def __init__(self, window: Window, watcher: Watcher | None) -> None:
        self.window, self.watcher = window, watcher

    @property
    def canvas(self) -> MapCanvas:
        """The map."""
        return self.window.canvas

    def state(self) -> CountyState:
        """What is worked on."""
        session = self.window.session
        assert session is not None
        return session.county.working

    def shown(self, before: CountyState) -> bool:
        """Tell whether the map shows a state after another one, whole."""
        canvas = self.canvas
        scene = canvas._base.shown
        done = scene is not None and scene.state is not before and scene.state is self.state()
        return done and canvas.is_drawn() and not canvas.editing.pending and self.window.tasks.running is None

    def time(self, action: Callable[[], object]) -> tuple[float, float, float, float] | None:
        """Do something that edits; returns milliseconds until the map shows it, of CPU, the longest freeze, its CPU; None if refused."""
        before, begun, ended, cpu = self.state(), [0.0], [0.0], [0.0]

        def act() -> None:
            begun[0], cpu[0] = time.perf_counter(), time.process_time()
            action()

        def until() -> bool:
            if self.shown(before):
                if not ended[0]:
                    ended[0], cpu[0] = time.perf_counter(), time.process_time() - cpu[0]
                return True
            return self.window.tasks.running is None and not self.canvas.editing.pending and time.perf_counter() - begun[0] > 3

        heart = longest_freeze(act, until, self.watcher)
        if self.watcher is not None and heart.longest > 40:
            print(self.watcher.report(), flush=True)
        return ((ended[0] - begun[0]) * 1000, cpu[0] * 1000, heart.longest, heart.busiest) if ended[0] else None

    def measure(self) -> None:
        """Commit edits of every kind, then undo and redo some."""
        canvas = self.canvas
        canvas.commit(edits.move_vertices([Vertex(next(iter(self.state().coverage.arcs)), 1)], (0.5, 0.5)))
        self.window.tasks.wait()
        canvas.wait_until_drawn()
        settle(0.5)
        rng = np.random.default_rng(1)
        found: dict[str, list[tuple[float, float, float, float]]] = {}
        refused: dict[str, int] = {}
        for _ in range(TIMES):
            for name, _edit in some_edits(self.state(), np.random.default_rng(0)):
                edit = dict(some_edits(self.state(), rng))[name]
                tried = edit.attempt(self.state())
                cells = sorted(getattr(tried, "cells", ()))
                if not cells:
                    refused[name] = refused.get(name, 0) + 1
                    continue
                known = tuple(cell for cell in cells if cell in self.state().units)
                canvas.zoom_to_units(known)
                canvas.zoom_out()
                canvas.wait_until_drawn()
                canvas.propose(edit)
                canvas.editing.previewing.finish()  # as a tool does while it is in the hand
                measured = self.time(lambda edit=edit: canvas.commit(edit))  # type: ignore[misc]
                if measured is None:
                    refused[name] = refused.get(name, 0) + 1
                else:
                    found.setdefault(name, []).append(measured)
        for name, all_of in found.items():
            self.tell(name, all_of, refused.get(name, 0))
        for name, action in (("undo", self.window.undo), ("redo", self.window.redo)):
            runs = [run for _ in range(TIMES) if (run := self.time(action)) is not None]
            self.tell(name, runs, 0)

    def tell(self, name: str, runs: list[tuple[float, float, float, float]], refused: int) -> None:
        """Print the medians of some runs."""
        if not runs:
            report(f"{name}", BUDGET, "refused", "")
            return
        shown, cpu, froze, busy = np.median(np.array(runs), axis=0)
        most = max(run[0] for run in runs)
        note = f"{cpu:.0f} ms CPU in all threads; at most {most:.0f} ms; longest freeze {froze:.0f} ms ({busy:.0f} ms CPU)" + (
            f"; {refused} refused" if refused else ""
        )
        report(f"{name}: from commit to redrawn", BUDGET, f"{shown:.0f} ms", note)


def move(
    canvas: MapCanvas, x: float, y: float, kind: QMouseEvent.Type = QMouseEvent.Type.MouseMove, buttons: Qt.MouseButton = LEFT
) -> None:
    """Tell the canvas of the mouse, as Qt would."""
    button = Qt.MouseButton.NoButton if kind == QMouseEvent.Type.MouseMove else LEFT
    at = QPointF(x, y)
    event = QMouseEvent(kind, at, QPointF(canvas.mapToGlobal(QPoint(0, 0))) + at, button, buttons, PLAIN)
    QApplication.sendEvent(canvas, event)


def frames(canvas: MapCanvas, step: Callable[[int], object]) -> list[float]:
    """Return CPU milliseconds of the window's thread for frames: what `step` does, the preview, and the repaint."""
    times = []
    for number in range(FRAMES):
        start = time.thread_time()
        step(number)
        canvas.editing.previewing.finish()
        QCoreApplication.processEvents()  # paints
        times.append((time.thread_time() - start) * 1000)
    return times


def measure_frames(scene: Scene) -> None:
    """Drag a vertex that two cells share, and a node; draw a line through a cell."""
    canvas = MapCanvas()
    canvas.resize(1920, 1080)
    LivePanel(canvas, scene.palette)
    canvas.set_scene(scene)
    canvas.show()
    QApplication.processEvents()
    canvas.wait_until_drawn()
    coverage = scene.state.coverage
    canvas.drawing.awaited_snapper(scene.state)
    cells = sorted(coverage.cells)
    for name, at_node in (("drag a vertex of two cells", False), ("drag a node of three cells", True)):
        cell = next(c for c in cells[len(cells) // 2 :] if len(coverage.cells[c]) == 1)
        arc = next(abs(a) for a in coverage.cells[cell][0][0] if OUTSIDE not in (coverage.arcs[abs(a)].left, coverage.arcs[abs(a)].right))
        points = coverage.arcs[arc].points
        canvas.set_tool("select")
        canvas.set_selection(Selection({"units": (cell,)}))
        canvas.zoom_to_units((cell,))
        canvas.wait_until_drawn()
        canvas.set_tool("edit_nodes")
        x, y = canvas.viewport.to_screen(*(points[0] if at_node else points[len(points) // 2]).tolist())
        move(canvas, x, y, buttons=Qt.MouseButton.NoButton)
        move(canvas, x, y, QMouseEvent.Type.MouseButtonPress)
        times = frames(canvas, lambda i, x=x, y=y: move(canvas, x + 6 + 5 * np.sin(i / 3), y + 6 + 5 * np.cos(i / 3)))  # type: ignore[misc]
        preview = canvas.editing.previewing.preview
        shown = "no preview" if preview is None else type(preview.tried).__name__
        report(f"{name}, per frame (median / p95)", FRAME_BUDGET, f"{np.median(times):.1f} / {np.percentile(times, 95):.1f} ms", shown)
        QApplication.sendEvent(canvas, escape())
        move(canvas, x, y, QMouseEvent.Type.MouseButtonRelease, Qt.MouseButton.NoButton)
    cell = next(c for c in cells[len(cells) // 2 :] if len(coverage.cells[c]) == 1)
    west, south, east, north = polygons(coverage, [cell])[cell].bounds
    canvas.set_tool("select")
    canvas.set_selection(Selection({"units": (cell,)}))
    canvas.set_tool("split")
    x0, y0 = canvas.viewport.to_screen(west - 20, (south + north) / 2)
    x1, y1 = canvas.viewport.to_screen(east + 20, (south + north) / 2)
    move(canvas, x0, y0, buttons=Qt.MouseButton.NoButton)
    move(canvas, x0, y0, QMouseEvent.Type.MouseButtonPress)
    move(canvas, x0, y0, QMouseEvent.Type.MouseButtonRelease, Qt.MouseButton.NoButton)
    times = []
    for number in range(FRAMES):  # beside the window: what the window's own thread does
        start = time.thread_time()
        move(canvas, x1 + 3 * np.sin(number / 3), y1 + 40 * np.cos(number / 5), buttons=Qt.MouseButton.NoButton)
        QCoreApplication.processEvents()
        times.append((time.thread_time() - start) * 1000)
        settle(0.016)
    preview = canvas.editing.previewing.preview
    shown = "no preview" if preview is None else type(preview.tried).__name__
    report(
        "draw the line of a split, per frame (median / p95)",
        FRAME_BUDGET,
        f"{np.median(times):.1f} / {np.percentile(times, 95):.1f} ms",
        shown,
    )
    canvas.editing.previewing.close()
    canvas.close()
    canvas.drawing.clear()


def escape() -> QKeyEvent:
    """Return the key that drops what is under way."""
    return QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Escape, PLAIN)


def main() -> None:
    """Measure on a copy of the demo county."""
    watcher = Watcher() if "--why" in sys.argv else None
    application()
    with demo_file() as path, tempfile.TemporaryDirectory() as folder:
        copy = Path(shutil.copy(path, Path(folder) / "county.gpkg"))
        preferences = Preferences(Path(folder) / "window.ini")
        preferences.language = "zh_CN"
        window = Window(preferences)
        window.resize(1920, 1080)
        window.show()
        window.open_county(copy)
        window.tasks.wait()
        window.canvas.wait_until_drawn()
        settle(1.5)
        bench = Bench(window, watcher)
        bench.measure()
        assert window.session is not None
        scene = window.session.scene
        measure_frames(scene)
        report("memory after all this", "<= 600 MB", f"{peak_megabytes():.0f} MB", "largest so far")
        window.close()


if __name__ == "__main__":
    main()
