"""Whistles: the published figures, the three stories, the planted hotspots, and cases that agree with their events."""

from datetime import UTC, datetime, timedelta

import numpy as np

from gis_app import demo
from gis_app.cases import clocks, hotspots, statistics
from gis_app.cases.bodies import BodyKind
from gis_app.cases.case import COMPLETED_STATES, Event, EventKind, State, Urgency
from gis_app.cases.display import display_states
from gis_app.cases.life_cycle import fold, fold_columns, not_allowed, objection
from gis_app.cases.queue import Queue, queues
from gis_app.cases.routing import Router
from gis_app.cases.transitions import TRANSITIONS, refusal
from gis_app.county import content
from gis_app.county.case_edits import events_of
from gis_app.county.changes import Columns, Outcome
from gis_app.county.county import County
from gis_app.county.limits import hours_of
from gis_app.demo.loop import NEXT_DOOR
from gis_app.demo.names import PREFIXES
from gis_app.demo.places import SIZES
from gis_app.grid import coverage as coverages
from gis_app.grid.locate import Locator
from gis_app.progress import finish

EMPTY = content.load_state(lambda table, columns=None: content.full(table, {"id": np.empty(0, np.int64)}))


def told_of(county: County, case: int) -> list[Event]:
    return events_of(county.store.events(case))


def rows_of(seed: int) -> dict[str, Columns]:
    """Return the rows of a small county of another seed."""
    _, edit = demo.county("small", seed)
    outcome = finish(edit.plan(EMPTY))
    assert isinstance(outcome, Outcome)
    return {change.table: change.insert for change in outcome.rows}


def case_named(county: County, words: str) -> int:
    found = county.store.matching("cases", words)
    assert len(found) == 1
    return int(found[0])


def test_the_published_figures_are_exact(county: County) -> None:
    period = county.state.periods[1]
    figures = statistics.figures(county.state.cases, period.start, period.end)
    assert (figures.received, figures.reasonable, figures.completed) == (183, 155, 131)
    assert (period.name, period.name_en) == ("至 2020-04-28", "To 28 April 2020")


def test_there_are_as_many_as_asked_for_over_two_years(county: County, size: str) -> None:
    cases, now = county.state.cases, np.datetime64(county.state.settings.now().replace(tzinfo=None), "s")
    assert len(cases) == SIZES[size].whistles
    assert (np.diff(cases.blown) >= np.timedelta64(0)).all()
    assert cases.blown.min() >= np.datetime64("2020-03-31T16:00:00")
    assert now - np.timedelta64(1, "D") < cases.blown.max() < now
    assert county.store.rows("events", columns=["time"])["time"].max() <= now
    numbers = county.store.rows("cases", columns=["number"])["number"].tolist()
    assert len(set(numbers)) == len(numbers)


def test_what_is_stored_is_what_the_events_say(county: County) -> None:
    cases = county.state.cases
    folded = fold_columns(county.store.rows("events"))
    assert (folded.case == cases.id).all()
    for name in ("state", "body", "urged", "blown", "arrived", "picked_up", "done", "deadline", "duplicate"):
        stored, derived = getattr(cases, name), getattr(folded, name)
        assert ((stored == derived) | (np.isnat(stored) & np.isnat(derived) if stored.dtype.kind == "M" else False)).all(), name


def test_every_event_was_allowed_when_it_happened(county: County) -> None:
    rows = county.store.rows("events", columns=["case_id", "kind", "time", "body", "target"])
    order = np.lexsort((rows["time"], rows["case_id"]))
    by_holder = {"told", "picked_up", "submitted", "reviewed", "started", "promised", "suspended", "resumed", "done", "returned",
                 "handed_over", "passed_up", "duplicate"}  # fmt: skip
    state, holder, present = None, 0, 0
    for case, kind, body, target in zip(*(rows[name][order].tolist() for name in ("case_id", "kind", "body", "target")), strict=True):
        if case != present:
            state, present = None, case
        assert refusal(state, EventKind(kind)) is None, (case, kind, state)
        if kind in by_holder:
            assert body == holder, (case, kind)
        transition = TRANSITIONS[EventKind(kind)]
        holder = target if transition.moves else holder
        state = transition.after or state


def test_nothing_speaks_against_any_event(county: County, size: str) -> None:
    now, cases = county.state.settings.now(), county.state.cases
    rare = (State.SUSPENDED, State.MEETING, State.DUPLICATE, State.UNDER_REVIEW)
    asked = cases.id if size == "small" else np.union1d(cases.id[::40], cases.id[np.isin(cases.state, rare)])
    for case in asked.tolist():
        before: list[Event] = []
        for event in told_of(county, case):
            assert objection(fold(before) if before else None, event, now, before[-1].time if before else None) is None, event
            before.append(event)


