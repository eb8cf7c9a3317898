"""The list of problems: always current, gone through, explained, repaired by one click, ignored with a note."""

from pathlib import Path

import numpy as np
import shapely
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QFrame
from pytestqt.qtbot import QtBot

from gis_app.county import boundary_edits
from gis_app.county.edits import change_settings
from gis_app.county.problem_edits import neighbour
from gis_app.county.problems import ProblemKind, checking, quickly
from gis_app.county.reference_edits import add_reference
from gis_app.county.references import ReferenceKind
from gis_app.grid.coverage import polygons
from gis_app.grid.units import Level
from gis_app.gui import performing, unit_work
from gis_app.gui.limits_form import LimitsForm
from gis_app.gui.window import Window
from gis_app.progress import finish
from tests.gui.conftest import press
from tests.gui.test_drafts import answer, fullest, session_of
from tests.gui.test_window import texts


def kinds(window: Window) -> dict[ProblemKind, int]:
    assert window.page is not None
    QCoreApplication.processEvents()
    return {group.kind: len(group.stops) for group in window.page.problems.groups}


def card_of(window: Window) -> list[str]:
    """What the card of the problem that was gone to says."""
    assert window.page is not None
    QCoreApplication.processEvents()
    cards = [frame for frame in window.page.problems.findChildren(QFrame) if frame.property("role") == "card" and frame.isVisible()]
    assert len(cards) == 1
    return texts(cards[0])


def test_the_whole_county_is_checked_in_idle_time(window: Window, qtbot: QtBot) -> None:
    session = session_of(window)
    assert window.page is not None
    assert ProblemKind.BELOW_FLOOR in kinds(window), "a glance is there at once"
    qtbot.waitUntil(lambda: session.problems.known.complete, timeout=15_000)
    assert {p.key for p in session.problems.listed} == {p.key for p in finish(checking(session.state)).all()}
    assert window.page.problems.header.text() == f"Problems ({sum(kinds(window).values())})"


def test_an_edit_is_checked_at_once_and_undone_with_it(window: Window) -> None:
    session = session_of(window)
    session.problems.finish()
    before = {p.key for p in session.problems.listed}
    cell = fullest(session)
    session.select("units", cell)
    unit_work.split_equally(window, 2)
    window.tasks.wait()
    assert session.problems.known.complete, "only what was touched is looked at again"
    now = {p.key for p in session.problems.listed}
    assert now == {p.key for p in finish(checking(session.state)).all()} != before
    assert kinds(window)[ProblemKind.CELL_WITHOUT_WORKER] == sum("cell_without_worker" in key for key in now)
    window.undo()
    window.tasks.wait()
    assert {p.key for p in session.problems.listed} == before


def test_a_hole_that_was_cut_into_the_county_is_found_in_idle_time(window: Window, qtbot: QtBot) -> None:
    session = session_of(window)
    session.problems.finish()
    middle = polygons(session.state.coverage, [fullest(session)])[fullest(session)].representative_point()
    performing.perform_boundary(window, boundary_edits.cut_county(middle.buffer(3.0)))
    window.tasks.wait()
    qtbot.waitUntil(lambda: session.problems.known.complete, timeout=15_000)
    assert {p.key for p in session.problems.listed} == {p.key for p in finish(checking(session.state)).all()}
    assert kinds(window)[ProblemKind.GAP] == 1


def test_a_kind_is_gone_through_explained_and_repaired_by_one_click(window: Window, qtbot: QtBot) -> None:
    session, page = session_of(window), window.page
    assert page is not None
    session.problems.finish()
    count = kinds(window)[ProblemKind.BELOW_FLOOR]
    press(qtbot, page.problems, f"Too few households: {count}")
    first = session.selected
    said = card_of(window)
    assert f"1 of {count}" in said and any("below the floor" in text for text in said) and "See how" in said
    assert any(text.startswith("A rural cell needs at least") for text in said)
    west, south, east, north = window.canvas.viewport.extent
    middle = polygons(session.state.coverage, [first[1]])[first[1]].centroid
    assert west < middle.x < east and south < middle.y < north, "it is zoomed to"
    press(qtbot, page.problems, f"Too few households: {count}")
    assert session.selected != first and f"2 of {count}" in card_of(window)
    cell = session.selected[1]
    qtbot.waitUntil(lambda: "Advice" in texts(page.inspector))
    other = session.state.units[neighbour(session.state, cell)].name
    assert any(f"Together with {other}" in text for text in texts(page.inspector)), "the list and the inspector advise the same"
    press(qtbot, page.problems, "See how")
    qtbot.waitUntil(lambda: window.canvas.editing.preview is not None)
    assert cell in session.state.units and not session.drafting
    press(qtbot, page.problems, "Merge with the neighbour")
    window.tasks.wait()
    assert session.drafting and len(session.state.coverage.cells) == len(session.county.state.coverage.cells) - 1
    assert not any(cell in p.ids and p.table == "units" for p in session.problems.listed)


