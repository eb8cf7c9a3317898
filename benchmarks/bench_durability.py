"""Kill a program that edits a draft at a random moment, again and again: `python -m benchmarks.bench_durability`.

A child performs random edits on a draft (borders moved, cells split and merged, villages renumbered, units renamed, households pinned,
undo and redo) and tells each one when `perform` has returned. The parent kills it with SIGKILL, opens the file and looks: what was told is
there, nothing is there by half, and the coverage is valid. Another child publishes a draft and takes that back, again and again, until it
is killed: the whole county is as before or as after.
"""

import hashlib
import random
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import shapely

from benchmarks.measure import report
from gis_app import bootstrap
from gis_app.county import boundary_edits
from gis_app.county.boundary_edits import boundary_edit
from gis_app.county.changes import Changes, Edit
from gis_app.county.county import County
from gis_app.county.edits import rename_unit
from gis_app.county.household_edits import pin_households
from gis_app.county.plan_edits import create_draft, publish
from gis_app.county.state import CountyState
from gis_app.county.unit_edits import renumber
from gis_app.grid.coverage import areas, polygons
from gis_app.grid.edits.vertices import Vertex
from gis_app.grid.plans import PlanStatus
from gis_app.grid.units import Level
from gis_app.progress import finish

ROUNDS, COUNTIES = 200, 4
PUBLISHED = 50
DAY = date(2030, 1, 1)
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
    kind = chance.choice(["vertex", "vertex", "node", "split", "merge", "renumber", "rename", "pin"])
    by = (round(chance.uniform(-3, 3), 3), round(chance.uniform(-3, 3), 3))
    if kind == "vertex":
        arc = chance.choice(sorted(state.coverage.arcs))
        return boundary_edit(boundary_edits.move_vertices([Vertex(arc, chance.randrange(len(state.coverage.arcs[arc].points)))], by))
    if kind == "node":
        node = chance.choice(sorted(state.coverage.nodes))
        x, y = state.coverage.nodes[node]
        return boundary_edit(boundary_edits.move_node(node, (x + by[0], y + by[1])))
    if kind == "split":
        return boundary_edit(boundary_edits.split_equally(chance.choice(sorted(state.coverage.cells)), 2))
    if kind == "merge":
        border = chance.choice([border for border in state.coverage.arcs.values() if border.left and border.right])
        return boundary_edit(boundary_edits.merge_cells([border.left, border.right], border.left))
    if kind == "renumber":
        return renumber(chance.choice(state.units.at_level(Level.VILLAGE)).id)
    if kind == "rename":
        return replace(rename_unit(chance.choice(sorted(state.units)), f"第{chance.randrange(10_000)}网格"), division=True)
    home, cell = int(chance.choice(state.households.id)), chance.choice(sorted(state.coverage.cells))
    return replace(pin_households([home], chance.choice([cell, cell, None])), division=True)


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
    county = bootstrap.open_county(path)
    size = sum(areas(county.state.coverage).values())
    county.close()
    for _ in range(count):
        code = f"from benchmarks.bench_durability import work; work({str(path)!r}, {chance.randrange(2**31)})"
        whole_lines = _killed(code, chance)
        county = bootstrap.open_county(path)
        try:
            unheard += _last_told(county, whole_lines[-1])
            sound(county.working, size)
        finally:
            county.close()
        told += len(whole_lines) - 1
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


# Publishing


def whole(county: County) -> str:
    """Return a number that stands for all that publishing changes."""
    state = county.state
    plans = sorted((plan.id, str(plan.status), str(plan.valid_from), str(plan.valid_to)) for plan in state.plans.values())
    stored = [sorted(county.store.plan_rows("plan_units", plan)["id"].tolist()) for plan in sorted(state.plans)]
    closed = sorted((unit.id, str(unit.valid_to)) for unit in state.closed.values())
    workers = sorted((worker.id, worker.village, worker.cell) for worker in state.workers.values())
    columns = state.households.cell.tobytes() + state.cases.cell.tobytes() + state.cases.unit.tobytes()
    parts = repr((digest(state), plans, stored, closed, workers, sorted(state.bodies.values(), key=lambda body: body.id)))
    return hashlib.sha256(parts.encode() + columns).hexdigest()[:16]


def turn(county: County) -> None:
    """Publish the draft; take that back where it is published."""
    if county.state.plans[2].status == PlanStatus.PUBLISHED:
        county.undo()
    else:
        assert isinstance(county.perform(publish(2, DAY)), Changes)


def work_on_publication(path: str) -> None:
    """Be the child that publishes and takes it back until killed."""
    county = bootstrap.open_county(path)
    print("open", whole(county), flush=True)
    while True:
        turn(county)
        print("done", whole(county), flush=True)


def publishing_rounds(path: Path, count: int, chance: random.Random) -> tuple[int, int]:
    """Kill a child that publishes `count` times; return how many steps were told, and how many had just been stored.

    AssertionError where the county is neither as before nor as after, or a publication that was told is lost.
    """
    told, unheard = 0, 0
    county = bootstrap.open_county(path)
    size, sides = sum(areas(county.state.coverage).values()), [whole(county)]
    begun = time.perf_counter()
    turn(county)
    sides.append(whole(county))
    turn(county)
    longest = 1.5 * (time.perf_counter() - begun)
    assert sides[0] == whole(county) != sides[1]
    county.close()
    for _ in range(count):
        code = f"from benchmarks.bench_durability import work_on_publication; work_on_publication({str(path)!r})"
        lines = _killed(code, chance, chance.randint(1, 3), longest)
        county = bootstrap.open_county(path)
        try:
            now, last = whole(county), lines[-1]
            assert now in sides and last in sides, f"{path}: published by half"
            unheard += now != last  # the step after the last one that was told, and there are only two sides
            sound(county.state, size)
        finally:
            county.close()
        told += len(lines) - 1
    return told, unheard


def _killed(code: str, chance: random.Random, heard: int = 1, longest: float = LONGEST) -> list[str]:
    """Run code in a child, kill it at a random moment after it told `heard` lines, and return what its whole lines told."""
    root = Path(__file__).parent.parent
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=root) as child:
        assert child.stdout is not None
        first = [child.stdout.readline() for _ in range(heard)]
        time.sleep(chance.uniform(0.0, longest))
        child.kill()
        lines = [*first, *child.stdout.read().splitlines(keepends=True)]
    return [line.split()[1] for line in lines if line.endswith("\n") and len(line.split()) == 2]


def edited(path: Path, seed: int, edits: int = 30) -> None:
    """Make a small demo county with a draft in which much is another way."""
    with_draft(path, seed)
    county, chance = bootstrap.open_county(path), random.Random(seed)
    finish(county.opening_draft(2))
    for _ in range(edits):
        county.perform(random_edit(county.working, chance))
    county.perform(renumber(0))  # a code may have been dealt whose cell is gone by now: that is not published
    county.close()


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
        path = Path(folder) / "published.gpkg"
        edited(path, 7)
        told, unheard = publishing_rounds(path, PUBLISHED, chance)
        lost = f"0 of {told} performed steps lost"
        report(f"SIGKILL while a draft is published, {PUBLISHED} times", "none by half, valid", lost, f"{unheard} stored, not yet told")


if __name__ == "__main__":
    main()
