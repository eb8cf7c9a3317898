"""The pictures of the chapter on whistles: a service centre's day on the demo county, by mouse and keys as its clerks work."""

import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from editing_pictures import Desk, Place, wait_until
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QScrollArea, QWidget

from gis_app.cases.case import CaseKind, EventKind, Urgency
from gis_app.cases.queue import Queue
from gis_app.cases.routing import Place as CasePlace
from gis_app.cases.watching import Line
from gis_app.county.attachments import attach
from gis_app.county.case_edits import correct_case, record_event, register_case
from gis_app.county.changes import Changes, Edit
from gis_app.county.feed_edits import FeedOptions, add_feed
from gis_app.county.rule_edits import change_rule
from gis_app.county.talk_edits import HeldBy, record_talk
from gis_app.county.task_edits import give_task, report_task
from gis_app.grid.units import Level
from gis_app.gui.bulletin_panel import BulletinPanel
from gis_app.gui.call_back_panel import CallBackPanel
from gis_app.gui.case_filter import CaseFilter
from gis_app.gui.case_form import StepForm
from gis_app.gui.export_cases_panel import ExportCasesPanel
from gis_app.gui.feeds_panel import FeedsPanel
from gis_app.gui.figures_panel import FiguresPanel
from gis_app.gui.flows_panel import FlowsPanel
from gis_app.gui.intake_panel import IntakePanel
from gis_app.gui.route_bench import RouteBench
from gis_app.gui.rules_panel import RulesPanel
from gis_app.gui.task import wait_aside
from gis_app.gui.tasks_panel import TasksPanel
from gis_app.gui.watch_panel import LineForm, WatchPanel
from gis_app.gui.watched_line import keep_line
from gis_app.language import current, tr
from gis_app.map.scene import LayerKind
from gis_app.output.bulletin import month_called, write_bulletin
from gis_app.progress import finish

if TYPE_CHECKING:
    from gis_app.gui.window import Window

NARROW = QSize(1180, 768)
"""The window of pictures of the map with the panel beside it."""

WORDS: Mapping[str, Mapping[str, str]] = {
    "zh_CN": {
        "garages": "利丰小区私搭车库、棚厦，占用公共用地",
        "not ours": "经现场核查，属自然资源部门职责",
        "crew": "需调施工队，节后拆除",
        "wrong": "来电人后来说明位置在小区北门",
        "urge": "群众反映强烈，请于周五前办结并报结果",
        "call": "门口垃圾好几天没人清运，味儿太大了",
        "lights": "路灯不亮超过一周",
        "task": "排查取暖安全隐患",
        "do": "逐户查看炉具、烟道，登记独居老人",
        "did": "逐户看过，两户烟道已清理",
        "talk": "3 月两次未按时接哨，约定专人值守",
        "leader": "周县长",
        "comment": "处理得快，态度也好",
        "clerk": "王敏",
    },
    "en": {
        "garages": "Garages and sheds built on the common ground of Lifeng estate",
        "not ours": "Checked on the spot: a matter of natural resources",
        "crew": "Needs a crew; pulled down after the holiday",
        "wrong": "The caller says now that it is at the north gate",
        "urge": "Many complain; settle it by Friday and report",
        "call": "门口垃圾好几天没人清运，味儿太大了",
        "lights": "Street lights out for more than a week",
        "task": "Check stoves and flues",
        "do": "Visit every household, note old people who live alone",
        "did": "All visited, two flues cleaned",
        "talk": "Twice not picked up in time in March; somebody is on duty now",
        "leader": "Deputy head Zhou",
        "comment": "Quick, and friendly",
        "clerk": "Wang Min",
    },
}
"""What people write, in both languages; the call is in Chinese, as the county's categories are learned from Chinese whistles."""


SERVERS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "zh_CN": (("市民热线平台", "https://hotline.example.org/open311/v2"), ("数字城管平台", "https://city.example.org/georeport")),
    "en": (("City hotline", "https://hotline.example.org/open311/v2"), ("Digital city", "https://city.example.org/georeport")),
}
"""Servers as a county might name them; nothing is asked of them."""


