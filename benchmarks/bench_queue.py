"""The queue with 100,000 whistles stored: `python -m benchmarks.bench_queue [COUNTY]`."""

import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtCore import QCoreApplication

from benchmarks.county import demo_file
from benchmarks.heartbeat import longest_freeze
from benchmarks.measure import cpu_seconds, report, wall_seconds
from gis_app import bootstrap
from gis_app.cases.duplicates import near
from gis_app.cases.queue import Queue
from gis_app.cases.suggestion import learn, suggest
from gis_app.county.changes import Edit, Outcome, RowChange
from gis_app.county.content import objects
from gis_app.county.county import County
from gis_app.county.outbox_edits import due_now
from gis_app.county.state import CountyState
from gis_app.gui.case_filter import CaseFilter
from gis_app.gui.derived import OF_THE_CLOCK
from gis_app.gui.intake_panel import IntakePanel, take_call
from gis_app.gui.intake_place import household_spot
from gis_app.gui.preferences import Preferences
from gis_app.gui.queue_panel import QueuePanel, StatesPanel
from gis_app.gui.saved_filters import SavedFiltersPanel
from gis_app.gui.session import Session
from gis_app.gui.start import application
from gis_app.gui.window import Window
from gis_app.language import msg
from gis_app.progress import Progress, Steps

STORED = 100_000
COLUMNS = ("number", "text", "address", "kind", "category", "state", "body", "cell", "household", "worker", "accuracy", "border", "urgency")
TIMES = ("blown", "arrived", "picked_up", "done", "deadline")


def repeated(county: County) -> Edit:
    """Return the edit that repeats the whistles of a county until there are 100,000 of them; each only a moment earlier."""

    def plan(state: CountyState) -> Steps[Outcome]:
        yield Progress(0.1, msg("Repeating whistles"))
        rows = county.store.rows("cases")
        known = len(rows["id"])
        taken = np.arange(STORED - known) % known
        new = {name: rows[name][taken] for name in ("geom", *COLUMNS)}
        round_ = 1 + np.arange(STORED - known) // known
        new |= {name: rows[name][taken] - round_.astype("timedelta64[m]") for name in TIMES}
        new["number"] = objects([f"{number}-{at}" for number, at in zip(new["number"].tolist(), round_.tolist(), strict=True)])
        new["id"] = int(rows["id"].max()) + 1 + np.arange(STORED - known)
        return Outcome((RowChange("cases", insert=new),))

    return Edit(msg("Repeat whistles"), plan, lasting=True)


def ms(seconds: float) -> str:
    """Write seconds as milliseconds."""
    return f"{seconds * 1000:.0f} ms"


def measure_queue(window: Window, session: Session) -> None:
    """Open the queue, let the clock go on, choose one queue after the other."""

    def idle() -> bool:
        return window.tasks.running is None and (window.page is None or window.page.canvas.is_drawn())

    def opened() -> None:
        for name in OF_THE_CLOCK:
            session.derived.__dict__.pop(name, None)
        for panel in (QueuePanel(session), SavedFiltersPanel(session), StatesPanel(session)):
            panel.setParent(window)
            panel.show()
            QCoreApplication.processEvents()
            panel.hide()
            panel.deleteLater()

    count = f"{len(session.state.cases):,}"
    report(f"open the queue, {count} whistles", "<= 300 ms", ms(cpu_seconds(opened, 3)), "counts, saved filters, states")
    report("the same, by the wall clock", "<= 300 ms", ms(wall_seconds(opened)))
    heart = longest_freeze(lambda: window.set_workspace("cases"), idle)
    report("longest freeze: turn to Cases", "<= 100 ms", ms(heart.longest / 1000), f"{heart.busiest:.0f} ms CPU of the window's thread")

    def tick() -> None:
        session._look_at(session.derived.now + timedelta(minutes=1), 0)

    def choose(queue: Queue | None) -> Callable[[], object]:
        return lambda: session.set_filter(replace(CaseFilter(), queue=queue))

    for what, action in (
        ("a minute passes", tick),
        ("show what is overdue", choose(Queue.OVERDUE)),
        ("a minute passes, overdue shown", tick),
        ("show all whistles", choose(None)),
    ):
        heart = longest_freeze(action, idle)
        report(f"longest freeze: {what}", "<= 100 ms", ms(heart.longest / 1000), f"{heart.busiest:.0f} ms CPU of the window's thread")
    report("what has fallen due, for the alarm", "", ms(cpu_seconds(lambda: due_now(session.state, session.derived.now))))


def measure_call(window: Window, session: Session) -> None:
    """Take a call: what every answer of the form costs."""
    state = session.state
    cases, settings = state.cases, state.settings
    at = int(np.flatnonzero(np.isfinite(cases.x) & (cases.category > 0))[-1])
    found = near  # of one whistle

    def duplicates() -> object:
        x, y, category = float(cases.x[at]), float(cases.y[at]), int(cases.category[at])
        return found(cases, x, y, category, session.derived.now, settings.duplicate_metres, settings.duplicate_days)

    report("possible duplicates of one call", "", ms(cpu_seconds(duplicates)))
    report("open the form of a call, the first time", "", ms(wall_seconds(lambda: take_call(window))))
    assert window.page is not None
    panel = window.page.right.currentWidget()
    assert isinstance(panel, IntakePanel)
    homes = state.households.id[:: max(len(state.households) // 20, 1)]
    spots = iter([household_spot(session, int(home)) for home in homes] * 20)
    report("answer a place: cell, worker, body, duplicates", "", ms(cpu_seconds(lambda: panel._at(next(spots)), 11)))
    window.page.show_right(None)


def measure_learning(session: Session) -> None:
    """Learn the categories from the newest 20,000 whistles, and ask; the window answers meanwhile."""
    voice = session.voice
    voice._count = -1
    heart = longest_freeze(voice.prepare, lambda: not voice._busy)
    report("longest freeze: while it learns", "<= 100 ms", ms(heart.longest / 1000), f"{heart.busiest:.0f} ms CPU of the window's thread")
    rows = session.county.store.rows("cases", session.state.cases.id[-20_000:], ("text", "category"))
    texts, owners = rows["text"].tolist(), np.asarray(rows["category"], np.int64)
    report("learn categories from 20,000 texts", "<= 10 s", f"{cpu_seconds(lambda: learn(texts, owners), 1):.1f} s", "in a thread")
    learned = learn(texts, owners)
    asked = iter(texts * 2)
    report("suggest categories for one text", "", ms(cpu_seconds(lambda: suggest(next(asked), session.state.categories, learned), 21)))


def main() -> None:
    """Measure on a copy of the demo county that holds its whistles five times."""
    application()
    with demo_file() as path, tempfile.TemporaryDirectory() as folder:
        copy = Path(shutil.copy(path, Path(folder) / "county.gpkg"))
        county = bootstrap.open_county(copy)
        county.perform(repeated(county))
        preferences = Preferences(Path(folder) / "window.ini")
        window = Window(preferences)
        window.resize(1600, 900)
        window.show()
        window.show_county(county)
        window.tasks.wait()
        assert window.session is not None
        measure_queue(window, window.session)
        measure_call(window, window.session)
        measure_learning(window.session)
        window.close()


if __name__ == "__main__":
    main()
