"""Where whistles pile up: groups of significant cells, the strongest first, with what was expected and how it was found."""

from functools import partial

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QShowEvent

from gis_app.cases.hotspots import GiStar, Hotspot, gi_star_text, hotspot_text, hotspots
from gis_app.grid.coverage import neighbours
from gis_app.gui.icons import icon
from gis_app.gui.session import Session
from gis_app.gui.task import aside
from gis_app.gui.widgets import Section, clear, counted, label
from gis_app.gui.words import unit_name
from gis_app.language import format_number, tr
from gis_app.map.analysis import gi_star_of
from gis_app.map.scene import Scene

MOST = 30
"""So many groups are listed; a county has rarely more."""


def _search(scene: Scene) -> tuple[GiStar, list[Hotspot]]:
    found = gi_star_of(scene)
    return found, hotspots(found, neighbours(scene.state.coverage))


class HotspotsPanel(Section):
    """The hotspots of the whistles that the filter leaves; pressing one shows it on the map."""

    wanted = Signal(object)  # tuple of cell ids
    _found = Signal(object, object, object)  # scene, GiStar, list of hotspots: from the thread that looked

    def __init__(self, session: Session) -> None:
        super().__init__(tr("Hotspots"), session.palette)
        self._session = session
        self._of: tuple[object, ...] = ()
        self._rest = QTimer(self, singleShot=True, interval=250)
        self._rest.timeout.connect(self._look)
        self._found.connect(self._show)
        session.scene_changed.connect(lambda _: self._rest.start())

    def showEvent(self, event: QShowEvent) -> None:  # noqa: D102
        super().showEvent(event)
        self._rest.start()

    def _look(self) -> None:
        """Find hotspots beside the window, if the panel is seen and the whistles are others than before."""
        scene = self._session.scene
        key = (scene.state, scene.cases)
        if not self.isVisible() or (self._of and all(a is b for a, b in zip(self._of, key, strict=True))):
            return
        self._of = key
        if len(scene.state.cases) and len(scene.state.coverage.cells) > 2:
            aside(partial(_search, scene), lambda found: self._found.emit(scene, *found))
        else:
            self._say(tr("With whistles in cells, the spots where they pile up would be listed here."))

    def _say(self, text: str) -> None:
        clear(self.body)
        self.body.addWidget(label(text, "secondary", wrap=True))

    def _show(self, scene: Scene, found: GiStar, spots: list[Hotspot]) -> None:
        if self._of and (scene.state is not self._of[0] or scene.cases is not self._of[1]):
            return
        clear(self.body)
        self.set_title(tr("Hotspots ({count})", count=format_number(len(spots))))
        palette = self._session.palette
        sign = icon("flame", palette, palette.hotspot).pixmap(16, 16)
        for spot in spots[:MOST]:
            village = self._session.state.units.path(spot.cells[0])[-2:]
            name = unit_name(village[0]) if village else ""
            times = label(tr("{ratio} ×", ratio=format_number(spot.ratio, 1)), "value")
            self.body.addWidget(counted(name, times, partial(self.wanted.emit, spot.cells), sign, str(hotspot_text(spot))))
            self.body.addWidget(label(str(hotspot_text(spot)), "secondary", wrap=True))
        if not spots:
            self._say(tr("No cell has significantly more whistles than its households let expect."))
        self.body.addWidget(label(str(gi_star_text(found)), "secondary", wrap=True))
