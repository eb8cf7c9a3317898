"""The units and errors of the former grids, read beside the window and kept for whoever shows them; shown grids are snapped to."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import shapely
from PySide6.QtCore import QObject, Signal

from gis_app.county.changes import Changes
from gis_app.county.former import errors_of, former_units
from gis_app.county.ports import CountyStore
from gis_app.county.state import CountyState
from gis_app.grid.datum import metres_per_unit
from gis_app.grid.former import FormerUnit, FormerUnits
from gis_app.grid.issues import Issue
from gis_app.gui.task import aside
from gis_app.map.reference.vectors import VectorLayer
from gis_app.progress import finish

if TYPE_CHECKING:
    from gis_app.gui.session import Session


@dataclass(frozen=True, eq=False)
class ReadGrid:
    """One former grid as it stands in the file; `layer` has a feature for each unit that has land, `rows` are their positions."""

    units: FormerUnits
    layer: VectorLayer
    rows: tuple[int, ...]
    issues: tuple[Issue, ...] | None = field(default=None)

    def units_at(self, x: float, y: float) -> list[FormerUnit]:
        """Return the units that lie at a place: several where they overlap."""
        point = shapely.Point(x, y)
        near = np.sort(self.layer.tree.query(point)).tolist()
        found = []
        for at in near:
            shape = self.layer.shapes[at]
            whole = shape if shape.is_valid else shapely.make_valid(shape)
            if shapely.intersects(whole, point):
                found.append(self.units.unit(self.rows[at]))
        return found


class FormerReader(QObject):
    """Reads former grids when a panel first asks, and again when they change; the errors come later than the units."""

    arrived = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._known: dict[int, ReadGrid] = {}
        self._asked: set[int] = set()
        self._turn = 0  # what was read before the last change is not taken

    def ask(self) -> dict[int, ReadGrid]:
        """Return what is known by grid; what is missing is read, and `arrived` tells when it is there."""
        grids, store, state = self._session.county.state.former_grids, self._session.county.store, self._session.county.state
        for grid in grids:
            if grid not in self._asked:
                self._asked.add(grid)
                aside(partial(_read, store, state, grid), partial(self._take, self._turn, grid))
        return {grid: found for grid, found in self._known.items() if grid in grids}

    def shown(self) -> dict[int, ReadGrid]:
        """Return the grids that the map shows, as far as they are read."""
        grids = self._session.county.state.former_grids
        return {grid: found for grid, found in self.ask().items() if grids[grid].visible}

    def follow(self, changes: Changes) -> None:
        """Read again what was loaded or removed, and let tools snap to what is shown (in the window's thread)."""
        if changes.touches("former_units"):
            self._asked.clear()
            self._known.clear()
            self._turn += 1
        if changes.touches("former_units", "former_grids"):
            self._shelve()
            self.arrived.emit()

    def _take(self, turn: int, grid: int, read: ReadGrid) -> None:
        if turn != self._turn:
            return
        self._known[grid] = read
        self._shelve()
        self.arrived.emit()
        if read.issues is None:
            aside(partial(_checked, read, self._session.county.state), partial(self._take_issues, grid))

    def _take_issues(self, grid: int, read: ReadGrid) -> None:
        known = self._known.get(grid)
        if known is not None and known.units is read.units:
            self._known[grid] = read
            self.arrived.emit()

    def _shelve(self) -> None:
        """Let the tools of the map snap to the grids that are shown."""
        layers = tuple(read.layer for read in self.shown().values())
        if layers != self._session.shelf.added:
            self._session.shelf.added = layers
            self._session.references_changed.emit()


def _read(store: CountyStore, state: CountyState, grid: int) -> ReadGrid:
    units = former_units(store, grid)
    rows = [at for at, shape in enumerate(units.shapes) if shape is not None and not shape.is_empty]
    names = np.array([units.unit(at).called for at in rows], object)
    known = state.former_grids.get(grid)
    layer = VectorLayer(known.name if known else "", units.shapes[rows], names, state.settings.crs)
    return ReadGrid(units, layer, tuple(rows))


def _checked(read: ReadGrid, state: CountyState) -> ReadGrid:
    issues = finish(errors_of(read.units, metres_per_unit(state.settings.crs)))
    return ReadGrid(read.units, read.layer, read.rows, issues)
