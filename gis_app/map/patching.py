"""A network that follows another: after an edit only what it touched is worked out anew."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from gis_app.grid.coverage import Coverage
from gis_app.grid.difference import Difference
from gis_app.grid.units import Hierarchy
from gis_app.map.network import CELL, Entries, Floats, Ints, Network, Recipes, around, bounds_of, chained, each, extent_of, ranks

A = TypeVar("A", bound=np.generic)


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """A network made of an earlier one, and where its parts lay in that: positions, -1 for what is new or looks different.

    `arcs` are those of its arcs (and of its `borders`), `cells` of its cells, `lines` of its lines by rank.
    """

    before: Network
    network: Network
    arcs: Ints
    cells: Ints
    lines: Mapping[int, Ints]

    def recipes(self) -> list[tuple[Recipes, Recipes, Ints]]:
        """Return pairs of recipes, earlier and now, and where each of those that are now lay earlier."""
        old, new = self.before, self.network
        pairs = [(old.cells, new.cells, self.cells), (old.borders, new.borders, self.arcs)]
        return pairs + [(old.lines[rank], new.lines[rank], source) for rank, source in self.lines.items()]


def patched(before: Network, coverage: Coverage, hierarchy: Hierarchy, changed: Difference) -> Patch:
    """Return the network of a coverage that differs from that of `before` as `changed` says (the hierarchy may be any other one).

    It is equal to one made from scratch but for `spacing`, which stays, and for where closed lines begin.
    """
    gone = np.isin(before.arc_ids, np.array([*changed.arcs, *changed.lost_arcs], np.int64))
    arc_ids = np.sort(np.concatenate([before.arc_ids[~gone], np.array(sorted(changed.arcs), np.int64)]))
    source = _positions(before.arc_ids, arc_ids, gone)
    new = np.flatnonzero(source < 0)
    arcs = [coverage.arcs[number] for number in arc_ids[new].tolist()]
    xy, offsets = _spliced(before.xy, before.offsets, source, [arc.points for arc in arcs])
    columns = np.array([(arc.start, arc.end, arc.left, arc.right) for arc in arcs], np.int64).reshape(-1, 4).T
    start, end, left, right = (
        _taken(column, source, values)
        for column, values in zip((before.start, before.end, before.left, before.right), columns, strict=True)
    )
    cell_ids = np.array(sorted(coverage.cells), np.int64)
    rank = ranks(left, right, cell_ids, hierarchy)
    fresh = np.concatenate([arc.points for arc in arcs]) if arcs else np.zeros((0, 2))
    lengths = np.array([len(arc.points) for arc in arcs], np.int64)
    arc_bounds = _taken(before.borders.bounds, source, bounds_of(fresh, np.concatenate(([0], np.cumsum(lengths)))))
    moved = np.full(len(before.arc_ids) + 1, -1, np.int64)
    moved[source[source >= 0]] = np.flatnonzero(source >= 0)

    touched = np.isin(before.cell_ids, np.array([*changed.cells, *changed.lost_cells], np.int64))
    cell_source = _positions(before.cell_ids, cell_ids, touched)
    cells = _cells(before, coverage, cell_ids, cell_source, arc_ids, moved, arc_bounds)
    lines: dict[int, Recipes] = {}
    line_source: dict[int, Ints] = {}
    for value, known in before.lines.items():
        chosen, old = np.flatnonzero(rank == value), np.flatnonzero(before.rank == value)
        if value == CELL:
            lines[value] = each(chosen, arc_bounds)
            place = np.full(len(before.arc_ids) + 1, -1, np.int64)
            place[old] = np.arange(len(old))
            line_source[value] = place[source[chosen]]
        elif _same_chains(before, old, (arc_ids, start, end), chosen):
            arc = np.searchsorted(arc_ids, before.arc_ids[known.arc])
            lines[value] = Recipes(arc, known.direction, known.single, known.offsets, around(arc, known.offsets, arc_bounds))
            changes = np.add.reduceat(source[arc] < 0, known.offsets[:-1]) if len(known) else np.zeros(0, np.int64)
            line_source[value] = np.where(changes > 0, -1, np.arange(len(known)))
        else:
            lines[value] = chained(chosen, start, end, arc_bounds)
            line_source[value] = _matched(known, moved, lines[value])
    borders = each(np.arange(len(arc_ids)), arc_bounds)
    extent = extent_of(arc_bounds)
    network = Network(arc_ids, xy, offsets, start, end, left, right, rank, cell_ids, cells, lines, borders, before.spacing, extent)
    return Patch(before, network, source, cell_source, line_source)


def _positions(old: Ints, new: Ints, gone: NDArray[np.bool_]) -> Ints:
    """Return where each new id lay among the old ones (both ascending), -1 where it did not or where it is `gone` there."""
    if not len(old):
        return np.full(len(new), -1, np.int64)
    place = np.minimum(np.searchsorted(old, new), len(old) - 1)
    return np.where((old[place] == new) & ~gone[place], place, -1)


def _taken(old: NDArray[A], source: Ints, new: NDArray[A]) -> NDArray[A]:
    """Return the rows of `old` at `source`, with the `new` ones in order where it is -1."""
    result = np.empty((len(source), *old.shape[1:]), old.dtype)
    kept = source >= 0
    result[kept] = old[source[kept]]
    result[~kept] = new
    return result


def _spliced(values: NDArray[A], offsets: Ints, source: Ints, new: Sequence[NDArray[A]]) -> tuple[NDArray[A], Ints]:
    """Return blocks of rows (block i is `values[offsets[i]:offsets[i + 1]]`) in the order of `source`, the `new` ones where it is -1."""
    lengths = np.empty(len(source), np.int64)
    kept = source >= 0
    lengths[kept] = np.diff(offsets)[source[kept]]
    lengths[~kept] = [len(block) for block in new]
    breaks = np.flatnonzero((np.diff(source) != 1) | (source[1:] < 0) | (source[:-1] < 0)) + 1  # runs of neighbours are copied as one
    edges = [0, *breaks.tolist(), len(source)] if len(source) else [0]
    pieces = [values[:0]]
    waiting = iter(new)
    for first, last in pairwise(edges):
        if source[first] < 0:
            pieces.extend(next(waiting) for _ in range(first, last))
        else:
            pieces.append(values[offsets[source[first]] : offsets[source[last - 1] + 1]])
    return np.concatenate(pieces), np.concatenate(([0], np.cumsum(lengths)))


def _cells(before: Network, coverage: Coverage, cell_ids: Ints, source: Ints, arc_ids: Ints, moved: Ints, arc_bounds: Floats) -> Recipes:
    """Return the recipes of all cells; only those without a source are read from the coverage."""
    new = cell_ids[source < 0].tolist()
    rings = {cell: [ring for part in coverage.cells[cell] for ring in part] for cell in new}
    numbers = sorted({abs(arc) for of_cell in rings.values() for ring in of_cell for arc in ring})
    position = dict(zip(numbers, np.searchsorted(arc_ids, numbers).tolist(), strict=True))
    entries = Entries()
    for cell in new:
        entries.add_cell(rings[cell], position)
    made, known = entries.recipes(arc_bounds), before.cells
    blocks = list(pairwise(made.offsets.tolist()))
    arc, offsets = _spliced(moved[known.arc], known.offsets, source, [made.arc[first:last] for first, last in blocks])
    direction, _ = _spliced(known.direction, known.offsets, source, [made.direction[first:last] for first, last in blocks])
    single, _ = _spliced(known.single, known.offsets, source, [made.single[first:last] for first, last in blocks])
    return Recipes(arc, direction, single, offsets, _taken(known.bounds, source, made.bounds))


def _same_chains(before: Network, old: Ints, now: tuple[Ints, Ints, Ints], chosen: Ints) -> bool:
    """Tell whether the arcs of a rank are the same ones between the same nodes, so that they make the same chains."""
    pairs = zip((before.arc_ids, before.start, before.end), now, strict=True)
    return len(old) == len(chosen) and all(bool((earlier[old] == later[chosen]).all()) for earlier, later in pairs)


def _matched(known: Recipes, moved: Ints, now: Recipes) -> Ints:
    """Return where each line lay among the known ones: those made of the very same arcs, in the same order."""
    signed = (moved[known.arc] + 1) * known.direction  # 0 for what is gone, which no line has now
    places = {signed[first:last].tobytes(): i for i, (first, last) in enumerate(pairwise(known.offsets))}
    wanted = (now.arc + 1) * now.direction
    found = [places.get(wanted[first:last].tobytes(), -1) for first, last in pairwise(now.offsets)]
    return np.array(found, np.int64)
