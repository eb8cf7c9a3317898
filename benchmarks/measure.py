"""Measuring: CPU time of this process, medians over a few runs, one printed row a figure."""

import gc
import resource
import time
from collections.abc import Callable
from statistics import median


def cpu_seconds(work: Callable[[], object], runs: int = 5, warm_up: int = 1) -> float:
    """Return the median CPU time (user and system, all threads) of `work` in seconds."""
    for _ in range(warm_up):
        work()
    times = []
    for _ in range(runs):
        gc.collect()
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return median(times)


def wall_seconds(work: Callable[[], object]) -> float:
    """Return the wall time of one run of `work` in seconds."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def peak_megabytes() -> float:
    """Return the largest resident size that this process has had, in megabytes (Linux counts it in kilobytes)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def report(what: str, budget: str, measured: str, note: str = "") -> None:
    """Print one row: what, the budget, what was measured, and a peer or a condition."""
    print(f"{what:<58} {budget:>22} {measured:>22}  {note}", flush=True)
