"""Tasks for the workers of cells: what was given, who has reported, who has not; giving one, reporting back, closing."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

import shapely
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QLayout, QLineEdit, QProgressBar, QWidget

from gis_app.county.changes import Changes
from gis_app.county.state import with_past_cells
from gis_app.county.task_edits import Task, TaskCell, close_task, report_task, task_cells_of, tasks_of
from gis_app.grid.coverage import polygons
from gis_app.grid.privacy import mask_actor, mask_name, mask_phone
from gis_app.gui.case_fields import NoteField
from gis_app.gui.icons import icon
from gis_app.gui.inspector import heading
from gis_app.gui.side_panel import SidePanel, TwoLineList, TwoLines, said
from gis_app.gui.task import aside
from gis_app.gui.task_form import TaskForm
from gis_app.gui.task_overlay import DONE, LATE, NOT_REPORTED, REPORTED, TaskOverlay, sign_of
from gis_app.gui.widgets import button, column, combo, holding, label, row
from gis_app.gui.words import body_name, path_text, unit_name
from gis_app.language import Message, format_number, format_time, msg, tr

if TYPE_CHECKING:
    from gis_app.gui.window import Window

ROLES: Mapping[str, Message] = {
    NOT_REPORTED: msg("Not reported"),
    LATE: msg("Not done in time"),
    REPORTED: msg("Reported, not done"),
    DONE: msg("Has done it"),
}
"""What may have become of a task in a cell, in the order in which the clerk asks."""


def role_of(cell: TaskCell, *, late: bool) -> str:
    """Return what became of a task in a cell; `late`: the task was due already."""
    if cell.done:
        return DONE
    if late:
        return LATE
    return REPORTED if cell.reported is not None else NOT_REPORTED


class TasksPanel(SidePanel):
    """The list of tasks; one task with its cells on the map; or the form of a new one."""

    _shaped = Signal(int, object)  # a task and the shapes of its cells, from the thread that made them

    def __init__(self, window: Window) -> None:
        super().__init__(window, tr("Tasks for cells"))
        self.task = 0  # the one that is shown; 0: the list
        self.cell = 0  # the one that a report is written for
        self.form: TaskForm | None = None
        self._wanted: str = ""  # the role of the cells that are listed; "": all that are not done
        self._words = ""
        self._overlay: TaskOverlay | None = None
        self._cells: tuple[TaskCell, ...] = ()
        self._roles: dict[int, str] = {}
        self._late = False
        self._also_closed = False
        self._shaped.connect(self._lay)
        self._session.county_changed.connect(self._follow)
        self._session.selection_changed.connect(self._take_selected)
        self.show_list()

    # ------------------------------------------------------------ the list

    def tasks(self) -> tuple[Task, ...]:
        """Return all tasks as they stand now."""
        return tasks_of(self._session.county.store, self._session.derived.now)

    def show_list(self) -> None:
        """Show all tasks: the open ones first, those due soonest first."""
        self.task, self.cell, self.form = 0, 0, None
        self._remove_overlay()
        known = self.tasks()
        opened = sorted((task for task in known if task.closed is None), key=lambda task: (task.due is None, task.due, task.id))
        closed = sorted((task for task in known if task.closed is not None), key=lambda task: -task.id)
        items: list[QWidget | None] = []
        if not known:
            items.append(
                said(
                    tr("No task was given yet. County, townships and villages ask the workers of cells; who has reported is counted here.")
                )
            )
        items += [self._card(task) for task in opened]
        if closed:
            both = QCheckBox(tr("Closed tasks too ({count})", count=format_number(len(closed))))
            both.setChecked(self._also_closed)
            both.toggled.connect(self._show_closed)
            items.append(both)
            items += [self._card(task) for task in closed] if self._also_closed else []
        self.show_body([*items, None])
        self.show_foot(
            [button(tr("Give a task …"), self.begin, "primary", icon("plus", self._session.palette, self._session.palette.accent_text))]
        )

    def _show_closed(self, both: bool) -> None:
        self._also_closed = both
        self.show_list()

    def _card(self, task: Task) -> QWidget:
        """Return a task as a tile: its title, by whom and until when, a bar, and the counts in words."""
        palette = self._session.palette
        made = button("", partial(self.show_task, task.id), "tile")
        made.setObjectName(f"task-{task.id}")
        made.setAccessibleName(f"{task.title}. {counts_text(task)}")
        title = label(task.title, "value", wrap=True)
        about = said(" · ".join((body_name(self._session.state, task.body), due_text(task))))
        late = label(tr("{count} late", count=format_number(task.overdue)), "danger") if task.overdue else None
        counts = row(said(counts_text(task)), *([late] if late else []))
        counts.setStretch(0, 1)
        lines = column(
            title,
            about,
            Bar(task, palette.info, palette.warning),
            counts,
            spacing=4,
            margins=(12, 8, 12, 8),
        )
        made.setLayout(lines)
        made.setMinimumHeight(96)
        for part in made.findChildren(QWidget):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        return made

    # ------------------------------------------------------------ one task

    def show_task(self, task: int) -> None:
        """Show one task: its text, its counts, its cells in a list and on the map."""
        known = next((one for one in self.tasks() if one.id == task), None)
        if known is None:
            self.show_list()
            return
        other = task != self.task
        self.task, self.form = task, None
        self.cell = 0 if other else self.cell
        self._cells = task_cells_of(self._session.county.store, task)
        self._known = known
        self._late = known.closed is None and known.due is not None and known.due < self._session.derived.now
        roles = {one.cell: role_of(one, late=self._late) for one in self._cells}
        if other or self._overlay is None:
            self._remove_overlay()
            self._shape(task)
        else:
            self._overlay.set_roles(roles)
        self._roles = roles
        self._build_task()
        if other and not self._session.selection.ids.get("units"):
            self._zoom()
        self._take_selected()

    def _build_task(self) -> None:
        task, palette = self._known, self._session.palette
        counts = {role: sum(one == role for one in self._roles.values()) for role in ROLES}
        back = button(tr("‹ All tasks"), self.show_list, "link")
        signs = [
            holding(row(sign_of(role, palette), label(str(text)), None, label(format_number(counts[role]), "value"), spacing=8))
            for role, text in ROLES.items()
            if counts[role]
        ]
        shown = [(tr("Not done yet"), ""), *((str(text), role) for role, text in ROLES.items() if counts[role])]
        choice = combo(tr("Cells that are listed"), shown, self._wanted, self._list_role)
        choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.words = QLineEdit(self._words)
        self.words.setProperty("role", "compact")
        self.words.setAccessibleName(tr("Find a cell or worker"))
        self.words.setPlaceholderText(tr("Find a cell or worker"))
        self.words.textChanged.connect(self._look)
        self.cells = TwoLineList(tr("Cells"), 5)
        self.cells.wanted.connect(self.choose_cell)
        self._none = said("")
        about = [
            said(due_text(task)),
            said(
                tr(
                    "given by {body} ({actor}) on {time}",
                    body=body_name(self._session.state, task.body),
                    actor=mask_actor(task.actor, {body.name for body in self._session.state.bodies.values()}) or "–",
                    time=format_time(task.created) if task.created else "–",
                )
            ),
        ]
        text = [label(task.text, wrap=True)] if task.text else []
        self.show_body(
            [
                holding(row(back, None)),
                label(task.title, "value", wrap=True),
                *text,
                *about,
                heading(tr("{done} of {given} cells have done it", done=format_number(task.done), given=format_number(task.given))),
                *signs,
                heading(tr("Cells")),
                holding(row(self.words, choice, spacing=4)),
                self.cells,
                self._none,
                None,
            ]
        )
        self._list_cells()
        self._show_report()

    def _list_role(self, role: object) -> None:
        self._wanted = str(role)
        self._list_cells()

    def _look(self, words: str) -> None:
        self._words = words
        self._list_cells()

    def _list_cells(self) -> None:
        """List the cells that are asked for: those that have not reported first."""
        state, palette, units = self._session.state, self._session.palette, with_past_cells(self._session.state)
        order = list(ROLES)
        asked = self._words.strip().casefold()
        rows: list[tuple[int, str, TwoLines]] = []
        for one in self._cells:
            role = self._roles[one.cell]
            if (self._wanted and role != self._wanted) or (not self._wanted and role == DONE and not asked):
                continue
            worker = state.workers.get(one.worker)
            name = unit_name(units.get(one.cell))
            if asked and not any(asked in text.casefold() for text in (name, worker.name if worker else "")):
                continue
            who = mask_name(worker.name) if worker else tr("(vacant)")
            last = one.note.rsplit("\n", 1)[-1]
            second = " · ".join(part for part in (str(ROLES[role]), who, last) if part)
            tip = "\n".join((path_text(state, one.cell), second, one.note))
            rows.append((order.index(role), name, TwoLines(one.cell, name, second, tip, palette.danger if role == LATE else "")))
        rows.sort(key=lambda found: found[:2])
        self.cells.show_rows([found for _, _, found in rows], self.cell)
        self.cells.setVisible(bool(rows))
        self._none.setText(tr("No cell of this task goes by these words.") if asked else tr("Every cell has done it."))
        self._none.setVisible(not rows)

    def choose_cell(self, cell: int) -> None:
        """Show a cell on the map, and the form of its report."""
        self._session.select("units", cell)
        self._take_selected()

    def _take_selected(self, _: object = None) -> None:
        """Follow the map: the cell that is selected there is the one that reports."""
        if not self.task or not self.is_shown_or_new:
            return
        chosen = self._session.selection.ids.get("units", ())
        cell = chosen[0] if len(chosen) == 1 and any(one.cell == chosen[0] for one in self._cells) else 0
        if cell != self.cell:
            self.cell = cell
            self._list_cells()
            self._show_report()
            QTimer.singleShot(0, self, self._reveal)  # when the foot has its height

    def _reveal(self) -> None:
        """Keep the list of cells in sight above the form."""
        if self.task and self.form is None:
            self.area.ensureWidgetVisible(self.cells, 0, 8)

    @property
    def is_shown_or_new(self) -> bool:
        """Tell whether the panel was not replaced by another one."""
        return self.parent() is None or self.is_shown

    def _show_report(self) -> None:
        """Show below what the chosen cell has reported, and the form of the next report."""
        state, closed, units = self._session.state, self._known.closed is not None, with_past_cells(self._session.state)
        one = next((one for one in self._cells if one.cell == self.cell), None)
        if one is None:
            self._show_hint()
            return
        worker = state.workers.get(one.worker)
        self._phone = label("", "secondary", wrap=True, selectable=True)
        self._phone.setText(_worker_text(worker.name if worker else "", worker.phone if worker else "", shown=False))
        show_phone = button(tr("Show"), partial(self._show_worker, one.worker), "link")
        said_before = [said(one.note)] if one.note else []
        head: list[QWidget | QLayout] = [
            label(unit_name(units.get(one.cell)), "value"),
            row(self._phone, None, *([show_phone] if worker else [])),
        ]
        if closed or one.done:
            self.show_foot([*head, *said_before, said(tr("This cell has done it.") if one.done else tr("This task is closed."))])
            return
        self.note = NoteField(tr("What the worker reports"), lines=1)
        self.note.setPlaceholderText(tr("What the worker reports"))
        self.note.confirmed.connect(partial(self.report, done=True))
        buttons: list[QWidget | None] = [
            button(tr("Report as done"), partial(self.report, done=True), "primary"),
            button(tr("Not done yet"), partial(self.report, done=False)),
            None,
        ]
        self.show_foot([*head, *said_before, self.note, row(*buttons)])

    def _show_hint(self, *, closing: bool = False) -> None:
        """Say below how a report is written; of an open task, offer to close it, and ask once: nobody reports on it any more then."""
        if self._known.closed is not None:
            self.show_foot([said(tr("This task is closed."))])
        elif closing:
            missing = self._known.given - self._known.done
            text = tr(
                "{count} cells have not done it. A closed task stays closed, and nobody reports on it any more.",
                count=format_number(missing),
            )
            leave = button(tr("Cancel"), self._show_hint, "link")
            self.show_foot([said(text), row(button(tr("Close it for good"), self.close_task, "primary"), None, leave)])
        else:
            hint = said(tr("Choose a cell in the list or on the map to report back for it."))
            shut = button(tr("Close the task"), partial(self._show_hint, closing=True), "", icon("lock", self._session.palette))
            self.show_foot([hint, shut])

    def _show_worker(self, worker: int) -> None:
        known = self._session.state.workers.get(worker)
        if known is not None:
            self._phone.setText(_worker_text(known.name, known.phone, shown=True))

    def report(self, *, done: bool) -> None:
        """Record what the worker of the chosen cell reports, and go on to the next cell that has not."""
        edit = report_task(self._session.county.store, self.task, self.cell, note=self.note.text, done=done)
        self._window.perform(edit, self._reported)

    def _reported(self, changes: Changes) -> None:
        told = changes.report
        if isinstance(told, TaskCell):
            name = unit_name(self._session.state.units.get(told.cell))
            self._window.status.say(tr("{cell}: {what}", cell=name, what=tr("done") if told.done else tr("reported")))

    def close_task(self) -> None:
        """Close the task: nobody reports on it any more."""
        self._window.perform(close_task(self._session.county.store, self.task))

    def _zoom(self) -> None:
        if self._window.page is not None and self._cells:
            self._window.page.canvas.zoom_to_units(tuple(one.cell for one in self._cells))

    # ------------------------------------------------------------ a new task

    def begin(self) -> None:
        """Open the form of a new task."""
        self._remove_overlay()
        self.task, self.cell = 0, 0
        self.form = TaskForm(self._session, self._window.preferences.actor)
        self.form.wanted.connect(self._give)
        self.form.left.connect(self.show_list)
        self.show_body(
            [holding(row(button(tr("‹ All tasks"), self.show_list, "link"), None)), label(tr("Give a task"), "value"), self.form, None]
        )
        self.show_foot([self.form.foot])
        self.form.begin()

    def _give(self, edit: object) -> None:
        from gis_app.county.changes import Edit

        assert isinstance(edit, Edit)
        form = self.form

        def refused(reason: Message) -> None:
            if form is not None and self.form is form:
                form.say(reason)

        def given(changes: Changes) -> None:
            if isinstance(changes.report, int):
                self.show_task(changes.report)

        self._window.perform(edit, given, refused)

    # ------------------------------------------------------------ changes, the map

    def _follow(self, changes: Changes) -> None:
        if self.form is not None or not (changes.touches("tasks") or changes.touches("task_cells") or changes.touches("units")):
            return
        if self.task:
            self.show_task(self.task)
        else:
            self.show_list()

    def _shape(self, task: int) -> None:
        """Make the shapes of the cells beside the window."""
        coverage, cells = self._session.state.coverage, [one.cell for one in self._cells]
        known = [cell for cell in cells if cell in coverage.cells]
        aside(lambda: polygons(coverage, known), lambda shapes: self._shaped.emit(task, shapes))

    def _lay(self, task: int, shapes: Mapping[int, shapely.Geometry | None]) -> None:
        page = self._window.page
        if page is None or task != self.task or not self.is_shown:
            return
        self._remove_overlay()
        there = {cell: shape for cell, shape in shapes.items() if shape}
        self._overlay = TaskOverlay(page.canvas, self._session.palette, there, self._roles)

    def _remove_overlay(self) -> None:
        if self._overlay is not None:
            self._overlay.setParent(None)
            self._overlay.deleteLater()
            self._overlay = None

    @property
    def overlay(self) -> TaskOverlay | None:
        """What lies over the map, where a task is shown."""
        return self._overlay

    def ended(self) -> None:
        """Show the map as it was."""
        self._remove_overlay()


class Bar(QProgressBar):
    """How many of the cells have reported; in the colour of a warning only where some are late."""

    def __init__(self, task: Task, in_time: str, late: str) -> None:
        super().__init__()
        self.setRange(0, max(task.given, 1))
        self.setValue(task.reported)
        self.setTextVisible(False)
        self.setAccessibleName(counts_text(task))
        tint = late if task.overdue else in_time
        self.setStyleSheet(f"QProgressBar::chunk {{ background: {tint}; border-radius: 3px; }}")


def counts_text(task: Task) -> str:
    """Return the counts of a task in words."""
    return tr(
        "{reported} of {given} reported, {done} done",
        reported=format_number(task.reported),
        given=format_number(task.given),
        done=format_number(task.done),
    )


def due_text(task: Task) -> str:
    """Return until when a task is to be done, or since when it is closed."""
    if task.closed is not None:
        return tr("closed on {time}", time=format_time(task.closed))
    return tr("due {time}", time=format_time(task.due)) if task.due is not None else tr("without a date")


def _worker_text(name: str, phone: str, *, shown: bool) -> str:
    if not name:
        return tr("This cell has no grid worker.")
    return f"{name if shown else mask_name(name)} {phone if shown else mask_phone(phone)}".strip()


def show(window: Window) -> None:
    """Show the panel in place of the inspector."""
    if window.page is not None and window.session is not None:
        panel = TasksPanel(window)
        window.page.show_right(panel, panel.ended)
