"""Grid workers in the window: table, fairness, card, forms, duties by hand, relief, assignment by the program."""

from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QModelIndex, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QDragEnterEvent, QDragMoveEvent, QDropEvent, QImage, QMouseEvent
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from gis_app.county.changes import Changes, Edit
from gis_app.county.worker_edits import change_worker, give_cells, loads_of, set_absence
from gis_app.grid.coverage import label_points, polygons
from gis_app.grid.units import Level
from gis_app.grid.workers import Worker, teams
from gis_app.gui import duty_work
from gis_app.gui.assign_panel import AssignPanel
from gis_app.gui.context_menu import show_menu
from gis_app.gui.county_page import CountyPage
from gis_app.gui.duty_panel import DutyPanel, ReliefPanel
from gis_app.gui.limits_form import LimitsForm
from gis_app.gui.rows_model import WORKER, dragged_worker
from gis_app.gui.session import Session
from gis_app.gui.window import Window
from gis_app.gui.worker_form import AbsenceForm, WorkerForm, day_of, place_of
from gis_app.language import Message
from gis_app.map.palette import PALETTES, Palette
from gis_app.map.scene import Figure, LayerKind, MapHit
from gis_app.map.values import figure_values
from tests.gui.conftest import press
from tests.map.reference.made import colours


@pytest.fixture
def session(window: Window) -> Session:
    assert window.session is not None
    return window.session


@pytest.fixture
def page(window: Window) -> CountyPage:
    assert window.page is not None
    return window.page


def perform(window: Window, edit: Edit) -> None:
    assert window.session is not None
    changes = window.session.county.perform(edit)
    assert isinstance(changes, Changes), changes
    QCoreApplication.processEvents()


def two_of_a_village(session: Session) -> tuple[Worker, Worker]:
    """Return two workers with one cell each, of one village."""
    village = session.state.units.at_level(Level.VILLAGE)[0].id
    day, workers = session.state.settings.today(), session.state.workers.values()
    found = sorted((w for w in workers if w.village == village and len(w.cells) == 1 and w.works_on(day)), key=lambda w: w.id)
    return found[0], found[1]


def overload(window: Window) -> tuple[Worker, Worker]:
    """Give a worker the cell of a colleague, who has none then."""
    assert window.session is not None
    one, other = two_of_a_village(window.session)
    perform(window, give_cells(one.id, (*one.cells, *other.cells)))
    perform(window, give_cells(other.id, ()))
    return window.session.state.workers[one.id], window.session.state.workers[other.id]


def run(window: Window, name: str) -> QWidget:
    """Do an operation by its name, and return the panel at the right."""
    action = window.actions_by_id[name]
    assert action.isEnabled(), action.toolTip()
    action.trigger()
    window.tasks.wait()
    QCoreApplication.processEvents()
    assert window.page is not None
    return window.page.right.currentWidget()


def words(part: QWidget) -> str:
    QCoreApplication.processEvents()
    return "\n".join(one.text() for one in part.findChildren(QWidget) if isinstance(one, QLabel | QPushButton) and not one.isHidden())


def answer(qtbot: QtBot, window: Window, text: str) -> None:
    assert window.page is not None and window.page.view.question.isVisible()
    press(qtbot, window.page.view.question, text)
    window.tasks.wait()
    QCoreApplication.processEvents()


# ------------------------------------------------------------ tables


