"""The households that get another grid worker by a division of the county, as a table: who answered for them, and who will."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import shapely

from gis_app.county.comparison import Comparison, workers_of
from gis_app.county.ports import CountyStore
from gis_app.county.state import CountyState
from gis_app.files.crosswalk import SUFFIXES
from gis_app.files.errors import FileError
from gis_app.files.writers import write_table
from gis_app.grid.privacy import mask_name, mask_phone
from gis_app.language import msg
from gis_app.progress import Progress, Steps


def write_residents(
    store: CountyStore, before: CountyState, after: CountyState, comparison: Comparison, path: Path, show_private: bool = False
) -> Steps[int]:
    """Write one row for every household whose cell has another worker in the later division; returns the number of rows.

    Columns: the household (id, head, phone, address, members), code and name of its cell and the names of the workers there, before
    (`old_…`) and after (`new_…`); several workers are parted by "、", a vacant cell has none. Without `show_private` names and phones are
    masked. A map format also holds where the household is, in the county's coordinate system. The file appears whole or not at all. Raises
    `FileError`.
    """
    path = Path(path)
    if path.suffix.lower() not in SUFFIXES:
        raise FileError(msg("{file}: the name must end in one of {suffixes}.", file=path.name, suffixes=", ".join(SUFFIXES)))
    if not path.parent.is_dir():
        raise FileError(msg("The folder {folder} does not exist; make it first.", folder=str(path.parent)))
    yield Progress(0.1, msg("Writing {file}", file=path.name))
    ids = comparison.other_worker
    rows = store.rows("households", ids, ("code", "head", "phone", "address", "members", "geom"))

    def texts(values: list[str]) -> np.ndarray[tuple[int, ...], np.dtype[np.object_]]:
        return np.array([*values, None], object)[:-1]

    def masked(column: str, mask: Callable[[str], str]) -> np.ndarray[tuple[int, ...], np.dtype[np.object_]]:
        return texts([str(text) if show_private else mask(str(text)) for text in rows[column].tolist()])

    codes = zip(rows["code"].tolist(), ids.tolist(), strict=True)
    columns = {
        "id": texts([code or str(number) for code, number in codes]),
        "head": masked("head", mask_name),
        "phone": masked("phone", mask_phone),
        "address": rows["address"],
        "members": np.asarray(rows["members"], np.int64),
    }
    for name, state in (("old", before), ("new", after)):
        cells = state.households.cell[np.searchsorted(state.households.id, ids)].tolist()
        units, teams = [state.units.get(cell) for cell in cells], workers_of(state)
        names = {
            cell: "、".join(
                one if show_private else mask_name(one) for one in (state.workers[worker].name for worker in teams.get(cell, ()))
            )
            for cell in set(cells)
        }
        columns[f"{name}_cell"] = texts([unit.code if unit else "" for unit in units])
        columns[f"{name}_cell_name"] = texts([unit.name if unit else "" for unit in units])
        columns[f"{name}_worker"] = texts([names[cell] for cell in cells])
    xy = np.asarray(rows["geom"], np.float64).reshape(-1, 2)
    geometry = np.full(len(ids), None, object)
    known = np.isfinite(xy).all(axis=1)
    geometry[known] = shapely.points(xy[known])
    yield from write_table(path, "residents", columns, geometry, "Point", after.settings.crs)
    return len(ids)
