"""The right panel: what is selected, with everything that belongs to it. Names and phones are masked until they are asked for."""

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLayout, QPushButton, QVBoxLayout, QWidget

from gis_app.cases.case import EventKind
from gis_app.county.changes import Edit
from gis_app.grid.privacy import mask_actor, mask_name, mask_phone
from gis_app.gui.icons import icon
from gis_app.gui.preferences import Preferences
from gis_app.gui.session import Session
from gis_app.gui.step_bar import StepBar
from gis_app.gui.theme import font
from gis_app.gui.widgets import ElidedButton, button, clear, column, holding, image, label, row, scrolled
from gis_app.language import tr


class Inspector(QWidget):
    """Shows the selected unit, household, worker, body or whistle, or what the county holds when nothing is selected."""

    zoom_wanted = Signal(str, int)  # table, id
    edit_wanted = Signal(object)  # BoundaryEdit to perform
    preview_wanted = Signal(object)  # BoundaryEdit to show on the map
    operation_wanted = Signal(str)  # id of an operation
    case_edit_wanted = Signal(object)  # case_work.Wanted
    problem = Signal(object)  # Message that belongs to no form
    focus_given_back = Signal(object)  # the widget that had the focus before a form was opened

    def __init__(self, session: Session, preferences: Preferences) -> None:
        super().__init__()
        self.setObjectName("inspector")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(tr("What is selected"))
        self.setMinimumWidth(280)
        self.session = session
        self._preferences = preferences
        self.private = False
        self.photo_places: dict[int, tuple[float, float] | None] = {}  # longitude and latitude by attachment, as far as looked up
        self._shown: tuple[str, tuple[int, ...]] | None = None  # what the page is about
        self._body: QVBoxLayout = column(spacing=8, margins=(14, 14, 12, 14))
        self._area = scrolled(holding(self._body))
        self.steps = StepBar(self)
        layout = column(self._area, self.steps, spacing=0)
        layout.setStretch(0, 1)
        self.setLayout(layout)
        session.selection_changed.connect(self._select)
        session.workspace_changed.connect(self._turn)
        session.clock_moved.connect(self._tick)
        self.refresh()

    def _select(self, _: object) -> None:
        """Show what is selected now. Where that is what was shown, the county has changed: names stay shown, and the page where it is."""
        table, bar = self.session.selected[0], self._area.verticalScrollBar()
        about = (table, self.session.selection.ids.get(table, ()))
        at = bar.value() if about == self._shown else 0
        self.private = self.private and about == self._shown
        self._shown = about
        self.refresh()
        if at:
            QTimer.singleShot(0, self, lambda: bar.setValue(at))  # when the page is laid out
        else:
            bar.setValue(0)

    def _turn(self, _: str) -> None:
        """Show a unit or a whistle as the workspace shows it: what can be done with a unit belongs to Plan, with a whistle to Cases."""
        if self.session.selected[0] in ("units", "cases", "households"):
            self.refresh()

    def _tick(self) -> None:
        """Let the clocks of a whistle go on."""
        if self.session.selected[0] == "cases":
            self._select(None)

    def refresh(self) -> None:
        """Build the page of what is selected anew."""
        from gis_app.gui.inspector_case import case_page, cases_page
        from gis_app.gui.inspector_unit import body_page, county_page, household_page, households_page, unit_page, units_page
        from gis_app.gui.inspector_worker import worker_page

        pages: dict[str, Callable[[Inspector, int], list[QWidget | QLayout]]] = {
            "units": unit_page,
            "households": household_page,
            "workers": worker_page,
            "bodies": body_page,
            "cases": case_page,
        }
        table, found = self.session.selected
        several = self.session.selection.ids.get("units", ())
        homes = self.session.selection.ids.get("households", ()) if table == "households" else ()
        whistles = self.session.selection.ids.get("cases", ()) if table == "cases" else ()
        self.steps.show_cases(whistles)
        if len(several) > 1:
            self._fill(units_page(self, several))
        elif len(homes) > 1:
            self._fill(households_page(self, homes))
        elif len(whistles) > 1:
            self._fill(cases_page(self, whistles))
        else:
            self._fill(pages[table](self, found) if table in pages else county_page(self))

    def show_place(self, x: float, y: float) -> None:
        """Show who is responsible at a place of the map, until something is selected."""
        from gis_app.gui.inspector_place import place_page

        self.show_page(lambda: place_page(self, x, y))

    # ------------------------------------------------------------ steps of whistles

    @property
    def actor(self) -> str:
        """Who records steps at this computer."""
        return self._preferences.actor

    def remember_actor(self, actor: str) -> None:
        """Offer the same person with the next step."""
        self._preferences.actor = actor

    def begin_step(self, kind: EventKind) -> None:
        """Open the form of a step of the selected whistles."""
        self.steps.begin(kind)

    def begin_place(self, x: float, y: float, note: str = "") -> None:
        """Ask whether the selected whistle lies at a place in county coordinates; `note`: why, where that is known."""
        self.steps.begin_place(x, y, note)

    def perform_step(self, edit: Edit) -> None:
        """Record what needs no form."""
        self.steps.perform(edit)

    def show_page(self, page: Callable[[], list[QWidget | QLayout]]) -> None:
        """Show a page that belongs to no selected row."""
        self._fill(page())

    def _fill(self, items: list[QWidget | QLayout]) -> None:
        clear(self._body)
        for item in items:
            if isinstance(item, QWidget):
                self._body.addWidget(item)
            else:
                self._body.addLayout(item)
        self._body.addStretch(1)

    def toggle_private(self) -> None:
        """Show names and phones of what is selected, or mask them again."""
        self.private = not self.private
        self.refresh()

    # ------------------------------------------------------------ parts of pages

    def name(self, text: str) -> str:
        """Return a personal name, masked unless it was asked for."""
        return text if self.private else mask_name(text)

    def actor_name(self, text: str) -> str:
        """Return who acted: a person masked unless names were asked for, an office as it is."""
        return text if self.private else mask_actor(text, {body.name for body in self.session.state.bodies.values()})

    def phone(self, text: str) -> str:
        """Return a phone number, masked unless it was asked for."""
        return text if self.private else mask_phone(text)

    def private_button(self) -> QPushButton:
        """Return the button that shows or masks names and phones."""
        text = tr("Mask names and phones") if self.private else tr("Show names and phones")
        shown = icon("eye-off" if self.private else "eye", self.session.palette, self.session.palette.accent)
        return button(text, self.toggle_private, "link", shown)

    def title(self, text: str) -> QLabel:
        """Return the title of a page."""
        made = label(text, "title", wrap=True, selectable=True)
        made.setFont(font(18, QFont.Weight.Bold))
        return made

    def link(self, text: str, table: str, row_id: int) -> QPushButton:
        """Return a link that selects another row."""
        return ElidedButton(text, lambda: self.session.select(table, row_id), text)

    def zoom_button(self, table: str, row_id: int) -> QPushButton:
        """Return the button that zooms to a row."""
        shown = icon("focus", self.session.palette)
        return button(tr("Zoom to it"), lambda: self.zoom_wanted.emit(table, row_id), "", shown)

    def advice(self, text: str, role: str = "warning") -> QHBoxLayout:
        """Return a line with a sign that says what deserves attention."""
        palette = self.session.palette
        colour = {"warning": palette.warning, "danger": palette.danger, "success": palette.success}[role]
        sign = image("circle-check" if role == "success" else "triangle-alert", colour)
        return row(column(sign, None), label(text, role, wrap=True), spacing=6)


def heading(text: str) -> QLabel:
    """Return the heading of a part of a page."""
    made = label(text, "section")
    made.setContentsMargins(0, 8, 0, 0)
    return made