def test_the_table_marks_the_overloaded_by_colour_and_sign(window: Window, session: Session, page: CountyPage) -> None:
    one, _ = overload(window)
    page.table.show_choice("Grid workers", "over")
    model = page.table.model
    assert model.row_of(one.id) >= 0 and all(session.derived.burdens[int(i)].over for i in model.ids)
    share = model.index(model.row_of(one.id), 8)
    assert str(share.data()).startswith("▲ ") and share.data(Qt.ItemDataRole.ForegroundRole).name() == session.palette.danger.lower()
    cells = str(model.index(model.row_of(one.id), 4).data())
    assert cells == ", ".join(session.state.units[cell].name for cell in one.cells)
    page.table.show_choice("Grid workers", "all")
    calm = next(i for i, burden in session.derived.burdens.items() if not burden.over and session.state.workers[i].cells)
    index = model.index(model.row_of(calm), 8)
    assert "▲" not in str(index.data()) and index.data(Qt.ItemDataRole.ForegroundRole) is None


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_overloaded_stays_red_while_she_is_selected(window: Window, session: Session, page: CountyPage, theme: str) -> None:
    one, _ = overload(window)
    if theme == "dark":
        window.switch_theme()
        window.tasks.wait()
        QCoreApplication.processEvents()
        assert window.page is not None
        page = window.page
    palette = session.palette
    assert palette.name == theme
    page.table.show_choice("Grid workers", "over")
    session.select("workers", one.id)
    QCoreApplication.processEvents()
    table, model = page.table.table, page.table.model
    row = model.row_of(one.id)
    assert table.selectionModel().isRowSelected(row, QModelIndex())

    def inks(column: int) -> np.ndarray:
        table.scrollTo(model.index(row, column))
        picture = table.viewport().grab(table.visualRect(model.index(row, column))).toImage().convertToFormat(QImage.Format.Format_RGB32)
        return colours(picture).reshape(-1, 3)

    def near(found: np.ndarray, colour: str) -> int:
        wanted = QColor(colour)
        return int((np.abs(found - (wanted.red(), wanted.green(), wanted.blue())).max(axis=1) < 24).sum())

    assert near(inks(8), palette.accent_tint) > 100, "the row is selected"
    assert near(inks(8), palette.danger) > 5 and near(inks(8), palette.text) == 0
    assert near(inks(3), palette.text) > 5 and near(inks(3), palette.danger) == 0, "what is not marked is not red"


