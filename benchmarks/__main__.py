"""Run every benchmark, each in a process of its own on the same demo county: `make bench`."""

import subprocess
import sys

from benchmarks.county import demo_file
from benchmarks.measure import report

BENCHMARKS = (
    "bench_grid",
    "bench_households",
    "bench_cases",
    "bench_loop",
    "bench_queue",
    "bench_suggestion",
    "bench_storage",
    "bench_canvas",
    "bench_window",
    "bench_output",
    "bench_edits",
    "bench_tools",
    "bench_edit_window",
    "bench_walk",
    "bench_partition",
    "bench_plans",
    "bench_durability",
)


def main() -> int:
    """Print the budgets beside what is measured."""
    report("what", "budget", "measured", "compare")
    worst = 0
    with demo_file() as path:
        for name in BENCHMARKS:
            print(f"\n{name}", flush=True)
            worst = max(worst, subprocess.run([sys.executable, "-m", f"benchmarks.{name}", str(path)], check=False).returncode)
    return worst


if __name__ == "__main__":
    sys.exit(main())
