"""The monthly bulletin: what every receiving body picked up and handled, the county's summary, chains of hand-overs and hotspots.

What leaves (domain §6): no name, no phone and no word of a whistle. Reports of wrongdoing count in totals, and are in no list of places or
chains. Bodies answer for all their whistles; what people could be singled out by, categories, places and ratings, is not told below five.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gis_app.cases.bodies import Body, BodyKind
from gis_app.cases.case import CaseKind
from gis_app.cases.chains import Trails, ping_pong
from gis_app.cases.display import is_open
from gis_app.cases.hotspots import counts_per_cell, gi_star, hotspots
from gis_app.cases.measures import Basis, Defined, Measures, figures_defined, measured
from gis_app.cases.times import from_utc64, utc64
from gis_app.county.case_figures import By, basis_of, keys_by, name_of, read_trails
from gis_app.county.county import County
from gis_app.county.state import CountyState
from gis_app.grid.coverage import neighbours
from gis_app.grid.figures import household_counts
from gis_app.grid.units import Level
from gis_app.language import ZONE, Message, msg
from gis_app.output.contents import SMALL, county_name, unit_name
from gis_app.output.errors import OutputError
from gis_app.progress import Progress, Steps, part

ENOUGH = 10
"""Bodies with fewer reasonable whistles in the month are not ranked."""

MONTHS = 12
"""So many months are told, the one of the bulletin last."""

MOST_CHAINS = 10
MOST_HOTSPOTS = 10

ORDER = (BodyKind.CENTRE, BodyKind.DEPARTMENT, BodyKind.TOWNSHIP, BodyKind.COMMUNITY, BodyKind.VILLAGE)
"""The order in which kinds of bodies are listed."""


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A month as people in the county count it."""

    year: int
    month: int

    def __str__(self) -> str:
        return f"{self.year}-{self.month:02}"

    def moved(self, months: int) -> "Month":
        """Return the month so many later (negative: earlier)."""
        years, month = divmod(self.month - 1 + months, 12)
        return Month(self.year + years, month + 1)

    @property
    def start(self) -> datetime:
        """Return its first instant, in UTC."""
        return datetime(self.year, self.month, 1, tzinfo=ZONE).astimezone(UTC)

    @property
    def end(self) -> datetime:
        """Return the first instant after it, in UTC."""
        return self.moved(1).start


def month_called(text: str) -> Month:
    """Return a month written as 2020-04; raises `OutputError` for anything else."""
    try:
        found = datetime.strptime(text.strip(), "%Y-%m")
    except ValueError:
        raise OutputError(msg("{text} is no month; write it as 2020-04.", text=text)) from None
    return Month(found.year, found.month)


def month_of(instant: np.datetime64) -> Month:
    """Return the month in which an instant lies."""
    found = from_utc64(instant)
    assert found is not None
    local = found.astimezone(ZONE)
    return Month(local.year, local.month)


def months_with_whistles(state: CountyState) -> tuple[Month, ...]:
    """Return every month from the first whistle to the last, the newest first."""
    known = state.cases.blown[~np.isnat(state.cases.blown)]
    if not len(known):
        return ()
    first, month, found = month_of(known.min()), month_of(known.max()), []
    while month >= first:
        found.append(month)
        month = month.moved(-1)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class BodyLine:
    """What one body did in the month; `overdue` counts what it has now. `rank` is None where it had too few whistles to be compared."""

    body: Body
    measures: Measures
    overdue: int
    rank: int | None


@dataclass(frozen=True, slots=True)
class Line:
    """The figures of a category or a township; those below five are folded into one last line, whose `name` is empty."""

    name: str
    measures: Measures
    folded: int = 0


@dataclass(frozen=True, slots=True)
class ChainLine:
    """The way of a whistle that came back: its number, category and the names of the bodies, in order."""

    number: str
    category: str
    bodies: tuple[str, ...]
    returns: int


@dataclass(frozen=True, slots=True)
class HotspotLine:
    """A group of cells with significantly many whistles: its township and village, and how many times the expected number it had."""

    place: str
    cells: int
    cases: int
    ratio: float


@dataclass(frozen=True, slots=True)
class Bulletin:
    """Everything that a bulletin tells, as values; `bulletin_words` puts it into words.

    `before` are the figures of the month before (None: there was no whistle then), each as it stood at the end of its month.
    `reports`: reports of wrongdoing in the month. `idle`: how many bodies no whistle reached. `overdue` is of now.
    """

    county: str
    month: Month
    now: datetime
    defined: tuple[Defined, ...]
    whole: Measures
    before: Measures | None
    reports: int
    overdue: int
    bodies: tuple[BodyLine, ...]
    idle: int
    categories: tuple[Line, ...]
    townships: tuple[Line, ...]
    months: tuple[tuple[Month, Measures], ...]
    chains: tuple[ChainLine, ...]
    hotspots: tuple[HotspotLine, ...]

    @property
    def ranking(self) -> tuple[BodyLine, ...]:
        """Return the ranked bodies, the first first."""
        return tuple(sorted((line for line in self.bodies if line.rank is not None), key=lambda line: line.rank or 0))


