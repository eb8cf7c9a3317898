"""All figures: those of a case made by hand, and parts that add up to the whole."""

from datetime import timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gis_app.cases.case import Event, EventKind, State
from gis_app.cases.chains import trails
from gis_app.cases.life_cycle import fold_columns
from gis_app.cases.measures import Basis, Form, Measures, figures_defined, measured
from gis_app.cases.shares import Share
from gis_app.cases.statistics import figures
from gis_app.county.case_edits import event_columns
from tests.cases.samples import cases, patient, shanghai
from tests.cases.test_loop_properties import NOW, START, stories

ADDED = (
    "arrivals",
    "handed_over",
    "passed_up",
    "returned",
    "appealed",
    "reopened",
    "suspended",
    "ping_pong",
    "skipped",
    "overdue",
    "repeats",
)


def basis(events: list[Event], hours: float = 72, **columns: object) -> Basis:
    """Return a basis of the cases that these events tell."""
    told = event_columns(events)
    folded = fold_columns(told)
    derived = {name: getattr(folded, name) for name in ("state", "body", "blown", "arrived", "picked_up", "done", "deadline", "duplicate")}
    made = cases(len(folded), **{"id": folded.case, **derived, **columns})
    due = np.where(np.isnat(made.deadline), made.arrived + np.timedelta64(round(hours * 3600), "s"), made.deadline)
    return Basis(made, trails(told), due, NOW, 10.0, frozenset({2}))


def whole(found: Basis, **period: object) -> Measures:
    (row,) = measured(found, **period)  # type: ignore[arg-type]
    return row


def garages() -> list[Event]:
    """The case of the garages, domain §4 A: housing (1) hands over to natural resources (2) after 14 minutes."""
    return [
        Event(1, EventKind.BLOWN, shanghai("2020-05-01T12:20"), target=1),
        Event(1, EventKind.HANDED_OVER, shanghai("2020-05-01T12:34"), body=1, target=2),
        Event(1, EventKind.PICKED_UP, shanghai("2020-05-02T21:27"), body=2),
        Event(1, EventKind.DONE, shanghai("2020-05-03T17:37"), body=2),
        Event(1, EventKind.RATED, shanghai("2020-05-03T18:00"), stars=(5, 5, 5)),
    ]


def test_the_garages() -> None:
    found = whole(basis(garages()))
    assert (found.figures.received, found.figures.completed, found.arrivals, found.handed_over) == (1, 1, 2, 1)
    assert found.response == Share(0, 2), "14 minutes and 32 hours are both later than the robot call"
    assert (found.pick_up.median, found.pick_up.count) == ((32 * 60 + 53) * 60, 1)
    assert found.case_clock.median == (53 * 60 + 17) * 60
    assert (found.body_clock.count, found.body_clock.p90) == (2, (14 + 0.9 * (53 * 60 + 3 - 14)) * 60)
    assert (found.satisfaction, found.resolution, found.outcome.value) == (Share(1, 1), Share(1, 1), 5.0)
    assert (found.skipped, found.overdue, found.ping_pong, found.returned) == (0, 0, 0, 0)
    assert whole(basis(garages(), hours=53)).overdue == 1


def test_each_body_answers_for_its_own_stays() -> None:
    found = basis(garages())
    housing, land = measured(found, found.cases.body, found.trails.stays.body)
    assert (housing.key, housing.figures.received, housing.arrivals, housing.handed_over) == (1, 0, 1, 1)
    assert (land.key, land.figures.completed, land.arrivals, land.handed_over, land.satisfaction.whole) == (2, 1, 1, 0, 1)


def test_what_happened_after_the_period_does_not_count() -> None:
    found = basis(garages())
    early = whole(found, end=shanghai("2020-05-03T00:00"))
    assert (early.figures.received, early.figures.completed, early.satisfaction.whole, early.handed_over) == (1, 0, 0, 1)
    assert early.body_clock.count == 1
    assert whole(found, start=shanghai("2020-05-02T00:00")).arrivals == 0


