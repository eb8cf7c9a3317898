"""Former grids: the networks of other offices (party, civil affairs, police …) that the county's grid takes the place of."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Self

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class FormerGrid:
    """One network as an office had it: named, with its own units, contacts and errors; `loaded` is UTC."""

    id: int
    name: str
    office: str = ""
    source: str = ""
    loaded: datetime | None = None
    visible: bool = True
    colour: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class FormerUnit:
    """What a former grid says of one of its units."""

    id: int
    grid: int
    code: str
    name: str
    contact: str
    phone: str
    remark: str = ""

    @property
    def called(self) -> str:
        """Return what people call it: its name, else its code, else its number."""
        return self.name or self.code or str(self.id)


@dataclass(frozen=True, slots=True, eq=False)
class FormerUnits:
    """Units of former grids as columns (n,); `shapes` are MultiPolygons (or None) in county coordinates, as they came."""

    id: NDArray[np.int64]
    grid: NDArray[np.int64]
    code: NDArray[np.object_]
    name: NDArray[np.object_]
    contact: NDArray[np.object_]
    phone: NDArray[np.object_]
    remark: NDArray[np.object_]
    shapes: NDArray[np.object_]

    def __len__(self) -> int:
        return len(self.id)

    def take(self, rows: NDArray[np.bool_] | Sequence[int]) -> Self:
        """Return some of the units, by mask or position."""
        return type(self)(**{field.name: getattr(self, field.name)[rows] for field in fields(self)})

    def of(self, grid: int) -> Self:
        """Return the units of one grid."""
        return self.take(self.grid == grid)

    def unit(self, row: int) -> FormerUnit:
        """Return one unit by its position."""
        texts = {name: str(getattr(self, name)[row]) for name in ("code", "name", "contact", "phone", "remark")}
        return FormerUnit(int(self.id[row]), int(self.grid[row]), **texts)

    def row_of(self, unit: int) -> int:
        """Return the position of a unit by its id; KeyError where there is none."""
        found = np.flatnonzero(self.id == unit)
        if not len(found):
            raise KeyError(unit)
        return int(found[0])


@dataclass(frozen=True, slots=True, eq=False)
class FormerContent:
    """What a county file holds of former grids: the units of all, and which rows of the crosswalk there are, of which grid."""

    units: FormerUnits
    crosswalk: NDArray[np.int64]
    crosswalk_grid: NDArray[np.int64]
