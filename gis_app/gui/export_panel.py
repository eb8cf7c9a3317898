"""The panel that takes a map to a meeting: what, in which form, on which paper, with which title."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QButtonGroup, QCheckBox, QFileDialog, QLineEdit, QRadioButton, QWidget

from gis_app.gui.folders import documents_folder
from gis_app.gui.icons import icon
from gis_app.gui.session import Session
from gis_app.gui.task import Task
from gis_app.gui.widgets import button, column, combo, holding, label, row, scrolled, small_button
from gis_app.gui.words import unit_name
from gis_app.language import msg, tr
from gis_app.output.html import write_html
from gis_app.output.page import Orientation
from gis_app.output.qt.pages import write_map
from gis_app.progress import Steps

if TYPE_CHECKING:
    from gis_app.gui.window import Window

FORMS = {"pdf": msg("PDF (vector)"), "png": msg("PNG with world file"), "svg": msg("SVG"), "html": msg("Web page without network (HTML)")}
ORIENTATIONS = {Orientation.AUTO: msg("As it fits"), Orientation.LANDSCAPE: msg("Landscape"), Orientation.PORTRAIT: msg("Portrait")}


class ExportPanel(QWidget):
    """Writes the present map as a page or a web page. What it shows is what the map shows: layers, filter, figures."""

    def __init__(self, window: Window) -> None:
        super().__init__()
        assert window.session is not None
        self._window, self._session = window, window.session
        self._form, self._size, self._orientation = "pdf", "A4", Orientation.AUTO
        self.setObjectName("inspector")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(tr("Export a map"))
        self._build()
        self._session.selection_changed.connect(self._offer)
        self._offer()

    def _build(self) -> None:
        palette = self._session.palette
        self.group = QButtonGroup(self)
        self.view, self.unit, self.county = QRadioButton(tr("What the map shows")), QRadioButton(), QRadioButton(tr("Whole county"))
        for choice in (self.view, self.unit, self.county):
            self.group.addButton(choice)
        self.county.setChecked(True)
        self.title = QLineEdit()
        self.title.setPlaceholderText(tr("Title (else the name of what is shown)"))
        self.title.setAccessibleName(tr("Title"))
        forms = combo(tr("Form"), [(str(text), form) for form, text in FORMS.items()], self._form, self._set_form)
        forms.setObjectName("form")
        self.paper = combo(tr("Paper"), [("A4", "A4"), ("A3", "A3")], self._size, lambda size: setattr(self, "_size", str(size)))
        turns = [(str(text), turn) for turn, text in ORIENTATIONS.items()]
        self.turn = combo(tr("Orientation"), turns, self._orientation, lambda turn: setattr(self, "_orientation", turn))
        self.texts = QCheckBox(tr("Publish what the whistles say"))
        self.texts.hide()
        self.path = QLineEdit(str(documents_folder() / f"{self._session.state.settings.name or tr('county')}.pdf"))
        self.path.setAccessibleName(tr("File"))
        self.replaces = label(tr("This file exists and will be replaced."), "warning", wrap=True)
        self.path.textChanged.connect(lambda _: self._warn())
        self.write = button(tr("Write the map"), self.export, "primary", icon("image-down", palette, palette.accent_text))
        choose = button("…", self._choose, tip=tr("Choose where to write it"))
        choose.setFixedWidth(36)
        close = small_button(palette, "x", tr("Close"), self._close)
        note = tr("Names and phones are masked, and counts below five are left out of whatever leaves the program.")
        body = column(
            row(label(tr("Export a map"), "heading"), None, close),
            8,
            label(tr("What"), "section"),
            self.view,
            self.unit,
            self.county,
            8,
            label(tr("Title"), "section"),
            self.title,
            8,
            label(tr("Form"), "section"),
            forms,
            row(self.paper, self.turn),
            self.texts,
            8,
            label(tr("File"), "section"),
            row(self.path, choose, spacing=4),
            self.replaces,
            12,
            self.write,
            8,
            label(note, "secondary", wrap=True),
            None,
            spacing=6,
            margins=(16, 16, 16, 16),
        )
        self.setLayout(column(scrolled(holding(body))))
        self._warn()

    def _warn(self) -> None:
        """Say beforehand that a file is there already."""
        text = self.path.text().strip()
        self.replaces.setVisible(bool(text) and Path(text).is_file())

    def _offer(self, _: object = None) -> None:
        """Offer the selected unit."""
        table, found = self._session.selected
        unit = self._session.state.units.get(found) if table == "units" else None
        self.unit.setEnabled(unit is not None and bool(unit.code))
        self.unit.setText(tr("Selected: {unit}", unit=unit_name(unit)) if unit else tr("The selected unit (none is selected)"))
        if unit is None and self.unit.isChecked():
            self.county.setChecked(True)

    def _set_form(self, form: object) -> None:
        self._form = str(form)
        self.path.setText(str(Path(self.path.text()).with_suffix(f".{form}")))
        paged = form != "html"
        self.paper.setEnabled(paged)
        self.turn.setEnabled(paged)
        self.view.setEnabled(paged)
        self.texts.setVisible(not paged)
        if not paged and self.view.isChecked():
            self.county.setChecked(True)

    def _choose(self) -> None:
        dialog = QFileDialog(self, tr("Choose where to write it"), self.path.text(), f"*.{self._form}")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(self._form)
        dialog.fileSelected.connect(self.path.setText)
        dialog.open()

    def export(self) -> None:
        """Write the map beside the window, and say where it is."""
        path = Path(self.path.text().strip())
        window = self._window

        def ended(_: object) -> None:
            opened = (tr("Open it"), lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))))
            window.banner.news(tr("Written: {path}", path=path), opened)

        steps = self._wanted(path, self._session)  # what it needs of the widgets is read now, in the window's thread
        window.tasks.run(Task(msg("Writing {name}", name=path.name), lambda: steps, ended))

    def _wanted(self, path: Path, session: Session) -> Steps[None]:
        table, found = session.selected
        unit = session.state.units[found].code if self.unit.isChecked() and table == "units" else None
        title, scene = self.title.text().strip(), session.scene
        if self._form == "html":
            return write_html(session.county, path, title=title, unit=unit, scene=scene, texts=self.texts.isChecked())
        extent = self._window.canvas.viewport.extent if self.view.isChecked() else None
        return write_map(scene, path, size=self._size, orientation=self._orientation, title=title, unit=unit, extent=extent)

    def _close(self) -> None:
        if self._window.page is not None:
            self._window.page.show_right(None)
