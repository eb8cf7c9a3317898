"""The user's tile servers: which there are, their keys, and whether the network may be used at all."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QSpinBox, QWidget

from gis_app.county.reference_edits import add_reference
from gis_app.county.references import ReferenceKind
from gis_app.gui import reference_work
from gis_app.gui.widgets import button, column, combo, holding, label, row, scrolled, small_button
from gis_app.language import msg, tr
from gis_app.map.reference.servers import TileServer

if TYPE_CHECKING:
    from gis_app.gui.window import Window

DATUMS = {"wgs84": msg("as in WGS 84 or CGCS2000"), "gcj02": msg("shifted, as in GCJ-02")}
NEW = TileServer("", "https://")


class ServersPanel(QWidget):
    """Chooses, changes and adds tile servers. Nothing is asked of a server here; a layer of it is drawn once the network may be used."""

    def __init__(self, window: Window) -> None:
        super().__init__()
        assert window.session is not None
        self._window, self._session = window, window.session
        self.setObjectName("inspector")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(tr("Tile servers"))
        self._shown = NEW
        self.choice = QComboBox()
        self.choice.setAccessibleName(tr("Tile server"))
        self.name, self.address, self.key, self.parts, self.credit = (QLineEdit() for _ in range(5))
        self.highest = QSpinBox()
        self.highest.setRange(1, 22)
        self.datum = combo(tr("Datum"), [(str(text), name) for name, text in DATUMS.items()], "wgs84", lambda _: None)
        self.online = QCheckBox(tr("Use the network for tile servers"))
        self.online.setChecked(not self._session.shelf.settings.offline)
        self.online.toggled.connect(lambda on: reference_work.set_offline(window, not on))
        self.problem = label("", "danger", wrap=True)
        self.problem.hide()
        self.add = button(tr("Add to the map"), self._add, "primary")
        self._build()
        self._list()
        self.choice.currentIndexChanged.connect(lambda _: self._show())

    def _build(self) -> None:
        fields = (
            (tr("Name"), self.name),
            (tr("Address"), self.address),
            (tr("Key"), self.key),
            (tr("What can stand for {place}", place="{s}"), self.parts),
            (tr("Datum"), self.datum),
            (tr("Finest level"), self.highest),
            (tr("Credit on maps"), self.credit),
        )
        parts: list[QWidget] = []
        for text, field in fields:
            field.setAccessibleName(text)
            parts += [label(text, "secondary"), field]
        note = tr("Addresses and keys stay on this computer, not in the county file. Tiles are kept, so that what was seen works offline.")
        places = "{z}, {x}, {y}"
        self.address.setToolTip(tr("The address of a tile server must hold {places}.", places=places))
        body = column(
            row(label(tr("Tile servers"), "heading"), None, small_button(self._session.palette, "x", tr("Close"), self._close)),
            self.online,
            label(note, "secondary", wrap=True),
            8,
            self.choice,
            *parts,
            self.problem,
            8,
            row(self.add, button(tr("Save"), self._save), None, button(tr("Remove"), self._remove, "link")),
            None,
            spacing=6,
            margins=(16, 16, 16, 16),
        )
        self.setLayout(column(scrolled(holding(body))))

    def _list(self, name: str = "") -> None:
        """List the servers, and show one of them."""
        self.choice.blockSignals(True)
        self.choice.clear()
        for server in self._session.shelf.settings.servers:
            self.choice.addItem(server.name, server.name)
        self.choice.addItem(tr("New tile server"), "")
        self.choice.setCurrentIndex(max(self.choice.findData(name), 0) if name else 0)
        self.choice.blockSignals(False)
        self._show()

    def _show(self) -> None:
        server = self._session.shelf.settings.find(str(self.choice.currentData())) or NEW
        self._shown = server
        texts = {
            self.name: server.name,
            self.address: server.address,
            self.key: server.key,
            self.parts: server.parts,
            self.credit: server.credit,
        }
        for field, text in texts.items():
            field.setText(text)
            field.setCursorPosition(0)
        self.highest.setValue(server.highest)
        self.datum.setCurrentIndex(self.datum.findData(server.datum))
        self.problem.hide()

    def _entered(self) -> TileServer:
        return TileServer(
            self.name.text().strip(), self.address.text().strip(), self.key.text().strip(), self.parts.text().strip(),
            str(self.datum.currentData()), self.highest.value(), self.credit.text().strip(),
        )  # fmt: skip

    def _save(self) -> bool:
        """Keep what was entered; says what is wrong with it otherwise."""
        server = self._entered()
        problem = server.problem()
        self.problem.setText(str(problem or ""))
        self.problem.setVisible(problem is not None)
        if problem is not None:
            return False
        settings = self._session.shelf.settings
        if self._shown.name and self._shown.name != server.name:
            settings = settings.without(self._shown.name)
        reference_work.set_servers(self._window, settings.with_server(server))
        self._list(server.name)
        return True

    def _remove(self) -> None:
        settings = self._session.shelf.settings
        reference_work.set_servers(self._window, replace(settings.without(self._shown.name)))
        self._list()

    def _add(self) -> None:
        if self._save():
            name = self._entered().name
            window = self._window
            window.perform(add_reference(name, ReferenceKind.SERVER, name), lambda changes: reference_work.added(window, changes))

    def _close(self) -> None:
        if self._window.page is not None:
            self._window.page.show_right(None)