def said(key: str) -> str:
    """Return a text as a person writes it, in the language of the pictures."""
    return WORDS[current()][key]


class CaseDesk(Desk):
    """A clerk of the service centre at the window."""

    def __init__(self, window: "Window") -> None:
        super().__init__(window)
        self.size = window.size()

    story = 0
    """The whistle of the garages, once it was blown."""

    def rest(self) -> None:
        """Wait until everything is done, looked for and drawn."""
        super().rest()
        wait_aside(30_000)
        super().rest()

    @property
    def now(self) -> datetime:
        """What the county's clock shows."""
        return self.session.derived.now

    def do(self, edit: Edit) -> Any:
        """Have an edit performed, and return its report."""
        done = self.session.county.perform(edit)
        if not isinstance(done, Changes):
            raise RuntimeError(str(done))
        self.rest()
        return done.report

    def step(self, case: int, kind: EventKind, **values: Any) -> None:
        """Record a step of a whistle."""
        self.do(record_event(self.session.county.store, case, kind, **values))

    def body(self, ending: str) -> int:
        """Return the receiving body whose name ends so."""
        return next(body.id for body in self.state.bodies.values() if body.name.endswith(ending))

    def category(self, code: str) -> int:
        """Return the category of a code."""
        return next(one.id for one in self.state.categories.values() if one.code == code)

    def home(self, at: int = 25) -> int:
        """Return the row of a household with a place of its own, in a community."""
        homes = self.state.households
        return int(np.flatnonzero((homes.cell > 0) & ~homes.pinned & np.isfinite(homes.x))[at])

    def show_case(self, case: int, resolution: float = 6.0) -> None:
        """Select a whistle and bring its surroundings into view."""
        page = self.window.page
        assert page is not None
        page.zoom_to("cases", case)
        canvas, at = self.window.canvas, int(np.searchsorted(self.state.cases.id, case))
        x, y = float(self.state.cases.x[at]), float(self.state.cases.y[at])
        canvas.set_viewport(replace(canvas.viewport, x=x, y=y, resolution=resolution))
        canvas.setFocus()
        self.rest()

    def card(self, part: str = "", *, at_end: bool = False) -> QImage:
        """Return the card at the right, scrolled so far that a text stands at its beginning, or at its end."""
        page = self.window.page
        assert page is not None
        self.rest()
        area = page.inspector._area
        inner = area.widget()
        assert inner is not None
        area.verticalScrollBar().setValue(0)
        if part:
            labels = [one for one in inner.findChildren(QWidget) if getattr(one, "text", lambda: "")() == part]
            area.verticalScrollBar().setValue(labels[0].mapTo(inner, QPoint(0, 0)).y() - (area.height() - 60 if at_end else 8))
        return self.of(page.right)

    def inside(self, kind: str, at: int, metres: float = 90.0) -> CasePlace:
        """Return the place of a household in a kind of cell, so far from every border; `at`: which of them."""
        homes, units, router = self.state.households, self.state.units, self.session.derived.router
        for home in np.flatnonzero((homes.cell > 0) & ~homes.pinned & np.isfinite(homes.x))[at:].tolist():
            place = CasePlace(float(homes.x[home]), float(homes.y[home]), 10.0)
            if units[int(homes.cell[home])].kind == kind and router.route(place).border_distance > metres:
                return place
        raise LookupError(kind)

    def calm(self) -> None:
        """Show whistles alone on the map."""
        for kind in (LayerKind.DENSITY, LayerKind.HOTSPOT_CELLS):
            self.session.set_layer(kind, visible=False)
        page = self.window.page
        assert page is not None
        page.view.set_time_shown(False)
        self.rest()

    def with_table(self) -> QImage:
        """Return the whole window, with its table; the other pictures need the room."""
        self.window.fold("bottom")
        image = self.whole()
        self.window.fold("bottom")
        self.rest()
        return image

    def narrow(self) -> None:
        """Make the window so narrow that the map and the panel at its right are as wide as a page of the guide."""
        self.window.resize(NARROW)
        self.rest()

    def leave(self) -> None:
        """Let go of everything, also of filters."""
        super().leave()
        self.window.resize(self.size)
        self.session.set_filter(CaseFilter())
        self.window.banner.hide()
        self.rest()


