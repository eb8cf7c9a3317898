"""The figures of whistles by body, unit and category, as tables."""

import numpy as np

from gis_app.cases.statistics import Row, breakdown, definitions, units_of
from gis_app.county.state import with_past_cells
from gis_app.grid.units import Level
from gis_app.gui.rows import Column, Extent, Ids, Rows, sorted_ids
from gis_app.gui.session import Session
from gis_app.gui.words import body_name, category_name, unit_name
from gis_app.language import format_duration, format_number, msg

TABLES = {"body": "bodies", "unit": "units", "category": ""}
WIDTHS = (90, 90, 90, 110, 170, 190)
TITLES = {"body": msg("Receiving body"), "unit": msg("Village / community"), "category": msg("Category")}


class GroupRows(Rows):
    """The figures of the whistles that pass the filter, by body, village or category: received, reasonable, completed, rate, medians."""

    def __init__(self, session: Session, by: str) -> None:
        super().__init__(session)
        self.by, self.table = by, TABLES[by]
        self.level = Level.VILLAGE
        self.columns = (
            Column(TITLES[by], 220),
            *(Column(name, width, True, tip) for (name, tip), width in zip(definitions(), WIDTHS, strict=True)),
        )
        self.first_order = (1, True)
        self._rows: dict[int, Row] = {}
        self._of: object = None

    def _found(self) -> dict[int, Row]:
        """Work the figures out once for a state and a filter."""
        key = (self.session.derived, self.session.filter, self.session.line)
        if self._of != key:
            self._of = key
            cases = self.session.state.cases
            keys = {"body": cases.body, "category": cases.category}.get(self.by)
            if keys is None:
                keys = units_of(cases, with_past_cells(self.session.state), self.level)
            self._rows = {
                row.key: row for row in breakdown(cases, keys, end=self.session.filter.end, where=self.session.shown_cases()) if row.key
            }
        return self._rows

    def _name(self, key: int) -> str:
        state = self.session.state
        if self.by == "unit":
            return unit_name(state.units.get(key))
        return body_name(state, key) if self.by == "body" else category_name(state, key)

    def ids(self) -> Ids:  # noqa: D102
        return np.array(sorted(self._found()), np.int64)

    def order(self, column: int, descending: bool) -> Ids:  # noqa: D102
        rows = [self._found()[int(key)] for key in self.ids()]
        keys = [
            (
                self._name(row.key),
                row.figures.received,
                row.figures.reasonable,
                row.figures.completed,
                row.figures.completion_rate or 0.0,
                row.to_pick_up or 0.0,
                row.to_done or 0.0,
            )[column]
            for row in rows
        ]
        return sorted_ids(self.ids(), keys, descending)

    def matching(self, words: str) -> Ids:  # noqa: D102
        return np.array([key for key in self._found() if words.casefold() in self._name(key).casefold()], np.int64)

    def page(self, ids: Ids) -> list[tuple[str, ...]]:  # noqa: D102
        return [self._written(self._found()[int(key)]) for key in ids]

    def _written(self, row: Row) -> tuple[str, ...]:
        figures = row.figures
        rate = "–" if figures.completion_rate is None else f"{figures.completion_rate:.1%}"
        counts = (format_number(figures.received), format_number(figures.reasonable), format_number(figures.completed))
        return (self._name(row.key), *counts, rate, _duration(row.to_pick_up), _duration(row.to_done))

    def within(self, extent: Extent) -> Ids:  # noqa: D102
        from gis_app.gui.rows import UnitRows

        return UnitRows(self.session, self.level).within(extent) if self.by == "unit" else self.ids()

    def in_cells(self, cells: Ids) -> Ids:  # noqa: D102
        from gis_app.gui.rows import UnitRows

        return UnitRows(self.session, self.level).in_cells(cells) if self.by == "unit" else self.ids()


def _duration(seconds: float | None) -> str:
    from datetime import timedelta

    return "–" if seconds is None else format_duration(timedelta(seconds=seconds))
