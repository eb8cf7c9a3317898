"""What a person does with former grids: loading, comparing, finding where units went, and writing that as a table."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog

from gis_app.county.changes import Changes, Edit
from gis_app.county.former import former_units, went_to
from gis_app.county.former_edits import rename_former_grid, renew_crosswalk
from gis_app.files.former import former_edit, write_former_crosswalk
from gis_app.files.report import ImportReport
from gis_app.grid.former import FormerGrid
from gis_app.gui import former_compare
from gis_app.gui.folders import documents_folder
from gis_app.gui.former_lists import FormerErrors, FormerUnitList
from gis_app.gui.former_unit_panel import show_unit
from gis_app.gui.reference_work import VECTORS
from gis_app.gui.task import Task
from gis_app.gui.work import tell_step
from gis_app.language import Message, format_number, msg, plural, tr
from gis_app.progress import Progress, Steps, part

if TYPE_CHECKING:
    from gis_app.gui.session import Session
    from gis_app.gui.window import Window


def ask_files(window: Window) -> None:
    """Ask for the map files of one or several grids without blocking the window."""
    session = window.session
    if session is None:
        return
    filters = f"{tr('Map files')} ({' '.join(f'*{ending}' for ending in VECTORS)});;{tr('All files (*)')}"
    dialog = QFileDialog(window, tr("Load grids of other offices"), str(session.shelf.folder), filters)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
    dialog.filesSelected.connect(lambda paths: load_files(window, [Path(path) for path in paths]))
    dialog.open()


def load_files(window: Window, paths: Sequence[Path]) -> None:
    """Load grids, columns as they are recognised, each under the name of its file; the import assistant asks for more."""

    def loaded(changes: Changes) -> None:
        report = changes.report
        if isinstance(report, ImportReport):
            tell_step(window, loaded_text(report.imported, len(paths), len(report.issues)), changes.title)

    window.perform(former_edit(paths), loaded)


def loaded_text(units: int, grids: int, errors: int) -> str:
    """Say how much was loaded, and what is wrong with it."""
    counts = {"units": format_number(units), "count": format_number(grids)}
    one, many = msg("Loaded {units} units of one grid", **counts), msg("Loaded {units} units of {count} grids", **counts)
    loaded = plural(grids, one, many)
    if not errors:
        return tr("{loaded}; no errors were found.", loaded=loaded)
    wrong = {"loaded": loaded, "errors": format_number(errors)}
    single, several = (
        msg("{loaded}; one error is listed, and stays.", **wrong),
        msg("{loaded}; {errors} errors are listed, and stay.", **wrong),
    )
    return str(plural(errors, single, several))


def show_crosswalk(window: Window) -> None:
    """Ask where to write to which cells the units of all former grids went, as a workbook."""
    dialog = QFileDialog(window, tr("Write where the units went"), str(documents_folder() / tr("crosswalk.xlsx")), "*.xlsx *.csv")
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix("xlsx")
    dialog.fileSelected.connect(lambda path: write_crosswalk(window, Path(path)))
    dialog.open()


def write_crosswalk(window: Window, path: Path, grid: int = 0) -> None:
    """Write the crosswalk of a former grid, or (0) of all, beside the window."""
    session = window.session
    if session is None:
        return

    def ended(count: int) -> None:
        window.banner.news(tr("Written: {path}", path=path))

    title = msg("Writing {name}", name=path.name)
    window.tasks.run(Task(title, lambda: _writing(session, path, grid), ended))


def _writing(session: Session, path: Path, grid: int) -> Steps[int]:
    yield Progress(0.0, msg("Reading the former grids"))
    store, state = session.county.store, session.county.state
    units = former_units(store, grid)
    went = went_to(store, units.id.tolist())
    names = {known.id: known.name for known in state.former_grids.values()}
    return (yield from part(write_former_crosswalk(state, names, units, went, path), 0.3, 1.0))


def find_unit(window: Window, unit: int) -> None:
    """Show a former unit that was searched for, where the division is worked on; the cells that it went to are selected."""
    window.set_workspace("plan")
    if show_unit(window, unit) is None:
        window.banner.problem(tr("This former unit is gone; its grid was removed."))


def renew(window: Window) -> None:
    """Work out anew where all units went, after the published plan was changed by an import."""
    window.perform(renew_crosswalk())


def ask_name(window: Window, grid: FormerGrid) -> None:
    """Ask for another name of a former grid."""
    if window.page is None:
        return

    def answered(words: str) -> Message | None:
        if not words.strip():
            return msg("A former grid needs a name; write one.")
        window.perform(rename_former_grid(grid.id, words))
        return None

    window.page.view.question.ask_text(tr("Rename {layer}", layer=grid.name), "", grid.name, tr("Rename"), answered)


def zoom_to(window: Window, grid: FormerGrid) -> None:
    """Show a former grid as large as possible."""
    read = window.session.former.ask().get(grid.id) if window.session is not None else None
    extent = read.layer.extent() if read is not None else None
    if extent is not None:
        window.canvas.zoom_to(extent)


def show_errors(window: Window, grid: FormerGrid) -> None:
    """List the errors of a former grid in place of the inspector."""
    if window.page is not None:
        panel = FormerErrors(window, grid)
        window.page.show_right(panel, panel.ended)


def show_units(window: Window, grid: FormerGrid) -> None:
    """List the units of a former grid in place of the inspector."""
    if window.page is not None:
        panel = FormerUnitList(window, grid)
        window.page.show_right(panel, panel.ended)


def serve(window: Window, wanted: str, of: object) -> None:
    """Do what the panel of former grids asks for (see `FormerPanel.wanted`)."""
    if isinstance(of, Edit):
        window.perform(of, lambda _: None)  # what it did is seen
    elif isinstance(of, int):
        show_unit(window, of)
    elif isinstance(of, FormerGrid):
        {"errors": show_errors, "units": show_units, "zoom": zoom_to, "rename": ask_name}[wanted](window, of)
    else:
        {"load": ask_files, "overlay": former_compare.show, "crosswalk": show_crosswalk}[wanted](window)
