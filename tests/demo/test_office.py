"""What lies beside the cases: rules and limits, messages, tasks, talks, filters, pictures."""

import struct
import zlib

import numpy as np

from gis_app.cases.bodies import BodyKind, Rule
from gis_app.cases.case import Urgency
from gis_app.cases.display import is_open
from gis_app.cases.queue import Queue
from gis_app.county.changes import Outcome
from gis_app.county.county import County
from gis_app.county.outbox_edits import Queued, messages_of, queue_due
from gis_app.progress import finish


def now_of(county: County) -> np.datetime64:
    return np.datetime64(county.state.settings.now().replace(tzinfo=None), "s")


def test_nothing_is_due_that_was_not_queued(county: County) -> None:
    outcome = finish(queue_due(county.store).plan(county.state))
    assert isinstance(outcome, Outcome)
    kinds = [kind for row in outcome.rows if row.insert is not None for kind in row.insert["kind"].tolist()]
    assert set(kinds) <= {"invited"}, "only the bodies that support the newest joint meetings are still to be told"
    assert outcome.report == Queued(len(kinds), 0, ())


def test_messages_are_about_open_cases_and_all_but_two_went_out(county: County) -> None:
    state, rows = county.state, county.store.rows("messages")
    opened = state.cases.id[is_open(state.cases)]
    assert np.isin(rows["case_id"], opened).all()
    states = rows["state"].tolist()
    assert states.count("failed") == 1
    assert 1 <= states.count("waiting") <= 4
    assert set(states) == {"sent", "failed", "waiting"}
    sent = rows["state"] == "sent"
    assert (rows["sent"][sent] >= rows["due"][sent]).all() and (rows["sent"][sent] <= now_of(county)).all()
    assert np.isnat(rows["sent"][~sent]).all()
    failed = next(message for message in messages_of(county.store, opened.tolist()) if message.error)
    assert failed.attempts > 1 and failed.next_try is not None and failed.next_try > state.settings.now()
    phones = {phone for body in state.bodies.values() for phone in (body.receiver_phone, body.leader_phone)}
    assert set(rows["phone"].tolist()) <= phones
    assert all(text and "{" not in text for text in rows["text"].tolist())


def test_a_message_went_out_when_the_event_says_that_the_body_was_told(county: County) -> None:
    messages = county.store.rows("messages", columns=["case_id", "kind", "arrived", "sent", "state"])
    events = county.store.rows("events", columns=["case_id", "kind", "time"])
    told = events["kind"] == "told"
    known = set(zip(events["case_id"][told].tolist(), events["time"][told].tolist(), strict=True))
    cases = county.state.cases
    arrived = cases.arrived[np.searchsorted(cases.id, messages["case_id"])]
    present = (messages["kind"] == "sms") & (messages["state"] == "sent") & (arrived == messages["arrived"])
    said = list(zip(messages["case_id"][present].tolist(), messages["sent"][present].tolist(), strict=True))
    assert len(said) > 10
    assert set(said) <= known


def test_tasks_are_asked_of_cells_and_reported_in_part(county: County) -> None:
    state, tasks, asked = county.state, county.store.rows("tasks"), county.store.rows("task_cells")
    assert 5 <= len(tasks["id"]) <= 10
    kinds = {state.bodies[int(body)].kind for body in tasks["body"]}
    assert {BodyKind.CENTRE, BodyKind.TOWNSHIP} < kinds
    now = now_of(county)
    assert (now - tasks["created"] < np.timedelta64(40, "D")).all()
    for task, body in zip(tasks["id"].tolist(), tasks["body"].tolist(), strict=True):
        mine = asked["task"] == task
        unit = state.bodies[body].unit
        cells = {cell.id for cell in state.units.cells(unit)} if unit else set(state.coverage.cells)
        assert set(asked["cell"][mine].tolist()) == cells
        assert all(worker == 0 or worker in state.workers for worker in asked["worker"][mine].tolist())
    reported = ~np.isnat(asked["reported"])
    assert 0.2 < reported.mean() < 0.9
    created = tasks["created"][np.searchsorted(tasks["id"], asked["task"])]
    assert (asked["reported"][reported] >= created[reported]).all() and (asked["reported"][reported] <= now).all()
    assert not (asked["done"] & ~reported).any()


