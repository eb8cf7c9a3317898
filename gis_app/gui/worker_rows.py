"""The roster as a table: who looks after which cells, how much work that is, who is absent; and how fairly work is shared out."""

from collections.abc import Callable
from datetime import date

import numpy as np

from gis_app.county.worker_edits import Fairness
from gis_app.grid.privacy import mask_name
from gis_app.grid.units import Level
from gis_app.grid.workers import Worker
from gis_app.gui.rows import OPEN_TIP, Column, Extent, Ids, Rows, UnitRows, sorted_ids
from gis_app.gui.session import Session
from gis_app.gui.words import ALL_TIP, unit_name
from gis_app.language import format_code, format_number, listed, msg, tr

LOAD_TIP = msg("In households: residents, what their flags add, open whistles and the round through the cell, as the settings weigh them.")
SHARE_TIP = msg("The load as a share of the mean of the branch; ▲: overloaded, above what the settings or the worker's capacity allow.")
GINI_TIP = msg("Gini coefficient of the loads: 0 where all bear the same, towards 1 where one bears everything.")

SIGN = "▲ "
"""Stands before what is too much, so that colour does not say it alone."""


def cells_text(session: Session, worker: Worker) -> str:
    """Return the names of the cells of a worker; "–" for none."""
    return listed(unit_name(session.state.units.get(cell)) for cell in worker.cells) or "–"


def absence_text(session: Session, worker: Worker, day: date | None = None, name: Callable[[str], str] = mask_name) -> str:
    """Say whether a worker is absent on a day (today) and who stands in (by `name`), or that he does not work here on this day."""
    workers, day = session.state.workers, day or session.state.settings.today()
    if worker.works_on(day):
        return ""
    if not worker.is_absent(day):
        return tr("has left") if worker.until is not None and worker.until < day else tr("begins {day}", day=worker.since)
    other = workers.get(worker.substitute)
    return tr("absent; {name} stands in", name=name(other.name)) if other is not None else tr("absent; nobody stands in")


class WorkerRows(Rows):
    """All grid workers, or those who want attention; names and phones are masked unless somebody asked for them."""

    table = "workers"
    personal = True
    columns = (
        Column(msg("Grid worker"), 120),
        Column(msg("Code"), 120),
        Column(msg("Phone"), 120),
        Column(msg("Village / community"), 120),
        Column(msg("Cells"), 180),
        Column(msg("Households"), 80, True, ALL_TIP),
        Column(msg("Open whistles"), 80, True, OPEN_TIP),
        Column(msg("Load"), 70, True, LOAD_TIP),
        Column(msg("Of the mean"), 90, True, SHARE_TIP),
        Column(msg("Absence"), 150),
    )
    first_order = (1, False)
    choices = ((msg("All workers"), "all"), (msg("Overloaded"), "over"), (msg("Absent today"), "absent"), (msg("Without a cell"), "free"))

    def ids(self) -> Ids:  # noqa: D102
        workers, chosen = self.session.state.workers, self.chosen
        if chosen == "over":
            burdens = self.session.derived.burdens
            return np.array(sorted(i for i in workers if burdens[i].over), np.int64)
        day = self.session.state.settings.today()
        tests: dict[str, Callable[[Worker], bool]] = {"absent": lambda w: w.is_absent(day), "free": lambda w: not w.cells}
        passes = tests.get(chosen)
        return np.array(sorted(i for i, worker in workers.items() if passes is None or passes(worker)), np.int64)

    def order(self, column: int, descending: bool) -> Ids:  # noqa: D102
        ids = self.ids()
        if column == 0:
            found = self.session.county.store.order("workers", "name", descending=descending)
            return found[np.isin(found, ids)]
        workers, key = self.session.state.workers, self._keys()[column]
        return sorted_ids(ids, [key(workers[int(i)]) for i in ids], descending)

    def _keys(self) -> tuple[Callable[[Worker], str | float], ...]:
        """Return what the rows are sorted by, one a column."""
        session, figures, burdens = self.session, self.session.derived.figures, self.session.derived.burdens
        units, day = session.state.units, session.state.settings.today()
        return (
            lambda worker: worker.name,
            lambda worker: worker.code,
            lambda worker: worker.phone,
            lambda worker: unit_name(units.get(worker.village)),
            lambda worker: cells_text(session, worker),
            lambda worker: sum(figures[cell].households for cell in worker.cells if cell in figures),
            lambda worker: sum(figures[cell].open_cases for cell in worker.cells if cell in figures),
            lambda worker: burdens[worker.id].load,
            lambda worker: burdens[worker.id].share if worker.cells else -1.0,
            lambda worker: absence_text(session, worker, day, session.name),
        )

    def page(self, ids: Ids) -> list[tuple[str, ...]]:  # noqa: D102
        return [self._row(self.session.state.workers[int(i)]) for i in ids]

    def _row(self, worker: Worker) -> tuple[str, ...]:
        name, code, phone, village, cells, households, whistles, load, share, absence = (key(worker) for key in self._keys())
        over = SIGN if self.session.derived.burdens[worker.id].over else ""
        return (
            self.session.name(str(name)),
            str(code),
            self.session.phone(str(phone)),
            str(village),
            str(cells),
            format_number(int(households)),
            format_number(int(whistles)),
            format_number(float(load), 1),
            f"{over}{float(share):.0%}" if worker.cells else "–",
            str(absence),
        )

    def colour_of(self, row_id: int, column: int) -> str:  # noqa: D102
        palette, worker = self.session.palette, self.session.state.workers.get(row_id)
        if worker is None:
            return ""
        if column in (7, 8) and self.session.derived.burdens[row_id].over:
            return palette.danger
        missing = column == 9 and not worker.works_on(self.session.state.settings.today())
        return palette.warning if missing or (column == 4 and not worker.cells) else ""

    def within(self, extent: Extent) -> Ids:  # noqa: D102
        return self.in_cells(UnitRows(self.session, Level.CELL).within(extent))

    def in_cells(self, cells: Ids) -> Ids:  # noqa: D102
        wanted = set(cells.tolist())
        found = (worker.id for worker in self.session.state.workers.values() if not wanted.isdisjoint(worker.cells))
        return np.array(sorted(found), np.int64)


