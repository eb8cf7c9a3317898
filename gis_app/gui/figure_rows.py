"""All figures of the whistles that the filter leaves, by body, unit, category, kind or month, as a table of the workspace Analyse."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import numpy as np

from gis_app.cases.case import CaseKind
from gis_app.cases.chains import Trails
from gis_app.cases.measures import Basis, Defined, Form, Measures, figures_defined, measured
from gis_app.cases.shares import Average, Share
from gis_app.cases.times import utc64
from gis_app.county.case_figures import LEVELS, By, basis_of, keys_by, name_of
from gis_app.gui.case_filter import CaseFilter
from gis_app.gui.rows import Column, Extent, Ids, Rows, UnitRows, sorted_ids
from gis_app.gui.session import Session
from gis_app.language import format_duration, format_number, msg
from gis_app.output.bulletin import Month

TITLES = {
    By.BODY: msg("Receiving body"),
    By.TOWNSHIP: msg("Township"),
    By.VILLAGE: msg("Village / community"),
    By.CELL: msg("Cell"),
    By.CATEGORY: msg("Category"),
    By.KIND: msg("Kind"),
    By.MONTH: msg("Month"),
}
TABLES = {By.BODY: "bodies", **dict.fromkeys(LEVELS, "units")}
WIDTHS = {Form.COUNT: 64, Form.SHARE: 120, Form.STARS: 96, Form.SECONDS: 104}

LEAST = 190
"""A name is read whole, however many figures stand beside it."""

WAITING = "…"
"""Written where the steps of the whistles are still being read."""


class FigureRows(Rows):
    """The figures of `cases.measures` by one key; the period is that of the filter, also for what bodies did in it."""

    def __init__(self, session: Session, by: By) -> None:
        super().__init__(session)
        self.by, self.table = by, TABLES.get(by, "")
        self.level = LEVELS.get(by)
        self.defined = figures_defined(session.state.settings.robot_call_minutes)
        self.columns = (
            Column(TITLES[by], 200, least=LEAST),
            *(Column(figure.name, WIDTHS[figure.form], True, figure.definition, WIDTHS[figure.form]) for figure in self.defined),
        )
        self.first_order = (0, True) if by == By.MONTH else (1, True)
        self._of: tuple[object, ...] = ()
        self._rows: dict[int, Measures] = {}

    def _found(self) -> dict[int, Measures]:
        """Work the figures out once for a state, a filter and what has been read of the steps."""
        session = self.session
        trails = session.trails.ask()
        shown = session.shown_cases(at_any_time=True)
        key = (session.derived, session.filter, trails, shown.tobytes())
        if self._of != key:
            self._of = key
            known = trails if trails is not None else Trails.empty()
            basis: Basis = basis_of(session.state, known)
            keys = keys_by(session.state, known, self.by)
            wanted = session.filter
            rows = measured(basis, *keys, start=wanted.start, end=wanted.end, where=shown)
            self._rows = {row.key: row for row in rows if row.key}
        return self._rows

    @property
    def is_read_yet(self) -> bool:
        """Whether the steps of the whistles are known; until then only what their columns tell is shown."""
        return self.session.trails.ask() is not None

    def ids(self) -> Ids:  # noqa: D102
        return np.array(sorted(self._found()), np.int64)

    def order(self, column: int, descending: bool) -> Ids:  # noqa: D102
        ids, found = self.ids(), self._found()
        if column == 0:
            name = name_of(self.session.state, self.by)
            return sorted_ids(ids, ids if self.by == By.MONTH else [name(key) for key in ids.tolist()], descending)
        figure = self.defined[column - 1]
        keys = [-1.0 if (value := figure.value(found[key])) is None else float(value) for key in ids.tolist()]
        return sorted_ids(ids, keys, descending)

    def matching(self, words: str) -> Ids:  # noqa: D102
        name, asked = name_of(self.session.state, self.by), words.casefold()
        return np.array([key for key in self.ids().tolist() if asked in name(key).casefold()], np.int64)

    def page(self, ids: Ids) -> list[tuple[str, ...]]:  # noqa: D102
        name, found, known = name_of(self.session.state, self.by), self._found(), self.is_read_yet
        write = partial(written, known=known)
        waiting = (WAITING,) * len(self.defined)  # of rows that another filter leaves out; the table hears of it in a moment
        return [(name(key), *([write(figure, found[key]) for figure in self.defined] if key in found else waiting)) for key in ids.tolist()]

    def within(self, extent: Extent) -> Ids:  # noqa: D102
        return self.ids() if self.level is None else UnitRows(self.session, self.level).within(extent)

    def in_cells(self, cells: Ids) -> Ids:  # noqa: D102
        return self.ids() if self.level is None else UnitRows(self.session, self.level).in_cells(cells)

    def narrowed(self, key: int) -> CaseFilter | None:
        """Return the filter that leaves only the whistles of a row; None where a row is a place or a body, which the map shows."""
        wanted = self.session.filter
        if self.by == By.CATEGORY:
            return replace(wanted, category=key)
        if self.by == By.KIND:
            return replace(wanted, kind=int(CaseKind(key)))
        if self.by == By.MONTH:
            month = Month(*divmod(key, 100))
            return replace(wanted, start=utc64(month.start), end=utc64(month.end))
        return None


FROM_COLUMNS = frozenset({"received", "reasonable", "completed", "completion_rate", "done_median", "done_p90", "overdue", "repeats"})
"""The figures that need no steps."""


def written(figure: Defined, measures: Measures, *, known: bool = True) -> str:
    """Write a figure; what is of few, such as ratings, with how many it is of."""
    if not known and figure.key not in FROM_COLUMNS:
        return WAITING
    found, value = figure.of(measures), figure.value(measures)
    if value is None:
        return "–"
    if isinstance(found, Share):
        return f"{value:.1%} ({format_number(found.whole)})"
    if isinstance(found, Average):
        return f"{value:.2f} ({format_number(found.count)})"
    return format_duration(timedelta(seconds=value)) if figure.form == Form.SECONDS else format_number(value)
