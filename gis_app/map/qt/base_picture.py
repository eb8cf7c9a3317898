"""The picture under everything that moves: larger than the widget, and drawn anew in short slices of the window's thread."""

from collections.abc import Iterator
from concurrent.futures import CancelledError
from dataclasses import dataclass, replace
from time import perf_counter

from PySide6.QtCore import QObject, QPointF, QRectF, QTimer, Signal
from PySide6.QtGui import QColor, QImage, QPainter

from gis_app.map.qt.drawing import Drawing
from gis_app.map.qt.mending import comparable, mending
from gis_app.map.qt.painter import KEPT, rendering
from gis_app.map.scene import Scene
from gis_app.map.viewport import Viewport

MARGIN = 256
"""Logical pixels of map beyond every edge of the widget."""

SLICE = 0.004
"""Seconds that the redraw may take before events are handled again."""

REST = 60
"""Milliseconds without another step of the wheel before the map is redrawn at its new zoom."""


@dataclass(frozen=True, slots=True, eq=False)
class Base:
    """A finished picture of a scene, and the viewport that it shows."""

    image: QImage
    viewport: Viewport
    scene: Scene


class BasePicture(QObject):
    """Keeps a picture of a scene around a viewport, and draws it anew when scene or viewport ask for it."""

    changed = Signal()  # there is another picture
    drawn = Signal()  # the picture shows the scene and the viewport as they are

    def __init__(self, drawing: Drawing, viewport: Viewport, parent: QObject) -> None:
        super().__init__(parent)
        self._drawing = drawing
        self._scene: Scene | None = None
        self._viewport = self._redrawn = viewport
        self._scale = 1.0
        self._base: Base | None = None
        self._redraw: Iterator[QImage | None] | None = None
        self._drawing_scene: Scene | None = None
        self._stale = True
        self._slices = QTimer(self)
        self._slices.setSingleShot(True)
        self._slices.setInterval(0)
        self._slices.timeout.connect(self._run_slice)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST)
        self._rest.timeout.connect(self._begin)

    def set_scene(self, scene: Scene, viewport: Viewport, scale: float) -> None:
        """Show a scene at `scale` pixels a logical pixel.

        What is being drawn is finished first where only other whistles are shown: while the time slider plays, a picture begun anew at
        each of its steps would never be seen.
        """
        self._scene, self._viewport, self._scale = scene, viewport, scale
        self._stale = True
        going_on = self._redraw is not None and self._drawing_scene is not None and _same_but_cases(self._drawing_scene, scene)
        if not (going_on and self._covers(self._redrawn, 0)):
            self._begin()

    def look(self, viewport: Viewport, scale: float) -> None:
        """Follow the map: a picture at a new zoom is drawn when the zoom rests, one at another place before the margin is used up."""
        zoomed = viewport.resolution != self._viewport.resolution
        self._viewport, self._scale = viewport, scale
        if zoomed:
            self._rest.start()
        elif not self._reaches(MARGIN / 2):
            self._begin()

    def resize(self, viewport: Viewport, scale: float) -> None:
        """Follow the size of the widget: a larger picture is drawn when the size rests."""
        self._viewport, self._scale = viewport, scale
        if not self._reaches(0):
            self._rest.start()

    @property
    def shown(self) -> Scene | None:
        """Return the scene that the finished picture shows."""
        return self._base.scene if self._base is not None else None

    def is_drawn(self) -> bool:
        """Tell whether the picture shows the scene and the viewport as they are."""
        return self._redraw is None and not self._stale and not self._rest.isActive()

    def wait(self) -> None:
        """Draw at one go what is not drawn yet."""
        if self._rest.isActive() or (self._redraw is None and (self._stale or self._base is None)):
            self._begin()
        while self._redraw is not None:
            self._step()

    def put_off(self) -> None:
        """Do not draw at the new zoom yet: the gesture goes on."""
        self._rest.stop()

    def paint(self, painter: QPainter, seen: QRectF, ground: QColor) -> None:
        """Lay the picture on a widget (scaled while the zoom is another one); where it ends, the ground is seen."""
        base = self._base
        if base is None:
            painter.fillRect(seen, ground)
            return
        left, top = self._viewport.to_screen(*base.viewport.to_map(0, 0))
        ratio = base.viewport.resolution / self._viewport.resolution
        target = QRectF(left, top, base.viewport.width * ratio, base.viewport.height * ratio)
        if not target.contains(seen):
            painter.fillRect(seen, ground)
        if abs(ratio - 1) < 1e-9:
            pixel = base.image.devicePixelRatio()
            painter.drawImage(QPointF(round(left * pixel) / pixel, round(top * pixel) / pixel), base.image)
            return
        part = target.intersected(seen)
        factor = base.image.devicePixelRatio() / ratio
        source = QRectF((part.left() - left) * factor, (part.top() - top) * factor, part.width() * factor, part.height() * factor)
        painter.drawImage(part, base.image, source)

    def _begin(self) -> None:
        """Begin to draw anew; a redraw under way is dropped."""
        self._rest.stop()
        self._end()
        scene, viewport = self._scene, self._viewport
        if scene is None or viewport.width < 2 or viewport.height < 2:
            return
        before = self._drawing_scene if self._base is not None else None
        wanted = replace(viewport, width=viewport.width + 2 * MARGIN, height=viewport.height + 2 * MARGIN)
        playing = before is not None and before is not scene and wanted == self._redrawn and _same_but_cases(before, scene)
        if not playing:
            self._drawing.forget(KEPT)  # a picture is megabytes: only while time plays
        base = self._base
        if base is not None and self._can_be_mended(base, scene):
            self._redrawn = base.viewport
            self._redraw = mending(base.image, base.scene, scene, base.viewport, self._scale, self._drawing)
        else:
            self._redrawn = wanted
            self._redraw = rendering(scene, wanted, scale=self._scale, drawing=self._drawing, keeping=playing)
        self._drawing_scene = scene
        self._stale = False
        self._slices.start()

    def _can_be_mended(self, base: Base, scene: Scene) -> bool:
        """Tell whether the picture shows what is seen, but for how the county is divided."""
        same = base.image.devicePixelRatio() == self._scale and self._covers(base.viewport, 0)
        return same and comparable(base.scene, scene)

    def _end(self) -> None:
        if self._redraw is not None:
            self._redraw.close()  # type: ignore[attr-defined]  # ends its painter
            self._redraw = None
        self._slices.stop()

    def _run_slice(self) -> None:
        end = perf_counter() + SLICE
        while self._redraw is not None and perf_counter() < end:
            self._step()
        if self._redraw is not None:
            self._slices.start()

    def _step(self) -> None:
        assert self._redraw is not None and self._drawing_scene is not None
        try:
            image = next(self._redraw)
        except CancelledError:  # what it waited for was given up: the county is being closed
            self._end()
            return
        except BaseException:
            self._end()
            raise
        if image is None:
            return
        self._redraw = None
        image.setDevicePixelRatio(self._scale)
        self._base = Base(image, self._redrawn, self._drawing_scene)
        self._drawing.locator(self._drawing_scene.state)
        self.changed.emit()
        if self._stale or not self._covers(self._redrawn, 0):
            self._begin()  # scene or map went on while it was drawn
        else:
            self.drawn.emit()

    def _reaches(self, margin: float) -> bool:
        """Tell whether the picture, or the one being drawn, shows all that is seen and `margin` pixels around it."""
        if self._base is None:
            return False
        return self._covers(self._redrawn if self._redraw is not None else self._base.viewport, margin)

    def _covers(self, base: Viewport, margin: float) -> bool:
        """Tell whether a base viewport shows all that is seen and `margin` pixels around it, at the same zoom."""
        seen, whole = self._viewport.extent, base.extent
        spare = margin * self._viewport.resolution
        same = base.resolution == self._viewport.resolution
        return (
            same
            and seen[0] - spare >= whole[0] - 1e-6
            and seen[1] - spare >= whole[1] - 1e-6
            and seen[2] + spare <= whole[2] + 1e-6
            and seen[3] + spare <= whole[3] + 1e-6
        )


def _same_but_cases(one: Scene, other: Scene) -> bool:
    """Tell whether two scenes differ at most in the whistles that they show."""
    return (
        one.state is other.state
        and one.palette is other.palette
        and one.layers == other.layers
        and one.households is other.households
        and one.now == other.now
        and one.unnamed == other.unnamed
    )
