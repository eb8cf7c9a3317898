"""Former grids of a county: their units, how they lie over one another and over the cells, and where each unit went."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gis_app.county.changes import RowChange
from gis_app.county.content import objects
from gis_app.county.ports import CountyStore
from gis_app.county.state import CountyState
from gis_app.grid.checks import check_polygons
from gis_app.grid.coverage import polygons
from gis_app.grid.datum import metres_per_unit
from gis_app.grid.former import FormerContent, FormerUnit, FormerUnits
from gis_app.grid.former_overlay import Network, Overlaid, overlaying
from gis_app.grid.issues import Issue, IssueKind, place
from gis_app.grid.units import Level
from gis_app.language import msg
from gis_app.progress import Progress, Steps, part

Ints = NDArray[np.int64]

CELLS = 0
"""Stands for the cells of the plan that is worked on, where a former grid is asked for."""

_COLUMNS = ("grid", "code", "name", "contact", "phone", "remark")


@dataclass(frozen=True, slots=True)
class WentTo:
    """How much of a former unit went to a cell (0: to none): m², households, and the shares (0 to 1) of the unit that these are.

    All households of the register count, resident or not, as in the crosswalk of two plans.
    """

    unit: int
    cell: int
    area: float
    area_share: float
    households: int
    household_share: float


@dataclass(frozen=True, slots=True, eq=False)
class Sides:
    """Two networks as they were laid over one another (`CELLS`, or the id of a former grid), and what each calls its units by id."""

    one: int
    other: int
    names_one: dict[int, str]
    names_other: dict[int, str]
    overlaid: Overlaid


def former_units(store: CountyStore, grid: int = 0) -> FormerUnits:
    """Read the units of a former grid, or (0) of all."""
    names = [*_COLUMNS, "geom"]
    rows: Mapping[str, NDArray[Any]] = (
        store.rows_by("former_units", "grid", [grid], names) if grid else store.rows("former_units", columns=names)
    )
    return FormerUnits(rows["id"], *(rows[name] for name in names))


def former_unit(store: CountyStore, unit: int) -> FormerUnit | None:
    """Read what a former grid says of one unit, None where there is none."""
    rows = store.rows("former_units", np.array([unit], np.int64), list(_COLUMNS))
    if not len(rows["id"]):
        return None
    texts = {name: str(rows[name][0]) for name in _COLUMNS if name != "grid"}
    return FormerUnit(unit, int(rows["grid"][0]), **texts)


def former_content(store: CountyStore) -> FormerContent:
    """Read all that the county file holds of former grids."""
    rows = store.rows("crosswalk", columns=["grid"])
    return FormerContent(former_units(store), np.asarray(rows["id"], np.int64), np.asarray(rows["grid"], np.int64))


def former_called(store: CountyStore, text: str) -> list[FormerUnit]:
    """Return the former units of a code or a name, whatever grid they are of, by grid."""
    words = text.strip()
    if not words:
        return []
    found = [int(unit) for name in ("code", "name") for unit in store.rows_by("former_units", name, [words], ["grid"])["id"]]
    units = [former_unit(store, unit) for unit in dict.fromkeys(found)]
    return sorted((unit for unit in units if unit is not None), key=lambda unit: (unit.grid, unit.id))


def went_to(store: CountyStore, units: Sequence[int]) -> list[WentTo]:
    """Return to which cells of the published plan former units went, those with most households (then most land) first, unit by unit."""
    rows = store.rows_by(
        "crosswalk", "former_unit", list(units), ["former_unit", "cell", "area", "area_share", "households", "household_share"]
    )
    columns = (rows[name].tolist() for name in ("former_unit", "cell", "area", "area_share", "households", "household_share"))
    order = {unit: at for at, unit in enumerate(units)}
    return sorted((WentTo(*row) for row in zip(*columns, strict=True)), key=lambda went: (order[went.unit], -went.households, -went.area))


NEARLY_ALL = 0.95
"""A former unit lies in a unit that has at least this share of its households (of its land, where nobody lives in it)."""


def unit_now(state: CountyState, went: Sequence[WentTo]) -> int:
    """Return the lowest unit of a state that one former unit lies in: a cell, else a village, else a township; 0 where it lies in none."""
    homes = sum(row.households for row in went)
    shares: dict[int, float] = {}
    for row in went:
        for unit in state.units.path(row.cell) if row.cell in state.units else ():
            shares[unit.id] = shares.get(unit.id, 0.0) + (row.households / homes if homes else row.area_share)
    found = [unit for unit, share in shares.items() if share >= NEARLY_ALL]
    return max(found, key=lambda unit: state.units[unit].level, default=0)


# Laying over


def cells_of(state: CountyState) -> Network:
    """Return the cells of a state as a network."""
    shapes = polygons(state.coverage)
    return Network(np.array(list(shapes), np.int64), objects(list(shapes.values())))  # a coverage is valid, and nothing in it overlaps


def laying_over(store: CountyStore, state: CountyState, one: int, other: int) -> Steps[Sides]:
    """Lay two former grids over one another, or one over the cells of a state (`CELLS`); KeyError for a grid that there is not."""
    yield Progress(0.0, msg("Reading the former grids"))
    first, second = _side(store, state, one), _side(store, state, other)
    overlaid = yield from part(_laid(state, first, second), 0.1, 1.0)
    return Sides(one, other, first[1], second[1], overlaid)


def _side(store: CountyStore, state: CountyState, grid: int) -> tuple[Network | None, dict[int, str]]:
    if grid == CELLS:
        return None, {cell.id: cell.name or cell.code for cell in state.units.at_level(Level.CELL)}
    if grid not in state.former_grids:
        raise KeyError(grid)
    units = former_units(store, grid)
    named = {unit.id: unit.called for unit in map(units.unit, range(len(units)))}
    return Network.measured(units.id, units.shapes), named


def _laid(state: CountyState, one: tuple[Network | None, object], other: tuple[Network | None, object]) -> Steps[Overlaid]:
    homes = state.households
    networks, places = [], []
    for network, _ in (one, other):
        networks.append(cells_of(state) if network is None else network)
        places.append(homes.cell if network is None else network.locate(homes.x, homes.y))
        yield Progress(0.1 * len(places), msg("Finding the households of the units"))
    laid = overlaying(networks[0], networks[1], (places[0], places[1]), metres_per_unit(state.settings.crs))
    return (yield from part(laid, 0.2, 1.0))


# The crosswalk


def crosswalk(state: CountyState, units: FormerUnits) -> Steps[list[WentTo]]:
    """Work out to which cells of a state units of one former grid went; cell 0: the land or the households are in none."""
    network = Network.measured(units.id, units.shapes)
    overlaid = yield from _laid(state, (network, None), (None, None))
    return [
        WentTo(pair.one, pair.other, pair.area, pair.area_share_one, pair.households, pair.household_share_one)
        for pair in overlaid.pairs
        if pair.one
    ]


def crosswalk_rows(state: CountyState, grid: int, went: Sequence[WentTo]) -> dict[str, NDArray[np.generic]]:
    """Return the rows of the crosswalk for one grid and the plan of a state; storage numbers them."""
    return {
        "id": np.zeros(len(went), np.int64),
        "grid": np.full(len(went), grid),
        "former_unit": np.array([row.unit for row in went], np.int64),
        "plan": np.full(len(went), state.plan),
        "cell": np.array([row.cell for row in went], np.int64),
        "area": np.array([row.area for row in went], np.float64),
        "area_share": np.array([row.area_share for row in went], np.float64),
        "households": np.array([row.households for row in went], np.int64),
        "household_share": np.array([row.household_share for row in went], np.float64),
    }


def new_crosswalk(state: CountyState, content: FormerContent) -> Steps[tuple[RowChange, ...]]:
    """Return the row changes that make the crosswalk of all former grids anew, for the division and the plan of a state."""
    rows: list[RowChange] = [RowChange("crosswalk", delete=content.crosswalk)] if len(content.crosswalk) else []
    grids = np.unique(content.units.grid).tolist()
    for at, grid in enumerate(grids):
        went = yield from part(crosswalk(state, content.units.of(grid)), at / len(grids), (at + 1) / len(grids))
        if went:
            rows.append(RowChange("crosswalk", insert=crosswalk_rows(state, grid, went)))
    return tuple(rows)


# Errors


def errors_of(units: FormerUnits, metres: float) -> Steps[tuple[Issue, ...]]:
    """Find what is wrong with the units of one former grid: outlines, gaps and overlaps (`grid.checks`), codes that come twice."""
    names = {unit.id: unit.code or unit.called for unit in map(units.unit, range(len(units)))}
    issues = yield from check_polygons(units.id, list(units.shapes), names=names, metres=metres)
    return (*issues, *_repeated(units))


def _repeated(units: FormerUnits) -> list[Issue]:
    same: dict[str, list[int]] = {}
    for at, code in enumerate(units.code.tolist()):
        if code:
            same.setdefault(code, []).append(at)
    return [
        Issue(
            IssueKind.CODE_REPEATED,
            tuple(units.id[rows].tolist()),
            place(units.shapes[rows[-1]]) if units.shapes[rows[-1]] is not None else None,
            False,
            0.0,
            msg("{count} units have the code {code}; give each its own.", count=len(rows), code=code),
        )
        for code, rows in same.items()
        if len(rows) > 1
    ]