def test_the_transition_table_allows_every_event_of_any_seed(county: County, size: str) -> None:
    assert not not_allowed(county.store.rows("events", columns=["case_id", "kind", "time"])).any()
    if size == "small":
        for seed in range(2, 8):
            assert not not_allowed(rows_of(seed)["events"]).any()


def test_some_whistles_were_blown_just_now_and_some_wait_for_longer_than_ten_minutes(county: County) -> None:
    cases, settings = county.state.cases, county.state.settings
    now = np.datetime64(settings.now().replace(tzinfo=None), "s")
    age = (now - cases.blown).astype(np.int64) / 60
    waiting = queues(cases, settings.now(), robot_call_minutes=settings.robot_call_minutes)
    assert 4 <= waiting[Queue.NEW].sum() <= 12
    assert (waiting[Queue.NOT_PICKED_UP] & (age >= 10) & (age < 15)).sum() >= 2
    fresh = cases.id[age < 15]
    events = county.store.rows("events", columns=["case_id", "kind"])
    assert set(events["kind"][np.isin(events["case_id"], fresh)].tolist()) == {"blown", "told"}
    told = [clocks.legs(told_of(county, case), settings.now())[-1] for case in cases.id[waiting[Queue.NEW]].tolist()]
    sent = [clocks.reminders(leg, settings.sms_minutes, settings.robot_call_minutes) for leg in told]
    assert all(reminder.sms and reminder.sms <= settings.now() < reminder.robot_call for reminder in sent if reminder.robot_call)


def test_first_bodies_and_cells_are_those_of_the_router(county: County) -> None:
    state = county.state
    cases = state.cases
    router = Router(state.units, Locator(state.coverage), state.workers, state.bodies, state.categories, state.rules, state.households)
    routes = router.route_many(
        cases.x, cases.y, accuracy=cases.accuracy, household=cases.household, unit=cases.unit, category=cases.category, kind=cases.kind,
        urgency=cases.urgency, day=statistics.local_days(cases.blown),
    )  # fmt: skip
    assert (routes.cell == cases.cell).all()
    events = county.store.rows("events", columns=["case_id", "kind", "target"])
    blown = events["kind"] == "blown"
    first = events["target"][blown][np.argsort(events["case_id"][blown])]
    assert (first != routes.body).sum() <= 2  # the fire and the honeysuckle went where they really went
    assert (cases.cell == 0).any()
    assert 0.9 < (cases.cell > 0).mean() < 1


def test_all_states_and_kinds_of_bodies_occur(county: County, size: str) -> None:
    state = county.state
    shown = display_states(state.cases, state.settings.now(), hours_of(state))
    assert (np.bincount(shown, minlength=4) > 0).all()
    if size == "county":
        assert set(np.unique(state.cases.state).tolist()) == set(State)
        assert set(county.store.rows("events", columns=["kind"])["kind"].tolist()) == {kind.value for kind in EventKind}
        took = (state.cases.done - state.cases.blown)[~np.isnat(state.cases.done)]
        assert np.median(took) < np.timedelta64(3, "D")
        assert state.cases.urged.any()
    departments = [body for body in state.bodies.values() if body.kind == BodyKind.DEPARTMENT]
    assert len(departments) == 83
    assert len({body.category for body in departments}) == 6
    assert all(body.receiver and body.leader and body.receiver_phone for body in state.bodies.values())
    governed = {body.unit for body in state.bodies.values()} - {0}
    assert governed == {unit.id for unit in state.units.values() if unit.level < 3}
    assert sum(body.kind == BodyKind.CENTRE for body in state.bodies.values()) == 1


def test_the_garages_took_53_hours_and_17_minutes(county: County) -> None:
    case = case_named(county, "利丰小区内有人私建车库")
    events, now = told_of(county, case), county.state.settings.now()
    bodies = county.state.bodies
    assert events[0].time == datetime(2020, 5, 1, 4, 20, tzinfo=UTC)
    assert [e.kind.value for e in events] == ["blown", "handed_over", "picked_up", "done", "rated"]
    assert [bodies[e.target].name for e in events[:2]] == ["县住建局", "县自然资源局"]
    legs = clocks.legs(events, now)
    assert legs[1].arrived - legs[0].arrived == timedelta(minutes=14)
    assert events[2].time - events[1].time == timedelta(hours=32, minutes=53)
    assert events[3].time - events[2].time == timedelta(hours=20, minutes=10)
    assert clocks.case_clock(events, now) == timedelta(hours=53, minutes=17)
    assert clocks.reminders(legs[1], 0, 10).robot_call == datetime(2020, 5, 1, 4, 44, tzinfo=UTC)
    row = int(np.searchsorted(county.state.cases.id, case))
    cell = county.state.units[int(county.state.cases.cell[row])]
    assert county.state.units[cell.parent].name == "东风社区"
    assert county.store.rows("cases", np.array([case]), ["whistler"])["whistler"][0] == "worker"


