"""Proposed grids beside METIS and k-means with capacities: `python -m benchmarks.bench_partition [COUNTY]`.

All divide the same buildings into as many cells as the program finds to fit. METIS parts the graph of the faces around them, and its
borders are pulled straight as the program's are; the cells of k-means are the unions of these faces. Floors are the county's.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from benchmarks.county import demo_file
from benchmarks.measure import report
from gis_app import bootstrap
from gis_app.county.changes import Changes
from gis_app.county.plan_edits import create_draft
from gis_app.county.proposals import Asked, accept, floor_of, proposing
from gis_app.grid.coverage import areas, build_coverage, perimeters, polygons, unions
from gis_app.grid.partition.borders import straightening
from gis_app.grid.partition.ground import Ground, ground
from gis_app.grid.partition.proposal import Wanted, propose
from gis_app.grid.units import Level
from gis_app.progress import finish

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(slots=True, eq=False)
class Village:
    """Land, buildings and their households, the floor, and (once the program has said so) how many cells fit."""

    land: shapely.Geometry
    places: Floats
    weights: Ints
    floor: int
    cells: int = 0


@dataclass
class Score:
    """What a method did: cells, those below the floor, the largest share off the mean, compactness of every cell, seconds."""

    cells: int = 0
    below: int = 0
    spread: float = 0.0
    compactness: tuple[float, ...] = ()
    seconds: float = 0.0

    def add(self, village: Village, loads: Ints, compactness: Floats, seconds: float) -> None:
        """Add a village."""
        self.cells += len(loads)
        self.below += int((loads < village.floor).sum())
        self.spread = max(self.spread, float(np.abs(loads - loads.mean()).max() / loads.mean()))
        self.compactness += tuple(compactness.tolist())
        self.seconds += seconds

    def __str__(self) -> str:
        mean = float(np.mean(self.compactness))
        return f"{self.cells} cells, {self.below} below, off {self.spread:.0%}, PP {mean:.3f}, {self.seconds:.2f} s"


def ours(village: Village) -> tuple[Ints, Floats]:
    """Divide by the program."""
    found = finish(propose(village.land, village.places, village.weights, Wanted(village.floor)))
    village.cells = len(found.loads)
    return found.loads, found.compactness


def by_metis(village: Village) -> tuple[Ints, Floats]:
    """Divide by METIS (G. Karypis and V. Kumar 1998)."""
    import pymetis

    laid = ground(village.land, village.places, village.weights)
    graph = [list(others) for others in laid.beside]
    parts: Sequence[int] = [0] * len(laid)
    if village.cells > 1:
        _, parts = pymetis.part_graph(village.cells, adjacency=graph, vweights=laid.weights.tolist())
    return _drawn(village, laid, np.array(parts), straight=True)


def by_k_means(village: Village) -> tuple[Ints, Floats]:
    """Divide by k-means with a least and a largest size (P. S. Bradley, K. P. Bennett and A. Demiriz 2000): each household by itself."""
    from k_means_constrained import KMeansConstrained

    homes = np.repeat(village.places, village.weights, axis=0)
    size = len(homes) // village.cells
    model = KMeansConstrained(
        village.cells, size_min=min(village.floor, size), size_max=size + max(2, size // 10), n_init=1, random_state=0
    )
    labels = model.fit_predict(homes)
    laid = ground(village.land, village.places, village.weights)
    of = np.repeat(np.arange(len(village.places)), village.weights)
    votes = np.zeros((len(village.places), village.cells), np.int64)
    np.add.at(votes, (of, labels), 1)
    owner = np.zeros(len(laid), np.int64)
    owner[laid.building] = votes.argmax(axis=1)
    _, compactness = _drawn(village, laid, owner, straight=False)
    return np.bincount(labels, minlength=village.cells).astype(np.int64), compactness


def _drawn(village: Village, laid: Ground, owner: Ints, *, straight: bool) -> tuple[Ints, Floats]:
    groups: dict[int, list[int]] = {}
    for face, cell in enumerate(owner.tolist()):
        groups.setdefault(cell + 1, []).append(face + 1)
    shapes = unions(laid.coverage, groups)
    cells = build_coverage(list(shapes), list(shapes.values()))
    if straight:
        cells = finish(straightening(cells, village.places))
    area, around = areas(cells), perimeters(cells)
    compactness = np.array([4 * np.pi * area[cell] / around[cell] ** 2 for cell in cells.cells])
    return np.bincount(owner[laid.building], village.weights, max(groups)).astype(np.int64), compactness


METHODS: dict[str, Callable[[Village], tuple[Ints, Floats]]] = {"program": ours, "METIS": by_metis, "k-means": by_k_means}


def town(count: int, floor: int, seed: int) -> Village:
    """Return a square town of so many buildings, denser in its middle, with one to five households each."""
    rng = np.random.default_rng(seed)
    side = 40.0 * np.sqrt(count)
    places = np.round(
        np.clip(
            np.concatenate([rng.uniform(0, side, (count // 2, 2)), rng.normal(side / 2, side / 6, (count - count // 2, 2))]), 1, side - 1
        ),
        3,
    )
    places = np.unique(places, axis=0)
    return Village(shapely.box(0, 0, side, side), places, rng.integers(1, 6, len(places)), floor)


def measure(name: str, villages: list[Village], budget: str, methods: tuple[str, ...]) -> None:
    """Divide villages by some methods, one line each."""
    for method in methods:
        score, divide = Score(), METHODS[method]
        try:
            for village in villages:
                start = time.process_time()
                loads, compactness = divide(village)
                score.add(village, loads, compactness, time.process_time() - start)
        except ImportError as missing:
            report(f"{name}: {method}", "", "not installed", str(missing))
            continue
        report(f"{name}: {method}", budget if method == "program" else "", str(score), "CPU")


def main() -> None:
    """Measure towns of two sizes, and the demo county, after a first town in which modules are imported."""
    ours(town(100, 50, 0))
    measure("400 buildings", [town(400, 50, 1)], "<= 0.3 s", ("program", "METIS", "k-means"))
    measure("3,000 buildings", [town(3000, 150, 2)], "<= 2 s", ("program", "METIS", "k-means"))
    with demo_file() as path:
        county = bootstrap.open_county(path)
        made = county.perform(create_draft("bench"))
        assert isinstance(made, Changes)
        finish(county.opening_draft(int(made.ids["plans"].max())))
        state = county.working
        homes, villages = state.households, []
        for unit in state.units.at_level(Level.VILLAGE):
            cells = [cell.id for cell in state.units.cells(unit.id)]
            mine = np.isin(homes.cell, cells) & np.isfinite(homes.x) & ~homes.pinned
            places, of = np.unique(np.stack([homes.x[mine], homes.y[mine]], axis=1), axis=0, return_inverse=True)
            weights = np.bincount(of.ravel(), homes.resident[mine]).astype(np.int64)
            land = unions(state.coverage, {1: cells})[1]
            villages.append(Village(land, places, weights, floor_of(state, unit, Asked())[0]))
        measure(f"{len(villages)} villages of the county", villages, "<= 60 s", ("program", "METIS"))
        start = time.perf_counter()
        found = finish(proposing(county.store, state, [unit.id for unit in state.units.at_level(Level.VILLAGE)]))
        asked = time.perf_counter() - start
        assert isinstance(found, tuple)
        start = time.perf_counter()
        assert isinstance(county.perform(accept(found)), Changes)
        took = time.perf_counter() - start
        valid = bool(shapely.is_valid(np.array(list(polygons(county.working.coverage).values()), object)).all())
        report("the whole county, as one proposal", "<= 60 s", f"{asked:.1f} s", "wall")
        report("… taken over in one edit, checked and stored", "", f"{took:.1f} s", f"wall; all cells valid: {valid}")
        county.close()


if __name__ == "__main__":
    main()
