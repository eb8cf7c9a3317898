"""Units of the grid: townships, villages and cells, and the tree that they form."""

from collections.abc import ItemsView, Iterable, Iterator, KeysView, Mapping, ValuesView
from dataclasses import dataclass
from datetime import date
from enum import IntEnum, StrEnum
from functools import cached_property


class Level(IntEnum):
    """The three nested levels of a county."""

    TOWNSHIP = 1
    VILLAGE = 2
    CELL = 3


class UnitKind(StrEnum):
    """What a unit is; the kind of a cell decides its floor of households."""

    TOWNSHIP = "township"
    TOWN = "town"
    STREET = "street"
    FARM = "farm"
    VILLAGE = "village"
    COMMUNITY = "community"
    DIRECT_UNIT = "direct_unit"
    RURAL_CELL = "rural_cell"
    COMMUNITY_CELL = "community_cell"


KINDS: Mapping[Level, tuple[UnitKind, ...]] = {
    Level.TOWNSHIP: (UnitKind.TOWNSHIP, UnitKind.TOWN, UnitKind.STREET, UnitKind.FARM),
    Level.VILLAGE: (UnitKind.VILLAGE, UnitKind.COMMUNITY, UnitKind.DIRECT_UNIT),
    Level.CELL: (UnitKind.RURAL_CELL, UnitKind.COMMUNITY_CELL),
}
"""The kinds that each level knows; the first is the default."""


@dataclass(frozen=True, slots=True)
class Unit:
    """One township, village or cell. `parent` is 0 for a township, or for a unit whose parent is not known.

    Planners may not change a `locked` unit, nor what lies in it.
    """

    id: int
    level: Level
    kind: UnitKind
    code: str
    name: str
    parent: int = 0
    valid_from: date | None = None
    valid_to: date | None = None
    remark: str = ""
    locked: bool = False


class Hierarchy(Mapping[int, Unit]):
    """All units of a county by id, and the tree that their parents make. Immutable."""

    def __init__(self, units: Iterable[Unit] = ()) -> None:
        self._units = {unit.id: unit for unit in units}

    def __getitem__(self, key: int) -> Unit:
        return self._units[key]

    def __iter__(self) -> Iterator[int]:
        return iter(self._units)

    def __len__(self) -> int:
        return len(self._units)

    # What `Mapping` would do unit by unit, the dictionary does several times faster; every edit goes through all units some times.

    def __contains__(self, key: object) -> bool:
        return key in self._units

    def keys(self) -> KeysView[int]:
        """Return the ids of all units."""
        return self._units.keys()

    def values(self) -> ValuesView[Unit]:
        """Return all units."""
        return self._units.values()

    def items(self) -> ItemsView[int, Unit]:
        """Return all units with their ids."""
        return self._units.items()

    @cached_property
    def _children(self) -> dict[int, list[Unit]]:
        children: dict[int, list[Unit]] = {}
        for unit in sorted(self._units.values(), key=lambda unit: (unit.level, unit.code, unit.id)):
            children.setdefault(unit.parent, []).append(unit)
        return children

    @cached_property
    def _by_code(self) -> dict[tuple[Level, str], Unit]:
        return {(unit.level, unit.code): unit for unit in reversed(list(self._units.values()))}

    @cached_property
    def _levels(self) -> dict[Level, list[Unit]]:
        ordered = sorted(self._units.values(), key=lambda unit: (unit.code, unit.id))
        return {level: [unit for unit in ordered if unit.level == level] for level in Level}

    @cached_property
    def codes(self) -> frozenset[str]:
        """The codes of all units."""
        return frozenset(unit.code for unit in self._units.values())

    def at_level(self, level: Level) -> list[Unit]:
        """Return the units of a level in the order of their codes."""
        return list(self._levels[level])

    def children(self, unit: int) -> list[Unit]:
        """Return the units right below `unit` (0: units without a parent) in the order of their codes."""
        return self._children.get(unit, [])

    def path(self, unit: int) -> list[Unit]:
        """Return the units from the township down to `unit` itself; empty for an unknown id."""
        path: list[Unit] = []
        while unit in self._units and len(path) < len(Level):
            path.append(self._units[unit])
            unit = self._units[unit].parent
        return path[::-1]

    def ancestor(self, unit: int, level: Level) -> Unit | None:
        """Return the unit of `level` that `unit` lies in (or is), or None."""
        return next((u for u in self.path(unit) if u.level == level), None)

    def cells(self, unit: int) -> list[Unit]:
        """Return all cells in `unit`; a cell holds itself."""
        if unit in self._units and self._units[unit].level == Level.CELL:
            return [self._units[unit]]
        return [cell for child in self.children(unit) if unit in self._units for cell in self.cells(child.id)]

    def by_code(self, code: str, level: Level | None = None) -> Unit | None:
        """Return the unit with a code, at `level` or at any level (the highest first), or None."""
        levels = Level if level is None else (level,)
        return next((self._by_code[key] for key in ((lv, code) for lv in levels) if key in self._by_code), None)
