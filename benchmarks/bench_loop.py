"""The loop of whistles through the scheduler: a year of 60,000 cases, one case, and every minute: `python -m benchmarks.bench_loop`."""

import shutil
import tempfile
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from benchmarks.county import demo_file
from benchmarks.measure import cpu_seconds, report, wall_seconds
from gis_app import bootstrap
from gis_app.cases.case import Cases
from gis_app.cases.schedule import Duties, duties, duties_of, replay
from gis_app.county.case_edits import events_of
from gis_app.county.changes import Columns
from gis_app.county.county import County
from gis_app.county.outbox_edits import delays_of, due_now, queue_due, reminders_of

CASES = 60_000
STORED = 100_000
START, END = datetime(2021, 4, 1, tzinfo=UTC), datetime(2022, 4, 1, tzinfo=UTC)


def ms(seconds: float) -> str:
    """Write seconds as milliseconds."""
    return f"{seconds * 1000:.1f} ms"


def year_of_events(county: County) -> Columns:
    """Return the events of 60,000 cases blown within a year: those of the demo's last year, again and again some minutes later."""
    cases = county.state.cases
    within = (cases.blown >= np.datetime64(START.replace(tzinfo=None))) & (cases.blown < np.datetime64(END.replace(tzinfo=None)))
    ids = cases.id[within]
    events = county.store.rows("events", None, ["case_id", "kind", "time", "target", "deadline"])
    events = {name: column[np.isin(events["case_id"], ids)] for name, column in events.items()}
    parts = []
    for copy in range(-(-CASES // len(ids))):
        kept = np.isin(events["case_id"], ids[: CASES - copy * len(ids)])
        later = np.timedelta64(copy * 37, "m")
        part = {name: column[kept] for name, column in events.items()}
        times = {name: part[name].astype("datetime64[s]") + later for name in ("time", "deadline")}
        shifted = {"case_id": part["case_id"].astype(np.int64) + copy * 10_000_000, **times}
        parts.append({**part, **shifted})
    return {name: np.concatenate([part[name] for part in parts]) for name in events}


def measure_year(county: County) -> None:
    """Replay a year minute by minute."""
    events, delays = year_of_events(county), delays_of(county.state.settings)
    found: list[Duties] = []

    def through_the_year() -> None:
        made = duties(events, delays, 72)
        found[:] = [made]
        fired = sum(len(some) for _, some in replay(made, START, END, timedelta(minutes=1)))
        assert fired > CASES

    count = len(np.unique(events["case_id"]))
    seconds = cpu_seconds(through_the_year, 3)
    report(f"replay a year of {count:,} cases, minute by minute", "<= 20 s", f"{seconds:.2f} s", f"{len(events['time']):,} events")
    ticks = sum(1 for _ in replay(found[0], START, END, timedelta(minutes=1)))
    fired = int(found[0].fires.sum())
    report(
        "  of which making the duties", "", ms(cpu_seconds(lambda: duties(events, delays, 72), 3)), f"{fired:,} fire in {ticks:,} minutes"
    )


def measure_one(county: County) -> None:
    """Work out one case, from its events and with its messages."""
    state = county.state
    case = int(state.cases.id[np.argmax(state.cases.picked_up > state.cases.arrived)])
    told, delays = events_of(county.store.events(case)), delays_of(state.settings)
    report("duties of one case, from its events", "", ms(cpu_seconds(lambda: [duties_of(told, delays, 72) for _ in range(100)]) / 100))
    now = state.settings.now()
    report("reminders of one case, read from the file", "", ms(cpu_seconds(lambda: reminders_of(county.store, state, case, now))))


def measure_now(county: County) -> None:
    """Find what has fallen due among 100,000 cases, and queue it in the demo county's file."""
    state = county.state
    copies = -(-STORED // len(state.cases))
    columns = {field.name: np.tile(getattr(state.cases, field.name), copies)[:STORED] for field in fields(Cases)}
    many = replace(state, cases=Cases(**{**columns, "id": np.arange(1, STORED + 1)}))
    now = state.settings.now()
    report(f"what is due now, of {STORED:,} cases", "", ms(cpu_seconds(lambda: due_now(many, now))), f"{len(due_now(many, now)):,} duties")
    report("queue it in the demo county, the first time", "", ms(wall_seconds(lambda: county.perform(queue_due(county.store)))))
    report("  and every minute, when nothing is new", "", ms(cpu_seconds(lambda: county.perform(queue_due(county.store)))))


def main() -> None:
    """Measure on a demo county of its own: messages are written into it."""
    with demo_file() as path, tempfile.TemporaryDirectory() as folder:
        county = bootstrap.open_county(shutil.copy(path, Path(folder) / "county.gpkg"))
        try:
            measure_year(county)
            measure_one(county)
            measure_now(county)
        finally:
            county.close()


if __name__ == "__main__":
    main()
