"""What a register of households knows beside the place: buildings, who lives here, notes, and who is in it no more."""

from collections.abc import Callable
from datetime import date

import numpy as np
from numpy.typing import NDArray

from gis_app.county.changes import Columns
from gis_app.demo.tessellation import Ints, Points

_NOTES = (
    "每月走访一次。", "子女在外务工，春节返乡。", "需协助代办医保。", "冬季取暖用煤，注意提醒。", "门牌缺失，已报社区。",
    "电话多在晚间接听。",
)  # fmt: skip
_WHY = ("户主去世，家中无人", "举家迁往外县", "与子女合户", "房屋已拆迁")


def lots_of(xy: Points, row: Ints) -> tuple[Ints, Ints]:
    """Number the houses of each cell from 0 on, and the households in each: neighbours in a register at one point share it."""
    if not len(xy):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    new = np.ones(len(xy), bool)
    new[1:] = (xy[1:] != xy[:-1]).any(axis=1) | (row[1:] != row[:-1])
    house = np.cumsum(new) - 1
    first_of_row = house[np.searchsorted(row, row)]
    starts = np.flatnonzero(new)
    return house - first_of_row, np.arange(len(xy)) - starts[house]


def residents(cell: Ints, floor: Callable[[int], int], drawn: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return who lives here: as drawn, but where a register counts enough for the floor of a cell, enough of them do live there."""
    found = drawn.copy()
    order = np.argsort(cell, kind="stable")
    cells, starts, counts = np.unique(cell[order], return_index=True, return_counts=True)
    for one, start, count in zip(cells.tolist(), starts.tolist(), counts.tolist(), strict=True):
        rows = order[start : start + count]
        away = rows[~found[rows]]
        back = len(away) - max(count - floor(one), 0)
        if one and count >= floor(one) and back > 0:
            found[away[:back]] = True
    return found


def notes(count: int, rng: np.random.Generator) -> NDArray[np.object_]:
    """Return what workers wrote down of some households."""
    texts = np.full(count, "", object)
    some = np.flatnonzero(rng.random(count) < 0.015)
    texts[some] = np.array(_NOTES, object)[rng.integers(0, len(_NOTES), len(some))]
    return texts


def retired(households: Columns, rng: np.random.Generator) -> Columns:
    """Return about twenty households that are in the register no more; every third was a duplicate of one that still is.

    They have the ids after those of all others.
    """
    known = len(households["id"])
    count = min(20, known)
    source = np.sort(rng.choice(np.flatnonzero(households["cell"] != 0), count, replace=False))
    merged = np.arange(count) % 3 == 2
    other = source[::-1]
    columns = {name: np.asarray(column)[source].copy() for name, column in households.items()}
    for name in ("head", "pinyin", "phone"):  # others lived at the same place before; a duplicate has everything of the one that is kept
        columns[name] = np.where(merged, columns[name], np.asarray(households[name])[other])
    columns["id"] = known + 1 + np.arange(count)
    columns["code"] = np.array([f"H{i:07d}" for i in columns["id"].tolist()], object)
    columns["pinned"] = np.zeros(count, bool)
    days = [date(2020, 5, 1 + i % 28) if i % 2 else date(2021, 1 + i % 12, 10) for i in range(count)]
    columns["retired"] = np.array(days, object)
    columns["why"] = np.array(["重复登记" if merged[i] else _WHY[i % len(_WHY)] for i in range(count)], object)
    columns["merged_into"] = np.where(merged, np.asarray(households["id"])[source], 0)
    return columns
