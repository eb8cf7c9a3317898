"""A program that is killed while steps are recorded loses none, and leaves the history of the open draft as it was."""

import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from gis_app.bootstrap import open_county
from gis_app.cases.life_cycle import fold_columns
from gis_app.county.changes import Changes
from gis_app.county.plan_edits import create_draft
from gis_app.county.unit_edits import lock_unit
from gis_app.progress import finish
from tests.county.samples import same_state

ROUNDS = 8
WORK = """
import sys
from gis_app.bootstrap import open_county
from gis_app.cases.case import CaseKind, EventKind
from gis_app.county.case_edits import record_event, register_case
from gis_app.progress import finish

county = open_county(sys.argv[1])
finish(county.opening_draft(int(sys.argv[2])))
performed = len(county.store.rows("events", columns=["kind"])["id"])
print(performed, flush=True)
while True:
    case = county.perform(register_case(county.store, kind=CaseKind.HELP, body=3)).report.case
    performed += 1
    print(performed, flush=True)
    for kind in (EventKind.PICKED_UP, EventKind.DONE, EventKind.CLOSED):
        county.perform(record_event(county.store, case, kind, note="done"))
        performed += 1
        print(performed, flush=True)
"""


def test_a_killed_program_loses_no_step(path: Path) -> None:
    county = open_county(path)
    assert isinstance(county.perform(create_draft("草案")), Changes)
    draft = max(county.state.plans)
    finish(county.opening_draft(draft))
    assert isinstance(county.perform(lock_unit(4, True)), Changes)
    county.close()

    chance = random.Random(5)
    root = Path(__file__).parent.parent.parent
    performed = 0
    for _ in range(ROUNDS):
        with subprocess.Popen([sys.executable, "-c", WORK, str(path), str(draft)], stdout=subprocess.PIPE, text=True, cwd=root) as child:
            assert child.stdout is not None
            assert int(child.stdout.readline()) >= performed
            time.sleep(chance.uniform(0.0, 0.2))
            child.kill()
            told = [int(line) for line in child.stdout.read().splitlines()]
        performed = told[-1] if told else performed
        copy = Path(shutil.copy(path, path.with_name("copy.gpkg")))
        journal = Path(f"{path}-journal")
        if journal.exists():  # what is left of a transaction belongs to the file
            shutil.copy(journal, f"{copy}-journal")
        county = open_county(copy)
        there = len(county.store.rows("events", columns=["kind"])["id"])
        assert performed <= there <= max(performed, 3) + 1, "no step is lost, at most the one that was not told yet is there"
        new = county.state.cases.id[county.state.cases.id > 30]
        for case in new[-3:].tolist():
            row, folded = int(np.searchsorted(county.state.cases.id, case)), fold_columns(county.store.events(case))
            assert (county.state.cases.state[row], county.state.cases.body[row]) == (folded.state[0], folded.body[0])
        finish(county.opening_draft(draft))
        assert len(county.history()) == 1 and county.draft is not None and county.draft.units[4].locked
        assert county.undo() is not None and not county.draft.units[4].locked
        same_state(county.state, county.store.load())
        county.close()
        performed = there
    assert performed > 10
