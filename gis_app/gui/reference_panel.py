"""The reference layers of the map: shown or not, how opaque, in which order, and what is wrong with one in words."""

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QColor, QCursor, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QCheckBox, QLabel, QMenu, QToolButton, QWidget

from gis_app.county.changes import Edit
from gis_app.county.reference_edits import (
    fade_reference,
    move_reference,
    remove_reference,
    set_reference_options,
    show_reference,
)
from gis_app.county.references import Reference, ReferenceKind, drawn_order
from gis_app.gui.icons import icon
from gis_app.gui.session import Session
from gis_app.gui.widgets import ElidedLabel, Section, Slide, button, clear, column, combo, holding, image, label, row, small_button
from gis_app.language import Message, msg, tr
from gis_app.map.reference.style import COLOURS, colour_of
from gis_app.map.reference.vectors import VectorLayer

SUBJECTS = {
    "": msg("Colour by its name"),
    "water": msg("Rivers and lakes"),
    "road": msg("Roads"),
    "building": msg("Buildings"),
    "border": msg("Old borders"),
    "green": msg("Woods and parks"),
}
DATUMS = {"": "WGS 84 / CGCS2000", "gcj02": "GCJ-02"}
SIGNS = {ReferenceKind.PICTURE: "map", ReferenceKind.TILES: "layers", ReferenceKind.SERVER: "download"}


