"""The list of former grids: shown or not, in which colour, how many units and errors; what loads, compares and removes them."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QCursor, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QCheckBox, QLabel, QMenu, QWidget

from gis_app.county.former_edits import COLOURS, colour_former_grid, remove_former_grid, show_former_grid
from gis_app.grid.former import FormerGrid
from gis_app.gui.former_reader import ReadGrid
from gis_app.gui.icons import icon
from gis_app.gui.session import Session
from gis_app.gui.widgets import ElidedLabel, Section, button, clear, column, holding, label, row, small_button
from gis_app.language import format_number, tr
from gis_app.map.colours import mixed
from gis_app.map.palette import Palette


class FormerPanel(Section):
    """A row for each former grid; a row opens to show whose it was, its errors and what can be done with it."""

    wanted = Signal(str, object)
    """What is wanted, and of what: "edit" (an Edit), "load", "overlay", "crosswalk", "errors", "units", "zoom", "rename" (a FormerGrid)."""

    def __init__(self, session: Session) -> None:
        super().__init__(tr("Former grids"), session.palette)
        self._session = session
        self._opened = 0
        self._built: tuple[object, ...] = ()
        self._list = column(spacing=2)
        self.body.addLayout(self._list)
        self.body.addWidget(self._link("load-former", tr("Load a grid of another office"), "plus", "load"))
        self._with_grids = [
            self._link("overlay-former", tr("Lay over one another"), "combine", "overlay"),
            self._link("crosswalk-former", tr("Where the units went"), "table-2", "crosswalk"),
        ]
        for link in self._with_grids:
            self.body.addWidget(link)
        session.former.arrived.connect(self.refresh)
        session.county_changed.connect(self.refresh)
        self.refresh()

    def refresh(self, _: object = None) -> None:
        """Show the former grids of the county; nothing is rebuilt while nothing changed."""
        grids, read = self._session.county.state.former_grids, self._session.former.ask()
        known = {grid: (len(found.units), None if found.issues is None else len(found.issues)) for grid, found in read.items()}
        built = (dict(grids), known, self._opened, self._session.palette.name)
        if built == self._built:
            return
        self._built = built
        clear(self._list)
        for grid in grids.values():
            self._list.addWidget(self._row(grid, read.get(grid.id)))
        if not grids:
            text = tr("Grids of other offices – party, police, civil affairs … – to lay over one another and over the cells.")
            self._list.addWidget(label(text, "secondary", wrap=True))
        for link in self._with_grids:
            link.setVisible(bool(grids))

    def _link(self, name: str, text: str, sign: str, wanted: str) -> QWidget:
        palette = self._session.palette
        made = button(text, lambda: self.wanted.emit(wanted, None), "link", icon(sign, palette, palette.accent))
        made.setObjectName(name)
        return holding(row(made, None))

    def _row(self, grid: FormerGrid, read: ReadGrid | None) -> QWidget:
        palette, opened = self._session.palette, self._opened == grid.id
        box = QCheckBox()
        box.setChecked(grid.visible)
        box.setAccessibleName(grid.name)
        box.toggled.connect(lambda shown: self.wanted.emit("edit", show_former_grid(grid.id, shown)))
        name = ElidedLabel(grid.name)
        name.setToolTip("\n".join(part for part in (grid.name, grid.office, grid.source, grid.note) if part))
        name.setBuddy(box)
        tip = tr("Close the options of {layer}", layer=grid.name) if opened else tr("Options of {layer}", layer=grid.name)
        more = small_button(palette, "chevron-up" if opened else "chevron-down", tip, lambda: self._open(grid.id))
        top = row(box, swatch(colour_of(grid, palette)), name, more, spacing=6)
        top.setStretch(2, 1)
        rows = [holding(top), holding(row(self._counts(grid, read), None, margins=(45, 0, 0, 0)))]
        if opened:
            rows.append(self._options(grid))
        return holding(column(*rows, spacing=0))

    def _counts(self, grid: FormerGrid, read: ReadGrid | None) -> QWidget:
        """Say how many units a grid has, and how many errors: a press shows them."""
        if read is None:
            return label(tr("Reading …"), "secondary")
        units = tr("{count} units", count=format_number(len(read.units)))
        if not read.issues:
            return label(units if read.issues is None else tr("{units}, no errors", units=units), "secondary")
        errors = tr("{units}, {count} errors", units=units, count=format_number(len(read.issues)))
        return button(errors, lambda: self.wanted.emit("errors", grid), "link", tip=tr("Show the errors of {layer}", layer=grid.name))

    def _options(self, grid: FormerGrid) -> QWidget:
        palette = self._session.palette
        look = small_button(palette, "focus", tr("Zoom to {layer}", layer=grid.name), lambda: self.wanted.emit("zoom", grid))
        units = small_button(palette, "table-properties", tr("Units of {layer}", layer=grid.name), lambda: self.wanted.emit("units", grid))
        named = small_button(palette, "pencil", tr("Rename {layer}", layer=grid.name), lambda: self.wanted.emit("rename", grid))
        tint = small_button(palette, "brush", tr("Colour of {layer}", layer=grid.name), lambda: self._choose_colour(grid))
        edit = remove_former_grid(grid.id, grid.name)
        gone = small_button(palette, "trash-2", tr("Remove {layer}", layer=grid.name), lambda: self.wanted.emit("edit", edit))
        said = " · ".join(part for part in (grid.office, grid.source) if part)
        parts = column(row(look, units, named, tint, None, gone), margins=(45, 0, 0, 4))
        if said:
            parts.insertWidget(0, ElidedLabel(said, "secondary"))
        return holding(parts)

    def _choose_colour(self, grid: FormerGrid) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for number, colour in enumerate(COLOURS, start=1):
            edit = colour_former_grid(grid.id, colour)
            text = tr("Colour {number}", number=number)
            menu.addAction(_picture(colour), text, lambda edit=edit: self.wanted.emit("edit", edit))
        menu.popup(QCursor.pos())

    def _open(self, grid: int) -> None:
        self._opened = 0 if self._opened == grid else grid
        self.refresh()


def colour_of(grid: FormerGrid, palette: Palette) -> str:
    """Return the colour in which a former grid is drawn: its own, lighter on the dark map."""
    own = grid.colour or palette.accent
    return mixed(own, palette.text, 0.5) if palette.name == "dark" and grid.colour else own


def _picture(colour: str) -> QPixmap:
    made = QPixmap(QSize(32, 24))
    made.setDevicePixelRatio(2)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    try:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(colour), 2))
        painter.drawRoundedRect(2, 2, 12, 8, 2, 2)
    finally:
        painter.end()
    return made


def swatch(colour: str) -> QLabel:
    """Return how the outlines of a former grid are drawn."""
    made = QLabel()
    made.setPixmap(_picture(colour))
    made.setFixedWidth(18)
    return made
