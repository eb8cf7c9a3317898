"""The form that helps with a reference file whose coordinate system or encoding cannot be told."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QWidget

from gis_app.county.references import ReferenceKind
from gis_app.gui.reference_work import add_file, kind_of
from gis_app.gui.widgets import Item, button, column, label, row, small_button
from gis_app.language import Message, tr

if TYPE_CHECKING:
    from gis_app.gui.window import Window

SYSTEMS = ("WGS 84", "GCJ-02", "BD-09", "EPSG:4490", "EPSG:3857", "EPSG:4549", "EPSG:4550", "EPSG:4551")
NAMED = {"WGS 84": "wgs84", "GCJ-02": "gcj02", "BD-09": "bd09"}
ENCODINGS = ("GB18030", "UTF-8")


class ReferenceForm(QWidget):
    """Says why a file could not be added, and asks for what it does not say itself."""

    def __init__(self, window: Window, path: Path, problem: Message) -> None:
        super().__init__()
        assert window.session is not None
        self._window, self._path = window, path
        self.setObjectName("inspector")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(tr("Add a reference layer"))
        self.system, self.encoding = QComboBox(), QComboBox()
        self.system.setEditable(True)
        self.system.addItems(["", *SYSTEMS])
        self.system.setAccessibleName(tr("Coordinate system"))
        self.encoding.addItems([tr("as the file says"), *ENCODINGS])
        self.encoding.setAccessibleName(tr("Encoding"))
        self.add = button(tr("Add"), self._add, "primary")
        parts: list[Item] = [
            row(label(tr("Add a reference layer"), "heading"), None, small_button(window.session.palette, "x", tr("Close"), self._close)),
            label(path.name),
            label(str(problem), "danger", wrap=True),
            8,
            label(tr("Coordinate system"), "section"),
            self.system,
            label(
                tr("Choose one, or write its number, such as EPSG:4550. Left empty, the numbers of the file decide."),
                "secondary",
                wrap=True,
            ),
        ]
        if kind_of(path) == ReferenceKind.VECTOR:
            parts += [8, label(tr("Encoding"), "section"), self.encoding]
        self.setLayout(column(*parts, 12, self.add, None, spacing=6, margins=(16, 16, 16, 16)))

    def _add(self) -> None:
        options: dict[str, object] = {}
        system = self.system.currentText().strip()
        if system:
            options["crs"] = NAMED.get(system, system)
        if self.encoding.currentIndex() > 0:
            options["encoding"] = self.encoding.currentText()
        window, path = self._window, self._path
        self._close()
        add_file(window, path, **options)

    def _close(self) -> None:
        if self._window.page is not None:
            self._window.page.show_right(None)