@pytest.mark.parametrize("palette", PALETTES.values(), ids=PALETTES)
def test_marks_can_be_read_on_a_selected_row(palette: Palette) -> None:
    def light(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    for role in ("danger", "warning", "text"):
        low, high = sorted((light(getattr(palette, role)), light(palette.accent_tint)))
        assert (high + 0.05) / (low + 0.05) >= 4.5, role


def test_the_table_narrows_down_to_the_absent_and_to_those_without_a_cell(window: Window, session: Session, page: CountyPage) -> None:
    one, other = two_of_a_village(session)
    perform(window, set_absence(one.id, session.state.settings.today(), None, other.id))
    page.table.show_choice("Grid workers", "absent")
    day = session.state.settings.today()
    away = [worker.id for worker in session.state.workers.values() if worker.is_absent(day)]
    assert one.id in away and sorted(page.table.model.ids.tolist()) == sorted(away)
    assert "stands in" in str(page.table.model.index(0, 9).data())
    perform(window, give_cells(other.id, ()))
    page.table.show_choice("Grid workers", "free")
    assert other.id in page.table.model.ids.tolist() and one.id not in page.table.model.ids.tolist()
    perform(window, set_absence(one.id, None))
    page.table.show_choice("Grid workers", "absent")
    assert one.id not in page.table.model.ids.tolist()


def test_fairness_is_listed_and_a_click_goes_to_the_village(window: Window, qtbot: QtBot, session: Session, page: CountyPage) -> None:
    overload(window)
    village = session.state.units.at_level(Level.VILLAGE)[0]
    page.table.show_choice("Fairness", "village")
    model = page.table.model
    at = model.row_of(village.id)
    assert str(model.index(at, 6).data()) == "▲ 1" and float(str(model.index(at, 5).data())) > 0.05
    place = page.table.table.visualRect(model.index(at, 0)).center()
    qtbot.mouseClick(page.table.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert session.selected == ("units", village.id)
    page.table.show_choice("Fairness", "township")
    assert page.table.model.rowCount() == len(session.state.units.at_level(Level.TOWNSHIP))


# ------------------------------------------------------------ the card


def test_the_card_shows_what_the_load_is_made_of(window: Window, session: Session, page: CountyPage) -> None:
    one, _ = overload(window)
    session.select("workers", one.id)
    said = words(page.inspector)
    burden, loads = session.derived.burdens[one.id], loads_of(session.state, one.cells)
    assert f"{burden.load:.1f} · {burden.share:.0%} of the mean" in said and "Overloaded" in said
    assert str(int(loads.residents.sum())) in said
    assert all(session.state.units[cell].name in said for cell in one.cells)
    assert page.canvas.selection.ids["units"] == one.cells, "the map marks all of his cells"


def test_the_card_of_a_cell_names_who_answers_today(window: Window, session: Session, page: CountyPage) -> None:
    one, other = two_of_a_village(session)
    session.select("units", one.cell)
    assert "Answers today" not in words(page.inspector)
    perform(window, set_absence(one.id, session.state.settings.today(), None, other.id))
    session.select("")
    session.select("units", one.cell)
    assert "Answers today" in words(page.inspector)
    perform(window, set_absence(one.id, session.state.settings.today(), None, 0))
    session.select("")
    session.select("units", one.cell)
    assert "absent without a substitute" in words(page.inspector)


# ------------------------------------------------------------ forms


def test_a_form_says_what_is_wrong_field_by_field(window: Window, session: Session) -> None:
    one, other = two_of_a_village(session)
    session.select("workers", one.id)
    form = run(window, "worker_edit")
    assert isinstance(form, WorkerForm)
    before = session.state
    for field, text in ((form.name, " "), (form.since, "2020-13-01"), (form.capacity, "viele"), (form.home, "irgendwo")):
        field.setText(text)
    form.village.setCurrentText("Nirgends")
    form.confirm()
    assert {name for name, field in form.fields.items() if not field.wrong.isHidden()} == {"name", "since", "capacity", "home", "village"}
    assert session.state is before
    form.name.setText("王新")
    form.since.setText("2020年5月1日")
    form.until.setText("2019-01-01")
    form.capacity.setText("")
    form.home.setText("")
    form.village.setCurrentIndex(form.village.findData(one.village))
    form.confirm()
    assert {name for name, field in form.fields.items() if not field.wrong.isHidden()} == {"until"}, "what the county refuses, too"
    form.until.setText("")
    form.code.setText(other.code)
    form.confirm()
    assert {name for name, field in form.fields.items() if not field.wrong.isHidden()} == {"code"}
    form.code.setText(one.code)
    form.confirm()
    window.tasks.wait()
    changed = session.state.workers[one.id]
    assert (changed.name, changed.since, changed.home, changed.cells) == ("王新", date(2020, 5, 1), None, one.cells)


def test_a_substitute_is_found_by_name_pinyin_and_number(window: Window, session: Session) -> None:
    one, other = two_of_a_village(session)
    perform(window, change_worker(other.id, name="欧阳天成", code="G-4711"))
    perform(window, change_worker(one.id, name="欧阳地久"))
    session.select("workers", one.id)
    form = run(window, "worker_absence")
    assert isinstance(form, AbsenceForm)
    box = form.substitute
    completer, line = box.completer(), box.lineEdit()
    assert completer is not None and line is not None
    for typed in ("欧阳天成", "天成", "oytc", "g-4711"):
        box.setCurrentText("")
        assert box.value == 0
        completer.setCompletionPrefix(typed)
        offered = [str(completer.completionModel().index(at, 0).data()) for at in range(completer.completionCount())]
        assert len(offered) == 1 and offered[0].startswith("欧* · ") and "G-4711" in offered[0]
        box.setCurrentText(typed)
        assert box.value == other.id and "天成" not in box.currentText()
        assert line.cursorPosition() == 0, "a narrow box shows the name, not the end of the number"
    family = next(
        w.name[0] for w in session.state.workers.values() if sum(x.name[0] == w.name[0] for x in session.state.workers.values()) > 2
    )
    box.setCurrentText(family)
    form.confirm()
    assert not form.fields["substitute"].wrong.isHidden() and box.currentText() == family, "which of several is not guessed"


def test_what_is_not_changed_in_the_form_stays_as_it_is(window: Window, session: Session) -> None:
    one, _ = two_of_a_village(session)
    session.select("workers", one.id)
    form = run(window, "worker_edit")
    assert isinstance(form, WorkerForm)
    form.notes.setPlainText("晚上可联系")
    form.confirm()
    window.tasks.wait()
    changed = session.state.workers[one.id]
    assert changed.notes == "晚上可联系" and changed.home == one.home, "the home is not rounded to what is written"
    steps = session.done_count
    form = run(window, "worker_edit")
    assert isinstance(form, WorkerForm)
    form.confirm()
    window.tasks.wait()
    assert session.done_count == steps, "nothing was changed"


def test_a_worker_is_added_and_undone(window: Window, session: Session, page: CountyPage) -> None:
    village = session.state.units.at_level(Level.VILLAGE)[0]
    session.select("units", village.id)
    form = run(window, "worker_add")
    assert isinstance(form, WorkerForm)
    form.name.setText("新来")
    form.skills.setText("朝鲜语、电工")
    form.begin_pick()
    place = (page.canvas.viewport.x, page.canvas.viewport.y)
    assert page.view.picked is not None
    page.view.picked(*place)
    assert page.view.picked is None, "one click is taken"
    form.confirm()
    window.tasks.wait()
    table, id = session.selected
    new = session.state.workers[id]
    assert "新来" not in window.banner.text and all("新来" not in str(entry.title) for entry in session.history), "no name in the history"
    assert table == "workers" and (new.name, new.skills, new.village) == ("新来", "朝鲜语,电工", village.id)
    assert new.home == pytest.approx(place, abs=1)
    window.undo()
    window.tasks.wait()
    assert id not in session.state.workers


def test_an_absence_is_written_down_and_ended(window: Window, session: Session, page: CountyPage) -> None:
    one, other = two_of_a_village(session)
    session.select("workers", one.id)
    form = run(window, "worker_absence")
    assert isinstance(form, AbsenceForm)
    day = session.state.settings.today()
    form.last.setText((day - timedelta(days=3)).isoformat())
    form.confirm()
    assert not form.fields["until"].wrong.isHidden(), "the end is before the beginning"
    form.last.setText((day + timedelta(days=3)).isoformat())
    form.substitute.setCurrentIndex(form.substitute.findData(other.id))
    form.confirm()
    window.tasks.wait()
    changed = session.state.workers[one.id]
    assert (changed.absent_from, changed.absent_until, changed.substitute) == (day, day + timedelta(days=3), other.id)
    assert session.derived.answering[one.cell] == other.id
    form = run(window, "worker_absence")
    assert isinstance(form, AbsenceForm)
    form.come_back()
    window.tasks.wait()
    assert session.state.workers[one.id].absent_from is None and session.derived.answering[one.cell] == one.id


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2020-05-01", date(2020, 5, 1)),
        ("2020.5.1", date(2020, 5, 1)),
        ("20200501", date(2020, 5, 1)),
        ("2020年5月1日", date(2020, 5, 1)),
        (" ", None),
    ],
)
def test_days_are_read_as_they_are_written(text: str, day: date | None) -> None:
    assert day_of(text) == day