def test_rules_devolve_hold_for_a_time_and_for_emergencies(county: County) -> None:
    rules = county.state.rules.values()
    today = county.state.settings.now().date()
    assert any(rule.unit and rule.body and county.state.bodies[rule.body].kind == BodyKind.TOWNSHIP for rule in rules)
    assert any(rule.valid_to and rule.valid_to.year == today.year - 1 for rule in rules)
    assert sum(rule.urgency == Urgency.EMERGENCY for rule in rules) >= 5
    assert any(rule.unit_kind for rule in rules) and any(rule.step for rule in rules)
    assert any((rule.category, rule.kind, rule.body) == (0, "", 0) for rule in rules), "there is a rule for everything else"
    seen: list[tuple[object, ...]] = [_question(rule) for rule in rules]
    assert len(seen) == len(set(seen)), "no two rules answer the same question"


def _question(rule: Rule) -> tuple[object, ...]:
    return rule.category, rule.kind, rule.unit_kind, rule.urgency, rule.unit, rule.valid_from, rule.valid_to


def test_rules_that_are_of_use_are_used(county: County, size: str) -> None:
    """Every body that a rule of an emergency names has had a first case."""
    state = county.state
    if size == "county":
        named = {rule.body for rule in state.rules.values() if rule.urgency == Urgency.EMERGENCY and rule.body}
        events = county.store.rows("events", columns=["kind", "target"])
        assert named <= set(events["target"][events["kind"] == "blown"].tolist())


def test_keywords_know_some_whistles_and_not_all(county: County) -> None:
    categories = county.state.categories
    assert all(3 <= len(category.keywords.split(",")) <= 8 for category in categories.values())
    rows = county.store.rows("cases", columns=["text", "category"])
    hits = [
        any(word in text for word in categories[category].keywords.split(","))
        for text, category in zip(rows["text"].tolist(), rows["category"].tolist(), strict=True)
    ]
    assert 0.5 < float(np.mean(hits)) < 0.95


def test_limits_are_shorter_the_more_urgent_it_is(county: County) -> None:
    limits = county.state.limits.values()
    assert {limit.urgency for limit in limits if not limit.category} == set(Urgency) - {Urgency.NOT_SAID}
    for category in {limit.category for limit in limits}:
        mine = sorted((limit.urgency, limit.hours) for limit in limits if limit.category == category)
        assert [hours for _, hours in mine] == sorted(hours for _, hours in mine)


def test_talks_are_about_what_a_body_was_slow_with(county: County) -> None:
    rows, cases = county.store.rows("talks"), county.state.cases
    assert len(rows["id"]) >= 3
    at = np.searchsorted(cases.id, rows["case_id"])
    assert (cases.body[at] == rows["body"]).all()
    assert (rows["time"] > cases.done[at]).all() and (rows["time"] < now_of(county)).all()
    assert set(rows["held_by"].tolist()) <= {"superior", "discipline", "organisation"}


def test_saved_filters_name_what_there_is(county: County) -> None:
    contents = county.store.rows("saved_filters")["content"].tolist()
    assert 2 <= len(contents) <= 4
    assert {Queue(content["queue"]) for content in contents if "queue" in content}
    assert all(content.get("category", 1) in county.state.categories for content in contents)
    assert all(content.get("body", 1) in county.state.bodies for content in contents)


def test_pictures_are_small_and_can_be_decoded(county: County) -> None:
    rows = county.store.rows("attachments")
    assert 2 <= len(rows["id"]) <= 3
    assert np.isin(rows["case_id"], county.state.cases.id).all()
    for content, size, media_type in zip(rows["content"].tolist(), rows["size"].tolist(), rows["media_type"].tolist(), strict=True):
        assert media_type == "image/png"
        assert size == len(content) < 20_000
        assert content[:8] == b"\x89PNG\r\n\x1a\n"
        width, height = struct.unpack(">II", content[16:24])
        length = struct.unpack(">I", content[33:37])[0]
        assert len(zlib.decompress(content[41 : 41 + length])) == height * (1 + 3 * width)
