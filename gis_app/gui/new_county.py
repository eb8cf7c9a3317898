"""The small form that makes a new county: name, code, coordinate system, where to keep it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pyproj
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QDialog, QFileDialog, QLineEdit

from gis_app import bootstrap
from gis_app.county.county import County
from gis_app.county.state import Settings
from gis_app.gui.task import Task
from gis_app.gui.widgets import Item, button, column, label, row
from gis_app.language import Message, msg, tr
from gis_app.progress import Progress, Steps

if TYPE_CHECKING:
    from gis_app.gui.window import Window

MERIDIANS = range(75, 136, 3)


def zone_crs(meridian: int) -> str:
    """Return the EPSG code of CGCS2000 / 3-degree Gauss-Kruger with a central meridian (75 to 135, without the zone in the easting)."""
    return f"EPSG:{4534 + (meridian - 75) // 3}"


def create_steps(path: Path, settings: Settings) -> Steps[County]:
    """Make a new county file and open it."""
    yield Progress(0.2, msg("Making the county file"))
    return bootstrap.create_county(path, settings)


class NewCounty(QDialog):
    """Asks for what a new county needs; the file is made when all of it is right."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window = window
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("New county"))
        self.name, self.code = QLineEdit(), QLineEdit()
        self.name.setPlaceholderText(tr("for example 甘南县"))
        self.code.setPlaceholderText(tr("6 digits, for example 230225; may be left empty"))
        self.crs = QComboBox()
        self.crs.setEditable(True)
        for meridian in MERIDIANS:
            self.crs.addItem(f"{zone_crs(meridian)}  CGCS2000 / {meridian}°E")
        self.crs.setCurrentIndex(list(MERIDIANS).index(123))
        self.path = QLineEdit(str(Path.home() / f"{tr('county')}.gpkg"))
        self.problem = label("", "danger", wrap=True)
        self.problem.hide()
        choose = button(tr("Choose…"), self._choose)
        self.make = button(tr("Create"), self._create, "primary")
        choose.setAutoDefault(False)  # Enter in a field makes the county
        self.make.setDefault(True)
        fields = [
            (tr("Name"), self.name),
            (tr("County code"), self.code),
            (tr("Coordinate system"), self.crs),
        ]
        parts: list[Item] = [label(tr("New county"), "title"), 8]
        for text, field in fields:
            field.setAccessibleName(text)
            parts += [label(text, "secondary"), field, 4]
        self.path.setAccessibleName(tr("File"))
        parts += [label(tr("File"), "secondary"), row(self.path, choose), self.problem, 8]
        self.setLayout(column(*parts, row(None, button(tr("Cancel"), self.reject), self.make), margins=(24, 20, 24, 16)))
        self.setMinimumWidth(480)
        self.name.setFocus()

    def _choose(self) -> None:
        dialog = QFileDialog(self, tr("Where to keep the county"), self.path.text(), tr("County files (*.gpkg)"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("gpkg")
        dialog.fileSelected.connect(self.path.setText)
        dialog.open()

    def _problem(self) -> str:
        """Return what is wrong with the fields, or ""."""
        code = self.code.text().strip()
        if not self.name.text().strip():
            return tr("Give the county a name.")
        if code and not (code.isdigit() and len(code) == 6):
            return tr("A county code has 6 digits (GB/T 2260), or leave it empty.")
        try:
            system = pyproj.CRS.from_user_input(self._crs())
        except pyproj.exceptions.CRSError:
            return tr("{crs} is no coordinate system; write it as EPSG:4550.", crs=self._crs())
        if not system.is_projected:
            return tr("{crs} has degrees; choose a projected coordinate system, such as EPSG:4550.", crs=self._crs())
        path = Path(self.path.text().strip())
        if path.exists():
            return tr("{path} exists already. Choose another name.", path=path)
        return "" if path.parent.is_dir() else tr("The folder {path} does not exist.", path=path.parent)

    def _crs(self) -> str:
        words = self.crs.currentText().split()
        return words[0] if words else ""

    def _create(self) -> None:
        problem = self._problem()
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))
        if problem:
            return
        path, code = Path(self.path.text().strip()), self.code.text().strip()
        scheme = "gbt" if code else "free"
        settings = Settings(name=self.name.text().strip(), code=code, crs=self._crs(), code_scheme=scheme)
        self._window.tasks.run(Task(msg("Making the county file"), lambda: create_steps(path, settings), self._made, failed=self._failed))

    def _made(self, county: County) -> None:
        self.accept()
        self._window.show_county(county)

    def _failed(self, message: Message) -> None:
        self.problem.setText(str(message))
        self.problem.show()