def test_what_is_no_day_and_no_place_is_said() -> None:
    for text in ("2020-05", "2020-02-30", "morgen"):
        assert isinstance(day_of(text), Message), text
    assert place_of("500000， 5300000.5") == (500000.0, 5300000.5) and place_of("") is None
    assert isinstance(place_of("500000"), Message)


# ------------------------------------------------------------ duties by hand


def carry(window: Window, worker: int, cell: int) -> None:
    """Drop a worker's row on a cell of the map."""
    assert window.page is not None and window.session is not None
    page, session = window.page, window.session
    village = session.state.units[cell].parent
    page.canvas.zoom_to_units((village,))
    page.canvas.wait_until_drawn()
    model = page.table.model
    data = model.mimeData([model.index(model.row_of(worker), 0)])
    assert dragged_worker(data) == worker and model.mimeTypes() == [WORKER]
    x, y = page.canvas.viewport.to_screen(*label_points(polygons(session.state.coverage, (cell,)))[cell])
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    copy, at = Qt.DropAction.CopyAction, QPointF(x, y)
    QApplication.sendEvent(page.view, QDragEnterEvent(at.toPoint(), copy, data, left, none))
    QApplication.sendEvent(page.view, QDragMoveEvent(at.toPoint(), copy, data, left, none))
    assert session.state.units[cell].name in page.view.path.text(), "what would be given is said under way"
    QApplication.sendEvent(page.view, QDropEvent(at, copy, data, left, none))
    window.tasks.wait()
    QCoreApplication.processEvents()