# ---------------------------------------------------------------- the queue


def queue(desk: CaseDesk) -> QImage:
    """The queue, one of its rows chosen, and saved filters."""
    page = desk.window.page
    assert page is not None
    desk.session.set_filter(CaseFilter(queue=Queue.DUE_SOON))
    return desk.of(page.left)


def whole_window(desk: CaseDesk) -> QImage:
    """The workspace: queue, map, table, and the card of a whistle."""
    desk.show_case(desk.story, 3.0)
    desk.points = False
    return desk.with_table()


# ---------------------------------------------------------------- a call


def take_call(desk: CaseDesk) -> IntakePanel:
    """Take a call as far as its category."""
    home = desk.home()
    rows = desk.session.county.store.rows("households", desk.state.households.id[home : home + 1], ("phone",))
    known = replace_place(desk, home)
    rubbish = next(one.id for one in desk.state.categories.values() if one.name_en == "Refuse collection")
    desk.do(
        register_case(
            desk.session.county.store,
            kind=CaseKind.COMPLAIN,
            category=rubbish,
            text="垃圾箱满了没人清",
            place=known,
            blown=desk.now - timedelta(days=2, hours=3),
        )
    )
    desk.take("call")
    panel = desk.right
    assert isinstance(panel, IntakePanel)
    QTest.keyClicks(panel.where.line, str(rows["phone"][0]))
    QTest.keyClick(panel.where.line, Qt.Key.Key_Return)
    wait_until(lambda: panel.call.spot.place.household > 0)
    panel.text.insertPlainText(said("call"))
    wait_until(lambda: panel.chips.count() > 0)
    return panel


def replace_place(desk: CaseDesk, home: int) -> CasePlace:
    """Return a place 60 m beside a household."""
    homes = desk.state.households
    return CasePlace(float(homes.x[home]) + 50, float(homes.y[home]) + 30, 10.0)


def call(desk: CaseDesk) -> QImage:
    """A call: place, text, suggestions; who gets it; what may be the same."""
    panel = take_call(desk)
    QTest.keyClick(panel.text, Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier)
    place = panel._point()
    assert place is not None
    desk.window.canvas.set_viewport(replace(desk.window.canvas.viewport, x=place[0], y=place[1], resolution=3.0))
    desk.points = False
    return desk.with_table()


def call_answer(desk: CaseDesk) -> QImage:
    """What the program answers: the body, why, and what may be the same."""
    panel = take_call(desk)
    QTest.keyClick(panel.text, Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier)
    desk.rest()
    panel._area.verticalScrollBar().setValue(panel._area.verticalScrollBar().maximum())
    return desk.of(panel)


def border(desk: CaseDesk) -> QImage:
    """A whistle near a border: the card asks in which of two cells it lies."""
    desk.narrow()
    case = near_a_border(desk)
    desk.show_case(case, 1.5)
    desk.points = False
    return desk.beside()


