"""Lets the tools of the map snap to the reference layers that are shown."""

from PySide6.QtCore import QObject, Signal

from gis_app.gui.session import Session
from gis_app.gui.task import aside
from gis_app.map.qt.canvas import MapCanvas
from gis_app.map.reference.vectors import VectorLayer


class ReferenceSnapping(QObject):
    """Hands the lines of the shown vector layers to the canvas; they are put together beside the window."""

    _made = Signal(object, object)  # layers, References | None

    def __init__(self, session: Session, canvas: MapCanvas) -> None:
        super().__init__(canvas)
        self._session, self._canvas = session, canvas
        self._layers: list[VectorLayer] = []
        self._made.connect(self._take)
        session.scene_changed.connect(self.follow)
        session.references_changed.connect(self.follow)
        self.follow()

    def follow(self, _: object = None) -> None:
        """Take other lines where other layers are shown."""
        references, shelf = self._session.state.references, self._session.shelf
        layers = shelf.vectors(references)
        if len(layers) == len(self._layers) and all(a is b for a, b in zip(layers, self._layers, strict=True)):
            return
        self._layers = layers
        aside(lambda: shelf.snapping(references), lambda found: self._made.emit(layers, found))

    def _take(self, layers: object, found: object) -> None:
        if layers is self._layers:
            self._canvas.set_references(found)  # type: ignore[arg-type]
