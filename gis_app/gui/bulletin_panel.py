"""The panel that writes the monthly bulletin: which month, in which form, from which template, into which file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QLineEdit, QPushButton, QWidget

from gis_app.gui.folders import documents_folder
from gis_app.gui.icons import icon
from gis_app.gui.task import Task
from gis_app.gui.widgets import button, column, combo, holding, label, row, scrolled, small_button
from gis_app.language import msg, tr
from gis_app.output.bulletin import Month, months_with_whistles, write_bulletin
from gis_app.output.bulletin_docx import own_template

if TYPE_CHECKING:
    from gis_app.gui.window import Window

FORMS = {".docx": msg("Document (Word)"), ".xlsx": msg("Workbook (Excel)")}


class BulletinPanel(QWidget):
    """Writes the bulletin of a month beside the window; progress and Cancel are those of every long piece of work."""

    def __init__(self, window: Window) -> None:
        super().__init__()
        assert window.session is not None
        self._window, self._session = window, window.session
        self._months = months_with_whistles(self._session.county.state)
        now = self._session.county.state.settings.now()
        over = [month for month in self._months if month.end <= now]  # a month is told when it is over
        self._month = next(iter(over or self._months), None)
        self._form = ".docx"
        self._named = True  # the file still has the name that the panel gave it
        self.setObjectName("inspector")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(tr("Monthly bulletin"))
        self._build()
        self._warn()

    def _build(self) -> None:
        palette = self._session.palette
        months = [(str(month), month) for month in self._months]
        self.month = combo(tr("Month"), months, self._month, self._set_month)
        self.form = combo(tr("Form"), [(str(text), form) for form, text in FORMS.items()], self._form, self._set_form)
        self.template = QLineEdit()
        self.template.setPlaceholderText(tr("The program's own"))
        self.template.setAccessibleName(tr("Template"))
        self.template.textChanged.connect(lambda _: self._warn())
        self.choose_template = _dots(tr("Choose a template"), self._choose_template)
        self.save_template = button(tr("Save the program's template to change it …"), self._save_template, "link")
        self.path = QLineEdit(str(documents_folder() / self._name()))
        self.path.setAccessibleName(tr("File"))
        self.path.textEdited.connect(lambda _: self._keep_name())
        self.path.textChanged.connect(lambda _: self._warn())
        self.problem = label("", "warning", wrap=True)
        self.write = button(tr("Write the bulletin"), self.export, "primary", icon("file-text", palette, palette.accent_text))
        close = small_button(palette, "x", tr("Close"), self._close)
        told = tr(
            "What every body received, picked up in time, handled and has overdue; rates, ratings, ranking, changes, chains of hand-overs, "
            "hotspots, charts and a map."
        )
        private = tr(
            "No names, phones or words of whistles; reports of wrongdoing are only counted, and what is below five is told together or not."
        )
        body = column(
            row(label(tr("Monthly bulletin"), "heading"), None, close),
            label(told, "secondary", wrap=True),
            8,
            label(tr("Month"), "section"),
            self.month,
            8,
            label(tr("Form"), "section"),
            self.form,
            8,
            label(tr("Template"), "section"),
            row(self.template, self.choose_template, spacing=4),
            row(self.save_template, None),
            8,
            label(tr("File"), "section"),
            row(self.path, _dots(tr("Choose where to write it"), self._choose), spacing=4),
            self.problem,
            12,
            self.write,
            8,
            label(private, "secondary", wrap=True),
            None,
            spacing=6,
            margins=(16, 16, 16, 16),
        )
        self.setLayout(column(scrolled(holding(body))))

    def _name(self) -> str:
        county = self._session.county.state.settings.name or tr("county")
        return tr("{county} bulletin {month}", county=county, month=self._month or "") + self._form

    def _set_month(self, month: object) -> None:
        assert isinstance(month, Month)
        self._month = month
        self._rename()

    def _set_form(self, form: object) -> None:
        self._form = str(form)
        for part in (self.template, self.choose_template, self.save_template):
            part.setEnabled(self._form == ".docx")
        self._rename()

    def _rename(self) -> None:
        """Follow month and form with the name of the file, unless a person gave it another one."""
        path = Path(self.path.text().strip())
        self.path.setText(str(path.with_name(self._name()) if self._named else path.with_suffix(self._form)))
        self._warn()

    def _keep_name(self) -> None:
        self._named = False

    def _warn(self) -> None:
        """Say beforehand what is in the way, or that a file is there already."""
        template, path = self._template(), Path(self.path.text().strip())
        if template is not None and not template.is_file():
            self.problem.setText(tr("{file}: there is no such template.", file=template))
        elif path.suffix.lower() != self._form:
            self.problem.setText(tr("The name has to end with {form}.", form=self._form))
        else:
            self.problem.setText(tr("This file exists and will be replaced.") if path.is_file() else "")
        self.problem.setVisible(bool(self.problem.text()))
        sound = path.suffix.lower() == self._form and (template is None or template.is_file())
        self.write.setEnabled(sound and self._month is not None)

    def _template(self) -> Path | None:
        text = self.template.text().strip()
        return Path(text) if text and self._form == ".docx" else None

    def _choose_template(self) -> None:
        dialog = QFileDialog(self, tr("Choose a template"), str(documents_folder()), "*.docx")
        dialog.fileSelected.connect(self.template.setText)
        dialog.open()

    def _save_template(self) -> None:
        dialog = QFileDialog(self, tr("Save the template"), str(documents_folder() / (tr("Bulletin template") + ".docx")), "*.docx")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("docx")
        dialog.fileSelected.connect(lambda text: self.keep_template(Path(text)))
        dialog.open()

    def keep_template(self, path: Path) -> None:
        """Write the program's template to a place where it can be changed, and use that."""
        try:
            path.write_bytes(own_template().read_bytes())
        except OSError as error:
            reason = error.strerror or str(error)
            self._window.banner.problem(tr("{path} cannot be written: {reason}.", path=path, reason=reason))
            return
        self.template.setText(str(path))
        self._window.banner.news(tr("Written: {path}", path=path), (tr("Open it"), lambda: _open(path)))

    def _choose(self) -> None:
        dialog = QFileDialog(self, tr("Choose where to write it"), self.path.text(), f"*{self._form}")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(self._form[1:])
        dialog.fileSelected.connect(self._chosen)
        dialog.open()

    def _chosen(self, text: str) -> None:
        self._keep_name()
        self.path.setText(text)

    def export(self) -> None:
        """Write the bulletin beside the window, and say where it is."""
        path, month = Path(self.path.text().strip()), self._month
        if month is None:
            return
        window, county, template = self._window, self._session.county, self._template()

        def ended(_: object) -> None:
            window.banner.news(tr("Written: {path}", path=path), (tr("Open it"), lambda: _open(path)))

        window.tasks.run(Task(msg("Writing {name}", name=path.name), lambda: write_bulletin(county, path, month, template), ended))

    def _close(self) -> None:
        if self._window.page is not None:
            self._window.page.show_right(None)


def _dots(tip: str, clicked: Callable[[], object]) -> QPushButton:
    made = button("…", clicked, tip=tip)
    made.setFixedWidth(36)
    return made


def _open(path: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))