def test_the_fire_and_the_honeysuckle_are_told(county: County) -> None:
    fire = case_named(county, "住房失火,屋内财物")
    assert "18000" in str(county.store.rows("cases", np.array([fire]), ["result"])["result"][0])
    honeysuckle = case_named(county, "蓝靛果")
    row = county.store.rows("cases", np.array([honeysuckle]), ["whistler", "done", "blown"])
    assert row["whistler"][0] == "helper"
    assert row["done"][0].astype("datetime64[D]") == np.datetime64("2020-05-22")


def test_gi_star_finds_what_was_planted(county: County, size: str) -> None:
    state = county.state
    planted = {state.units.by_code(code).id for code in state.settings.metadata["planted_hotspots"]}  # type: ignore[union-attr, attr-defined]
    cells = np.array(sorted(state.coverage.cells))
    beside = coverages.neighbours(state.coverage)
    households = hotspots.counts_per_cell(cells, state.households.cell)
    counts = hotspots.counts_per_cell(cells, state.cases.cell)
    found = set(cells[hotspots.gi_star(cells, counts, beside, households).hot].tolist())
    near = planted.union(*(beside[cell] for cell in planted))
    assert len(planted) == (24 if size == "county" else 12)
    assert len(found & planted) >= (22 if size == "county" else 5)
    assert len(found - near) <= 2


def test_more_whistles_where_more_people_live(county: County) -> None:
    state = county.state
    cells = np.array(sorted(state.coverage.cells))
    households = hotspots.counts_per_cell(cells, state.households.cell)
    counts = hotspots.counts_per_cell(cells, state.cases.cell)
    many = households > np.quantile(households, 0.9)
    assert counts[many].mean() > 1.2 * counts[~many].mean()


def test_texts_vary_and_are_chinese(county: County) -> None:
    texts = county.store.rows("cases", columns=["text"])["text"].tolist()
    assert len(set(texts)) > 0.97 * len(texts)
    assert all("{" not in text and any("\u4e00" <= c <= "\u9fff" for c in text) for text in texts)


def test_departments_hand_over_to_departments_whose_work_touches(county: County) -> None:
    state = county.state
    names = {body.id: body.name for body in state.bodies.values()}
    events = county.store.rows("events")
    between = {frozenset(pair) for pair in NEXT_DOOR}
    handed = events["kind"] == EventKind.HANDED_OVER.value
    departments = {body.id for body in state.bodies.values() if body.kind == BodyKind.DEPARTMENT}
    pairs = [(a, b) for a, b in zip(events["body"][handed].tolist(), events["target"][handed].tolist(), strict=True)]
    mutual = [(names[a], names[b]) for a, b in pairs if a in departments and b in departments]
    assert len(mutual) > len(state.cases) / 100
    assert sum(frozenset(pair) not in between for pair in mutual) <= 3, "but for the three true stories"


def test_the_morning_of_a_centre(county: County, size: str) -> None:
    cases, settings = county.state.cases, county.state.settings
    waiting = queues(cases, settings.now(), robot_call_minutes=settings.robot_call_minutes, hours=hours_of(county.state))
    found = {queue: int(mask.sum()) for queue, mask in waiting.items()}
    likely = {
        Queue.NEW: (6, 20), Queue.NOT_PICKED_UP: (1, 5), Queue.DUE_SOON: (10, 40), Queue.OVERDUE: (5, 30), Queue.TO_RATE: (50, 300),
        Queue.URGED: (1, 5),
    }  # fmt: skip
    if size == "small":
        likely |= {Queue.DUE_SOON: (1, 40), Queue.TO_RATE: (1, 300)}
    assert {queue: found[queue] for queue, (low, high) in likely.items() if not low <= found[queue] <= high} == {}
    assert 1 <= (cases.state == State.MEETING).sum() <= 3
    assert 1 <= (cases.state == State.SUSPENDED).sum() <= 12


def test_most_cases_end_rated_or_closed_and_few_take_longer_than_they_may(county: County) -> None:
    cases = county.state.cases
    assert np.isin(cases.state, (State.RATED, State.CLOSED)).mean() > 0.8
    done = np.isin(cases.state, list(COMPLETED_STATES))
    late = (cases.done - cases.arrived)[done].astype(np.float64) > hours_of(county.state)[done] * 3600
    assert 0.02 < late.mean() < 0.2


