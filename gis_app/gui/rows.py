"""What the tables show: rows of one kind, ordered, found and written out a page at a time."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from gis_app.cases.clocks import clocks
from gis_app.cases.display import kind_text
from gis_app.grid.households import Households
from gis_app.grid.privacy import mask_name
from gis_app.grid.units import Level, Unit
from gis_app.gui.session import Session
from gis_app.gui.words import ALL_TIP, UNIT_KINDS, body_name, category_name, unit_name
from gis_app.language import Message, format_code, format_duration, format_number, format_time, msg, tr
from gis_app.map.legend import STATE_TEXTS

Ids = NDArray[np.int64]
Extent = tuple[float, float, float, float]


OPEN_TIP = msg("Whistles that are neither done nor returned.")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table: its title, about how wide it is (pixels), whether it holds numbers (right-aligned), and what they count.

    `least`: pixels below which it does not fall where the table is narrow.
    """

    title: Message
    width: int = 120
    numeric: bool = False
    tip: Message | None = None
    least: int = 0


class Rows(ABC):
    """Rows of one table of the county. Ids are in the order of the table; `page` writes out a few of them."""

    table = ""
    columns: tuple[Column, ...] = ()
    first_order: tuple[int, bool] = (0, False)
    read_columns: tuple[int, ...] = ()
    stays = False  # in front, whatever is selected elsewhere
    personal = False  # names and phones stand in it, which are masked until somebody asks for them
    choices: tuple[tuple[Message, str], ...] = ()  # what the table can be narrowed to, the first being shown first

    def __init__(self, session: Session) -> None:
        self.session = session
        self.chosen = self.choices[0][1] if self.choices else ""

    @abstractmethod
    def ids(self) -> Ids:
        """Return the ids of all rows that the filters of the session leave."""

    @abstractmethod
    def order(self, column: int, descending: bool) -> Ids:
        """Return all ids in the order of a column."""

    def is_read(self, column: int) -> bool:
        """Tell whether the order of a column has to be read from the file: in 120,000 rows that takes a tenth of a second."""
        return column in self.read_columns

    def matching(self, words: str) -> Ids:
        """Return the ids of rows whose texts contain `words`."""
        return self.session.county.store.matching(self.table, words)

    @abstractmethod
    def page(self, ids: Ids) -> list[tuple[str, ...]]:
        """Write out rows."""

    @abstractmethod
    def within(self, extent: Extent) -> Ids:
        """Return the ids of rows that lie (partly) in an extent."""

    @abstractmethod
    def in_cells(self, cells: Ids) -> Ids:
        """Return the ids of rows that belong to some cells."""

    def count(self, ids: Ids) -> int:
        """Return how many of these rows the tab of the table counts."""
        return len(ids)

    def is_faint(self, row_id: int) -> bool:
        """Tell whether a row is written faintly, because it does not count now."""
        return False

    def colour_of(self, row_id: int, column: int) -> str:
        """Return the colour of what wants attention in a row, "" for that of all texts."""
        return ""

    def state_of(self, row_id: int) -> int | None:
        """Return the display state of a case; None for rows that have none."""
        return None


def sorted_ids(ids: Ids, keys: Sequence[str | float] | NDArray[np.generic], descending: bool) -> Ids:
    """Return ids in the order of their keys; equal keys stay in the order they had."""
    order = np.argsort(np.asarray(keys), kind="stable")
    return ids[order[::-1]] if descending else ids[order]