def test_a_row_dropped_on_a_vacant_cell_gives_it(window: Window, session: Session, page: CountyPage) -> None:
    one, other = two_of_a_village(session)
    perform(window, give_cells(one.id, ()))
    perform(window, give_cells(other.id, ()))
    page.table.show_choice("Grid workers", "free")
    carry(window, other.id, one.cell)
    assert session.state.workers[other.id].cells == one.cells
    window.undo()
    window.tasks.wait()
    assert session.state.workers[other.id].cells == ()


def test_a_row_dropped_on_the_cell_of_somebody_asks_what_is_meant(window: Window, qtbot: QtBot, session: Session, page: CountyPage) -> None:
    one, other = two_of_a_village(session)
    page.table.show_choice("Grid workers", "all")
    carry(window, one.id, other.cell)
    assert session.state.workers[one.id] == one, "nothing is done before the answer"
    swap = next(b.text() for b in page.view.question.findChildren(QPushButton) if b.text().startswith("Swap"))
    answer(qtbot, window, swap)
    assert (session.state.workers[one.id].cells, session.state.workers[other.id].cells) == (other.cells, one.cells)


def test_the_home_is_dragged_to_a_cell(window: Window, qtbot: QtBot, session: Session, page: CountyPage) -> None:
    one, other = two_of_a_village(session)
    assert one.home is not None
    perform(window, give_cells(one.id, ()))
    perform(window, give_cells(other.id, ()))
    session.select("workers", one.id)
    page.canvas.zoom_to_units((one.village,))
    page.canvas.wait_until_drawn()
    mark = page.view.duty
    assert mark.home.isVisible() and mark.worker == one.id
    target = page.canvas.viewport.to_screen(*label_points(polygons(session.state.coverage, (other.cell,)))[other.cell])
    to = QPointF(mark.home.mapFrom(page.canvas, QPointF(*target).toPoint()))
    left, held_down = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    for kind, at in (
        (QEvent.Type.MouseButtonPress, QPointF(10, 10)),
        (QEvent.Type.MouseMove, to),
        (QEvent.Type.MouseButtonRelease, to),
    ):
        QApplication.sendEvent(mark.home, QMouseEvent(kind, at, mark.home.mapToGlobal(at), left, left, held_down))
    window.tasks.wait()
    assert session.state.workers[one.id].cells == other.cells


def choosing(window: Window, name: str, id: int) -> DutyPanel:
    panel = run(window, name)
    assert isinstance(panel, DutyPanel)
    ids = [int(panel.list.item(at).data(Qt.ItemDataRole.UserRole)) for at in range(panel.list.count())]
    panel.list.setCurrentRow(ids.index(id))
    panel.list.wanted.emit(id)
    return panel