def test_a_problem_is_ignored_with_a_note_and_listed_again(window: Window, qtbot: QtBot) -> None:
    session, page = session_of(window), window.page
    assert page is not None
    session.problems.finish()
    count = kinds(window)[ProblemKind.BELOW_FLOOR]
    page.problems.go(ProblemKind.BELOW_FLOOR)
    press(qtbot, page.problems, "Ignore …")
    question = page.view.question
    assert question.isVisible() and question.field is not None
    qtbot.keyClick(question.field, Qt.Key.Key_Return)
    assert question.isVisible() and any("Write why" in text for text in texts(question)), "a note is needed"
    answer(window, qtbot, "林场, 住户分散")
    assert kinds(window)[ProblemKind.BELOW_FLOOR] == count - 1
    press(qtbot, page.problems, "Ignored (1)")
    assert "Note: 林场, 住户分散" in texts(page.problems)
    press(qtbot, page.problems, "List it again")
    window.tasks.wait()
    assert kinds(window)[ProblemKind.BELOW_FLOOR] == count and "Ignored (1)" not in texts(page.problems)


def test_households_without_a_cell_are_gone_through_one_by_one(window: Window) -> None:
    session, page = session_of(window), window.page
    assert page is not None
    session.problems.finish()
    outside = next(group for group in page.problems.groups if group.kind == ProblemKind.HOUSEHOLD_OUTSIDE)
    seen = []
    for _ in outside.stops:
        page.problems.go(ProblemKind.HOUSEHOLD_OUTSIDE)
        seen.append(session.selected)
    assert {table for table, _ in seen} == {"households"} and len(set(seen)) == len(outside.stops)


def test_tab_goes_through_all_problems(window: Window) -> None:
    session, page = session_of(window), window.page
    assert page is not None
    session.problems.finish()
    total = sum(kinds(window).values())
    seen = set()
    for _ in range(total):
        window.go_next()
        assert page.problems._open is not None
        seen.add(page.problems._at[page.problems._open])
    assert len(seen) == total


def test_a_chosen_maximum_counts_at_once(window: Window, qtbot: QtBot) -> None:
    session, page = session_of(window), window.page
    assert page is not None
    session.problems.finish()
    assert ProblemKind.ABOVE_MAXIMUM not in kinds(window)
    press(qtbot, page.problems, "Floors and limits …")
    form = page.right.currentWidget()
    assert isinstance(form, LimitsForm)
    form.fields["rural_maximum"].setValue(60)  # type: ignore[arg-type]
    form.fields["least_compactness"].setValue(0.5)  # type: ignore[arg-type]
    press(qtbot, form, "Apply")
    window.tasks.wait()
    assert session.state.settings.rural_maximum == 60 and session.state.settings.least_compactness == 0.5
    assert kinds(window)[ProblemKind.ABOVE_MAXIMUM] == sum(p.kind == ProblemKind.ABOVE_MAXIMUM for p in quickly(session.state).all())
    qtbot.waitUntil(lambda: session.problems.known.complete, timeout=15_000)
    assert {p.key for p in session.problems.listed} == {p.key for p in finish(checking(session.state)).all()}


def test_borders_through_buildings_are_found_where_a_layer_of_them_is_loaded(window: Window, qtbot: QtBot, tmp_path: Path) -> None:
    import pyogrio.raw

    session = session_of(window)
    session.problems.finish()
    cell = fullest(session)
    arc = next(a for a in session.state.coverage.arcs.values() if cell in (a.left, a.right) and a.left and a.right)
    x, y = arc.points[len(arc.points) // 2].tolist()
    houses = np.array([shapely.to_wkb(shapely.box(x - 8, y - 8, x + 8, y + 8))], object)
    path = tmp_path / "buildings.gpkg"
    pyogrio.raw.write(
        path, houses, [np.array(["1"], object)], ["name"], geometry_type="Polygon", crs=session.state.settings.crs, driver="GPKG"
    )
    window.perform(add_reference("建筑物", ReferenceKind.VECTOR, str(path)))
    window.tasks.wait()
    qtbot.waitUntil(lambda: ProblemKind.CUTS_BUILDING in kinds(window), timeout=15_000)
    found = [p for p in session.problems.listed if p.kind == ProblemKind.CUTS_BUILDING]
    assert {p.ids[0] for p in found} == {arc.left, arc.right}


def test_the_check_says_how_much_is_wrong(window: Window) -> None:
    session = session_of(window)
    window.perform(change_settings(rural_floor=0, community_floor=0))
    window.tasks.wait()
    window.check()
    window.tasks.wait()
    assert session.problems.known.complete and "warnings" in window.banner.text
    assert len(session.state.units.at_level(Level.CELL)) == len(session.state.coverage.cells)