def making_bulletin(county: County, month: Month) -> Steps[Bulletin]:
    """Work the bulletin of a month out; raises `OutputError` for a month without whistles."""
    state = county.state
    _check_month(state, month)
    yield Progress(0.0, msg("Reading the steps of the whistles"))
    trails = read_trails(county.store)
    basis = basis_of(state, trails)
    yield Progress(0.4, msg("Counting"))
    told = [month.moved(back) for back in range(1 - MONTHS, 1)]
    months = tuple((one, _whole(basis, one)) for one in told)
    known = months_with_whistles(state)[-1]
    months = tuple((one, figures) for one, figures in months if one >= known)
    overdue = is_open(state.cases) & (basis.due < utc64(basis.now))
    bodies = _bodies(state, basis, month, overdue)
    yield Progress(0.7, msg("Looking for hotspots"))
    spots = _hotspots(state, month)
    return Bulletin(
        county=county_name(state),
        month=month,
        now=state.settings.now(),
        defined=figures_defined(basis.minutes),
        whole=months[-1][1],
        before=months[-2][1] if len(months) > 1 else None,
        reports=int((_in(state, month) & (state.cases.kind == CaseKind.REPORT)).sum()),
        overdue=int(overdue.sum()),
        bodies=bodies,
        idle=len(state.bodies) - len(bodies),
        categories=_lines(state, basis, By.CATEGORY, month),
        townships=_lines(state, basis, By.TOWNSHIP, month),
        months=months,
        chains=_chains(county, trails, month),
        hotspots=spots,
    )


def _check_month(state: CountyState, month: Month) -> None:
    if _in(state, month).any():
        return
    known = months_with_whistles(state)
    if not known:
        raise OutputError(msg("This county has no whistles yet; there is nothing to report."))
    raise OutputError(
        msg("No whistle was blown in {month}; the county has whistles from {first} to {last}.", month=month, first=known[-1], last=known[0])
    )


def _in(state: CountyState, month: Month) -> NDArray[np.bool_]:
    """Mark the cases blown in a month."""
    return np.asarray((state.cases.blown >= utc64(month.start)) & (state.cases.blown < utc64(month.end)), np.bool_)


def _whole(basis: Basis, month: Month) -> Measures:
    (found,) = measured(basis, start=month.start, end=month.end)
    return found


def _bodies(state: CountyState, basis: Basis, month: Month, overdue: NDArray[np.bool_]) -> tuple[BodyLine, ...]:
    """Return the bodies that a whistle reached, or that have overdue ones, in the order of their kinds."""
    keys = keys_by(state, basis.trails, By.BODY)
    rows = {row.key: row for row in measured(basis, *keys, start=month.start, end=month.end)}
    late = dict(zip(*(found.tolist() for found in np.unique(state.cases.body[overdue], return_counts=True)), strict=True))
    empty = _none(basis)
    ranks = _ranks(rows.values())
    bodies = [state.bodies[key] for key in sorted({*rows, *late}) if key in state.bodies]
    lines = [BodyLine(body, rows.get(body.id, empty), late.get(body.id, 0), ranks.get(body.id)) for body in bodies]
    return tuple(sorted(lines, key=lambda line: (ORDER.index(line.body.kind), -line.measures.arrivals, line.body.code, line.body.id)))


def _none(basis: Basis) -> Measures:
    (found,) = measured(basis, where=np.zeros(len(basis.cases), np.bool_))
    return found


def _ranks(rows: Iterable[Measures]) -> Mapping[int, int]:
    """Return the ranks of bodies with enough whistles: by completion rate, then by response rate; equal ones share a rank."""
    compared = [row for row in rows if row.key and row.figures.reasonable >= ENOUGH]
    marks = {row.key: (-(row.figures.completion_rate or 0.0), -(row.response.value or 0.0)) for row in compared}
    ordered = sorted(marks.values())
    return {key: ordered.index(mark) + 1 for key, mark in marks.items()}