class FairnessRows(Rows):
    """How fairly work is shared out among the workers of every village, or of every township."""

    table = "units"
    columns = (
        Column(msg("Name"), 200),
        Column(msg("Code"), 150),
        Column(msg("Grid workers"), 90, True),
        Column(msg("Mean load"), 90, True, LOAD_TIP),
        Column(msg("Highest load"), 90, True),
        Column(msg("Gini"), 80, True, GINI_TIP),
        Column(msg("Overloaded"), 90, True, SHARE_TIP),
        Column(msg("Vacant cells"), 90, True, msg("Cells for which nobody answers today.")),
    )
    first_order = (6, True)
    choices = ((msg("Villages and communities"), "village"), (msg("Townships"), "township"))

    @property
    def level(self) -> Level:
        """The level of the units that are listed."""
        return Level.TOWNSHIP if self.chosen == "township" else Level.VILLAGE

    def _found(self) -> dict[int, Fairness]:
        return self.session.derived.fairness(self.level)

    def ids(self) -> Ids:  # noqa: D102
        return np.array([unit.id for unit in self.session.state.units.at_level(self.level)], np.int64)

    def order(self, column: int, descending: bool) -> Ids:  # noqa: D102
        units, found, ids = self.session.state.units, self._found(), self.ids()
        figures = ("workers", "mean", "most", "gini", "overloaded", "vacant")
        if column < 2:
            keys: list[str | float] = [unit_name(units[int(i)]) if column == 0 else units[int(i)].code for i in ids]
        else:
            keys = [float(getattr(found[int(i)], figures[column - 2])) for i in ids]
        return sorted_ids(ids, keys, descending)

    def page(self, ids: Ids) -> list[tuple[str, ...]]:  # noqa: D102
        return [self._row(int(i)) for i in ids]

    def _row(self, unit_id: int) -> tuple[str, ...]:
        unit, found = self.session.state.units[unit_id], self._found()[unit_id]
        return (
            unit_name(unit),
            format_code(unit.code),
            format_number(found.workers),
            format_number(found.mean, 1),
            format_number(found.most, 1),
            format_number(found.gini, 3),
            f"{SIGN}{format_number(found.overloaded)}" if found.overloaded else "–",
            f"{SIGN}{format_number(found.vacant)}" if found.vacant else "–",
        )

    def colour_of(self, row_id: int, column: int) -> str:  # noqa: D102
        found = self._found().get(row_id)
        if found is None:
            return ""
        wrong = (column == 6 and found.overloaded) or (column == 7 and found.vacant)
        return self.session.palette.danger if wrong else ""

    def within(self, extent: Extent) -> Ids:  # noqa: D102
        return UnitRows(self.session, self.level).within(extent)

    def in_cells(self, cells: Ids) -> Ids:  # noqa: D102
        return UnitRows(self.session, self.level).in_cells(cells)
