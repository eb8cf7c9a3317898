"""Whistles go out by a panel: all, what passes the filter, or a period; masked until somebody asks for more."""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QDate
from pytestqt.qtbot import QtBot

from gis_app.cases.case import CaseKind
from gis_app.gui.case_filter import CaseFilter
from gis_app.gui.export_cases_panel import ExportCasesPanel
from gis_app.gui.window import Window
from tests.gui.conftest import press


@pytest.fixture
def panel(window: Window, tmp_path: Path) -> ExportCasesPanel:
    window.set_workspace("cases")
    window.tasks.wait()
    window.actions_by_id["export_cases"].trigger()
    assert window.page is not None
    shown = window.page.right.currentWidget()
    assert isinstance(shown, ExportCasesPanel)
    shown.path.setText(str(tmp_path / "out.json"))
    return shown


def choose(panel: ExportCasesPanel, form: str) -> None:
    panel.form.setCurrentIndex(panel.form.findData(form))
    panel.form.activated.emit(panel.form.currentIndex())


def written(window: Window, panel: ExportCasesPanel, qtbot: QtBot) -> list[dict[str, Any]]:
    press(qtbot, panel, "Write the whistles")
    window.tasks.wait()
    path = Path(panel.path.text())
    assert f"whistles into {path}" in window.banner.text
    if path.suffix == ".json":
        return list(json.loads(path.read_text(encoding="utf-8")))
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_all_whistles_go_out_masked(window: Window, panel: ExportCasesPanel, qtbot: QtBot) -> None:
    session = window.session
    assert session is not None
    assert panel.all.isChecked() and not panel.private.isChecked()
    assert panel.many.text() == f"Whistles to write: {len(session.state.cases)}"
    rows = written(window, panel, qtbot)
    assert len(rows) == len(session.state.cases)
    stored = session.county.store.rows("cases", columns=["contact", "phone"])
    names = {name for name in stored["contact"].tolist() if len(name) > 1}
    assert names and not any(row["extended_attributes"]["gis_app"].get("contact") in names for row in rows)
    assert panel.problem.text() == "This file exists and will be replaced."


def test_names_go_out_only_where_they_are_asked_for(window: Window, panel: ExportCasesPanel, qtbot: QtBot) -> None:
    session = window.session
    assert session is not None
    panel.private.click()
    assert panel.told.text().startswith("Only for those who may see names")
    rows = written(window, panel, qtbot)
    stored = session.county.store.rows("cases", columns=["number", "contact", "kind", "text"])
    texts = dict(zip(stored["number"].tolist(), stored["text"].tolist(), strict=True))
    contacts = dict(zip(stored["number"].tolist(), stored["contact"].tolist(), strict=True))
    reports = {number for number, kind in zip(stored["number"].tolist(), stored["kind"].tolist(), strict=True) if kind == CaseKind.REPORT}
    ours = {row["service_request_id"]: row for row in rows}
    assert reports and all(ours[number]["description"] == texts[number] for number in reports)
    assert all(row["extended_attributes"]["gis_app"].get("contact", "") == contacts[number] for number, row in ours.items())


def test_what_passes_the_filter_or_was_blown_in_a_period(window: Window, panel: ExportCasesPanel, qtbot: QtBot, tmp_path: Path) -> None:
    session = window.session
    assert session is not None
    cases = session.state.cases
    session.set_filter(CaseFilter(kind=int(CaseKind.COMPLAIN)))
    count = int((cases.kind == CaseKind.COMPLAIN).sum())
    assert panel.filtered.text() == f"What passes the filter: {count}"
    panel.filtered.click()
    choose(panel, ".csv")
    assert panel.path.text() == str(tmp_path / "out.csv")
    rows = written(window, panel, qtbot)
    assert 0 < len(rows) == count < len(cases) and {row["kind"] for row in rows} == {"complain"}

    panel.period.click()
    assert (panel.start.text(), panel.end.text()) == ("2022-03-01", "2022-03-31"), "the month before"
    beginning, end = np.datetime64("2022-02-28T16:00"), np.datetime64("2022-03-31T16:00")
    assert len(written(window, panel, qtbot)) == int(((cases.blown >= beginning) & (cases.blown < end)).sum()) > 0
    panel.all.click()
    panel.start.setDate(QDate(2022, 4, 2))
    assert panel.period.isChecked(), "who writes a day means it"
    assert panel.problem.text() == "The first day is after the last." and not panel.write.isEnabled()
    panel.start.setDate(QDate(1999, 1, 1))
    panel.end.setDate(QDate(1999, 2, 1))
    assert panel.problem.text() == "There is no such whistle." and not panel.write.isEnabled()


@pytest.mark.parametrize("form", [".xlsx", ".gpkg"])
def test_other_forms_are_written_too(window: Window, panel: ExportCasesPanel, qtbot: QtBot, form: str) -> None:
    choose(panel, form)
    press(qtbot, panel, "Write the whistles")
    window.tasks.wait()
    path = Path(panel.path.text())
    assert path.suffix == form and path.stat().st_size > 10_000
    panel.path.setText(str(path.with_suffix(".doc")))
    assert panel.problem.text() == f"The name has to end with {form}." and not panel.write.isEnabled()