def test_every_case_says_how_urgent_it_is(county: County) -> None:
    urgency = county.state.cases.urgency
    shares = {Urgency(value): float((urgency == value).mean()) for value in np.unique(urgency).tolist()}
    assert set(shares) == set(Urgency) - {Urgency.NOT_SAID}
    assert shares[Urgency.EMERGENCY] < 0.03 < shares[Urgency.LOW] < shares[Urgency.URGENT] < 0.3
    assert shares[Urgency.NORMAL] > 0.6


def test_who_called_can_be_called_back_by_a_number_that_nobody_has(county: County) -> None:
    rows = county.store.rows("cases", columns=["whistler", "contact", "phone", "kind", "worker"])
    by_worker = rows["whistler"] == "worker"
    assert set(rows["contact"][by_worker].tolist()) == set(rows["phone"][by_worker].tolist()) == {""}
    others = rows["whistler"] == "resident"
    assert (rows["phone"][others] != "").mean() > 0.85
    assert all(phone.startswith(PREFIXES) and len(phone) == 11 for phone in rows["phone"].tolist() if phone)
    assert ((rows["contact"] == "") == (rows["phone"] == "")).all()


def test_what_is_merged_repeats_a_whistle_nearby_of_the_days_before(county: County, size: str) -> None:
    cases = county.state.cases
    second = np.flatnonzero(cases.duplicate > 0)
    first = np.searchsorted(cases.id, cases.duplicate[second])
    assert len(second) >= (24 if size == "county" else 3)
    assert (cases.state[second] == State.DUPLICATE).all()
    assert (cases.duplicate[first] == 0).all()
    assert (cases.category[first] == cases.category[second]).all()
    assert (np.hypot(cases.x[first] - cases.x[second], cases.y[first] - cases.y[second]) < 250).all()
    between = cases.blown[second] - cases.blown[first]
    assert (between >= np.timedelta64(0, "s")).all() and (between < np.timedelta64(14, "D")).all()


def test_new_whistles_seem_to_repeat_open_ones(county: County) -> None:
    cases, now = county.state.cases, np.datetime64(county.state.settings.now().replace(tzinfo=None), "s")
    new = np.flatnonzero(cases.blown > now - np.timedelta64(15, "m"))
    older = np.flatnonzero(np.isin(cases.state, (State.PICKED_UP, State.PROMISED, State.IN_PROGRESS, State.UNDER_REVIEW, State.WAITING)))
    older = older[cases.blown[older] <= now - np.timedelta64(2, "h")]
    near = np.hypot(cases.x[new][:, None] - cases.x[older], cases.y[new][:, None] - cases.y[older]) < 250
    assert (near & (cases.category[new][:, None] == cases.category[older])).any(axis=1).sum() >= 2


def test_bodies_are_told_within_minutes(county: County) -> None:
    rows = county.store.rows("events", columns=["case_id", "kind", "time"])
    moves = np.isin(rows["kind"], [kind.value for kind, transition in TRANSITIONS.items() if transition.moves])
    at = np.flatnonzero(rows["kind"] == "told")
    last = np.maximum.accumulate(np.where(moves, np.arange(len(moves)), 0))[at]
    assert (rows["case_id"][at] == rows["case_id"][last]).all()
    took = (rows["time"][at] - rows["time"][last]).astype(np.int64)
    assert took.min() >= 0
    assert np.median(took) < 60 < took.max() <= 600


def test_what_was_corrected_stands_in_the_register(county: County) -> None:
    rows = county.store.rows("events", columns=["case_id", "kind", "data", "note"])
    at = np.flatnonzero(rows["kind"] == "corrected")
    cases = county.store.rows("cases", columns=["address", "phone", "urgency"])
    for row in at.tolist():
        ((field, (before, after)),) = rows["data"][row]["changes"].items()
        assert before != after == cases[field][np.searchsorted(cases["id"], rows["case_id"][row])]
        assert rows["note"][row]


def test_a_year_of_traffic_for_measuring() -> None:
    outcome = finish(demo.county("small", whistles=3_000, days=365)[1].plan(EMPTY))
    assert isinstance(outcome, Outcome)
    tables = {change.table: change.insert for change in outcome.rows}
    assert len(tables["cases"]["id"]) == 3_000
    now = np.datetime64("2022-04-01T01:00:00")
    assert (tables["cases"]["blown"] > now - np.timedelta64(365, "D")).sum() == 3_000 - 183 - 3
    assert not not_allowed(tables["events"]).any()