class UnitRows(Rows):
    """The units of one level with their figures."""

    table = "units"

    def __init__(self, session: Session, level: Level) -> None:
        super().__init__(session)
        self.level = level
        middle = () if level == Level.CELL else (Column(msg("Cells"), 70, True),)
        last = (Column(msg("Grid worker"), 120),) if level == Level.CELL else ()
        self.columns = (
            Column(msg("Name"), 200),
            Column(msg("Code"), 170),
            Column(msg("Kind"), 120),
            *middle,
            Column(msg("Households"), 90, True, ALL_TIP),
            Column(msg("People"), 90, True),
            Column(msg("Area km²"), 90, True),
            Column(msg("Load"), 70, True, msg("Resident households, divided by the fewest that the cells should have.")),
            Column(msg("Open whistles"), 100, True, OPEN_TIP),
            *last,
        )
        self.first_order = (1, False)

    def _units(self) -> list[Unit]:
        return self.session.state.units.at_level(self.level)

    def ids(self) -> Ids:  # noqa: D102
        return np.array([unit.id for unit in self._units()], np.int64)

    def order(self, column: int, descending: bool) -> Ids:  # noqa: D102
        units, figures = self._units(), self.session.derived.figures
        keys: dict[str, Callable[[Unit], str | float]] = {
            "Name": unit_name,
            "Code": lambda u: u.code,
            "Kind": lambda u: str(UNIT_KINDS[u.kind]),
            "Cells": lambda u: figures[u.id].cells,
            "Households": lambda u: figures[u.id].households,
            "People": lambda u: figures[u.id].people,
            "Area km²": lambda u: figures[u.id].area,
            "Load": lambda u: figures[u.id].load,
            "Open whistles": lambda u: figures[u.id].open_cases,
            "Grid worker": self._worker,
        }
        return sorted_ids(self.ids(), [keys[self.columns[column].title.text](unit) for unit in units], descending)

    def page(self, ids: Ids) -> list[tuple[str, ...]]:  # noqa: D102
        return [self._row(self.session.state.units[int(i)]) for i in ids]

    def _row(self, unit: Unit) -> tuple[str, ...]:
        figures = self.session.derived.figures[unit.id]
        middle = () if self.level == Level.CELL else (format_number(figures.cells),)
        last = (self._worker(unit),) if self.level == Level.CELL else ()
        return (
            unit_name(unit),
            format_code(unit.code),
            str(UNIT_KINDS[unit.kind]),
            *middle,
            format_number(figures.households),
            format_number(figures.people),
            format_number(figures.area, 2),
            format_number(figures.load, 2),
            format_number(figures.open_cases),
            *last,
        )

    def _worker(self, unit: Unit) -> str:
        workers = self.session.derived.figures[unit.id].workers
        return mask_name(self.session.state.workers[workers[0]].name) if workers else tr("(vacant)")

    def within(self, extent: Extent) -> Ids:  # noqa: D102
        boxes = self.session.derived.boxes
        xmin, ymin, xmax, ymax = extent
        seen = (boxes[:, 1] <= xmax) & (boxes[:, 3] >= xmin) & (boxes[:, 2] <= ymax) & (boxes[:, 4] >= ymin)
        return self.in_cells(boxes[seen, 0].astype(np.int64))

    def in_cells(self, cells: Ids) -> Ids:  # noqa: D102
        found = (self.session.state.units.ancestor(int(cell), self.level) for cell in cells)
        return np.array(sorted({unit.id for unit in found if unit}), np.int64)


class HouseholdRows(Rows):
    """All households; personal names and phones are masked unless somebody asked for them."""

    table = "households"
    personal = True
    columns = (
        Column(msg("Household"), 100),
        Column(msg("Address"), 260),
        Column(msg("Phone"), 130),
        Column(msg("People"), 80, True),
        Column(msg("Cell"), 200),
        Column(msg("Where it stands"), 150),
    )
    read_columns = (0, 1, 2)

    def ids(self) -> Ids:  # noqa: D102
        return self.session.state.households.id

    def order(self, column: int, descending: bool) -> Ids:  # noqa: D102
        households = self.session.state.households
        if column in (3, 4, 5):
            keys = {3: households.members, 4: households.cell, 5: households.reason * 2 + households.pinned}[column]
            return sorted_ids(households.id, keys, descending)
        return self.session.county.store.order("households", ("head", "address", "phone")[column], descending=descending)

    def page(self, ids: Ids) -> list[tuple[str, ...]]:  # noqa: D102
        rows = self.session.county.store.rows("households", ids, ("head", "address", "phone", "members"))
        units, homes = self.session.state.units, self.session.state.households  # where they belong is told by the plan that is open
        at = positions(homes.id, np.asarray(rows["id"], np.int64))
        found = {
            int(rows["id"][i]): (
                self.session.name(str(rows["head"][i])),
                str(rows["address"][i]),
                self.session.phone(str(rows["phone"][i])),
                format_number(int(rows["members"][i])),
                unit_name(units.get(int(homes.cell[row]))),
                how_placed(homes, int(row)),
            )
            for i, row in enumerate(at)
            if row < len(homes) and homes.id[row] == rows["id"][i]
        }
        gone = ("",) * len(self.columns)  # retired, merged or added a moment ago, and the table has not heard of it yet
        return [found.get(int(id), gone) for id in ids]

    def within(self, extent: Extent) -> Ids:  # noqa: D102
        households = self.session.state.households
        return households.id[inside(households.x, households.y, extent)]

    def in_cells(self, cells: Ids) -> Ids:  # noqa: D102
        households = self.session.state.households
        return households.id[np.isin(households.cell, cells)]


