"""The panel that takes whistles out, for other systems: which, in which form, masked or not, into which file."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QDate, QTimer, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QButtonGroup, QCheckBox, QDateEdit, QFileDialog, QLineEdit, QRadioButton

from gis_app.cases.times import utc64
from gis_app.files.case_export import export_cases
from gis_app.gui.folders import documents_folder
from gis_app.gui.icons import icon
from gis_app.gui.inspector import heading
from gis_app.gui.side_panel import SidePanel, said
from gis_app.gui.task import Task
from gis_app.gui.widgets import button, combo, holding, label, row
from gis_app.language import ZONE, format_number, msg, tr
from gis_app.progress import Steps

if TYPE_CHECKING:
    from gis_app.gui.window import Window

FORMS = {
    ".json": msg("Open311 (JSON, with all steps)"),
    ".csv": msg("Open311 (CSV)"),
    ".xlsx": msg("Workbook (Excel)"),
    ".gpkg": msg("Map file (GeoPackage)"),
}


def show(window: Window) -> None:
    """Show the panel in place of the inspector."""
    if window.page is not None:
        panel = ExportCasesPanel(window)
        window.page.show_right(panel, panel.ended)


class ExportCasesPanel(SidePanel):
    """Writes whistles beside the window; progress and Cancel are those of every long piece of work."""

    def __init__(self, window: Window) -> None:
        super().__init__(window, tr("Export whistles"))
        self._form = ".json"
        self.all, self.filtered, self.period = QRadioButton(), QRadioButton(), QRadioButton(tr("Blown in a period"))
        group = QButtonGroup(self)
        for choice in (self.all, self.filtered, self.period):
            group.addButton(choice)
            choice.toggled.connect(lambda on: self._count() if on else None)
        today = self._session.derived.now.astimezone(ZONE)
        first = (today.replace(day=1) - timedelta(days=1)).replace(day=1)  # the month before, as offices report it
        last = today.replace(day=1) - timedelta(days=1)
        self.start = self._date(tr("First day"), QDate(first.year, first.month, first.day))
        self.end = self._date(tr("Last day"), QDate(last.year, last.month, last.day))
        self.form = combo(tr("Form"), [(str(text), form) for form, text in FORMS.items()], self._form, self._set_form)
        self.told = said("")
        self.private = QCheckBox(tr("Names, phones and texts in full"))
        self.private.toggled.connect(lambda _: self._warn())
        self.private.toggled.connect(lambda _: QTimer.singleShot(0, self, lambda: self.area.ensureWidgetVisible(self.told, 0, 8)))
        county = self._session.state.settings.name or tr("county")
        self.path = QLineEdit(str(documents_folder() / (tr("{county} whistles", county=county) + self._form)))
        self.path.setAccessibleName(tr("File"))
        self.path.textChanged.connect(lambda _: self._warn())
        self.problem = label("", "warning", wrap=True)
        self.many = label("", "value")
        palette = self._session.palette
        self.write = button(tr("Write the whistles"), self.export, "primary", icon("file-output", palette, palette.accent_text))
        self._session.filter_changed.connect(lambda _: self._count())
        self._session.county_changed.connect(lambda _: self._count())
        self._build()
        (self.filtered if self._session.is_limited else self.all).setChecked(True)
        self._count()
        self._warn()

    def _date(self, name: str, day: QDate) -> QDateEdit:
        made = QDateEdit(day)
        made.setAccessibleName(name)
        made.setDisplayFormat("yyyy-MM-dd")
        made.setCalendarPopup(True)
        made.dateChanged.connect(lambda _: self.period.setChecked(True))
        made.dateChanged.connect(lambda _: self._count())
        return made

    def _build(self) -> None:
        choose = button("…", self._choose, tip=tr("Choose where to write it"))
        choose.setFixedWidth(36)
        dates = row(self.start, label("–"), self.end, spacing=6, margins=(24, 0, 0, 0))
        dates.setStretch(0, 1)
        dates.setStretch(2, 1)
        self.show_body(
            (
                heading(tr("Which")),
                self.all,
                self.filtered,
                self.period,
                holding(dates),
                heading(tr("Form")),
                self.form,
                8,
                self.private,
                self.told,
                None,
            )
        )
        self.show_foot((row(self.path, choose, spacing=4), self.many, self.problem, self.write))

    # ------------------------------------------------------------ what is chosen

    def _span(self) -> tuple[datetime | None, datetime | None]:
        """Return when the chosen period begins and ends (excluded), None for all."""
        if not self.period.isChecked():
            return None, None
        days = [datetime.combine(field.date().toPython(), time(), ZONE) for field in (self.start, self.end)]  # type: ignore[arg-type]
        return days[0], days[1] + timedelta(days=1)

    def _chosen(self) -> int:
        """Return how many whistles would be written."""
        blown = self._session.county.state.cases.blown
        if self.filtered.isChecked():
            return int(self._session.shown_cases().sum())
        start, end = self._span()
        inside = np.ones(len(blown), np.bool_)
        if start is not None and end is not None:
            inside = (blown >= utc64(start)) & (blown < utc64(end))
        return int(inside.sum())

    def _count(self) -> None:
        """Say how many there are of each choice, and how many would be written."""
        session = self._session
        shown = format_number(int(session.shown_cases().sum()))
        self.all.setText(tr("All whistles: {count}", count=format_number(len(session.county.state.cases))))
        self.filtered.setText(tr("What passes the filter: {count}", count=shown))
        self.many.setText(tr("Whistles to write: {count}", count=format_number(self._chosen())))
        self._warn()

    def _set_form(self, form: object) -> None:
        self._form = str(form)
        self.path.setText(str(Path(self.path.text().strip()).with_suffix(self._form)))

    def _warn(self) -> None:
        """Say beforehand what is in the way, what leaves the program, or that a file is there already."""
        masked = tr("Names and phones are masked; reports of wrongdoing go without text and without who made them.")
        full = tr("Only for those who may see names: the file holds names, phones and what reports of wrongdoing say.")
        self.told.setText(full if self.private.isChecked() else masked)
        self.told.setProperty("role", "danger" if self.private.isChecked() else "secondary")
        self.told.style().polish(self.told)
        path = Path(self.path.text().strip())
        start, end = self._span()
        wrong = ""
        if path.suffix.lower() != self._form:
            wrong = tr("The name has to end with {form}.", form=self._form)
        elif start is not None and end is not None and start >= end:
            wrong = tr("The first day is after the last.")
        elif not self._chosen():
            wrong = tr("There is no such whistle.")
        exists = tr("This file exists and will be replaced.") if path.is_file() else ""
        self.problem.setText(wrong or exists)
        self.problem.setVisible(bool(self.problem.text()))
        self.write.setEnabled(not wrong)

    def _choose(self) -> None:
        dialog = QFileDialog(self, tr("Choose where to write it"), self.path.text(), f"*{self._form}")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(self._form[1:])
        dialog.fileSelected.connect(self.path.setText)
        dialog.open()

    # ------------------------------------------------------------ writing

    def export(self) -> None:
        """Write the file beside the window, and say how many whistles it holds and where it is."""
        window, path = self._window, Path(self.path.text().strip())

        def ended(count: int) -> None:
            text = tr("Written: {count} whistles into {path}", count=format_number(count), path=path)
            window.banner.news(text, (tr("Open the folder"), lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))))
            if self.is_shown:
                self._warn()

        steps = self._steps(path)
        window.tasks.run(Task(msg("Writing {name}", name=path.name), lambda: steps, ended))

    def _steps(self, path: Path) -> Steps[int]:
        session, (start, end) = self._session, self._span()
        only = session.state.cases.id[session.shown_cases()] if self.filtered.isChecked() else None
        return export_cases(session.county, path, start=start, end=end, show_private=self.private.isChecked(), only=only)
