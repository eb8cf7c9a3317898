"""The monthly bulletin from the window."""

from pathlib import Path

import pytest
from docx import Document
from openpyxl import load_workbook
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from gis_app.bootstrap import create_county
from gis_app.county.state import Settings
from gis_app.gui.bulletin_panel import BulletinPanel
from gis_app.gui.window import Window
from tests.gui.conftest import press


def choose(box: QComboBox, text: str) -> None:
    """Choose an item of a combo box as a person does."""
    at = box.findText(text)
    assert at >= 0, f"no {text!r} among {[box.itemText(i) for i in range(box.count())]}"
    box.setCurrentIndex(at)
    box.activated.emit(at)


@pytest.fixture
def panel(window: Window, qtbot: QtBot) -> BulletinPanel:
    """The panel, opened in the workspace Cases with its key."""
    window.set_workspace("cases")
    window.tasks.wait()
    qtbot.keyClick(window, Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier)
    assert window.page is not None
    shown = window.page.right.currentWidget()
    assert isinstance(shown, BulletinPanel)
    return shown


def test_a_month_that_is_over_is_proposed(panel: BulletinPanel) -> None:
    assert panel.month.currentText() == "2022-03", "April 2022 has just begun in the demo"
    assert Path(panel.path.text()).name == "示例县 bulletin 2022-03.docx"
    choose(panel.month, "2020-04")
    choose(panel.form, "Workbook (Excel)")
    assert Path(panel.path.text()).name == "示例县 bulletin 2020-04.xlsx"
    assert not panel.template.isEnabled()


def test_a_name_that_a_person_gave_stays(panel: BulletinPanel, qtbot: QtBot, tmp_path: Path) -> None:
    panel.path.clear()
    qtbot.keyClicks(panel.path, str(tmp_path / "mine.docx"))
    choose(panel.month, "2020-05")
    choose(panel.form, "Workbook (Excel)")
    assert panel.path.text() == str(tmp_path / "mine.xlsx")


def test_a_workbook_is_written(panel: BulletinPanel, window: Window, qtbot: QtBot, tmp_path: Path) -> None:
    choose(panel.month, "2020-04")
    choose(panel.form, "Workbook (Excel)")
    panel.path.clear()
    qtbot.keyClicks(panel.path, str(tmp_path / "april.xlsx"))
    press(qtbot, panel, "Write the bulletin")
    window.tasks.wait()
    assert "2020" in str(load_workbook(tmp_path / "april.xlsx")["Summary"]["A1"].value)
    assert "april.xlsx" in window.banner.text


def test_a_document_from_the_offices_own_template(panel: BulletinPanel, window: Window, qtbot: QtBot, tmp_path: Path) -> None:
    own, out = tmp_path / "own.docx", tmp_path / "out.docx"
    panel.keep_template(own)
    document = Document(str(own))
    document.paragraphs[0].insert_paragraph_before("Letterhead")
    document.save(str(own))
    assert panel.template.text() == str(own)
    panel.path.clear()
    qtbot.keyClicks(panel.path, str(out))
    press(qtbot, panel, "Write the bulletin")
    window.tasks.wait()
    assert Document(str(out)).paragraphs[0].text == "Letterhead"


def test_what_is_in_the_way_is_said_beforehand(panel: BulletinPanel, qtbot: QtBot, tmp_path: Path) -> None:
    panel.template.setText(str(tmp_path / "none.docx"))
    assert "no such template" in panel.problem.text() and not panel.write.isEnabled()
    panel.template.clear()
    panel.path.setText(str(tmp_path / "out.pdf"))
    assert ".docx" in panel.problem.text() and not panel.write.isEnabled()
    (tmp_path / "out.docx").write_bytes(b"there")
    panel.path.setText(str(tmp_path / "out.docx"))
    assert "will be replaced" in panel.problem.text() and panel.write.isEnabled()


def test_a_county_without_whistles_says_why(empty_window: Window, tmp_path: Path) -> None:
    empty_window.show_county(create_county(tmp_path / "empty.gpkg", Settings(name="Empty")))
    empty_window.tasks.wait()
    operation = next(one for one in empty_window.find_commands("Monthly bulletin") if "bulletin" in one.text.lower())
    assert "no whistles yet" in str(operation.detail)
