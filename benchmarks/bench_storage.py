"""Opening a county file to a usable window, one edit through the door, and memory: `python -m benchmarks.bench_storage`."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from benchmarks.county import demo_file
from benchmarks.measure import peak_megabytes, report

RUNS = 3


def open_window(path: str) -> None:
    """Open the window on a county in this (fresh) process and print how long that took from the start of the process, and the memory."""
    started = time.clock_gettime(time.CLOCK_BOOTTIME) - _since_start()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import QCoreApplication, QEventLoop

    from gis_app.gui.preferences import Preferences
    from gis_app.gui.start import application
    from gis_app.gui.window import Window

    application()
    with tempfile.TemporaryDirectory() as folder:
        window = Window(Preferences(Path(folder) / "window.ini"))
        window.resize(1920, 1080)
        window.show()
        window.open_county(Path(path))
        waiting = QEventLoop()  # as a window does: a loop that asks for events all the time would take the worker's turns
        window.opened.connect(waiting.quit)
        waiting.exec()
        assert window.page is not None
        window.page.canvas.wait_until_drawn()
        window.turns.finish()
        QCoreApplication.processEvents()
    wall = time.clock_gettime(time.CLOCK_BOOTTIME) - started
    cpu = time.process_time()
    window.tasks.wait()  # what the window prepares behind its back belongs to its memory
    print(json.dumps({"wall": wall, "cpu": cpu, "memory": peak_megabytes()}), flush=True)
    os._exit(0)


def _since_start() -> float:
    """Return the age of this process in seconds (Linux: field 22 of /proc/self/stat, in clock ticks since boot)."""
    ticks = int(Path("/proc/self/stat").read_text().rsplit(")", 1)[1].split()[19])
    return time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")


def measure_opening(path: Path) -> None:
    """Open the window in fresh processes."""
    results = []
    for _ in range(RUNS):
        code = f"from benchmarks.bench_storage import open_window; open_window({str(path)!r})"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        results.append(json.loads(done.stdout.splitlines()[-1]))
    wall, cpu, memory = (median(result[key] for result in results) for key in ("wall", "cpu", "memory"))
    report("open the county file to a usable window", "<= 2.5 s", f"{wall:.2f} s", f"{cpu:.2f} s CPU, from the start of the process")
    report("memory with the full county open", "<= 600 MB", f"{memory:.0f} MB", "peak resident size")


def measure_edit(path: Path) -> None:
    """Perform a small edit (pin a household) on the whole county, and undo it."""
    from gis_app import bootstrap
    from gis_app.county.edits import rename_unit
    from gis_app.county.household_edits import pin_households

    with tempfile.TemporaryDirectory() as folder:
        copy = shutil.copy(path, Path(folder) / "county.gpkg")
        started = time.perf_counter()
        county = bootstrap.open_county(copy)
        report("open the county file (state alone)", "", f"{time.perf_counter() - started:.2f} s")
        cells = sorted(county.state.coverage.cells)
        for what, edits in (
            ("pin a household: stored, figures follow", [pin_households([i + 1], cells[i]) for i in range(20)]),
            ("rename a unit: stored", [rename_unit(cells[i], f"Cell {i}") for i in range(20)]),
        ):
            times = []
            for edit in edits:
                started = time.perf_counter()
                county.perform(edit)
                times.append(time.perf_counter() - started)
            report(what, "<= 100 ms", f"{median(times) * 1000:.1f} ms", "wall, durable when it returns")
        county.close()


def main() -> None:
    """Measure on the demo county."""
    with demo_file() as path:
        measure_opening(path)
        measure_edit(path)


if __name__ == "__main__":
    main()
