"""What a hit of the search box shows: a name, and a second line that tells it from others of that name."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from gis_app.county.changes import Columns
from gis_app.county.ports import Hit
from gis_app.language import format_code

_SHOWN = {  # table → the first line, and where the second comes from
    "units": ("name", ("code",)),
    "bodies": ("name", ("receiver",)),
    "workers": ("name", ("code",)),
    "households": ("head", ("address",)),
    "cases": ("number", ("text", "address")),
    "former_units": ("name", ("code",)),
}
_PARENTS = {"units": "parent", "bodies": "unit", "workers": "village", "households": "cell", "cases": "cell", "former_units": "grid"}
_ABOVE = {"former_units": "former_grids"}
"""Table → the one that its parents are rows of, where these are no units."""
_DETAIL_LENGTH = 60


class Rows(Protocol):
    """How rows are read (`CountyStore.rows`)."""

    def __call__(self, table: str, ids: NDArray[np.int64] | None = None, columns: Sequence[str] | None = None) -> Columns:
        """Read columns of rows."""


def shown(found: Sequence[tuple[str, int]], rows: Rows) -> list[Hit]:
    """Return hits for rows, in their order. Names come as they are: masking is for whatever leaves the window."""
    hits: dict[tuple[str, int], Hit] = {}
    for table in dict.fromkeys(table for table, _ in found):
        title, details = _SHOWN[table]
        ids = np.array([row for name, row in found if name == table], np.int64)
        columns = rows(table, ids, [title, *details, _PARENTS[table]])
        units = rows(_ABOVE.get(table, "units"), np.unique(columns[_PARENTS[table]]), ["name"])
        names = dict(zip(units["id"].tolist(), units["name"].tolist(), strict=True))
        for i, row in enumerate(columns["id"].tolist()):
            detail = next((str(columns[name][i]) for name in details if columns[name][i]), "")
            place = names.get(int(columns[_PARENTS[table]][i]), "")
            line = " · ".join(part for part in (format_code(detail), place) if part)
            short = line if len(line) <= _DETAIL_LENGTH else f"{line[: _DETAIL_LENGTH - 1]}…"
            hits[table, row] = Hit(table, row, str(columns[title][i]) or format_code(detail), short)
    return [hits[key] for key in found if key in hits]
