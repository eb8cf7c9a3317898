"""What is written on a page or a map that leaves the program: title, figures, source and date. Only aggregates; no name, no phone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS

from gis_app.cases.display import is_open
from gis_app.county.state import CountyState, with_past_cells
from gis_app.grid.units import Level, Unit, UnitKind
from gis_app.language import current, format_number, format_time, tr
from gis_app.map.scene import Figure
from gis_app.output.errors import OutputError

SMALL = 5
"""Counts below this are not published where people could be singled out."""


@dataclass(frozen=True, slots=True)
class Contents:
    """The texts of a page, in the language in use. `figures` are rows of a label and a value, of what `figures_of` names."""

    title: str
    subtitle: str
    figures_of: str
    figures: tuple[tuple[str, str], ...]
    source: str
    date: str


def contents(state: CountyState, now: datetime, *, title: str = "", subtitle: str = "", unit: Unit | None = None) -> Contents:
    """Write the texts of a page about the county, or about one of its units."""
    place = place_name(state, unit)
    return Contents(
        title=title or tr("{place} grid map", place=place),
        subtitle=subtitle,
        figures_of=tr("Figures: {place}", place=unit_name(unit) if unit else place),
        figures=tuple(figures(state, unit)),
        source=source_line(state),
        date=tr("As of {time}", time=format_time(now)),
    )


def default_figure(state: CountyState) -> Figure:
    """Return the figure that a county has: households, else open whistles, else none."""
    return Figure.HOUSEHOLDS if len(state.households) else Figure.OPEN_CASES if len(state.cases) else Figure.NONE


def unit_name(unit: Unit) -> str:
    """Return the name of a unit, or its code where it has none."""
    return unit.name or unit.code


def place_name(state: CountyState, unit: Unit | None) -> str:
    """Return what a page is about: a unit with its township, or the county."""
    if unit is None:
        return county_name(state) or tr("County")
    path = [unit_name(step) for step in state.units.path(unit.id)]
    return ("" if current() == "zh_CN" else ", ").join(path if current() == "zh_CN" else path[::-1])


def county_name(state: CountyState) -> str:
    """Return the name of the county in the language in use, as far as it is known."""
    english = str(state.settings.metadata.get("name_en", ""))
    return english if english and current() == "en" else state.settings.name


def path_text(state: CountyState, unit: int) -> str:
    """Return township › village › cell of a unit, also of a cell that is no longer there."""
    units = state.units if unit in state.units or not unit else with_past_cells(state)
    return " › ".join(unit_name(step) for step in units.path(unit))


def find_unit(state: CountyState, code: str) -> Unit:
    """Return the unit with a code; raises `OutputError` where there is none."""
    from gis_app.language import msg

    unit = state.units.by_code(code)
    if unit is None:
        raise OutputError(msg("No unit has the code {code}: give the code of a township, village or cell of this county.", code=code))
    return unit


def source_line(state: CountyState) -> str:
    """Return where a map comes from: county, plan, coordinate system."""
    settings = state.settings
    plan = tr("plan {name}", name=settings.plan_name) if settings.plan_name else ""
    if plan and settings.plan_published:
        plan = tr("plan {name}, published {date}", name=settings.plan_name, date=settings.plan_published[:10])
    name = tr("Source: grid data of {county}", county=county_name(state)) if settings.name else tr("Source: grid data of the county")
    return tr("; ").join(part for part in (name, plan, crs_text(settings.crs)) if part)


def crs_text(crs: str) -> str:
    """Return the name and code of a coordinate system."""
    known = CRS.from_user_input(crs)
    return f"{known.name} ({crs})" if crs.upper().startswith("EPSG:") else known.name


def public_count(count: int) -> str:
    """Return a count of people or households as it may be published: what is below 5 is suppressed (none is none)."""
    return tr("fewer than {floor}", floor=SMALL) if 0 < count < SMALL else format_number(count)


def cells_of(state: CountyState, unit: Unit | None) -> list[Unit]:
    """Return the cells of a unit, or of the county."""
    return state.units.at_level(Level.CELL) if unit is None else state.units.cells(unit.id)


def household_counts(state: CountyState, cells: Sequence[Unit]) -> NDArray[np.int64]:
    """Return the number of households of each cell."""
    return _counts(state.households.cell, cells)


def resident_counts(state: CountyState, cells: Sequence[Unit]) -> NDArray[np.int64]:
    """Return the number of resident households of each cell: what the floors count."""
    return _counts(state.households.cell[state.households.resident], cells)


def open_counts(state: CountyState, cells: Sequence[Unit]) -> NDArray[np.int64]:
    """Return the number of open whistles of each cell."""
    return _counts(state.cases.cell[is_open(state.cases)], cells)


def _counts(of: NDArray[np.int64], cells: Sequence[Unit]) -> NDArray[np.int64]:
    ids, numbers = np.unique(of, return_counts=True)
    by_cell = dict(zip(ids.tolist(), numbers.tolist(), strict=True))
    return np.array([by_cell.get(cell.id, 0) for cell in cells], np.int64)


def public_total(counts: NDArray[np.int64]) -> str:
    """Return the sum of counts that are published one by one: rounded to tens where some are suppressed, so that none can be worked out."""
    total = int(counts.sum())
    if total < SMALL or not ((counts > 0) & (counts < SMALL)).any():
        return public_count(total)
    return tr("about {number}", number=format_number(round(total, -1)))


def figures(state: CountyState, unit: Unit | None = None) -> list[tuple[str, str]]:
    """Return the main figures of the county or a unit as rows of a label and a value."""
    cells = cells_of(state, unit)
    households, waiting = household_counts(state, cells), open_counts(state, cells)
    ids = {cell.id for cell in cells}
    rows: list[tuple[str, str]] = []
    if unit is None:
        rows.append((tr("Townships"), format_number(len(state.units.at_level(Level.TOWNSHIP)))))
    if unit is None or unit.level == Level.TOWNSHIP:
        villages = state.units.at_level(Level.VILLAGE) if unit is None else state.units.children(unit.id)
        rows.append((tr("Villages and communities"), format_number(len(villages))))
    if unit is None or unit.level != Level.CELL:
        rows.append((tr("Cells"), format_number(len(cells))))
    if len(state.households):
        rows.append((tr("Households"), public_total(households)))
        rows.append((tr("Cells below the floor"), format_number(int((resident_counts(state, cells) < _floors(state, cells)).sum()))))
    if state.workers:
        rows.append(
            (tr("Grid workers"), format_number(sum(any(cell in ids for cell in worker.cells) for worker in state.workers.values())))
        )
    if len(state.cases):
        rows.append((tr("Open whistles"), format_number(int(waiting.sum()))))
    return rows


def _floors(state: CountyState, cells: Sequence[Unit]) -> NDArray[np.int64]:
    settings = state.settings
    return np.array([settings.community_floor if c.kind == UnitKind.COMMUNITY_CELL else settings.rural_floor for c in cells], np.int64)


def category_names(state: CountyState) -> Mapping[int, str]:
    """Return category id → name in the language in use."""
    return {c.id: (c.name_en or c.name) if current() == "en" else c.name for c in state.categories.values()}
