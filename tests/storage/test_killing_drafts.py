"""A program that is killed while a draft is edited leaves the draft as the last performed edit left it, and the coverage valid."""

import random
from pathlib import Path

from benchmarks.bench_durability import edited, publishing_rounds, rounds, with_draft


def test_a_killed_program_loses_no_performed_edit_of_a_draft(tmp_path: Path) -> None:
    path = tmp_path / "county.gpkg"
    with_draft(path, 3)
    told, _ = rounds(path, 10, random.Random(4))
    assert told > 10


def test_a_killed_publication_is_there_as_a_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "county.gpkg"
    edited(path, 5)
    told, _ = publishing_rounds(path, 6, random.Random(2))
    assert told >= 6, "a child that told of a publication is killed in the next one"