def _lines(state: CountyState, basis: Basis, by: By, month: Month) -> tuple[Line, ...]:
    """Return the figures by category or township, the most first; those of fewer than five whistles are folded into one."""
    keys, _ = keys_by(state, basis.trails, by)
    rows = measured(basis, keys, start=month.start, end=month.end)
    few = _few(rows)
    name = name_of(state, by)
    lines = [Line(name(row.key), row) for row in rows if row.key not in few]
    lines.sort(key=lambda line: -line.measures.figures.received)
    if few:
        (rest,) = measured(basis, start=month.start, end=month.end, where=np.isin(keys, np.array(few, np.int64)))
        lines.append(Line("", rest, len(few)))
    return tuple(lines)


def _few(rows: list[Measures]) -> list[int]:
    """Return the keys of what is folded: those below five, and the next one where one would be alone (the total tells it)."""
    ordered = sorted((row for row in rows if row.figures.received), key=lambda row: (row.figures.received, row.key))
    below = sum(row.figures.received < SMALL for row in ordered)
    return [row.key for row in ordered[: 2 if below == 1 else below]] + [row.key for row in rows if not row.figures.received]


def _chains(county: County, trails: Trails, month: Month) -> tuple[ChainLine, ...]:
    """Return the whistles that came back to a body in the month, those that came back most often first; no reports of wrongdoing."""
    state, stays = county.state, trails.stays
    reports = state.cases.id[state.cases.kind == CaseKind.REPORT]
    counted = (stays.arrived < utc64(month.end)) & ~np.isin(stays.case, reports)
    recent = stays.case[counted & stays.back & (stays.arrived >= utc64(month.start))]
    found = ping_pong(stays, counted & np.isin(stays.case, recent), MOST_CHAINS)
    ids = np.array([chain.case for chain in found], np.int64)
    rows = county.store.rows("cases", ids, ("number", "category"))
    category = name_of(state, By.CATEGORY)
    body = name_of(state, By.BODY)
    return tuple(
        ChainLine(str(rows["number"][at]), category(int(rows["category"][at])), tuple(body(one) for one in chain.bodies), chain.returns)
        for at, chain in enumerate(found)
    )


def _hotspots(state: CountyState, month: Month) -> tuple[HotspotLine, ...]:
    """Return the groups of cells with significantly many whistles in the month, the strongest first; none below five whistles."""
    cells = np.array([unit.id for unit in state.units.at_level(Level.CELL)], np.int64)
    if len(cells) < 3:
        return ()
    which = _in(state, month) & (state.cases.kind != CaseKind.REPORT)
    near = neighbours(state.coverage)
    found = gi_star(cells, counts_per_cell(cells, state.cases.cell[which]), near, household_counts(cells, state.households))
    spots = [spot for spot in hotspots(found, near) if spot.cases >= SMALL]
    return tuple(HotspotLine(_place(state, spot.cells[0]), len(spot.cells), spot.cases, spot.ratio) for spot in spots[:MOST_HOTSPOTS])


def _place(state: CountyState, cell: int) -> str:
    """Return township › village of a cell: no cell is named."""
    return " › ".join(unit_name(unit) for unit in state.units.path(cell)[:-1])


FORMS = (".docx", ".xlsx")
"""The kinds of file that a bulletin is written as."""


def check_target(path: Path, template: Path | None = None) -> str:
    """Return the suffix of a bulletin's file; raises `OutputError` for another kind, and for a template that is missing or not fitting."""
    suffix = path.suffix.lower()
    if suffix not in FORMS:
        raise OutputError(msg("{file}: a bulletin is written as .docx or .xlsx. Choose one of these endings.", file=path.name))
    if template is not None and suffix != ".docx":
        raise OutputError(msg("A template is for a .docx; the workbook has none."))
    if template is not None and not template.is_file():
        raise OutputError(msg("{file}: there is no such template.", file=template))
    return suffix


def write_bulletin(county: County, path: Path, month: Month, template: Path | None = None) -> Steps[Bulletin]:
    """Write the bulletin of a month in the language in use, as .docx (from `template`, else the one of the program) or .xlsx.

    Raises `OutputError`; nothing is left half written.
    """
    suffix = check_target(path, template)
    bulletin = yield from part(making_bulletin(county, month), 0.0, 0.5)
    if suffix == ".xlsx":
        from gis_app.output.bulletin_map import drawing_map
        from gis_app.output.bulletin_xlsx import write_workbook

        yield Progress(0.5, msg("Drawing the map"))
        picture = yield from part(drawing_map(county, month), 0.5, 0.9)
        yield Progress(0.9, msg("Writing {file}", file=path.name))
        write_workbook(bulletin, path, picture)
    else:
        from gis_app.output.bulletin_docx import writing_document

        yield from writing_document(county, bulletin, path, template)
    yield Progress(1.0, msg("Writing {file}", file=path.name))
    return bulletin


def folded_name(line: Line) -> Message | str:
    """Return the name of a line; of the folded ones how many they are."""
    return line.name or msg("{count} others together", count=line.folded)
