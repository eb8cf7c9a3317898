"""The saved filters in the left panel: applied by a click, kept by a name, renamed, deleted."""

from functools import partial

import numpy as np
from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QLabel, QLineEdit, QMenu, QPushButton

from gis_app.county.changes import Changes
from gis_app.county.filter_edits import SavedFilter, delete_filter, rename_filter, save_filter, saved_filters
from gis_app.county.state import with_past_cells
from gis_app.gui.case_filter import CaseFilter, content_of, filter_of, mask
from gis_app.gui.icons import icon
from gis_app.gui.session import Session
from gis_app.gui.widgets import Section, button, clear, column, counted, holding, label, row, small_button
from gis_app.language import format_number, tr


class SavedFiltersPanel(Section):
    """Every saved filter with how many whistles pass it now; a click applies it, another one shows all whistles."""

    edit_wanted = Signal(object)  # Edit to perform
    chosen = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(tr("Saved filters"), session.palette)
        self._session = session
        self._saved: tuple[SavedFilter, ...] = ()
        self._rows: dict[int, tuple[QPushButton, QLabel]] = {}
        self._renamed = 0  # the filter whose name is being written; 0 for a new one
        self._list = column(spacing=2)
        self.body.addLayout(self._list)
        self.name = QLineEdit()
        self.name.setProperty("role", "compact")
        self.name.setAccessibleName(tr("Name of the filter"))
        self.name.setPlaceholderText(tr("Name, then Enter"))
        self.name.returnPressed.connect(self._written)
        leave = small_button(session.palette, "x", tr("Cancel"), self._leave)
        self._naming = holding(row(self.name, leave, spacing=2))
        self._naming.hide()
        self.body.addWidget(self._naming)
        self.keep = button(tr("Save this filter …"), lambda: self._ask(0, ""), "link", tip=tr("Keep what is filtered by now under a name."))
        self.body.addLayout(row(self.keep, None))
        session.county_changed.connect(self._changed)
        session.filter_changed.connect(self.refresh)
        session.clock_moved.connect(self.refresh)
        self.reload()

    def _changed(self, changes: Changes) -> None:
        if changes.touches("saved_filters"):
            self.reload()
        else:
            self.refresh()

    def reload(self) -> None:
        """Read the saved filters anew."""
        self._saved = saved_filters(self._session.county.store)
        clear(self._list)
        self._rows = {}
        for saved in self._saved:
            count = label("", "secondary")
            made = counted(saved.name, count, partial(self._apply, saved), None, tr("Show only the whistles that pass this filter."))
            made.setCheckable(True)
            made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            made.setObjectName(f"saved-{saved.id}")
            more = small_button(
                self._session.palette, "ellipsis", tr("Rename or delete {name}", name=saved.name), partial(self._menu, saved)
            )
            more.setObjectName(f"saved-more-{saved.id}")
            across = row(made, more, spacing=2)
            across.setStretch(0, 1)
            self._list.addLayout(across)
            self._rows[saved.id] = (made, count)
        self.refresh()

    def refresh(self, _: object = None) -> None:
        """Show how many whistles pass each filter now, and which is applied."""
        session = self._session
        derived, units, of_line = session.derived, with_past_cells(session.state), session.cases_of_line()
        for saved in self._saved:
            wanted = filter_of(saved.content, derived.now)
            number = int(np.count_nonzero(mask(session.state.cases, derived.display, units, wanted, derived.queues) & of_line))
            made, count = self._rows[saved.id]
            count.setText(format_number(number))
            made.setAccessibleName(f"{saved.name}: {format_number(number)}")
            made.setChecked(session.filter == wanted)
        self.keep.setEnabled(not session.filter.is_empty)

    def _apply(self, saved: SavedFilter) -> None:
        session = self._session
        wanted = filter_of(saved.content, session.derived.now)
        session.set_filter(CaseFilter() if session.filter == wanted else wanted)
        self.refresh()
        if not self._rows[saved.id][0].hasFocus():
            self.chosen.emit()

    def _menu(self, saved: SavedFilter) -> None:
        palette, store = self._session.palette, self._session.county.store
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(icon("pencil", palette), tr("Rename"), lambda: self._ask(saved.id, saved.name))
        menu.addAction(icon("trash-2", palette), tr("Delete"), lambda: self.edit_wanted.emit(delete_filter(store, saved.id)))
        made = self._rows[saved.id][0]
        menu.popup(made.mapToGlobal(QPoint(made.width(), made.height())))

    def _ask(self, renamed: int, name: str) -> None:
        """Ask for the name of a saved filter, or (0) of the present one."""
        self._renamed = renamed
        self._naming.show()
        self.name.setText(name)
        self.name.selectAll()
        self.name.setFocus(Qt.FocusReason.OtherFocusReason)

    def _leave(self) -> None:
        self._naming.hide()

    def _written(self) -> None:
        name, session = self.name.text(), self._session
        if not name.strip():
            return
        self._naming.hide()
        store = session.county.store
        content = content_of(session.filter, session.derived.now)
        self.edit_wanted.emit(rename_filter(store, self._renamed, name) if self._renamed else save_filter(store, name, content))
