"""Whose map is shown: the operators of tile servers ask to be named on it."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QLabel

from gis_app.gui.session import Session
from gis_app.map.qt.canvas import MapCanvas

MARGIN = 6


class ReferenceCredit(QLabel):
    """Names the operators of the tile servers that are shown, in the lower right corner of the map."""

    def __init__(self, session: Session, canvas: MapCanvas) -> None:
        super().__init__(canvas)
        self._session, self._canvas = session, canvas
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()
        canvas.installEventFilter(self)
        session.scene_changed.connect(self.follow)
        self.follow()

    def follow(self, _: object = None) -> None:
        """Name whom the present layers are from."""
        palette = self._session.palette
        self.setStyleSheet(f"color: {palette.secondary}; background: {palette.panel}; font-size: 11px; padding: 1px 5px;")
        self.setText(" · ".join(self._session.shelf.credits(self._session.state.references)))
        self.setVisible(bool(self.text()))
        self._place()

    def _place(self) -> None:
        self.adjustSize()
        self.move(self._canvas.width() - self.width() - MARGIN, self._canvas.height() - self.height() - MARGIN)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep to the corner."""
        if watched is self._canvas and event.type() == QEvent.Type.Resize:
            self._place()
        return False