def test_nobody_is_asked_for_an_answer_before_its_time_is_over() -> None:
    late = Event(1, EventKind.BLOWN, NOW - timedelta(minutes=9), target=1)
    assert whole(basis([late])).response == Share(0, 0)
    picked = Event(1, EventKind.PICKED_UP, NOW - timedelta(minutes=1))
    assert whole(basis([late, picked])).response == Share(1, 1)


def test_ratings_of_few_stars_are_not_content() -> None:
    *rest, rating = garages()
    low = Event(1, EventKind.RATED, rating.time, stars=(5, 5, 1))
    found = whole(basis([*rest, low]))
    assert (found.satisfaction, found.resolution) == (Share(0, 1), Share(0, 1))
    assert (found.attitude.value, found.outcome.value) == (5.0, 1.0)


def test_the_ladder_is_skipped_where_a_department_is_first() -> None:
    straight = [Event(1, EventKind.BLOWN, START, target=2)]
    up = [Event(1, EventKind.BLOWN, START, target=1), Event(1, EventKind.PASSED_UP, START, target=2)]
    assert (whole(basis(straight)).skipped, whole(basis(up)).skipped) == (1, 0)


def test_a_repeat_is_the_same_category_in_the_same_cell() -> None:
    events = [Event(number, EventKind.BLOWN, START + timedelta(days=number), target=1) for number in (1, 2, 3)]
    found = basis(events, cell=[7, 7, 8], category=[1, 1, 1])
    assert whole(found).repeats == 1


@patient
@given(st.lists(stories(), min_size=1, max_size=6), st.data())
def test_parts_add_up(told: list[list[Event]], data: st.DataObject) -> None:
    events = [
        Event(number, e.kind, e.time, e.actor, e.body, e.target, e.note, e.deadline, e.stars, e.data)
        for number, story in enumerate(told, 1)
        for e in story
    ]
    keys = np.array([data.draw(st.integers(0, 2)) for _ in told])
    found = basis(events)
    end = START + timedelta(days=data.draw(st.integers(0, 30)))
    all_of_it, rows = whole(found, end=end), measured(found, keys, end=end)
    by_body = measured(found, found.cases.body, found.trails.stays.body, end=end)
    assert all_of_it.figures == figures(found.cases, end=end)
    for parts in (rows, by_body):
        assert sum(row.figures.received for row in parts) == all_of_it.figures.received
        for name in ADDED:
            assert sum(getattr(row, name) for row in parts) == getattr(all_of_it, name), name
        for name in ("response", "resolution", "satisfaction"):
            pairs = [getattr(row, name) for row in parts]
            assert Share(sum(p.part for p in pairs), sum(p.whole for p in pairs)) == getattr(all_of_it, name)
    for row in rows:
        (alone,) = measured(found, end=end, where=keys == row.key)
        assert {**vars_of(alone), "key": row.key} == vars_of(row)


def vars_of(measures: Measures) -> dict[str, object]:
    return {name: getattr(measures, name) for name in Measures.__slots__}


def test_no_whistles() -> None:
    nothing = basis([])
    assert whole(nothing).figures.received == 0 and measured(nothing, nothing.cases.cell) == []


def test_returned_whistles_are_no_longer_overdue() -> None:
    back = [
        Event(1, EventKind.BLOWN, START, target=1),
        Event(1, EventKind.PICKED_UP, START + timedelta(days=90)),
        Event(1, EventKind.RETURNED, START + timedelta(days=90), note="why"),
    ]
    found = basis(back)
    assert found.cases.state.tolist() == [State.RETURNED]
    assert (whole(found).overdue, whole(found).returned) == (0, 1)
    assert whole(basis(back[:2])).overdue == 1


def test_every_figure_is_defined_and_can_be_read() -> None:
    defined = figures_defined(10)
    assert len({figure.key for figure in defined}) == len(defined) == 27
    row = whole(basis(garages()))
    for figure in defined:
        assert str(figure.name) and str(figure.definition).endswith(".")
        value = figure.value(row)
        assert value is not None and (figure.form != Form.COUNT or isinstance(value, int))
