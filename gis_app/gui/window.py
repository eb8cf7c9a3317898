"""The window: the rows above and below, and between them the start page, an opened county, or the import assistant."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QCloseEvent, QDragEnterEvent, QDropEvent, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QStackedWidget, QWidget

from gis_app import language
from gis_app.county import edits
from gis_app.county.changes import Changes, Edit
from gis_app.county.county import County
from gis_app.gui import (
    case_work,
    drafts,
    duty_work,
    former_work,
    garbage,
    household_work,
    opening,
    performing,
    problem_work,
    reference_work,
    theme,
    work,
)
from gis_app.gui.alarm import Alarm
from gis_app.gui.banner import Banner
from gis_app.gui.context_menu import show_menu
from gis_app.gui.county_page import CountyPage
from gis_app.gui.derived import Derived
from gis_app.gui.finder import found_commands, found_retired, found_rows
from gis_app.gui.going import found_place
from gis_app.gui.header import header, tool_row
from gis_app.gui.icons import app_icon, icon
from gis_app.gui.operations import Operation, all_operations
from gis_app.gui.outbox_work import Outbox
from gis_app.gui.plan_button import PlanButton
from gis_app.gui.preferences import Preferences
from gis_app.gui.qt_words import translate_qt
from gis_app.gui.search import Found, SearchBox
from gis_app.gui.session import Session
from gis_app.gui.start_page import start_page
from gis_app.gui.status import StatusBar
from gis_app.gui.task import Task, Tasks
from gis_app.gui.turns import Turns
from gis_app.gui.watched_line import restore_line
from gis_app.gui.widgets import clear, column, holding
from gis_app.language import Message, msg, tr
from gis_app.map.qt.canvas import MapCanvas
from gis_app.map.scene import LayerKind
from gis_app.map.tools.registry import TOOLS

if TYPE_CHECKING:
    from gis_app.gui.feed_work import FeedWork


class Window(QMainWindow):
    """One window with at most one county. Language and theme change by building everything anew around the same session."""

    opened = Signal()  # a county was opened, or the start page was shown

    def __init__(self, preferences: Preferences) -> None:
        super().__init__()
        self.preferences = preferences
        self.session: Session | None = None
        self.page: CountyPage | None = None
        self.turns = Turns(self)
        self.tasks = Tasks(self, self.turns)
        self.tasks.failed.connect(lambda message: self.banner.problem(str(message)))
        self.tasks.started.connect(lambda _: self.refresh_actions())
        self.tasks.ended.connect(lambda _: self.refresh_actions())
        self.alarm: Alarm | None = None
        self.outbox: Outbox | None = None
        self.feeds: FeedWork | None = None  # made when something is fetched
        self.tool = "select"
        self.recorded: tuple[int, int] | None = None  # the history as it was when a step of a whistle was recorded last
        self.actions_by_id: dict[str, QAction] = {}
        self._operations: tuple[Operation, ...] = ()
        self._assistant: QWidget | None = None
        self._waiting: Path | None = None  # a file that is imported when its county is there
        self.setAcceptDrops(True)
        self.setWindowIcon(app_icon())
        self.setMinimumSize(960, 600)
        self.resize(QSize(1440, 860).boundedTo(self.screen().availableSize()))
        if (geometry := preferences.sizes("window")) is not None:
            self.restoreGeometry(geometry)
        self.build()

    # ------------------------------------------------------------ building

    def build(self) -> None:
        """Build everything in the language and theme of now; county, selection, viewport and workspace stay."""
        self._lay_down()
        viewport = self.page.canvas.viewport if self.page else None
        time_shown = self.shows_time
        language.use(self.preferences.language)
        palette = self.preferences.palette
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        old = self.takeCentralWidget()
        if old is not None:
            old.deleteLater()
        theme.apply(app, palette)
        translate_qt(app, self.preferences.language)
        if self.property("theme") != palette.name:  # styling anew is slow: not what is about to go, and not for another language
            self.setProperty("theme", palette.name)
            self.setStyleSheet(theme.style_sheet(palette))
        self._make_actions()
        self.page = None
        self._assistant = None
        if self.session is not None:
            self._listen(self.session)
            self.session.set_palette(palette)
        self.search = SearchBox(palette, self, self.find_rows, self.find_commands)
        self.stack = QStackedWidget()
        self.status = StatusBar(self.session, self.tasks)
        session, county = self.session, ""
        if session is not None:
            county = session.state.settings.name
        workspace = session.workspace if session else "start"
        self._tools = holding(column(tool_row(workspace, self._operations, self.actions_by_id, palette)))
        plan = PlanButton(self, session) if session is not None else None
        top = header(palette, county, workspace, self.search, self.set_workspace if session else None, self.actions_by_id, plan)
        self.setCentralWidget(holding(column(top, self._tools, self.stack, self.status, spacing=0), "window"))
        self._tools.setVisible(session is not None)
        for left_over in self.findChildren(Banner):
            left_over.deleteLater()
        self.banner = Banner(palette, self)
        self._fill(session)
        if self.page is not None and viewport is not None:
            self.page.canvas.set_viewport(viewport)
        if self.page is not None:
            self.page.view.set_time_shown(time_shown)
        self.setWindowTitle(" · ".join(part for part in (county, tr("County Grid Map")) if part))
        self.refresh_actions()
        self.setFocus()

    def _listen(self, session: Session) -> None:
        """Let go of the panels that were there, and hear of changes first."""
        session.forget_panels()
        session.county_changed.connect(self._changed)
        if self.alarm is not None:
            session.clock_moved.connect(self.alarm.look)
        session.scene_changed.connect(lambda _: self.refresh_actions())
        session.selection_changed.connect(lambda _: self.refresh_actions())

    def _fill(self, session: Session | None) -> None:
        """Put the start page or the opened county into the middle."""
        if session is None:
            does = {"demo": self.open_demo, "new": self.new_county, "open": self.choose_county, "import": self.begin_import}
            self.stack.addWidget(start_page(self.preferences.palette, self.preferences.recent, does, self._open_recent))
            return
        self.page = page = CountyPage(session, self.preferences, self.turns)
        self.stack.addWidget(page)
        page.canvas.tool_changed.connect(self._tool_taken)
        page.canvas.edit_wanted.connect(lambda edit: performing.perform_boundary(self, edit))
        page.canvas.set_tool(self.tool)
        page.canvas.dropped.connect(self._put_here)
        page.canvas.pointer_moved.connect(self.status.show_place)
        page.canvas.viewport_changed.connect(self.status.show_scale)
        page.context_wanted.connect(lambda hit, at: show_menu(self, hit, at))
        page.view.next_wanted.connect(self.go_next)
        page.view.duty_wanted.connect(lambda worker, cell: duty_work.give(self, worker, cell))
        page.check_wanted.connect(self.check)
        page.repair_wanted.connect(lambda edit: problem_work.put_right(self, edit))
        page.ignore_wanted.connect(lambda problem: problem_work.ask_ignore(self, problem))
        page.limits_wanted.connect(lambda: problem_work.show_limits(self))
        page.reference_wanted.connect(lambda wanted, of: reference_work.serve(self, wanted, of))
        page.former_wanted.connect(lambda wanted, of: former_work.serve(self, wanted, of))
        page.edit_wanted.connect(lambda edit: performing.perform_boundary(self, edit))
        page.operation_wanted.connect(lambda name: self.actions_by_id[name].trigger())
        page.filter_wanted.connect(self.perform)
        page.step_wanted.connect(lambda step: work.go_to_step(self, step))
        page.case_edit_wanted.connect(lambda wanted: case_work.perform(self, wanted))
        page.problem.connect(lambda reason: self.banner.problem(str(reason)))
        self.status.show_scale(page.canvas.viewport)
        if session.workspace == "maps":
            self.show_export()

    def _make_actions(self) -> None:
        for action in self.actions_by_id.values():
            self.removeAction(action)
            action.deleteLater()
        self._operations = all_operations()
        self.actions_by_id = {}
        for operation in self._operations:
            sign = "sun" if operation.id == "theme" and self.preferences.theme == "dark" else operation.icon
            action = QAction(icon(sign, self.preferences.palette), str(operation.text), self)
            action.setIconText(str(operation.short or operation.text))
            if operation.keys and operation.id != "deselect":  # Esc arrives as a key that nobody else wanted
                action.setShortcuts([QKeySequence(key) for key in operation.keys])
            action.setCheckable(operation.is_on is not None and operation.text_on is None)
            action.triggered.connect(lambda _=False, operation=operation: self.run(operation))
            self.addAction(action)
            self.actions_by_id[operation.id] = action

    def refresh_actions(self) -> None:
        """Tell of every operation whether it can be done now, and why not."""
        work.forget_told_step(self)
        for operation in self._operations:
            action = self.actions_by_id[operation.id]
            reason = operation.why_not(self)
            action.setEnabled(reason is None)
            keys = f" ({operation.keys[0]})" if operation.keys else ""
            text = operation.said(self)
            if operation.text_on is not None:
                action.setText(str(text))
            action.setToolTip(f"{text}{keys}" if reason is None else f"{text}: {reason}")
            if action.isCheckable() and operation.is_on is not None:
                action.setChecked(self.session is not None and operation.is_on(self))

    def run(self, operation: Operation) -> None:
        """Do an operation, if it can be done now."""
        reason = operation.why_not(self)
        if reason is None:
            operation.run(self)
        else:
            self.banner.problem(str(reason))
        self.refresh_actions()

    # ------------------------------------------------------------ counties

    def show_county(self, county: County, derived: Derived | None = None) -> None:
        """Show an opened county (with what was worked out of it already) in place of what is shown now."""
        self._let_go()
        self.session = session = Session(county, self.preferences.palette, derived, self.turns)
        restore_line(self.preferences, session)
        self.alarm = Alarm(self, session)
        self.outbox = Outbox(county, self.tasks, self)
        self.outbox.troubled.connect(lambda reason: self.banner.problem(str(reason)))
        self.preferences.remember_county(county.store.name)
        self.build()
        self.opened.emit()
        self.turns.add(lambda: self.tasks.run(Task(msg("Preparing the county"), session.prepare, quiet=True)))  # when all panels are there
        self.turns.add(lambda: drafts.reopen(self))
        if self._waiting is not None:
            waiting, self._waiting = self._waiting, None
            self.begin_import(waiting)

    def _opened(self, opened: tuple[County, Derived]) -> None:
        self.show_county(*opened)

    def show_start(self) -> None:
        """Close the county and show the start page."""
        self._let_go()
        self.build()
        self.opened.emit()

    def _lay_down(self) -> None:
        """Take the tool out of the hand of a map that is about to go; the next one gets it again."""
        if self.page is not None:
            kept = self.tool
            self.page.canvas.set_tool("select")
            self.tool = kept

    def _let_go(self) -> None:
        if self.session is not None:
            self._lay_down()
            self.tool = "select"
            self.tasks.stop()
            self._end_watch()
            self.session.close()
            garbage.unspare()
            self.session = None
            self.recorded = None
            self.page = None

    def _end_watch(self) -> None:
        """Fetch, send and tell nothing any more."""
        if self.feeds is not None:
            self.feeds.stop()
            self.feeds.deleteLater()
        if self.outbox is not None:
            self.outbox.stop()
            self.outbox.deleteLater()
        if self.alarm is not None:
            self.alarm.end()
        self.alarm, self.outbox, self.feeds = None, None, None

    def open_county(self, path: Path) -> None:
        """Open a county file; nothing happens where it is the one that is open."""
        if self.session is not None and Path(self.session.county.store.name).resolve() == path.resolve():
            return
        self.tasks.run(Task(msg("Opening {name}", name=path.name), lambda: opening.open_steps(path), self._opened))

    def _open_recent(self, path: str) -> None:
        self.open_county(Path(path))

    def open_demo(self) -> None:
        """Open the demo county, which is built the first time."""
        self.tasks.run(Task(msg("Opening the demo county"), opening.demo_steps, self._opened))

    def choose_county(self) -> None:
        """Ask for a county file and open it."""
        opening.ask_county(self, self.open_county)

    def new_county(self) -> None:
        """Ask for the name of a new county and make it."""
        self.new_county_for(None)

    def new_county_for(self, path: Path | None) -> None:
        """Ask for the name of a new county, make it, and go on with the import of a file into it."""
        self._waiting = path
        opening.ask_new(self)

    # ------------------------------------------------------------ work

    def perform(self, edit: Edit, done: Callable[[Changes], None] | None = None, refused: Callable[[Message], None] | None = None) -> None:
        """Perform an edit beside the window, and say what became of it (or tell `done` or `refused`)."""
        work.perform(self, edit, done, refused)

    def perform_named(self, name: str) -> None:
        """Perform one of the edits that need no answer, by its name in `county.edits`."""
        self.perform(getattr(edits, name)())

    def undo(self) -> None:
        """Undo the newest edit."""
        work.undo(self)

    def redo(self) -> None:
        """Redo what was undone last."""
        work.redo(self)

    def check(self) -> None:
        """Check the whole county beside the window and list what is wrong."""
        work.check(self)

    def _put_here(self, x: float, y: float) -> None:
        """Put the household or whistle that was carried over the map where it was dropped."""
        if self.canvas.movable_table == "households":
            household_work.put_here(self, self.canvas.movable, x, y)
        else:
            case_work.put_here(self, x, y)

    def _changed(self, _: Changes) -> None:
        self.refresh_actions()

    # ------------------------------------------------------------ what operations ask for

    @property
    def canvas(self) -> MapCanvas:
        """The map; only while a county is open."""
        assert self.page is not None
        return self.page.canvas

    @property
    def shows_time(self) -> bool:
        """Whether the time slider is shown."""
        return self.page is not None and self.page.view.shows_time

    def set_tool(self, name: str) -> None:
        """Take a tool of the map into the hand."""
        self.canvas.set_tool(name)
        self.canvas.setFocus()

    def _tool_taken(self, name: str) -> None:
        """Follow the tool in the hand, which may also have been laid down on the map."""
        self.tool = name
        spec = TOOLS[name]
        self.status.show_hint(str(spec.hint) if spec.draws else "")
        self.refresh_actions()

    def switch_layer(self, kind: LayerKind) -> None:
        """Show a layer, or hide it."""
        if self.session is not None:
            self.session.set_layer(kind, visible=not self.shows_layer(kind))

    def shows_layer(self, kind: LayerKind) -> bool:
        """Tell whether a layer is shown."""
        layer = self.session.scene.layer(kind) if self.session else None
        return layer is not None and layer.visible

    def set_workspace(self, workspace: str) -> None:
        """Turn to another workspace."""
        if self._assistant is not None:
            self.end_import()
        if self.session is None or self.page is None or workspace == self.session.workspace:
            return
        focused = QApplication.focusWidget()
        if focused is not None and self.page.isAncestorOf(focused):  # what has the focus may be gone in the other workspace
            self.canvas.setFocus()
        if TOOLS[self.tool].edits:
            self.set_tool("select")
        self.session.set_workspace(workspace)
        layout = self._tools.layout()
        assert layout is not None
        clear(layout)
        layout.addWidget(tool_row(workspace, self._operations, self.actions_by_id, self.preferences.palette))
        tab = self.findChild(QWidget, f"tab-{workspace}")
        if tab is not None:
            tab.setChecked(True)  # type: ignore[attr-defined]
        self.page.show_right(None)
        self.page.view.set_time_shown(workspace == "cases" and bool(len(self.session.state.cases)))
        if workspace == "maps":
            self.show_export()
        self.refresh_actions()

    def toggle_time(self) -> None:
        """Show or hide the time slider."""
        if self.page is not None:
            self.page.view.set_time_shown(not self.shows_time)

    def zoom_to_selection(self) -> None:
        """Show what is selected as large as its surroundings allow."""
        if self.session is not None and self.page is not None:
            self.page.view.show_row(*self.session.selected)

    def deselect(self) -> None:
        """Leave a question, a preview or a place asked for on the map; else select nothing, and take the select tool again."""
        if self.page is not None and not self.page.view.question.isHidden():
            self.page.view.question.leave()
        elif self.page is not None and self.page.view.forget_preview():
            return
        elif self.page is not None and self.page.view.leave_place():
            self.banner.hide()
        elif self.session is not None:
            self.session.select("")
            self.set_tool("select")

    def go_next(self) -> None:
        """Go to the next problem (Plan) or to the next whistle of the table (Cases)."""
        if self.session is None or self.page is None:
            return
        if self.session.workspace in ("plan", "maps"):
            if not self.page.problems.next():
                self.banner.news(tr("No problem is known."))
            return
        following = self.page.table.next_row()
        if following:
            self.page.zoom_to(self.page.table.model.rows.table, following)

    def find_in_table(self) -> None:
        """Put the cursor into the box that finds rows in the table."""
        if self.page is not None:
            self.page.unfold("bottom")
            self.page.table.focus_find()

    def fold(self, panel: str) -> None:
        """Fold a panel away or open it again."""
        if self.page is not None:
            self.page.fold(panel)

    def begin_search(self) -> None:
        """Put the cursor into the search box."""
        self.search.begin()

    def begin_import(self, path: Path | None = None) -> None:
        """Open the import assistant, with a file where there is one."""
        from gis_app.gui.import_assistant import ImportAssistant

        if self._assistant is not None:
            self.stack.removeWidget(self._assistant)
            self._assistant.deleteLater()
        self._assistant = assistant = ImportAssistant(self, path)
        self.stack.addWidget(assistant)
        self.stack.setCurrentWidget(assistant)
        self._tools.hide()

    def end_import(self) -> None:
        """Leave the import assistant."""
        if self._assistant is not None:
            self.stack.removeWidget(self._assistant)
            self._assistant.deleteLater()
            self._assistant = None
        self.stack.setCurrentIndex(0)
        self._tools.setVisible(self.session is not None)

    def show_export(self) -> None:
        """Show the export panel in place of the inspector."""
        from gis_app.gui.export_panel import ExportPanel

        if self.page is not None:
            self.page.show_right(ExportPanel(self))

    def switch_language(self) -> None:
        """Change between Chinese and English, at once."""
        self.preferences.language = "en" if self.preferences.language == "zh_CN" else "zh_CN"
        self.build()

    def switch_theme(self) -> None:
        """Change between light and dark, at once."""
        self.preferences.theme = "dark" if self.preferences.theme == "light" else "light"
        self.build()

    def show_keys(self) -> None:
        """Show the list of keys."""
        from gis_app.gui.keys_page import show_keys

        show_keys(self, self._operations)

    # ------------------------------------------------------------ search and menus

    def find_rows(self, words: str) -> list[Found]:
        """Return what the county holds under these words; may run in any thread."""
        if self.session is None or not words:
            return []
        retired = found_retired(self.session, words, lambda household: household_work.go_to_retired(self, household))
        return [*found_place(self, words), *found_rows(self.session, words, self._go_to), *retired]

    def find_commands(self, words: str) -> list[Found]:
        """Return the commands that go by these words."""
        return found_commands(self._operations, words, self)

    def show_case(self, case: int) -> None:
        """Show a whistle in map, table and card, unless it is gone."""
        if self.session is not None and case in self.session.state.cases.id:
            self.set_workspace("cases")
            self._go_to("cases", case)

    def _go_to(self, table: str, row_id: int) -> None:
        if self.session is None or self.page is None:
            return
        if table == "former_units":
            former_work.find_unit(self, row_id)
            return
        if table == "cases" and self.session.workspace in ("plan", "maps"):
            self.set_workspace("cases")
        self.page.zoom_to(table, row_id)
        self.page.unfold("right")

    # ------------------------------------------------------------ Qt

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: D102
        if event.key() == Qt.Key.Key_Escape and self.page is not None:
            self.deselect()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: D102
        super().resizeEvent(event)
        if self.banner.isVisible():
            self.banner.place()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: D102
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: D102
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            event.acceptProposedAction()
            opening.open_dropped(self, paths[0])

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: D102
        self.preferences.remember_sizes("window", self.saveGeometry())
        self.preferences.save()
        self._lay_down()
        self.tasks.stop()
        if self.session is not None:
            self._end_watch()
            self.session.close()
            garbage.unspare()
            self.session = None
        super().closeEvent(event)
