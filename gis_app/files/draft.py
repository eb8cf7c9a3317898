"""A county's units while an import rearranges them: added, moved, emptied; at the end the difference becomes row changes."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import shapely

from gis_app.county.changes import RowChange
from gis_app.county.content import objects, value_rows
from gis_app.county.state import CountyState
from gis_app.grid.codes import next_code
from gis_app.grid.coverage import polygons, unions
from gis_app.grid.units import KINDS, Level, Unit, UnitKind


class Draft:
    """Units by id and the areas of cells, to be changed at will; `state` stays as it is.

    Codes that were ever seen here are not given again. `scheme` is the county's, or "free" where the import decided so.
    """

    def __init__(self, state: CountyState) -> None:
        self._before = state
        self.scheme = state.settings.code_scheme
        self.units: dict[int, Unit] = dict(state.units)
        self.shapes: dict[int, shapely.MultiPolygon] = dict(polygons(state.coverage))
        self.redrawn: set[int] = set()
        self._next = max(self.units, default=0) + 1
        self._codes: dict[tuple[Level, str], int] = {}
        self._siblings: dict[tuple[Level, str], set[str]] = {}
        for unit in self.units.values():
            self._note(unit)

    def _note(self, unit: Unit) -> None:
        if unit.code:
            self._codes.setdefault((unit.level, unit.code), unit.id)
            above = self.units.get(unit.parent)
            self._siblings.setdefault((unit.level, above.code if above else ""), set()).add(unit.code)

    def find(self, level: Level, code: str) -> Unit | None:
        """Return the unit of a level with a code."""
        key = self._codes.get((level, code))
        return self.units.get(key) if key is not None else None

    def named(self, level: Level, name: str, parent: int = 0) -> Unit | None:
        """Return the first unit of a level with a name (in `parent`, if given)."""
        return next((u for u in self.units.values() if u.level == level and u.name == name and parent in (0, u.parent)), None)

    def at_level(self, level: Level) -> list[Unit]:
        """Return the units of a level."""
        return [unit for unit in self.units.values() if unit.level == level]

    def add(self, level: Level, code: str, name: str, parent: int = 0, kind: UnitKind | None = None) -> Unit:
        """Add a unit; without a code it gets the next one below its parent."""
        kind = kind or KINDS[level][0]
        if not code:
            above = self.units[parent].code if parent else self._before.settings.code
            used = self._siblings.setdefault((level, above if parent else ""), set())
            code = next_code(self.scheme, level, above, used, kind if level != Level.CELL else None)
            while (level, code) in self._codes:
                used.add(code)
                code = next_code(self.scheme, level, above, used, kind if level != Level.CELL else None)
        unit = Unit(self._next, level, kind, code, name or code, parent)
        self._next += 1
        self.units[unit.id] = unit
        self._note(unit)
        return unit

    def change(self, unit: Unit, *, name: str = "", parent: int = 0, kind: UnitKind | None = None) -> Unit:
        """Give a unit what is not empty."""
        changed = replace(unit, name=name or unit.name, parent=parent or unit.parent, kind=kind or unit.kind)
        self.units[unit.id] = changed
        return changed

    def draw(self, cell: int, shape: shapely.MultiPolygon) -> None:
        """Give a cell its area."""
        self.shapes[cell] = shape
        self.redrawn.add(cell)

    def remove(self, ids: Iterable[int]) -> None:
        """Remove units."""
        for key in list(ids):
            unit = self.units.pop(key, None)
            self.shapes.pop(key, None)
            self.redrawn.discard(key)
            if unit is not None and self._codes.get((unit.level, unit.code)) == key:
                del self._codes[unit.level, unit.code]

    def cells_of(self) -> dict[int, list[int]]:
        """Return the cells of every village and township that has any."""
        groups: dict[int, list[int]] = {}
        for unit in self.units.values():
            if unit.level == Level.CELL and unit.parent:
                groups.setdefault(unit.parent, []).append(unit.id)
                township = self.units[unit.parent].parent
                if township:
                    groups.setdefault(township, []).append(unit.id)
        return groups

    def areas_of(self, level: Level) -> dict[int, shapely.MultiPolygon]:
        """Return the present areas of the units of a level that have cells."""
        if level == Level.CELL:
            return {unit.id: self.shapes[unit.id] for unit in self.at_level(level) if unit.id in self.shapes}
        groups = {key: cells for key, cells in self.cells_of().items() if self.units[key].level == level}
        if not self.redrawn and self.shapes.keys() == self._before.coverage.cells.keys():
            return unions(self._before.coverage, groups)
        return {
            key: shapely.union_all([shapely.make_valid(self.shapes[c]) for c in cells if c in self.shapes]) for key, cells in groups.items()
        }

    def remove_emptied(self) -> None:
        """Remove villages and townships that had cells and have none any more."""
        before = {u.id for cell in self._before.coverage.cells if cell in self._before.units for u in self._before.units.path(cell)}
        now = {key for cell in self.shapes if cell in self.units for key in (self.units[cell].parent,)}
        now |= {self.units[village].parent for village in now if village in self.units}
        self.remove([key for key in before if key in self.units and self.units[key].level != Level.CELL and key not in now])

    def remove_childless(self, cells: Iterable[int]) -> None:
        """Remove the villages, and then townships, that had only these cells."""
        if not list(cells):
            return
        for level in (Level.VILLAGE, Level.TOWNSHIP):
            parents = {unit.parent for unit in self.units.values()}
            self.remove([unit.id for unit in self.at_level(level) if unit.id not in parents and self._brought(unit.id)])

    def _brought(self, unit: int) -> bool:
        """Tell whether a unit came with this import."""
        return unit not in self._before.units

    def rows(self, final: dict[int, shapely.MultiPolygon]) -> list[RowChange]:
        """Return the row changes of the table `units`; `final` are the areas of cells as they are to be stored."""
        before = self._before.units
        new = [unit for key, unit in self.units.items() if key not in before]
        other = [unit for key, unit in self.units.items() if key in before and before[key] != unit]
        redrawn = [key for key in sorted(self.redrawn) if key in before]
        gone = np.array([key for key in before if key not in self.units], dtype=np.int64)
        changes = []
        if len(gone):
            changes.append(RowChange("units", delete=gone))
        if other:
            changes.append(RowChange("units", update=value_rows("units", other)))
        if redrawn:
            shapes = objects([final.get(key) for key in redrawn])
            changes.append(RowChange("units", update={"id": np.array(redrawn, dtype=np.int64), "geom": shapes}))
        if new:
            columns = value_rows("units", new)
            columns["geom"] = objects([final.get(unit.id) if unit.level == Level.CELL else None for unit in new])
            changes.append(RowChange("units", insert=columns))
        return changes

    @property
    def removed(self) -> set[int]:
        """Return the ids of units of the county that are no more."""
        return set(self._before.units) - set(self.units)