def test_a_cell_is_given_from_its_menu_and_shared(window: Window, qtbot: QtBot, session: Session, page: CountyPage) -> None:
    one, other = two_of_a_village(session)
    session.select("units", one.cell)
    panel = choosing(window, "cell_worker", other.id)
    assert page.view.duty.worker == other.id and len(page.view.duty.ends) == 1, "home and cell are shown on the map"
    panel.confirm()
    share = next(b.text() for b in page.view.question.findChildren(QPushButton) if b.text().startswith("Share"))
    answer(qtbot, window, share)
    assert teams(session.state.workers)[one.cell] == tuple(sorted((one.id, other.id)))
    assert session.state.workers[other.id].cells == (*other.cells, *one.cells)


def test_the_menu_of_a_cell_offers_to_give_it(window: Window, session: Session, page: CountyPage) -> None:
    one, _ = two_of_a_village(session)
    show_menu(window, MapHit("units", one.cell, 0.0, 0.0), QPoint(100, 100))
    (menu,) = [menu for menu in window.findChildren(QMenu) if menu.isVisible()]
    next(action for action in menu.actions() if action.text() == "Give this cell to …").trigger()
    menu.close()
    assert session.selected == ("units", one.cell) and isinstance(page.right.currentWidget(), DutyPanel)


def test_duties_are_changed_in_plan_only(window: Window, session: Session, page: CountyPage) -> None:
    one, other = two_of_a_village(session)
    session.select("workers", one.id)
    assert page.view.duty.home.isVisible()
    window.set_tool("split")
    assert not page.view.duty.home.isVisible(), "a line may begin where somebody lives"
    window.set_tool("select")
    assert page.view.duty.home.isVisible()
    window.set_workspace("cases")
    duty_work.give(window, one.id, other.cell)
    window.tasks.wait()
    assert not page.view.question.isVisible() and session.state.workers[one.id] == one


def test_workers_are_found_by_words_in_other_villages_too(window: Window, session: Session) -> None:
    one, _ = two_of_a_village(session)
    far = next(w for w in session.state.workers.values() if w.village != one.village)
    session.select("units", one.cell)
    panel = run(window, "cell_worker")
    assert isinstance(panel, DutyPanel)
    ids = {int(panel.list.item(at).data(Qt.ItemDataRole.UserRole)) for at in range(panel.list.count())}
    assert far.id not in ids and one.id not in ids
    panel.words.setText(far.code)
    assert panel.list.count() == 1 and int(panel.list.item(0).data(Qt.ItemDataRole.UserRole)) == far.id
    panel.words.setText("zzz???")
    assert panel.list.isHidden() and not panel.do.isEnabled()


def test_a_cell_is_taken_away_and_another_given(window: Window, qtbot: QtBot, session: Session, page: CountyPage) -> None:
    one, other = overload(window)
    session.select("workers", one.id)
    run(window, "worker_take")
    answer(qtbot, window, session.state.units[one.cells[1]].name)
    assert session.state.workers[one.id].cells == one.cells[:1]
    session.select("workers", other.id)
    assert not window.actions_by_id["worker_swap"].isEnabled(), "who has no cell cannot swap"
    choosing(window, "worker_give", one.cells[1]).confirm()
    window.tasks.wait()
    assert session.state.workers[other.id].cells == one.cells[1:]


# ------------------------------------------------------------ relief and the program


def test_an_overloaded_worker_is_relieved(window: Window, session: Session, page: CountyPage) -> None:
    one, other = overload(window)
    session.select("workers", other.id)
    assert not window.actions_by_id["worker_relieve"].isEnabled()
    session.select("workers", one.id)
    panel = run(window, "worker_relieve")
    assert isinstance(panel, ReliefPanel) and panel.ways[0].colleague == other.id
    panel.confirm()
    window.tasks.wait()
    assert not session.derived.burdens[one.id].over and len(session.state.workers[other.id].cells) == 1
    window.undo()
    window.tasks.wait()
    assert session.state.workers[one.id].cells == one.cells and session.state.workers[other.id].cells == ()


