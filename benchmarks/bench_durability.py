"""Kill a program that edits a draft at a random moment, again and again: `python -m benchmarks.bench_durability`.

A child performs random edits on a draft (borders moved, units renamed, households pinned, undo and redo) and tells each one when `perform`
has returned. The parent kills it with SIGKILL, opens the file and looks: what was told is there, nothing is there by half, and the coverage
is valid.
"""

import hashlib
import random
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import shapely

from benchmarks.measure import report
from gis_app import bootstrap
from gis_app.county import boundary_edits
from gis_app.county.boundary_edits import boundary_edit
from gis_app.county.changes import Changes, Edit
from gis_app.county.county import County
from gis_app.county.edits import pin_household, rename_unit
from gis_app.county.plan_edits import create_draft
from gis_app.county.state import CountyState
from gis_app.grid.coverage import areas, polygons
from gis_app.grid.edits.vertices import Vertex
from gis_app.progress import finish

ROUNDS, COUNTIES = 200, 4
LONGEST = 0.4
"""Seconds of editing after which a child is killed at the latest."""
GAP_WIDTH = 0.5


def digest(state: CountyState) -> str:
    """Return a number that stands for a division: its units, borders, pins and workers."""
    shapes = polygons(state.coverage, sorted(state.coverage.cells))
    decided = [sorted(values.items()) for values in (state.overrides.pins, state.overrides.workers, state.overrides.cases)]
    parts = [repr(sorted(state.units.values(), key=lambda unit: unit.id)), repr(decided), repr(sorted(shapes))]
    borders = shapely.to_wkb(shapely.normalize(np.array(list(shapes.values()), object)))
    return hashlib.sha256("".join(parts).encode() + b"".join(borders)).hexdigest()[:16]


def random_edit(state: CountyState, chance: random.Random) -> Edit:
    """Return an edit of the division."""
    kind = chance.choice(["vertex", "vertex", "node", "rename", "pin"])
    by = (round(chance.uniform(-3, 3), 3), round(chance.uniform(-3, 3), 3))
    if kind == "vertex":
        arc = chance.choice(sorted(state.coverage.arcs))
        return boundary_edit(boundary_edits.move_vertices([Vertex(arc, chance.randrange(len(state.coverage.arcs[arc].points)))], by))
    if kind == "node":
        node = chance.choice(sorted(state.coverage.nodes))
        x, y = state.coverage.nodes[node]
        return boundary_edit(boundary_edits.move_node(node, (x + by[0], y + by[1])))
    if kind == "rename":
        return replace(rename_unit(chance.choice(sorted(state.units)), f"第{chance.randrange(10_000)}网格"), division=True)
    home, cell = int(chance.choice(state.households.id)), chance.choice(sorted(state.coverage.cells))
    return replace(pin_household(home, chance.choice([cell, cell, None])), division=True)


def work(path: str, seed: int) -> None:
    """Be the child: edit the draft until killed, telling every step that is done."""
    county = bootstrap.open_county(path)
    finish(county.opening_draft(2))
    chance = random.Random(seed)
    print("open", digest(county.working), flush=True)
    while True:
        turn = chance.random()
        if turn < 0.1:
            county.undo()
        elif turn < 0.2:
            county.redo()
        else:
            county.perform(random_edit(county.working, chance))
        print("done", digest(county.working), flush=True)


def rounds(path: Path, count: int, chance: random.Random) -> tuple[int, int]:
    """Kill a child `count` times on one county file with a draft; return how many steps were told, and how many had just been stored.

    AssertionError where something told is lost, something is there by half, or the coverage is not valid.
    """
    told, unheard = 0, 0
    root = Path(__file__).parent.parent
    county = bootstrap.open_county(path)
    size = sum(areas(county.state.coverage).values())
    county.close()
    for _ in range(count):
        code = f"from benchmarks.bench_durability import work; work({str(path)!r}, {chance.randrange(2**31)})"
        with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=root) as child:
            assert child.stdout is not None
            first = child.stdout.readline()
            time.sleep(chance.uniform(0.0, LONGEST))
            child.kill()
            lines = [first, *child.stdout.read().splitlines(keepends=True)]
        whole = [line.split()[1] for line in lines if line.endswith("\n") and len(line.split()) == 2]
        county = bootstrap.open_county(path)
        try:
            unheard += _last_told(county, whole[-1])
            sound(county.working, size)
        finally:
            county.close()
        told += len(whole) - 1
    return told, unheard


def _last_told(county: County, expected: str) -> bool:
    """Assert that the draft is as it was told last, or exactly one step further; say whether it is."""
    draft = finish(county.opening_draft(2))
    if digest(draft) == expected:
        return False
    for there, back in ((county.undo, county.redo), (county.redo, county.undo)):
        if there() is not None:
            found = digest(county.working) == expected
            back()
            if found:
                return True
    raise AssertionError(f"{county.store.name}: the last performed edit is lost")


def sound(state: CountyState, size: float) -> None:
    """Assert that the coverage of a state is valid, without gaps, and as large as it was."""
    shapes = np.array(list(polygons(state.coverage).values()), object)
    assert shapely.is_valid(shapes).all(), "a polygon is not valid"
    assert shapely.coverage_is_valid(shapes, gap_width=GAP_WIDTH), "the coverage is not valid"
    union = shapely.coverage_union_all(shapes)
    assert abs(shapely.area(union) - shapely.area(shapes).sum()) <= 1e-6 * size, "cells overlap, or part"


def with_draft(path: Path, seed: int) -> None:
    """Make a small demo county with a draft."""
    finish(bootstrap.building_demo(path, "small", seed))
    county = bootstrap.open_county(path)
    assert isinstance(county.perform(create_draft("草案")), Changes)
    county.close()


def main() -> None:
    """Kill programs on several counties."""
    chance, told, unheard = random.Random(1), 0, 0
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(COUNTIES):
            path = Path(folder) / f"{seed}.gpkg"
            with_draft(path, seed + 1)
            one, other = rounds(path, ROUNDS // COUNTIES, chance)
            told, unheard = told + one, unheard + other
    lost = f"0 of {told} performed steps lost"
    report(f"SIGKILL while a draft is edited, {ROUNDS} times", "none lost, valid", lost, f"{unheard} stored, not yet told")


if __name__ == "__main__":
    main()
