"""A program that is killed while a draft is edited leaves the draft as the last performed edit left it, and the coverage valid."""

import random
from pathlib import Path

from benchmarks.bench_durability import rounds, with_draft


def test_a_killed_program_loses_no_performed_edit_of_a_draft(tmp_path: Path) -> None:
    path = tmp_path / "county.gpkg"
    with_draft(path, 3)
    told, _ = rounds(path, 10, random.Random(4))
    assert told > 10
