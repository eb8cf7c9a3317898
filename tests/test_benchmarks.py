"""`make bench` leaves no benchmark out."""

from pathlib import Path

from benchmarks.__main__ import BENCHMARKS

FOLDER = Path(__file__).parents[1] / "benchmarks"


def test_every_benchmark_is_run() -> None:
    assert sorted(BENCHMARKS) == sorted(path.stem for path in FOLDER.glob("bench_*.py"))
