"""Lists of a former grid in place of the inspector: its errors, and its units; a click goes to the place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLineEdit

from gis_app.county.problem_edits import KINDS
from gis_app.county.problems import ProblemKind
from gis_app.grid.former import FormerGrid
from gis_app.grid.issues import Issue
from gis_app.gui.former_reader import ReadGrid
from gis_app.gui.former_unit_panel import show_unit
from gis_app.gui.side_panel import SidePanel, TwoLineList, TwoLines, said
from gis_app.language import format_number, tr

if TYPE_CHECKING:
    from gis_app.gui.window import Window

MOST = 1000
"""So many rows are listed at most."""


def _headline(issue: Issue) -> str:
    """Say what is wrong, and how much land is concerned."""
    kind = str(KINDS[ProblemKind(issue.kind)])
    return f"{kind} · {format_number(issue.area, 0 if issue.area >= 10 else 2)} m²" if issue.area else kind


def _names(issue: Issue, names: Mapping[int, str]) -> str:
    """Name the units concerned."""
    return " / ".join(dict.fromkeys(names.get(unit, str(unit)) for unit in issue.units))


class _GridPanel(SidePanel):
    """What the lists of one grid share: they go when the grid does."""

    def __init__(self, window: Window, grid: FormerGrid, title: str, list_name: str) -> None:
        super().__init__(window, title)
        self.grid = grid
        self.list = TwoLineList(list_name, most=14)
        self.list.wanted.connect(self.go)
        self._session.former.arrived.connect(self.refresh)
        self._session.county_changed.connect(self._follow)

    def _follow(self, _: object) -> None:
        if self.grid.id not in self._session.county.state.former_grids:
            self.close_panel()

    @property
    def read(self) -> ReadGrid | None:
        """The grid as it was read, None as long as it is not."""
        return self._session.former.ask().get(self.grid.id)

    def refresh(self) -> None:
        """Show the rows."""

    def go(self, row: int) -> None:
        """Go to what a row is about."""


class FormerErrors(_GridPanel):
    """What is wrong with a former grid, as it came; nothing of it is mended."""

    def __init__(self, window: Window, grid: FormerGrid) -> None:
        super().__init__(window, grid, tr("Errors of {layer}", layer=grid.name), tr("Errors"))
        self._told = said("")
        self.show_body([self._told, self.list, None])
        self.show_foot([])
        self.refresh()

    def refresh(self) -> None:
        """Show the errors as far as they are found."""
        read = self.read
        if read is None or read.issues is None:
            self._told.setText(tr("Looking for errors …"))
            return
        self._told.setText(
            tr("{count} errors. The grid stays as it came; they matter where its borders are used.", count=format_number(len(read.issues)))
        )
        names = {unit.id: unit.called for unit in map(read.units.unit, range(len(read.units)))}
        rows = [TwoLines(at, _headline(issue), _names(issue, names), str(issue.message)) for at, issue in enumerate(read.issues, 1)]
        self.list.show_rows(rows[:MOST])

    def go(self, row: int) -> None:
        """Show the place of an error."""
        read = self.read
        issue = read.issues[row - 1] if read is not None and read.issues else None
        if issue is not None and issue.at is not None and self._window.page is not None:
            self._window.page.view.show_place(*issue.at)
            self._window.page.view.mark(*issue.at)


class FormerUnitList(_GridPanel):
    """The units of a former grid, to be filtered by words."""

    def __init__(self, window: Window, grid: FormerGrid) -> None:
        super().__init__(window, grid, tr("Units of {layer}", layer=grid.name), tr("Units"))
        self.words = QLineEdit()
        self.words.setPlaceholderText(tr("Filter by number or name"))
        self.words.setAccessibleName(tr("Filter by number or name"))
        self.words.textChanged.connect(lambda _: self.refresh())
        self.show_body([self.words, self.list, None])
        self.show_foot([])
        self.refresh()

    def refresh(self) -> None:
        """Show the units that hold the words."""
        read = self.read
        if read is None:
            return
        asked = self.words.text().strip().casefold()
        units = [read.units.unit(at) for at in range(len(read.units))]
        found = [unit for unit in units if asked in unit.name.casefold() or asked in unit.code.casefold()]
        self.list.show_rows([TwoLines(unit.id, unit.called, unit.code) for unit in found[:MOST]])

    def go(self, row: int) -> None:
        """Show a unit."""
        show_unit(self._window, row)
