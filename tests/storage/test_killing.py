"""A program that is killed at any moment leaves the county as the last performed edit left it."""

import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gis_app.bootstrap import open_county
from gis_app.storage.errors import StorageError
from tests.county.samples import same_state

ROUNDS = 12
WORK = """
import sys
import numpy as np
from gis_app.bootstrap import open_county
from gis_app.county.changes import RowChange
from gis_app.county.content import objects
from tests.county.samples import edit

county = open_county(sys.argv[1])
number = int(county.state.units[4].name.removeprefix("n") or 0) if county.state.units[4].name.startswith("n") else 0
print(number, flush=True)
while True:
    number += 1
    names = RowChange("units", update={"id": np.array([4, 5]), "name": objects([f"n{number}"] * 2)})
    first = int(county.state.households.id.max()) + 1
    ids = np.arange(first, first + 300)
    people = RowChange("households", insert={"id": ids, "members": np.full(300, 1000 + number), "address": objects(["永安村" * 20] * 300)})
    county.perform(edit(names, people))
    print(number, flush=True)
    if number % 5 == 0:
        county.undo(), county.redo()
"""


def test_a_killed_program_loses_nothing_that_was_performed(path: Path) -> None:
    chance = random.Random(7)
    root = Path(__file__).parent.parent.parent
    performed = 0
    for _ in range(ROUNDS):
        with subprocess.Popen([sys.executable, "-c", WORK, str(path)], stdout=subprocess.PIPE, text=True, cwd=root) as child:
            assert child.stdout is not None
            assert int(child.stdout.readline()) >= performed  # it is open and about to work
            time.sleep(chance.uniform(0.0, 0.25))
            child.kill()
            told = [int(line) for line in child.stdout.read().splitlines()]
        copy = Path(shutil.copy(path, path.with_name("copy.gpkg")))
        journal = Path(f"{path}-journal")
        if journal.exists():  # what is left of a transaction belongs to the file
            shutil.copy(journal, f"{copy}-journal")
        performed = told[-1] if told else performed
        county = open_county(copy)
        name, members = county.state.units[4].name, county.state.households.members
        reached = int(name.removeprefix("n")) if name.startswith("n") else 0
        undone = sum(entry.undone for entry in county.store.history(100_000))
        assert performed <= reached + undone <= performed + 1, "no edit is lost, at most the one that was not told yet is there"
        assert undone in (0, 1)
        assert county.state.units[5].name == name or reached == 0, "all of an edit or nothing of it"
        assert int((members == 1000 + reached).sum()) == 300 or reached == 0
        assert len(county.state.households) == 5 + 300 * reached
        same_state(county.state, county.store.load())
        county.close()
        performed = reached
    assert performed > 5


def test_a_kill_while_a_county_is_made_leaves_no_half_county(tmp_path: Path) -> None:
    chance = random.Random(3)
    make = "import sys; from gis_app.bootstrap import create_county; from gis_app.county.state import Settings; print('go', flush=True)\n"
    make += "create_county(sys.argv[1], Settings()).close()"
    made = 0
    for number in range(8):
        path = tmp_path / f"{number}.gpkg"
        with subprocess.Popen([sys.executable, "-c", make, str(path)], stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None
            child.stdout.readline()
            time.sleep(chance.uniform(0.0, 0.06))
            child.kill()
        if path.exists():
            made += 1
            open_county(path).close()
        else:
            with pytest.raises(StorageError, match="There is no file"):
                open_county(path)
    assert made <= 8