REASONS = (msg("by its place"), msg("no coordinates"), msg("outside the county"), msg("not assigned yet"))
"""How a household came to its cell, or why it has none, in the order of `Unassigned`."""


def how_placed(households: Households, row: int) -> str:
    """Return how the household of a row of the columns came to its cell, or why it has none."""
    return tr("set by hand") if households.pinned[row] else str(REASONS[int(households.reason[row])])


class CaseRows(Rows):
    """The whistles that pass the filter."""

    table = "cases"
    columns = (
        Column(msg("Number"), 130),
        Column(msg("What it is about"), 260),
        Column(msg("Kind"), 90),
        Column(msg("Category"), 120),
        Column(msg("Cell"), 190),
        Column(msg("Receiving body"), 150),
        Column(msg("State"), 110),
        Column(msg("Blown"), 140),
        Column(msg("Clock of the body"), 130, True, msg("How long the whistle has been with its present body; until it was closed.")),
    )
    first_order = (7, True)
    read_columns = (0, 1)

    def ids(self) -> Ids:  # noqa: D102
        return self.session.state.cases.id[self.session.shown_cases()]

    def order(self, column: int, descending: bool) -> Ids:  # noqa: D102
        state, cases = self.session.state, self.session.state.cases
        if column in (0, 1):
            return self.session.county.store.order("cases", ("number", "text")[column], descending=descending)
        keys: dict[int, Callable[[], NDArray[np.generic]]] = {
            2: lambda: cases.kind,
            3: lambda: ranks(cases.category, lambda i: category_name(state, i)),
            4: lambda: ranks(cases.cell, lambda i: state.units[i].code if i in state.units else ""),
            5: lambda: ranks(cases.body, lambda i: body_name(state, i)),
            6: lambda: self.session.derived.display,
            7: lambda: cases.blown,
            8: self._clocks,
        }
        return sorted_ids(cases.id, keys[column](), descending)

    def _clocks(self) -> NDArray[np.int64]:
        """Return the clock of the present body for every case in seconds, 0 where it is not known."""
        body = clocks(self.session.state.cases, self.session.derived.now).body
        return np.where(np.isnat(body), 0, body.astype("timedelta64[s]").astype(np.int64))

    def page(self, ids: Ids) -> list[tuple[str, ...]]:  # noqa: D102
        state, cases = self.session.state, self.session.state.cases
        rows = self.session.county.store.rows("cases", ids, ("number", "text"))
        at, running = positions(cases.id, ids), self._clocks()
        return [
            (
                str(rows["number"][i]),
                str(rows["text"][i]),
                str(kind_text(int(cases.kind[k]))),
                category_name(state, int(cases.category[k])),
                unit_name(state.units.get(int(cases.cell[k]))),
                body_name(state, int(cases.body[k])),
                str(STATE_TEXTS[self.session.derived.display[k]]),
                format_time(cases.blown[k].item()),
                format_duration(timedelta(seconds=int(running[k]))),
            )
            for i, k in enumerate(at.tolist())
        ]

    def within(self, extent: Extent) -> Ids:  # noqa: D102
        cases = self.session.state.cases
        return cases.id[inside(cases.x, cases.y, extent)]

    def in_cells(self, cells: Ids) -> Ids:  # noqa: D102
        cases = self.session.state.cases
        return cases.id[np.isin(cases.cell, cells)]

    def state_of(self, row_id: int) -> int | None:  # noqa: D102
        at = positions(self.session.state.cases.id, np.array([row_id]))
        return int(self.session.derived.display[at[0]])


def inside(x: NDArray[np.float64], y: NDArray[np.float64], extent: Extent) -> NDArray[np.bool_]:
    """Return which points lie in an extent; a point without coordinates does not."""
    return (x >= extent[0]) & (x <= extent[2]) & (y >= extent[1]) & (y <= extent[3])


def positions(ids: Ids, wanted: Ids) -> Ids:
    """Return where `wanted` ids stand in the ascending `ids`."""
    return np.searchsorted(ids, wanted)


def ranks(values: Ids, text: Callable[[int], str]) -> Ids:
    """Return for every value the rank of its text, so that rows sort by what is read."""
    unique, at = np.unique(values, return_inverse=True)
    order = np.argsort(np.array([text(int(value)) for value in unique]))
    rank = np.empty(len(unique), np.int64)
    rank[order] = np.arange(len(unique))
    return rank[at]