def test_relief_leads_to_the_tools_that_change_the_cell(window: Window, qtbot: QtBot, session: Session, page: CountyPage) -> None:
    one, _ = overload(window)
    session.select("workers", one.id)
    panel = run(window, "worker_relieve")
    press(qtbot, panel, "Split the cell by a line")
    assert window.tool == "split" and session.selected[0] == "units" and session.selected[1] in one.cells


def proposing(window: Window, muddle: Callable[[], None]) -> AssignPanel:
    muddle()
    panel = run(window, "worker_assign")
    assert isinstance(panel, AssignPanel)
    if not panel.village:
        panel.propose()
        window.tasks.wait()
    QCoreApplication.processEvents()
    return panel


def test_the_program_proposes_and_what_is_ticked_is_accepted(window: Window, session: Session, page: CountyPage) -> None:
    one, other = two_of_a_village(session)

    def muddle() -> None:
        perform(window, give_cells(one.id, ()))
        perform(window, give_cells(other.id, ()))
        session.select("units", one.village)

    panel = proposing(window, muddle)
    assert panel.proposal is not None and panel.village == one.village
    rows = panel.proposal.rows
    assert {row.village for row in rows} == {one.village} and panel.list.count() == len(rows) >= 2
    assert panel.proposal.vacant_before == 2 and panel.proposal.vacant_after == 0
    assert "2 → 0" in panel.sums.text() and str(rows[0].why) in panel.list.item(0).text()
    assert page.view.duty.worker == rows[0].worker and session.selection.ids["units"] == rows[0].after
    at = next(at for at, row in enumerate(rows) if row.worker == one.id)
    for place in range(panel.list.count()):
        panel.list.item(place).setCheckState(Qt.CheckState.Checked if place == at else Qt.CheckState.Unchecked)
    assert panel.ticked == [one.id] and "(1)" in panel.some.text()
    panel.accept_ticked()
    window.tasks.wait()
    QCoreApplication.processEvents()
    assert session.state.workers[one.id].cells == rows[at].after and session.state.workers[other.id].cells == ()
    window.tasks.wait()
    QCoreApplication.processEvents()
    assert panel.proposal is not None and one.id not in {row.worker for row in panel.proposal.rows}, "the rest is proposed anew"
    panel.accept(None)
    window.tasks.wait()
    assert session.state.workers[other.id].cells
    assert not set(session.state.units.cells(one.village)) - {session.state.units[c] for c in teams(session.state.workers)}
    for _ in range(2):
        window.undo()
        window.tasks.wait()
    assert session.state.workers[one.id].cells == () and session.state.workers[other.id].cells == ()


def test_where_everything_is_best_nothing_is_proposed(window: Window, session: Session) -> None:
    panel = proposing(window, lambda: session.select(""))
    while panel.proposal is not None and panel.proposal.rows:
        panel.accept(None)
        window.tasks.wait()
        QCoreApplication.processEvents()
        panel = proposing(window, lambda: session.select(""))
    assert "stay as it is" in panel.sums.text() and not panel.all.isVisible()


# ------------------------------------------------------------ map and settings


def test_the_map_can_show_the_workload(session: Session) -> None:
    session.set_layer(LayerKind.CELLS, figure=Figure.WORKLOAD)
    values = figure_values(session.scene, Figure.WORKLOAD)
    loads = session.derived.loads
    assert np.allclose(values, loads.load[np.argsort(loads.cells)])


def test_weights_and_limits_of_work_are_settings(window: Window, session: Session) -> None:
    one, _ = two_of_a_village(session)
    before = session.derived.burdens[one.id].load
    form = run(window, "limits")
    assert isinstance(form, LimitsForm)
    form.fields["walking_weight"].setValue(8)
    form.fields["worker_capacity"].setValue(60)
    form.fields["overload_percent"].setValue(0)
    form.apply()
    window.tasks.wait()
    settings = session.state.settings
    assert (settings.walking_weight, settings.worker_capacity, settings.overload_percent) == (8.0, 60, 0)
    assert session.derived.burdens[one.id].load > before and session.derived.burdens[one.id].over
