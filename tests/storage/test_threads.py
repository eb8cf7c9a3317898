"""A window that reads while a worker thread writes: whole transactions only, and no error."""

import threading
from pathlib import Path

import numpy as np

from gis_app.bootstrap import open_county
from gis_app.county.changes import RowChange
from gis_app.county.content import objects
from tests.county.samples import edit


def test_readers_see_whole_transactions_while_another_thread_writes(path: Path) -> None:
    county = open_county(path)
    ids = np.arange(1000, 4000)
    county.perform(
        edit(RowChange("households", insert={"id": ids, "members": np.zeros(3000, np.int64), "address": objects(["永安村" * 30] * 3000)}))
    )
    problems: list[object] = []
    done = threading.Event()

    def write() -> None:
        try:
            for number in range(1, 15):
                county.perform(edit(RowChange("households", update={"id": ids, "members": np.full(3000, number)})))
            county.undo()
        except Exception as error:
            problems.append(error)
        finally:
            done.set()

    thread = threading.Thread(target=write)
    thread.start()
    reads = 0
    while not done.is_set() or reads == 0:
        members = county.store.rows("households", ids, ["members"])["members"]
        assert len(np.unique(members)) == 1
        county.store.search("永安村")
        county.store.matching("households", "永安村")
        reads += 1
    thread.join()
    assert not problems
    assert county.store.rows("households", ids, ["members"])["members"][0] == 13
    county.close()
