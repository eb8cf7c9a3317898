"""Edits of former grids: loaded, renamed, removed, shown, coloured; and the crosswalk made anew. All are edits of the county."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from gis_app.county.changes import Edit, Outcome, Refusal, RowChange
from gis_app.county.content import next_id, objects, value_rows
from gis_app.county.former import crosswalk, crosswalk_rows, errors_of, new_crosswalk
from gis_app.county.state import CountyState
from gis_app.grid.datum import metres_per_unit
from gis_app.grid.former import FormerGrid, FormerUnits
from gis_app.grid.issues import Issue
from gis_app.language import Message, msg
from gis_app.progress import Progress, Steps, part

TABLE = "former_grids"

COLOURS = ("#B3261E", "#1F5FA8", "#6B3FA0", "#8A5A00", "#00695C", "#AD1457", "#37474F", "#5D7A00")
"""The colours that grids get in turn: dark enough to be read on the fills of the cells, told apart by colour-blind eyes in pairs."""


@dataclass(frozen=True, slots=True, eq=False)
class LoadedGrid:
    """What loading a former grid did: its row, how many units it has, its errors, and how many pairs the crosswalk got."""

    grid: FormerGrid
    units: int
    issues: tuple[Issue, ...]
    pairs: int


def load_former_grid(grid: FormerGrid, units: FormerUnits) -> Edit:
    """Load a network of another office (ids are given anew, a colour where it has none); report: `LoadedGrid`.

    Its errors are found and told, and stay. Refusals "no_name", "name_taken", "no_units".
    """

    def plan(state: CountyState) -> Steps[Outcome | Refusal]:
        loaded = yield from loading_grid(state, grid, units)
        return loaded if isinstance(loaded, Refusal) else Outcome(loaded[0], report=loaded[1])

    return Edit(msg("Load the former grid {name}", name=grid.name.strip()), plan, with_former=True)


def loading_grid(state: CountyState, grid: FormerGrid, units: FormerUnits) -> Steps[tuple[tuple[RowChange, ...], LoadedGrid] | Refusal]:
    """Return the rows of a new former grid with its crosswalk to the cells of the published plan, and the report."""
    yield Progress(0.0, msg("Loading the former grid"))
    if refused := _named(state, grid.name):
        return refused
    if not len(units):
        return Refusal("no_units", msg("A former grid needs units; choose a file with areas."))
    assert state.former is not None
    known = state.former.units.id
    number = next_id(state, TABLE)
    ids = int(known.max(initial=0)) + 1 + np.arange(len(units), dtype=np.int64)
    made = replace(units, id=ids, grid=np.full(len(units), number))
    row = replace(
        grid,
        id=number,
        name=grid.name.strip(),
        loaded=grid.loaded or datetime.now(UTC).replace(microsecond=0),
        colour=grid.colour or _free_colour(state),
    )
    issues = yield from part(errors_of(made, metres_per_unit(state.settings.crs)), 0.1, 0.5)
    went = (yield from part(crosswalk(state, made), 0.5, 1.0)) if state.coverage.cells else []
    columns = {"id": ids, "geom": made.shapes, "grid": made.grid}
    columns |= {name: getattr(made, name) for name in ("code", "name", "contact", "phone", "remark")}
    rows = [RowChange(TABLE, insert=value_rows(TABLE, [row])), RowChange("former_units", insert=columns)]
    if went:
        rows.append(RowChange("crosswalk", insert=crosswalk_rows(state, number, went)))
    return tuple(rows), LoadedGrid(row, len(made), issues, len(went))


def rename_former_grid(grid: int, name: str, office: str | None = None) -> Edit:
    """Give a former grid another name, and another office where one is given. Refusals "no_grid", "no_name", "name_taken"."""

    def plan(state: CountyState) -> Steps[Outcome | Refusal]:
        yield Progress(0.5, msg("Renaming"))
        known = state.former_grids.get(grid)
        if known is None:
            return _unknown(grid)
        if name.strip() != known.name and (refused := _named(state, name)):
            return refused
        return _changed(known, name=name.strip(), office=known.office if office is None else office.strip())

    return Edit(msg("Rename the former grid to {name}", name=name.strip()), plan)


def show_former_grid(grid: int, visible: bool) -> Edit:
    """Show a former grid on the map, or hide it. Refusal "no_grid"."""
    return _change(msg("Show a former grid") if visible else msg("Hide a former grid"), grid, visible=visible)


def colour_former_grid(grid: int, colour: str) -> Edit:
    """Draw a former grid in another colour (#RRGGBB). Refusals "no_grid", "colour"."""
    return _change(msg("Colour a former grid"), grid, colour=colour.upper())


def remove_former_grid(grid: int, name: str = "") -> Edit:
    """Take a former grid out of the county, with its units and its crosswalk; undoing brings it back. Refusal "no_grid"."""

    def plan(state: CountyState) -> Steps[Outcome | Refusal]:
        yield Progress(0.5, msg("Removing the former grid"))
        if grid not in state.former_grids:
            return _unknown(grid)
        assert state.former is not None
        gone = {
            TABLE: np.array([grid], np.int64),
            "former_units": state.former.units.of(grid).id,
            "crosswalk": state.former.crosswalk[state.former.crosswalk_grid == grid],
        }
        rows = tuple(RowChange(table, delete=ids) for table, ids in gone.items() if len(ids))
        return Outcome(rows, title=msg("Remove the former grid {name}", name=state.former_grids[grid].name))

    return Edit(msg("Remove the former grid {name}", name=name or grid), plan, with_former=True)


def renew_crosswalk() -> Edit:
    """Work out anew where the units of all former grids went, for the published plan as it is now. Report: the number of pairs."""

    def plan(state: CountyState) -> Steps[Outcome | Refusal]:
        assert state.former is not None
        rows = yield from new_crosswalk(state, state.former)
        return Outcome(rows, report=sum(len(change.insert["id"]) for change in rows if change.insert))

    return Edit(msg("Work out the crosswalk anew"), plan, with_former=True)


def _change(title: Message, grid: int, **values: object) -> Edit:
    def plan(state: CountyState) -> Steps[Outcome | Refusal]:
        yield Progress(0.5, msg("Changing the former grid"))
        known = state.former_grids.get(grid)
        if known is None:
            return _unknown(grid)
        colour = values.get("colour")
        if colour is not None and not re.fullmatch(r"#[0-9A-F]{6}", str(colour)):
            return Refusal("colour", msg("A colour is written as #RRGGBB."))
        return _changed(known, **values)

    return Edit(title, plan)


def _changed(known: FormerGrid, **values: object) -> Outcome:
    columns: dict[str, NDArray[np.generic]] = {
        name: np.array([value]) if isinstance(value, bool) else objects([value])
        for name, value in values.items()
        if getattr(known, name) != value
    }
    return Outcome((RowChange(TABLE, update={"id": np.array([known.id], np.int64), **columns}),) if columns else ())


def _free_colour(state: CountyState) -> str:
    """Return the colour that fewest of the grids have."""
    used: Sequence[str] = [grid.colour for grid in state.former_grids.values()]
    return min(COLOURS, key=used.count)


def _named(state: CountyState, name: str) -> Refusal | None:
    if not name.strip():
        return Refusal("no_name", msg("A former grid needs a name; write one."))
    if any(grid.name == name.strip() for grid in state.former_grids.values()):
        return Refusal("name_taken", msg("There is a former grid {name} already; choose another name.", name=name.strip()))
    return None


def _unknown(grid: int) -> Refusal:
    return Refusal("no_grid", msg("There is no former grid {id}; it may have been removed.", id=grid))
