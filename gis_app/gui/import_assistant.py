"""The import assistant, a page of the window: file → columns → result. Nothing is imported before the last step; then all or nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QGridLayout,
    QLineEdit,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from gis_app.county.changes import Changes, Edit
from gis_app.files import mapping as columns_of
from gis_app.files.boundaries import BoundaryOptions, boundary_edit
from gis_app.files.crs import crs_name
from gis_app.files.former import FormerOptions, former_edit
from gis_app.files.mapping import FIELDS, Mapped, Target
from gis_app.files.points import PointOptions, point_edit
from gis_app.files.preview import Preview, guess_mapping, preview
from gis_app.files.registers import Register, recognised
from gis_app.files.report import ImportReport
from gis_app.grid.coverage import extent
from gis_app.gui.icons import icon
from gis_app.gui.import_tables import details_table, rows_table
from gis_app.gui.import_words import BOUNDARIES, DATUMS, ENCODINGS, FIELD_NAMES, TARGETS
from gis_app.gui.task import Task
from gis_app.gui.widgets import button, card, clear, column, combo, facts, holding, image, label, row, scrolled
from gis_app.language import Listing, Message, format_number, msg, plural, tr
from gis_app.progress import Progress, Steps

if TYPE_CHECKING:
    from gis_app.gui.window import Window

TITLES = (msg("1  File"), msg("2  Columns"), msg("3  Result"))
MOST_BODIES = 12
ZONES = ("Asia/Shanghai", "UTC", "America/New_York", "Europe/London")


def preview_steps(
    path: Path, layer: str | None, encoding: str | None, crs: str, bounds: tuple[float, float, float, float] | None
) -> Steps[Preview]:
    """Look into a file beside the window."""
    yield Progress(0.1, msg("Looking into {name}", name=path.name))
    return preview(path, layer, encoding, crs, bounds)


def likely_target(found: Preview) -> Target:
    """Return what the rows of a file most likely are: the level whose codes fit, or the table with the most columns recognised."""
    if "olygon" in found.geometry_type:
        levels = {level: guess_mapping(found, level) for level in BOUNDARIES}
        codes = [row[found.columns.index(levels[Target.CELL]["code"])] for row in found.rows] if "code" in levels[Target.CELL] else []
        by_length = {9: Target.TOWNSHIP, 12: Target.VILLAGE, 15: Target.CELL}
        lengths = {len(code) for code in codes}
        return by_length.get(lengths.pop(), Target.CELL) if len(lengths) == 1 else Target.CELL
    tables = (Target.CASES, Target.HOUSEHOLDS, Target.WORKERS, Target.DEPARTMENTS)
    telling = {
        Target.CASES: ("blown", "category", "text"),
        Target.HOUSEHOLDS: ("head", "members"),
        Target.WORKERS: ("cell", "village"),
        Target.DEPARTMENTS: ("receiver", "leader", "category"),
    }
    scores = {target: sum(field in guess_mapping(found, target) for field in telling[target]) / len(telling[target]) for target in tables}
    return max(tables, key=lambda target: scores[target])


class ImportAssistant(QWidget):
    """Three steps; the map stays a click away."""

    def __init__(self, window: Window, path: Path | None) -> None:
        super().__init__()
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._window = window
        self.found: Preview | None = None
        self.target = Target.CELL
        self._encoding, self._layer, self._crs = "", "", ""
        self._combos: dict[str, QComboBox] = {}
        self._tried = False  # the result that is shown is of a dry run
        self._build()
        if path is not None:
            self.look(path)

    # ------------------------------------------------------------ building

    def _build(self) -> None:
        palette = self._window.preferences.palette
        self._steps = [label(str(title), "chip") for title in TITLES]
        self.back = button(tr("Back"), self._backward)
        self.next = button(tr("Next"), self._forward, "primary")
        leave = button(
            tr("Back to the map") if self._window.session else tr("Start page"), self._window.end_import, "", icon("chevron-left", palette)
        )
        self.problem = label("", "danger", wrap=True)
        self.problem.hide()
        self.pages = QStackedWidget()
        self._bodies: list[QVBoxLayout] = []
        for _ in TITLES:
            body = column(spacing=8, margins=(20, 16, 20, 16))
            self._bodies.append(body)
            self.pages.addWidget(scrolled(holding(body)))
        head = row(leave, 16, label(tr("Import assistant"), "title"), 24, *self._steps, None, spacing=12)
        self.attempt = button(tr("Try it first"), self._try, "", tip=tr("Says what an import would do; nothing is written."))
        foot = row(self.problem, None, self.back, self.attempt, self.next)
        foot.setStretch(0, 1)
        frame = card(self.pages)
        frame.layout().setContentsMargins(1, 1, 1, 1)  # type: ignore[union-attr]
        self.setLayout(column(head, frame, foot, spacing=12, margins=(24, 16, 24, 16)))
        self._show_file()
        self._turn(0)

    def _turn(self, at: int) -> None:
        self.pages.setCurrentIndex(at)
        for number, step in enumerate(self._steps):
            step.setProperty("role", "chipAccent" if number == at else "chip")
            step.style().unpolish(step)
            step.style().polish(step)
        self.back.setVisible(at == 1)
        self.next.setVisible(True)
        self.attempt.setVisible(at == 1 and self.target not in (*BOUNDARIES, Target.FORMER))
        self.next.setText((tr("Next"), tr("Import"), tr("Show on the map"))[at])
        self.next.setEnabled(at > 0 or self.found is not None)
        self._say("")

    def _say(self, problem: str) -> None:
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))

    def _forward(self) -> None:
        at = self.pages.currentIndex()
        if at == 0 and self._window.session is None:
            self._window.new_county_for(self.found.path if self.found else None)
        elif at == 0:
            self._show_columns()
            self._turn(1)
        elif at == 1:
            self._import()
        else:
            self._window.end_import()

    def _backward(self) -> None:
        self._turn(self.pages.currentIndex() - 1)

    # ------------------------------------------------------------ 1 file

    def look(self, path: Path) -> None:
        """Look into a file, in a thread, and show what is in it."""
        session = self._window.session
        crs, bounds = (session.state.settings.crs, None) if session else ("", None)
        if session is not None and session.state.coverage.cells:
            bounds = extent(session.state.coverage)
        layer, encoding = self._layer or None, self._encoding or None
        steps = lambda: preview_steps(path, layer, encoding, crs, bounds)  # noqa: E731
        self._window.tasks.run(Task(msg("Looking into {name}", name=path.name), steps, self._looked, failed=self._failed))

    def _failed(self, message: Message) -> None:
        """Say why a file cannot be read; nothing of the one before it stays, so that nobody imports the wrong one."""
        path = self.path.text()
        self.found = None
        self._show_file()
        self._turn(0)
        self.path.setText(path)
        self.path.setFocus()
        self._say(str(message))

    def _looked(self, found: Preview) -> None:
        if self.found is None or self.found.path != found.path or self.found.layer != found.layer:
            self.target = likely_target(found)
            self._crs = ""
        self.found = found
        self._show_file()
        self._turn(0)
        self.next.setFocus()

    def _choose(self) -> None:
        files = (
            tr("Maps and tables")
            + " (*.gpkg *.shp *.zip *.geojson *.json *.topojson *.kml *.dxf *.csv *.txt *.xlsx *.gdb *.xml);;"
            + tr("All files")
            + " (*)"
        )
        dialog = QFileDialog(self, tr("Choose a file"), "", files)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda path: self._look_anew(Path(path)))
        dialog.open()

    def _look_anew(self, path: Path) -> None:
        self._encoding = self._layer = ""
        self.found = None
        self.look(path)

    def _show_file(self) -> None:
        body, found, palette = self._bodies[0], self.found, self._window.preferences.palette
        clear(body)
        self.path = QLineEdit(str(found.path) if found else "")
        self.path.setPlaceholderText(tr("Path of the file, or drop it on the window"))
        self.path.setAccessibleName(tr("File"))
        self.path.returnPressed.connect(lambda: self._look_anew(Path(self.path.text().strip())))
        choose = button(
            tr("Choose…"), self._choose, "" if found else "primary", icon("folder-open", palette, "" if found else palette.accent_text)
        )
        body.addLayout(row(self.path, choose))
        if found is None:
            hint = tr("Boundaries: GeoPackage, Shapefile (also zipped), GeoJSON, TopoJSON, KML, DXF, FileGDB. Tables: CSV, XLSX.")
            body.addStretch(1)
            body.addLayout(row(None, image("upload", palette.secondary, 40), None))
            body.addLayout(row(None, label(tr("No file yet"), "heading"), None))
            body.addLayout(row(None, label(hint, "secondary"), None))
            body.addStretch(2)
            return
        body.addLayout(self._about(found))
        for warning in found.warnings:
            told = row(image("triangle-alert", palette.warning), label(str(warning), "warning", wrap=True))
            told.setStretch(1, 1)
            body.addLayout(told)
        body.addWidget(rows_table(found), 1)

    def _about(self, found: Preview) -> QGridLayout:
        targets = [(str(text), target) for target, text in TARGETS.items()]
        rows = format_number(found.count) if found.count >= 0 else tr("not counted")
        what = " · ".join(part for part in (found.format, found.geometry_type, tr("{rows} rows", rows=rows)) if part)
        where = tr("{crs}: {reason}", crs=crs_name(found.crs.crs) or tr("no coordinates"), reason=found.crs.reason)
        pairs: list[tuple[str, str | QWidget]] = [
            (tr("The file"), what),
            (tr("What the rows are"), _narrow(combo(tr("What the rows are"), targets, self.target, self._set_target))),
            (tr("Coordinates"), where),
        ]
        if (register := recognised(found.columns)) is not None:
            pairs.append((tr("Recognised as"), _known(register)))
        if len(found.layers) > 1:
            layers = [(name, name) for name in found.layers]
            pairs.append((tr("Layer"), _narrow(combo(tr("Layer"), layers, found.layer, self._set_layer))))
        if found.encoding:
            encodings = [(name or tr("as found: {encoding}", encoding=found.encoding), name) for name in ENCODINGS]
            pairs.append((tr("Encoding"), _narrow(combo(tr("Encoding"), encodings, self._encoding, self._set_encoding))))
        return facts(pairs)

    def _set_target(self, target: object) -> None:
        self.target = Target(str(target))

    def _set_layer(self, layer: object) -> None:
        self._layer = str(layer)
        if self.found is not None:
            self.look(self.found.path)

    def _set_encoding(self, encoding: object) -> None:
        self._encoding = str(encoding)
        if self.found is not None:
            self.look(self.found.path)

    # ------------------------------------------------------------ 2 columns

    def _show_columns(self) -> None:
        assert self.found is not None
        body, found = self._bodies[1], self.found
        clear(body)
        self._combos = {}
        guessed = guess_mapping(found, self.target)
        register = self.register()
        hint = tr("Which column holds what? What was recognised is filled in; the choice is remembered for files with the same headers.")
        if register is not None:
            hint = tr("Recognised as {register}: every column is known, nothing has to be chosen.", register=register.name)
        body.addWidget(label(str(TARGETS[self.target]), "heading"))
        body.addWidget(label(hint, "secondary", wrap=True))
        body.addLayout(self._fields(found, guessed))
        body.addSpacing(8)
        body.addWidget(label(tr("How to read it"), "section"))
        body.addLayout(self._options(found))
        body.addStretch(1)

    def _fields(self, found: Preview, guessed: Mapped) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(6)
        fields = FIELDS[self.target]
        half = (len(fields) + 1) // 2
        for at, field in enumerate(fields):
            items: list[tuple[str, object]] = [(tr("— not in the file —"), "")]
            items += [(self._column_text(found, name), name) for name in found.columns]
            text = str(FIELD_NAMES[field])
            made = combo(text, items, guessed.get(field, ""), lambda _: None)
            made.setObjectName(f"field-{field}")
            self._combos[field] = made
            left = 0 if at < half else 2
            grid.addWidget(label(text, "secondary"), at % half, left)
            grid.addWidget(made, at % half, left + 1)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)
        return grid

    def _column_text(self, found: Preview, name: str) -> str:
        """Return a column with a sample of what is in it."""
        at = found.columns.index(name)
        sample = next((values[at] for values in found.rows if values[at]), "")
        return f"{name}  ({sample[:24]})" if sample else name

    def _options(self, found: Preview) -> QGridLayout:
        pairs: list[tuple[str, str | QWidget]] = []
        guess = tr("as found: {crs}", crs=crs_name(found.crs.crs) or tr("no coordinates"))
        datums: list[tuple[str, object]] = [(guess if not key else str(text), key) for key, text in DATUMS]
        self._datum = combo(tr("Coordinates"), datums, self._crs, lambda _: None)
        self._datum.setEditable(True)
        self._datum.setToolTip(tr("Choose one, or write an EPSG code such as EPSG:4550."))
        self._repair = QCheckBox(tr("Repair gaps and overlaps (every area that changes hands is listed)"))
        self._create = QCheckBox(tr("Make departments that are not known yet"))
        self._create.setChecked(True)
        self._create_categories = QCheckBox(tr("Make categories that are not known yet"))
        register = self.register()
        self._create_categories.setChecked(register is None or register.makes_categories)
        zones = _zones(register)
        self._zone = combo(tr("Times are of"), zones, zones[0][1], lambda _: None)
        self._source = QLineEdit()
        self._source.setAccessibleName(tr("From the system"))
        self._source.setPlaceholderText((register.source if register else "") or found.path.name)
        self._source.setToolTip(
            tr("Whistles are known again by this name and their number. Write the same name for every file of a system.")
        )
        if self.target != Target.DEPARTMENTS:
            pairs.append((tr("Coordinates"), _narrow(self._datum)))
        if self.target in BOUNDARIES:
            pairs.append(("", self._repair))
        self._grid_name, self._office = QLineEdit(self._layer or found.path.stem), QLineEdit()
        self._office.setPlaceholderText(tr("for example 县公安局"))
        for made, name in ((self._grid_name, tr("Name of the grid")), (self._office, tr("Office"))):
            made.setAccessibleName(name)
            if self.target == Target.FORMER:
                pairs.append((name, _narrow(made)))
        if self.target == Target.CASES:
            pairs += [(tr("Times are of"), _narrow(self._zone)), (tr("From the system"), _narrow(self._source))]
            pairs.append(("", holding(row(self._create, self._create_categories, None, spacing=24))))
        return facts(pairs)

    def _chosen_datum(self) -> str:
        at = self._datum.findText(self._datum.currentText())
        return str(self._datum.itemData(at)) if at >= 0 else self._datum.currentText().strip()

    def mapping(self) -> Mapped:
        """Return field → column as it is chosen now."""
        return {field: str(made.currentData()) for field, made in self._combos.items() if made.currentData()}

    def register(self) -> Register | None:
        """Return the register of another system that the file is an export of, None for any other file."""
        return recognised(self.found.columns) if self.found is not None and self.target == Target.CASES else None

    def _as_register(self) -> bool:
        """Tell whether the columns are those of a known register: the import then reads also those that are no fields here."""
        register, found = self.register(), self.found
        if register is None or found is None or columns_of.recall(found.columns, self.target) is not None:
            return False
        return self.mapping() == guess_mapping(found, self.target)

    def edit(self, *, dry_run: bool = False) -> Edit:
        """Return the edit that the choices make; a `dry_run` of people, bodies and whistles only tells what it would do."""
        assert self.found is not None and self._window.session is not None
        chosen, found = self.mapping(), self.found
        if self.target in BOUNDARIES:
            reading = BoundaryOptions(
                self.target.value, crs=self._chosen_datum(), encoding=self._encoding, layer=self._layer, repair=self._repair.isChecked()
            )
            options = replace(reading, **chosen)  # type: ignore[arg-type]  # the fields of a target are options of the same name
            return boundary_edit(found.path, options)
        if self.target == Target.FORMER:
            name, office = self._grid_name.text().strip(), self._office.text().strip()
            grid = FormerOptions(name, office, chosen, guess=False, crs=self._chosen_datum(), encoding=self._encoding, layer=self._layer)
            return former_edit([found.path], grid)
        as_register = self._as_register()
        if as_register:
            chosen = {}
        x, y = chosen.pop("x", ""), chosen.pop("y", "")
        points = PointOptions(
            chosen,
            x,
            y,
            self._chosen_datum(),
            self._encoding,
            self._layer,
            str(self._zone.currentData()),
            self._create.isChecked(),
            guess=as_register,
            create_categories=self._create_categories.isChecked(),
            dry_run=dry_run,
            source=self._source.text().strip(),
        )
        return point_edit(found.path, self.target, points, self._window.session.county.store)

    def _import(self) -> None:
        assert self.found is not None
        if not self._as_register():
            columns_of.remember(self.found.columns, self.target, self.mapping())
        self._run(self.edit())

    def _try(self) -> None:
        """Say what an import would do."""
        self._run(self.edit(dry_run=True))

    def _run(self, edit: Edit) -> None:
        self._say("")
        self.next.setEnabled(False)
        self.attempt.setEnabled(False)
        self._window.perform(edit, self._imported, self._refused)

    def _refused(self, message: Message) -> None:
        self.next.setEnabled(True)
        self.attempt.setEnabled(True)
        self._say(str(message))

    # ------------------------------------------------------------ 3 result

    def _imported(self, changes: Changes) -> None:
        report = changes.report if isinstance(changes.report, ImportReport) else ImportReport(0, 0)
        self._tried = report.dry_run
        self._show_result(report)
        self._turn(2)
        self.next.setVisible(not self._tried)
        self.next.setEnabled(True)
        self.attempt.setEnabled(True)
        (self.now if self._tried else self.next).setFocus()

    def _show_result(self, report: ImportReport) -> None:
        body, palette = self._bodies[2], self._window.preferences.palette
        clear(body)
        good = report.imported + report.updated > 0
        sign = image("circle-check" if good else "triangle-alert", palette.success if good else palette.warning, 28)
        name = self.found.path.name if self.found else ""
        title = tr("Tried, nothing is written yet: {name}", name=name) if report.dry_run else tr("Imported: {name}", name=name)
        body.addLayout(row(sign, label(title, "heading"), None))
        bordering = self.target in BOUNDARIES
        numbers = (
            (tr("Read"), report.read),
            (tr("Would be imported") if report.dry_run else tr("Imported"), report.imported),
            (tr("Known already"), report.known),
            *(((tr("With news"), report.updated),) if report.updated else ()),
            *(((tr("In no cell"), report.outside),) if report.outside else ()),
            (tr("Rejected"), len(report.rejected)),
            *(((tr("Repaired"), len(report.repaired)),) if bordering or report.repaired else ()),
            *(((tr("Defects that remain"), len(report.issues)),) if bordering or report.issues else ()),
        )
        body.addLayout(
            row(
                *(column(label(text, "secondary"), label(format_number(count), "number"), spacing=0) for text, count in numbers),
                None,
                spacing=28,
            )
        )
        if report.routed:
            first = Listing(tuple(f"{name or tr('nobody')} {format_number(count)}" for name, count in report.routed[:MOST_BODIES]))
            received = str(
                plural(
                    len(report.routed),
                    msg("Received by {count} body: {bodies}", count=format_number(len(report.routed)), bodies=first),
                    msg("Received by {count} bodies: {bodies}", count=format_number(len(report.routed)), bodies=first),
                )
            )
            body.addWidget(label(received, wrap=True))
        if report.outside * 2 > report.imported:
            lost = tr("Most of them lie in no cell of this county. Are the coordinates read as they should be?")
            doubt = row(image("triangle-alert", palette.warning), label(lost, "warning", wrap=True), spacing=8)
            doubt.setStretch(1, 1)
            body.addLayout(doubt)
        for note in report.notes:
            told = row(image("info", palette.secondary), label(str(note), wrap=True), spacing=8)
            told.setStretch(1, 1)
            body.addLayout(told)
        details = [(tr("rejected"), str(r.row), str(r.problem)) for r in report.rejected]
        details += [(tr("repaired"), str(r.row) if r.row else "", str(r.what)) for r in report.repaired]
        details += [(tr("defect"), "", str(issue.message)) for issue in report.issues]
        if details:
            body.addWidget(details_table(details), 1)
        else:
            body.addWidget(label("" if report.dry_run else tr("Every row was taken over as it was."), "secondary"))
            body.addStretch(1)
        if report.issues and bordering:
            body.addWidget(
                label(tr("Gaps and overlaps can be repaired: go back, choose Repair, and import the file again."), "secondary", wrap=True)
            )
        if report.dry_run:
            change = button(tr("Change the columns"), lambda: self._turn(1))
            self.now = button(tr("Import it now"), self._import, "primary")
            body.addLayout(row(self.now, change, None))
        else:
            body.addLayout(row(button(tr("Undo this import"), self._undo), button(tr("Import another file"), self._again), None))

    def _undo(self) -> None:
        self._window.undo()
        self._turn(0)

    def _again(self) -> None:
        self.found = None
        self._encoding = self._layer = ""
        self._show_file()
        self._turn(0)


def _known(register: Register) -> str:
    """Say what is known of a register, without being asked for."""
    if register.timezone:
        return tr("{register}: columns, coordinates and times ({zone}) are known", register=register.name, zone=register.timezone)
    return tr("{register}: columns, coordinates and times are known", register=register.name)


def _zones(register: Register | None) -> list[tuple[str, object]]:
    """Return the zones of times that do not say theirs, that of the file first."""
    zones: list[tuple[str, object]] = [(zone, zone) for zone in ZONES]
    if register is None:
        return zones
    own = register.timezone or tr("the zone that they say, else {zone}", zone=ZONES[0])
    return [(tr("{zone}, as in {register}", zone=own, register=register.name), ""), *zones]


def _narrow(made: QWidget) -> QWidget:
    made.setFixedWidth(420)
    return holding(row(made, None))
