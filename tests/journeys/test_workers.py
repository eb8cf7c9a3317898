"""Every household has a worker: who has too much is found and relieved, who is ill is stood in for, and the program fills the gaps."""

from datetime import timedelta
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QWidget

from gis_app.county.changes import Changes, Edit
from gis_app.county.county import County
from gis_app.county.worker_edits import give_cells
from gis_app.grid.workers import Worker, teams
from gis_app.gui.assign_panel import AssignPanel
from gis_app.gui.duty_panel import ReliefPanel
from gis_app.gui.worker_form import AbsenceForm
from tests.journeys.planner import Planner, stored


def with_one_cell(planner: Planner, village: int) -> list[Worker]:
    day = planner.state.settings.today()
    found = [one for one in planner.state.workers.values() if one.village == village and len(one.cells) == 1 and one.works_on(day)]
    return sorted(found, key=lambda worker: worker.code)


def as_it_came(planner: Planner, *edits: Edit) -> None:
    """Bring the county into the shape in which somebody finds it; none of it is in the way of a later undo."""
    for edit in edits:
        assert isinstance(planner.session.county.perform(edit), Changes)
    planner.settle()


def panel(planner: Planner) -> QWidget:
    QCoreApplication.processEvents()
    return planner.page.right.currentWidget()


def the_row_of(planner: Planner, worker: Worker) -> None:
    """Click the row of a worker in the table."""
    table = planner.page.table
    index = table.model.index(table.model.row_of(worker.id), 0)
    table.table.scrollTo(index)
    planner.qtbot.mouseClick(table.table.viewport(), Qt.MouseButton.LeftButton, pos=table.table.visualRect(index).center())
    QCoreApplication.processEvents()
    assert planner.session.selected == ("workers", worker.id)


def narrow(planner: Planner, text: str) -> None:
    """Choose in the box beside the table which workers it shows."""
    only = planner.page.table.only
    assert only.isVisible()
    only.setCurrentIndex(only.findText(text))
    only.activated.emit(only.currentIndex())
    QCoreApplication.processEvents()


def county_of(planner: Planner, path: Path) -> County:
    """Close the window and read what is in the file."""
    planner.close()
    return stored(path)


def test_the_overloaded_one_is_found_and_relieved(planner: Planner, county_file: Path) -> None:
    village = planner.unit("富强村").id
    heavy, idle = with_one_cell(planner, village)[:2]
    as_it_came(planner, give_cells(idle.id, ()), give_cells(heavy.id, (*heavy.cells, *idle.cells)))
    rows = {row["Name"]: row for row in planner.tab("Fairness")}
    assert rows["富强村"]["Overloaded"].startswith("▲")
    planner.tab("Grid workers")
    narrow(planner, "Overloaded")
    the_row_of(planner, heavy)
    assert "of the mean of the branch" in planner.inspector and "Overloaded" in planner.inspector
    planner.press("Relieve …", planner.page.inspector)
    relief = panel(planner)
    assert isinstance(relief, ReliefPanel)
    assert "takes" in relief.list.item(0).text(), "a colleague without a cell helps most"
    planner.press("Do this", relief)
    planner.settle()
    assert planner.page.table.model.row_of(heavy.id) < 0, "she has left the list of the overloaded"
    assert len(planner.state.workers[heavy.id].cells) == 1 and len(planner.state.workers[idle.id].cells) == 1
    planner.key("Ctrl+Z")
    planner.settle()
    assert planner.state.workers[idle.id].cells == () and planner.page.table.model.row_of(heavy.id) >= 0
    planner.key("Ctrl+Y")
    planner.settle()
    kept = county_of(planner, county_file)
    assert len(kept.state.workers[idle.id].cells) == 1 and len(kept.state.workers[heavy.id].cells) == 1
    assert {cell.id for cell in kept.state.units.cells(village)} <= set(teams(kept.state.workers))
    kept.close()


def test_who_is_ill_is_stood_in_for(planner: Planner) -> None:
    village = planner.unit("富强村").id
    ill, other = with_one_cell(planner, village)[:2]
    planner.tab("Grid workers")
    the_row_of(planner, ill)
    planner.press("Absence", planner.page.inspector)
    form = panel(planner)
    assert isinstance(form, AbsenceForm)
    day = planner.state.settings.today()
    form.last.clear()
    planner.write(form.last, (day - timedelta(days=1)).isoformat())
    planner.press("Apply", form)
    assert "is before the first" in planner.words(form)
    form.last.clear()
    planner.write(form.last, (day + timedelta(days=14)).isoformat())
    form.substitute.setCurrentIndex(form.substitute.findData(other.id))
    planner.press("Apply", form)
    planner.settle()
    assert "Stands in:" in planner.inspector
    narrow(planner, "Absent today")
    away = [worker.id for worker in planner.state.workers.values() if worker.is_absent(day)]
    assert ill.id in away and sorted(planner.page.table.model.ids.tolist()) == sorted(away)
    planner.look_at(ill.cell)
    planner.session.select("units", ill.cell)
    assert "Answers today" in planner.inspector
    assert planner.session.derived.answering[ill.cell] == other.id
    planner.key("Ctrl+Z")
    planner.settle()
    assert planner.session.derived.answering[ill.cell] == ill.id


def test_the_program_fills_the_gaps_row_by_row(planner: Planner, county_file: Path) -> None:
    village = planner.unit("富强村").id
    one, other = with_one_cell(planner, village)[:2]
    as_it_came(planner, give_cells(one.id, ()), give_cells(other.id, ()))
    steps = planner.session.done_count
    planner.session.select("units", village)
    planner.key("Shift+O")
    planner.settle()
    assign = panel(planner)
    assert isinstance(assign, AssignPanel) and assign.proposal is not None
    assert "Cells without a worker: 2 → 0." in planner.words(assign)
    first = assign.list.item(0)
    chosen = int(first.data(Qt.ItemDataRole.UserRole))
    for at in range(1, assign.list.count()):
        assign.list.item(at).setCheckState(Qt.CheckState.Unchecked)
    planner.press("Accept the ticked (1)", assign)
    planner.settle()
    assert planner.session.done_count == steps + 1 and planner.state.workers[chosen].cells
    assert panel(planner) is assign and chosen not in assign.ticked, "what is left is proposed anew"
    planner.press("Accept all", assign)
    planner.settle()
    cells = {cell.id for cell in planner.state.units.cells(village)}
    assert cells <= set(teams(planner.state.workers)), "every cell has somebody"
    planner.key("Ctrl+Z")
    planner.key("Ctrl+Z")
    planner.settle()
    assert not cells <= set(teams(planner.state.workers))
    assert not planner.state.workers[one.id].cells and not planner.state.workers[other.id].cells
    kept = county_of(planner, county_file)
    assert not kept.state.workers[one.id].cells
    kept.close()