class ReferencePanel(Section):
    """A list of reference layers, the uppermost first; a row opens to show opacity, place and options."""

    wanted = Signal(str, object)
    """What is wanted, and of what: "edit" (an Edit), "file", "folder" or "servers", "choose", "again" or "zoom" (a Reference), "online"."""

    def __init__(self, session: Session) -> None:
        super().__init__(tr("Reference layers"), session.palette)
        self._session = session
        self._opened = 0
        self._built: tuple[object, ...] = ()
        session.scene_changed.connect(self.refresh)
        session.references_changed.connect(self.refresh)
        self.refresh()

    def refresh(self, _: object = None) -> None:
        """Show the reference layers of the county; nothing is rebuilt while nothing changed."""
        session = self._session
        references = session.state.references
        problems = {i: session.shelf.problem(reference) for i, reference in references.items()}
        open_now = tuple(session.shelf.found(reference) is not None for reference in references.values())
        built = (references, tuple(str(p) for p in problems.values()), open_now, self._opened, session.shelf.settings, session.palette.name)
        if built == self._built:
            return
        self._built = built
        clear(self.body)
        for reference in reversed(drawn_order(references)):
            self.body.addWidget(self._row(reference, problems[reference.id]))
        if not references:
            text = tr("Roads, rivers, buildings, old borders, a scanned map or tiles to trace from.")
            self.body.addWidget(label(text, "secondary", wrap=True))
        self.body.addWidget(self._add_button())

    def _add_button(self) -> QWidget:
        made = button(tr("Add a reference layer"), self._menu, "link", icon("plus", self._session.palette, self._session.palette.accent))
        made.setObjectName("add-reference")
        return holding(row(made, None))

    def _menu(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(tr("Map file, scanned map or MBTiles …"), lambda: self.wanted.emit("file", None))
        menu.addAction(tr("Folder of tiles …"), lambda: self.wanted.emit("folder", None))
        menu.addAction(tr("Tile server …"), lambda: self.wanted.emit("servers", None))
        menu.popup(QCursor.pos())

    def _row(self, reference: Reference, problem: Message | None) -> QWidget:
        palette, opened = self._session.palette, self._opened == reference.id
        box = QCheckBox()
        box.setChecked(reference.visible)
        box.setAccessibleName(reference.name)
        box.toggled.connect(lambda shown: self._ask(show_reference(reference.id, shown)))
        name = ElidedLabel(reference.name)
        name.setToolTip(f"{reference.name}\n{reference.source}")
        name.setBuddy(box)
        words = {"layer": reference.name}
        tip = tr("Close the options of {layer}", **words) if opened else tr("Options of {layer}", **words)
        more = small_button(palette, "chevron-up" if opened else "chevron-down", tip, lambda: self._open(reference.id))
        parts: list[QWidget] = [box, self._sign(reference), name]
        if problem is not None:
            warning = image("triangle-alert", palette.danger)
            warning.setToolTip(str(problem))
            parts.append(warning)
        top = row(*parts, more, spacing=6)
        top.setStretch(2, 1)
        rows = [holding(top)]
        if problem is not None:
            rows.append(self._trouble(reference, problem))
        elif reference.kind == ReferenceKind.SERVER and reference.visible and self._session.shelf.settings.offline:
            rows.append(self._offline())
        if opened:
            rows.append(self._options(reference))
        return holding(column(*rows, spacing=2))

    def _sign(self, reference: Reference) -> QLabel:
        palette = self._session.palette
        if reference.is_raster:
            return image(SIGNS[reference.kind], palette.secondary)
        layer = self._session.shelf.found(reference)
        known = layer if isinstance(layer, VectorLayer) else None
        made = QPixmap(40, 24)
        made.setDevicePixelRatio(2)
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(colour_of(reference, known, palette)), 2))
            painter.drawPolyline(_wave())
        finally:
            painter.end()
        sign = QLabel()
        sign.setPixmap(made)
        return sign

    def _trouble(self, reference: Reference, problem: Message) -> QWidget:
        """Say what is wrong, and offer what helps."""
        ways: list[QWidget] = [button(tr("Try again"), lambda: self.wanted.emit("again", reference), "link")]
        if reference.kind != ReferenceKind.SERVER:
            ways.insert(0, button(tr("Choose another file"), lambda: self.wanted.emit("choose", reference), "link"))
        else:
            ways.insert(0, button(tr("Tile servers"), lambda: self.wanted.emit("servers", None), "link"))
        return holding(column(label(str(problem), "danger", wrap=True), row(*ways, None), margins=(23, 0, 0, 4)))

    def _offline(self) -> QWidget:
        text = label(tr("Offline: only tiles seen before are shown."), "secondary", wrap=True)
        return holding(
            column(text, row(button(tr("Use the network"), lambda: self.wanted.emit("online", None), "link"), None), margins=(23, 0, 0, 4))
        )

    def _options(self, reference: Reference) -> QWidget:
        palette = self._session.palette
        slider = Slide(Qt.Orientation.Horizontal)
        slider.setRange(10, 100)
        slider.setValue(round(reference.opacity * 100))
        slider.setAccessibleName(tr("Opacity"))
        slider.setTracking(False)  # one step of the history for one drag
        slider.valueChanged.connect(lambda value: self._ask(fade_reference(reference.id, value / 100)))
        up = small_button(palette, "arrow-up", tr("Draw higher"), lambda: self._ask(move_reference(reference.id, 1)))
        down = small_button(palette, "arrow-down", tr("Draw lower"), lambda: self._ask(move_reference(reference.id, -1)))
        look = small_button(palette, "focus", tr("Zoom to {layer}", layer=reference.name), lambda: self.wanted.emit("zoom", reference))
        gone: QToolButton = small_button(
            palette,
            "trash-2",
            tr("Remove {layer}", layer=reference.name),
            lambda: self._ask(remove_reference(reference.id, reference.name)),
        )
        parts = column(row(label(tr("Opacity"), "secondary"), slider), row(look, up, down, None, gone), margins=(23, 0, 0, 4))
        if reference.kind == ReferenceKind.TILES:
            datums = [(text, value) for value, text in DATUMS.items()]
            parts.addWidget(combo(tr("Datum"), datums, reference.option("datum"), lambda value: self._set(reference, "datum", value)))
        elif reference.kind == ReferenceKind.VECTOR:
            chosen = reference.option("colour")
            colours = [(str(text), value) for value, text in SUBJECTS.items()]
            parts.addWidget(
                combo(tr("Colour"), colours, chosen if chosen in COLOURS else "", lambda value: self._set(reference, "colour", value))
            )
        if reference.is_raster:
            parts.addWidget(label(tr("The fills of the cells are translucent while a map lies beneath them."), "secondary", wrap=True))
        return holding(parts)

    def _set(self, reference: Reference, name: str, value: object) -> None:
        self._ask(set_reference_options(reference.id, **{name: value or None}))

    def _ask(self, edit: Edit) -> None:
        self.wanted.emit("edit", edit)

    def _open(self, reference: int) -> None:
        self._opened = 0 if self._opened == reference else reference
        self.refresh()


def _wave() -> list[QPointF]:
    return [QPointF(1, 9), QPointF(6, 3), QPointF(12, 8), QPointF(19, 3)]