def near_a_border(desk: CaseDesk) -> int:
    """Blow a whistle that lies nearer to a border between two villages than its place is accurate."""
    units, best = desk.state.units, None
    for arc in desk.state.coverage.arcs.values():
        if arc.left in units and arc.right in units and len(arc.points) > 6 and units[arc.left].parent != units[arc.right].parent:
            best = arc.points[len(arc.points) // 2]
            break
    assert best is not None
    place = CasePlace(float(best[0]) + 4, float(best[1]), 15.0)
    values: dict[str, Any] = {"kind": CaseKind.HELP, "category": desk.category("B02"), "text": said("lights"), "place": place}
    report = desk.do(register_case(desk.session.county.store, blown=desk.now - timedelta(minutes=25), **values))
    return int(report.case)


# ---------------------------------------------------------------- the card


def blow(desk: CaseDesk) -> None:
    """Blow the whistle of the garages, the day before, and let it be handed over and picked up."""
    noon = desk.now.replace(hour=4, minute=20, second=0, microsecond=0) - timedelta(days=1)  # 12:20 on the county's clock
    place = desk.inside("community_cell", 900)
    housing, land = desk.body("住建局"), desk.body("自然资源局")
    worker = desk.session.derived.router.route(place).worker
    report = desk.do(
        register_case(
            desk.session.county.store,
            kind=CaseKind.COMPLAIN,
            category=desk.category("A01"),
            urgency=Urgency.NORMAL,
            text=said("garages"),
            blown=noon,
            place=place,
            whistler="worker",
            worker=worker,
            body=housing,
        )
    )
    desk.story = int(report.case)
    desk.step(desk.story, EventKind.HANDED_OVER, time=noon + timedelta(minutes=14), target=land, note=said("not ours"))
    desk.step(desk.story, EventKind.PICKED_UP, time=noon + timedelta(hours=9, minutes=7))
    deadline = desk.now.replace(hour=9, minute=0) + timedelta(days=2)
    desk.step(desk.story, EventKind.PROMISED, time=noon + timedelta(hours=9, minutes=40), deadline=deadline, note=said("crew"))
    moved = CasePlace(place.x + 20, place.y + 35, 10.0)
    edit = correct_case(
        desk.session.county.store, desk.story, note=said("wrong"), time=noon + timedelta(hours=20), place=moved, actor=said("clerk")
    )
    desk.do(edit)


def card(desk: CaseDesk) -> QImage:
    """The card of a whistle with its clocks and steps."""
    desk.show_case(desk.story)
    return desk.card()


def timeline(desk: CaseDesk) -> QImage:
    """What happened, with a correction and what was due."""
    desk.show_case(desk.story)
    return desk.card(tr("With whom, how long"), at_end=True)


def form(desk: CaseDesk) -> StepForm:
    """Return the form of a step that is open in the card."""
    page = desk.window.page
    assert page is not None
    found = page.inspector.steps.form
    assert isinstance(found, StepForm)
    return found


def waiting(desk: CaseDesk) -> int:
    """Blow a whistle that waits for its body."""
    place = desk.inside("community_cell", 4000)
    values: dict[str, Any] = {"kind": CaseKind.HELP, "category": desk.category("B02"), "text": said("lights"), "place": place}
    return int(desk.do(register_case(desk.session.county.store, blown=desk.now - timedelta(minutes=7), **values)).case)


def hand_over(desk: CaseDesk) -> QImage:
    """The form of a hand-over: the body by pinyin initials."""
    desk.show_case(waiting(desk))
    desk.take("case_handed_over")
    QTest.keyClicks(form(desk).target.words, "gaj")
    return desk.card()


def promise(desk: CaseDesk) -> QImage:
    """The form of a promise."""
    case = waiting(desk)
    desk.step(case, EventKind.PICKED_UP)
    desk.show_case(case)
    desk.take("case_promised")
    return desk.card()


def correct(desk: CaseDesk) -> QImage:
    """The pin is put elsewhere: what that changes is said before it is recorded."""
    desk.narrow()
    desk.show_case(desk.story, 2.0)
    page = desk.window.page
    assert page is not None
    at = int(np.searchsorted(desk.state.cases.id, desk.story))
    x, y = float(desk.state.cases.x[at]), float(desk.state.cases.y[at])
    page.inspector.begin_place(x + 420, y - 330)
    desk.points = False
    return desk.beside()


def duplicate(desk: CaseDesk) -> QImage:
    """The form that merges a whistle with another one."""
    first, second = waiting(desk), waiting(desk)
    assert first
    desk.show_case(second)
    desk.take("case_duplicate")
    return desk.card()


def bulk(desk: CaseDesk) -> QImage:
    """Several whistles were chosen by a lasso; one step for all of them."""
    desk.narrow()
    cases, waits = desk.state.cases, desk.session.derived.display == 1
    rows = np.flatnonzero(waits & (cases.cell > 0) & np.isfinite(cases.x))
    townships = {unit.id: {cell.id for cell in desk.state.units.cells(unit.id)} for unit in desk.state.units.at_level(Level.TOWNSHIP)}
    inside = {unit: rows[np.isin(cases.cell[rows], list(cells))] for unit, cells in townships.items()}
    most = max(inside, key=lambda unit: len(inside[unit]))
    desk.session.set_filter(CaseFilter(states=frozenset({1}), unit=most))
    west, east, south, north = (f(v[inside[most]]) for v, f in ((cases.x, np.min), (cases.x, np.max), (cases.y, np.min), (cases.y, np.max)))
    x, y = float(west + east) / 2, float(south + north) / 2
    canvas = desk.window.canvas
    canvas.set_viewport(replace(canvas.viewport, x=x, y=y, resolution=float(max(east - west, north - south)) / 380))
    desk.rest()
    desk.take("lasso")
    pixel, turn = canvas.viewport.resolution, np.linspace(0.0, 6.1, 60)
    ring: list[Place] = [(x + 255 * pixel * float(np.cos(one)), y + 255 * pixel * float(np.sin(one))) for one in turn]
    desk.drag(ring)
    desk.release()
    desk.points = False
    return desk.beside()


def picture_of_a_lamp() -> bytes:
    """Return a drawn photo of a street lamp at night, as a JPEG without any position."""
    from PySide6.QtCore import QBuffer

    image = QImage(QSize(900, 560), QImage.Format.Format_RGB32)
    image.fill(QColor("#22304a"))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.fillRect(0, 430, 900, 130, QColor("#3a3f45"))
    painter.fillRect(60, 150, 220, 280, QColor("#4c4339"))
    painter.fillRect(640, 190, 230, 240, QColor("#463d3a"))
    for x, y in ((95, 190), (190, 190), (95, 290), (690, 240), (780, 240)):
        painter.fillRect(x, y, 46, 60, QColor("#e8c66a"))
    painter.fillRect(452, 90, 12, 350, QColor("#9aa3ad"))
    painter.fillRect(400, 84, 64, 10, QColor("#9aa3ad"))
    painter.fillRect(384, 92, 44, 14, QColor("#5b636c"))
    painter.end()
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    image.save(buffer, "JPG", 85)  # type: ignore[call-overload]  # PySide takes words here, whatever its stub says
    return bytes(buffer.data().data())


def attachments(desk: CaseDesk) -> QImage:
    """A photo in the card."""
    case = waiting(desk)
    edit = attach(desk.session.county.store, case, "IMG_0331.jpg", "image/jpeg", picture_of_a_lamp(), actor=said("clerk"))
    desk.do(edit)
    desk.show_case(case)
    page = desk.window.page
    assert page is not None
    desk.press_button(page.inspector, "IMG_0331.jpg")
    return desk.card(tr("Photos and documents"))


# ---------------------------------------------------------------- rules


def rules_panel(desk: CaseDesk, operation: str) -> RulesPanel:
    """Open the rules."""
    desk.take(operation)
    panel = desk.right
    assert isinstance(panel, RulesPanel)
    return panel


def rules(desk: CaseDesk) -> QImage:
    """The table of rules."""
    panel = rules_panel(desk, "rules")
    desk.rest()
    page = panel.pages["rules"]
    page.table.selectRow(4)  # type: ignore[attr-defined]
    desk.rest()
    return desk.of(panel)


def time_limits(desk: CaseDesk) -> QImage:
    """The time limits."""
    panel = rules_panel(desk, "rules")
    panel.show_tab("limits")
    return desk.of(panel, 520)


def bench(desk: CaseDesk) -> QImage:
    """The test bench: a place clicked on the map, near a border."""
    home = desk.home(2500)
    homes = desk.state.households
    panel = rules_panel(desk, "try_rules")
    found = panel.pages["bench"]
    assert isinstance(found, RouteBench)
    page = desk.window.page
    assert page is not None
    page.view.show_place(float(homes.x[home]), float(homes.y[home]))
    desk.rest()
    desk.click((float(homes.x[home]), float(homes.y[home])))
    desk.rest()
    found.category.choose(desk.category("B02"))
    found.show_route()
    desk.points = False
    return desk.beside()


def elsewhere(desk: CaseDesk) -> QImage:
    """A rule was changed: the open whistles that it would send elsewhere."""
    rule = next(one for one in desk.state.rules.values() if one.category == desk.category("B01") and one.body)
    desk.do(change_rule(replace(rule, body=desk.body("住建局"))))
    panel = rules_panel(desk, "elsewhere")
    image = desk.of(panel, 470)
    desk.do(change_rule(rule))
    return image


# ---------------------------------------------------------------- watching, tasks, call-backs, talks


def line(desk: CaseDesk) -> QImage:
    """A county leader ticks what he answers for."""
    desk.take("watch")
    panel = desk.right
    assert isinstance(panel, WatchPanel)
    panel.ask_line()
    tick(desk, panel)
    return desk.of(panel, 470)


def tick(desk: CaseDesk, panel: WatchPanel) -> LineForm:
    """Tick two departments and a township in the form of the line."""
    found = panel.form
    assert isinstance(found, LineForm)
    found.name.setText(said("leader"))
    names = ("住建局", "自然资源局", "城市管理综合执法局")
    for at in range(found.tree.topLevelItemCount()):
        top = found.tree.topLevelItem(at)
        assert top is not None
        for k in range(top.childCount()):
            child = top.child(k)
            assert child is not None
            if child.text(0).endswith(names) or (at == 0 and k == 1):
                child.setCheckState(0, Qt.CheckState.Checked)
                top.setExpanded(True)
    desk.rest()
    return found


def watch(desk: CaseDesk) -> QImage:
    """The leader's view: his bodies, what is marked, and what he marks now."""
    desk.narrow()
    desk.take("watch")
    panel = desk.right
    assert isinstance(panel, WatchPanel)
    panel.ask_line()
    tick(desk, panel).confirm()
    desk.rest()
    state = desk.state
    of_line = desk.session.cases_of_line()
    late = desk.session.derived.queues[Queue.OVERDUE] & of_line & np.isfinite(state.cases.x)
    found = state.cases.id[np.flatnonzero(late)[-3:]].tolist()
    for case in found[:2]:
        desk.step(int(case), EventKind.URGED, note=said("urge"), actor=said("leader"), time=desk.now - timedelta(hours=20))
    desk.show_case(int(found[2]), 25.0)
    panel.note.insertPlainText(said("urge"))
    desk.points = False
    image = desk.beside()
    keep_line(desk.window.preferences, desk.session, Line(), only=False)
    return image


def a_task(desk: CaseDesk) -> int:
    """Give a task to the cells of a township, and let some report."""
    township = desk.state.units.at_level(Level.TOWNSHIP)[2]
    giver = next((body.id for body in desk.state.bodies.values() if body.unit == township.id), desk.body("县党群服务中心"))
    villages = [unit for unit in desk.state.units.at_level(Level.VILLAGE) if unit.parent == township.id][:4]
    due = desk.now + timedelta(days=3)
    units = [unit.id for unit in villages]
    store = desk.session.county.store
    given = int(desk.do(give_task(store, giver, said("task"), text=said("do"), units=units, due=due, actor=said("clerk"))))
    cells = [cell.id for unit in units for cell in desk.state.units.cells(unit)]
    for at, cell in enumerate(cells[:31]):
        desk.do(report_task(store, given, cell, note=said("did"), done=at % 5 != 4))
    return given


def task(desk: CaseDesk) -> QImage:
    """A task: who has reported, in the list and on the map."""
    desk.narrow()
    given = a_task(desk)
    desk.take("tasks")
    panel = desk.right
    assert isinstance(panel, TasksPanel)
    panel.show_task(given)
    desk.rest()
    panel._zoom()
    desk.points = False
    return desk.beside()


def give(desk: CaseDesk) -> QImage:
    """The form of a new task."""
    desk.take("tasks")
    panel = desk.right
    assert isinstance(panel, TasksPanel)
    panel.begin()
    found = panel.form
    assert found is not None
    found.title.setText(said("task"))
    found.text.insertPlainText(said("do"))
    found.due.line.setText("2022-04-04 17:00")
    found.add(desk.state.units.at_level(Level.VILLAGE)[3].id, desk.state.units.at_level(Level.VILLAGE)[4].id)
    return desk.of(panel)


def call_back(desk: CaseDesk) -> QImage:
    """A call-back: stars by the number keys."""
    desk.take("call_back")
    panel = desk.right
    assert isinstance(panel, CallBackPanel)
    for row, number in zip(panel.stars.rows, (5, 4, 5), strict=True):
        row.set_stars(number)
    panel.note.insertPlainText(said("comment"))
    return desk.of(panel)


def ratings(desk: CaseDesk) -> QImage:
    """The stars of the bodies, with the range in which the mean lies."""
    desk.take("call_back")
    panel = desk.right
    assert isinstance(panel, CallBackPanel)
    panel.tabs.setCurrentIndex(1)
    desk.rest()
    return desk.of(panel, 560)


def talks(desk: CaseDesk) -> QImage:
    """Who let time pass in a month, and the talks that were held."""
    store, body = desk.session.county.store, desk.body("住建局")
    desk.do(record_talk(store, body, "2022-03", held_by=HeldBy.SUPERIOR, actor=said("leader"), note=said("talk")))
    desk.take("talks")
    return desk.of(desk.right)


# ---------------------------------------------------------------- figures


def figures(desk: CaseDesk) -> QImage:
    """The figures of the bodies: the table of the workspace Analyse."""
    desk.window.fold("bottom")
    desk.window.set_workspace("analyse")
    page = desk.window.page
    assert page is not None
    wait_until(lambda: desk.session.trails.ask() is not None)
    desk.rest()
    page.down.setSizes([380, 300])
    image = desk.of(page.bottom)
    page.down.setSizes([560, 170])
    desk.window.set_workspace("cases")
    desk.window.fold("bottom")
    desk.calm()
    return image


def county_figures(desk: CaseDesk) -> QImage:
    """The figures of all whistles that the filter leaves."""
    desk.window.set_workspace("analyse")
    page = desk.window.page
    assert page is not None
    wait_until(lambda: desk.session.trails.ask() is not None)
    desk.session.set_filter(CaseFilter(start=np.datetime64("2020-03-31T16:00"), end=np.datetime64("2020-04-28T16:00")))
    desk.rest()
    found = page.left.findChild(FiguresPanel)
    assert found is not None
    wait_until(lambda: found.body.count() > 0)
    desk.rest()
    image = desk.of(page.left)
    desk.window.set_workspace("cases")
    desk.calm()
    return image


def flows(desk: CaseDesk) -> QImage:
    """Who hands over to whom."""
    desk.window.resize(QSize(1290, 768))
    desk.window.set_workspace("analyse")
    page = desk.window.page
    assert page is not None
    desk.calm()
    for kind in (LayerKind.CASES, LayerKind.CELL_BORDERS, LayerKind.VILLAGE_BORDERS):
        desk.session.set_layer(kind, visible=False)
    desk.take("flows")
    wait_until(lambda: desk.session.scene.flows is not None)
    desk.rest()
    listed = page.left.findChild(FlowsPanel)
    assert listed is not None
    for area in page.left.findChildren(QScrollArea):
        area.ensureWidgetVisible(listed, 0, 300)
    desk.points = False
    image = desk.left()
    desk.take("flows")
    for kind in (LayerKind.CASES, LayerKind.CELL_BORDERS, LayerKind.VILLAGE_BORDERS):
        desk.session.set_layer(kind, visible=True)
    desk.window.set_workspace("cases")
    desk.calm()
    return image


def bulletin(desk: CaseDesk) -> QImage:
    """The panel that writes the bulletin."""
    desk.take("bulletin")
    panel = desk.right
    assert isinstance(panel, BulletinPanel)
    panel.path.setText(panel._name())  # not where this machine keeps its documents
    return desk.of(panel, 545)


def bulletin_page(desk: CaseDesk) -> QImage:
    """The first page of a bulletin, as an office program shows it."""
    target = Path("bulletin.docx")
    target.unlink(missing_ok=True)
    finish(write_bulletin(desk.session.county, target, month_called("2022-03")))
    office = shutil.which("soffice")
    if office is None:
        raise FileNotFoundError("soffice")
    for command in (
        [office, "--headless", "--convert-to", "pdf", str(target)],
        ["pdftoppm", "-r", "80", "-l", "2", "-png", "bulletin.pdf", "bulletin"],
    ):
        subprocess.run(command, check=True, capture_output=True)
    pages = [QImage(str(path)) for path in sorted(Path().glob("bulletin-*.png"))[:2]]
    both = QImage(QSize(sum(page.width() for page in pages) + 12, pages[0].height()), QImage.Format.Format_RGB32)
    both.fill(QColor("#c9ced6"))
    painter = QPainter(both)
    for at, page in enumerate(pages):
        painter.drawImage(at * (pages[0].width() + 12), 0, page)
    painter.end()
    return both


# ---------------------------------------------------------------- from other systems, and to them


def servers(desk: CaseDesk) -> QImage:
    """Two servers that whistles are fetched from; neither was asked yet."""
    store = desk.session.county.store
    for name, address in SERVERS[current()]:
        desk.do(add_feed(store, name, address, FeedOptions(start="2022-01-01")))
    desk.take("feeds")
    panel = desk.right
    assert isinstance(panel, FeedsPanel)
    desk.rest()
    panel.list.setCurrentRow(0)
    panel.new.fold(False)
    return desk.of(panel)


def export_whistles(desk: CaseDesk) -> QImage:
    """Whistles of a period are about to be written for another system."""
    desk.take("export_cases")
    panel = desk.right
    assert isinstance(panel, ExportCasesPanel)
    panel.path.setText(f"whistles{Path(panel.path.text()).suffix}")
    return desk.of(panel)


PICTURES: Mapping[str, Callable[[CaseDesk], QImage]] = {
    "window": whole_window,
    "queue": queue,
    "call": call,
    "call-answer": call_answer,
    "border": border,
    "card": card,
    "timeline": timeline,
    "hand-over": hand_over,
    "promise": promise,
    "place": correct,
    "duplicate": duplicate,
    "bulk": bulk,
    "attachments": attachments,
    "rules": rules,
    "limits": time_limits,
    "bench": bench,
    "elsewhere": elsewhere,
    "line": line,
    "watch": watch,
    "task": task,
    "give": give,
    "call-back": call_back,
    "ratings": ratings,
    "talks": talks,
    "county-figures": county_figures,
    "figures": figures,
    "flows": flows,
    "bulletin": bulletin,
    "bulletin-page": bulletin_page,
    "servers": servers,
    "export": export_whistles,
}
"""The pictures of the chapter, by name."""


def take_all(window: "Window") -> Iterator[tuple[str, QImage]]:
    """Yield the pictures with their names, in the workspace Cases."""
    desk = CaseDesk(window)
    window.set_workspace("cases")
    window.fold("bottom")
    desk.calm()
    blow(desk)
    desk.leave()
    for name, picture in PICTURES.items():
        yield name, picture(desk)
        desk.leave()
