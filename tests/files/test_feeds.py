"""Whistles fetched from a real server on this computer."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gis_app.bootstrap import open_county
from gis_app.cases.case import EventKind, State
from gis_app.county.case_edits import correct_case
from gis_app.county.changes import Changes, Refusal
from gis_app.county.county import County
from gis_app.county.feed_edits import Feed, FeedOptions, add_feed, feeds_of, remove_feed
from gis_app.errors import UserError
from gis_app.files.feeds import Fetched, fetching
from gis_app.progress import finish
from tests.files import whistles
from tests.files.open311_server import Open311, request, serving
from tests.files.whistles import CODES, HERE, THERE, cells, kinds

county = whistles.county
NOW = datetime(2026, 7, 1, tzinfo=UTC)
OPTIONS = FeedOptions(start="2026-01-01", page_size=10, create_categories=True, create_bodies=True)
NO_WAITS = (0.0, 0.0)


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing stand between a test and its own server."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")


@pytest.fixture
def server() -> Iterator[Open311]:
    with serving(Open311([request(number, lat=HERE[1], long=HERE[0]) for number in range(25)])) as running:
        yield running


def _feed(county: County, server: Open311, **options: Any) -> Feed:
    chosen = {name: getattr(OPTIONS, name) for name in ("start", "page_size", "create_categories", "create_bodies")} | options
    changes = county.perform(add_feed(county.store, "city", server.address + "/requests.json", FeedOptions(**chosen)))
    assert isinstance(changes, Changes), changes
    assert isinstance(changes.report, Feed)
    return changes.report


def _fetch(county: County, pages: int = 0, now: datetime = NOW) -> Fetched:
    (feed,) = feeds_of(county.store)
    return finish(fetching(county, feed, now=now, waits=NO_WAITS, pages=pages))


def test_everything_is_fetched_page_by_page_in_spans_of_90_days(county: County, server: Open311) -> None:
    server.requests.append(request(150 * 24, lat="", long="", status="closed", updated_datetime="2026-06-12T12:00:00+08:00"))
    _feed(county, server)
    got = _fetch(county)
    assert (got.read, got.added, got.known, got.rejected, got.complete) == (26, 26, 0, [], True)
    assert got.routed == {"Roads": 26}
    assert cells(county) == [CODES[0]] * 25 + [""]
    assert [body.name for body in county.state.bodies.values() if body.name == "Roads"] == ["Roads"]
    assert [(c.name, c.code) for c in county.state.categories.values()] == [("Pothole", "006")]
    stored = county.store.rows("cases")
    assert stored["number"].tolist() == [str(1000 + number) for number in range(25)] + ["4600"]
    assert set(stored["source"].tolist()) == {server.address}
    assert stored["original"][0]["description"] == "hole 0"
    assert county.state.cases.state.tolist() == [State.WAITING] * 25 + [State.DONE]
    assert str(county.state.cases.done[25]) == "2026-06-12T04:00:00"
    assert str(county.state.cases.blown[0]) == "2026-01-01T05:00:00"
    assert county.history() == county.history()[-1:]  # fetching stands in no history: it is never undone
    (feed,) = feeds_of(county.store)
    assert feed.fetched == NOW


def test_fetching_again_adds_nothing_and_asks_about_what_is_open(county: County, server: Open311) -> None:
    _feed(county, server)
    _fetch(county)
    server.requests[3] |= {"status": "closed", "status_notes": "filled", "updated_datetime": "2026-06-30T10:00:00-05:00"}
    server.asked.clear()
    got = _fetch(county)
    assert (got.added, got.updated) == (0, 1)
    assert kinds(county, "1003") == ["blown", "done"]
    assert county.store.rows("cases")["result"].tolist()[3] == "filled"
    numbers = [parameters["service_request_id"].split(",") for _, parameters in server.asked if "service_request_id" in parameters]
    assert [len(asked) for asked in numbers] == [25]
    again = _fetch(county)
    assert (again.added, again.updated, len(county.store.rows("events")["id"])) == (0, 0, 26)


def _corrections(county: County, case: int) -> list[tuple[str, Any]]:
    rows = county.store.events(case)
    told = zip(rows["kind"].tolist(), rows["actor"].tolist(), rows["data"].tolist(), strict=True)
    return [(actor, data["changes"]) for kind, actor, data in told if kind == EventKind.CORRECTED]


def test_what_was_changed_at_the_source_is_taken_over_as_a_correction(county: County, server: Open311) -> None:
    server.services = [{"service_code": "007", "service_name": "Lamp"}]
    _feed(county, server)
    _fetch(county)
    lon, lat = THERE
    server.requests[3] |= {"description": "a deep hole", "service_name": "Lamp", "service_code": "007", "lat": lat, "long": lon}
    server.requests[3]["updated_datetime"] = "2026-06-30T10:00:00-05:00"
    got = _fetch(county)
    assert (got.added, got.updated, got.kept) == (0, 1, 0)
    case = int(county.state.cases.id[3])
    stored = county.store.rows("cases", np.array([case]))
    assert stored["text"].tolist() == ["a deep hole"]
    assert county.state.categories[int(stored["category"][0])].name == "Lamp"
    assert cells(county)[3] == CODES[5]
    assert stored["geom"].tolist() == [[float(county.state.cases.x[3]), float(county.state.cases.y[3])]]
    ((actor, changes),) = _corrections(county, case)
    assert actor == server.address and set(changes) == {"text", "category", "place"}
    assert changes["text"] == ["hole 3", "a deep hole"]
    assert county.store.events(case)["time"][-1] == np.datetime64("2026-06-30T15:00:00")
    assert county.state.cases.body[3] == county.state.cases.body[2], "who holds it goes on holding it"
    again = _fetch(county)
    assert (again.updated, again.kept, len(_corrections(county, case))) == (0, 0, 1)
    server.requests[3]["description"] = "filled with water"
    assert _fetch(county).updated == 1
    second = _corrections(county, case)[1]
    assert second == (server.address, {"text": ["a deep hole", "filled with water"]})


def test_what_was_corrected_here_stays_as_it_is_here(county: County, server: Open311) -> None:
    _feed(county, server)
    _fetch(county)
    case = int(county.state.cases.id[3])
    corrected = correct_case(county.store, case, note="on site", actor="clerk", time=NOW, text="a crack")
    assert isinstance(county.perform(corrected), Changes)
    assert _fetch(county).kept == 0, "the source says what it said before"
    server.requests[3] |= {"description": "a deep hole", "address": "2 Main Street"}
    got = _fetch(county)
    assert (got.updated, got.kept) == (1, 1)
    stored = county.store.rows("cases", np.array([case]))
    assert (stored["text"].tolist(), stored["address"].tolist()) == (["a crack"], ["2 Main Street"])
    assert stored["original"][0]["description"] == "a deep hole"
    again = _fetch(county)
    assert (again.updated, again.kept, len(_corrections(county, case))) == (0, 0, 2)


def test_a_change_and_an_end_at_the_source_come_together(county: County, server: Open311) -> None:
    _feed(county, server)
    _fetch(county)
    server.requests[3] |= {"description": "a deep hole", "status": "closed", "updated_datetime": "2026-06-30T10:00:00-05:00"}
    server.requests[4] |= {"description": "", "lat": "", "long": ""}
    got = _fetch(county)
    assert (got.updated, got.kept) == (1, 0)
    assert kinds(county, "1003") == ["blown", "done", "corrected"]
    assert county.state.cases.state[3] == State.DONE and county.store.rows("cases")["text"].tolist()[3:5] == ["a deep hole", "hole 4"]
    assert cells(county)[4] == CODES[0], "what a source says no longer is no news"


def test_one_stopped_in_the_middle_goes_on_there(county: County, server: Open311, tmp_path: Path) -> None:
    _feed(county, server)
    (feed,) = feeds_of(county.store)
    steps = fetching(county, feed, now=NOW, waits=NO_WAITS)
    while len(county.state.cases) < 10:
        next(steps)
    steps.close()
    assert len(county.state.cases) == 10
    county.close()
    reopened = open_county(Path(county.store.name))
    try:
        server.asked.clear()
        got = _fetch(reopened)
        assert (got.added, got.complete) == (15, True)
        assert server.asked[1][1]["page"] == "2"
        assert sorted(reopened.store.rows("cases")["number"].tolist()) == [str(1000 + number) for number in range(25)]
    finally:
        reopened.close()


def test_as_many_pages_as_are_asked_for(county: County, server: Open311) -> None:
    _feed(county, server)
    got = _fetch(county, pages=2)
    assert (got.added, got.pages, got.complete) == (20, 2, False)
    assert feeds_of(county.store)[0].fetched is None
    assert _fetch(county).added == 5


@pytest.mark.parametrize("most", [50, 25])
def test_a_server_without_pages_is_asked_for_shorter_spans(county: County, most: int) -> None:
    requests = [request(number, lat=HERE[1], long=HERE[0]) for number in range(0, 480, 3)]
    with serving(Open311(requests, pages=False, most=most)) as server:
        _feed(county, server, page_size=min(most, 200))
        assert _fetch(county).added == 160


def test_a_server_of_xml_alone(county: County, server: Open311) -> None:
    server.xml_only = True
    server.services = [{"service_code": "007", "service_name": "Streetlight", "keywords": "lamp, dark"}]
    server.requests = [request(1, service_name="", service_code="007")]
    _feed(county, server)
    assert _fetch(county).added == 1
    assert [category.name for category in county.state.categories.values()] == ["Streetlight"]


def test_a_busy_server_is_asked_again(county: County, server: Open311) -> None:
    answers = iter([(503, b"", {}), (429, b"", {"Retry-After": "0"})])
    server.trouble = lambda resource, _: next(answers, None) if resource == "requests" else None
    _feed(county, server)
    assert _fetch(county).added == 25


def test_a_server_that_fails_is_told_in_one_sentence_and_nothing_is_half_there(county: County, server: Open311) -> None:
    server.trouble = lambda _, parameters: (500, b"", {}) if parameters.get("page") == "2" else None
    _feed(county, server)
    with pytest.raises(UserError, match=r"127\.0\.0\.1:\d+/open311/v2 refuses: 500 Internal Server Error"):
        _fetch(county)
    assert len(county.state.cases) == 10
    server.trouble = None
    assert _fetch(county).added == 15


def test_what_a_server_says_is_told(county: County, server: Open311) -> None:
    said = b'[{"code": 400, "description": "jurisdiction_id was not provided"}]'
    server.trouble = lambda resource, _: (400, said, {}) if resource == "requests" else None
    _feed(county, server)
    with pytest.raises(UserError, match="refuses: 400 jurisdiction_id was not provided"):
        _fetch(county)
    assert not len(county.state.cases)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b'[{"service_request_id": "1"', "is damaged: its JSON cannot be read"),
        (b"<service_requests><request>", "is damaged: its XML cannot be read"),
        (b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><service_requests/>', "DOCTYPE"),
        (b"", "is empty"),
        (b'{"hello": "world"}', "holds no requests as Open311"),
        (b"<html><body>Sign in</body></html>", "holds no requests as Open311"),
    ],
)
def test_answers_that_are_no_requests(body: bytes, sentence: str, county: County, server: Open311) -> None:
    server.trouble = lambda resource, _: (200, body, {}) if resource == "requests" else None
    _feed(county, server)
    with pytest.raises(UserError, match=sentence):
        _fetch(county)
    assert not len(county.state.cases)


def test_an_answer_that_breaks_off_is_asked_for_again(county: County, server: Open311) -> None:
    broken = iter([(200, b"[", {"Content-Length": "400"})])
    server.trouble = lambda resource, _: next(broken, None) if resource == "requests" else None
    _feed(county, server)
    assert _fetch(county).added == 25


def test_a_server_that_is_not_there(county: County, server: Open311) -> None:
    _feed(county, server)
    with serving(Open311([])) as gone:
        address = gone.address
    county.perform(remove_feed(county.store, 1))
    assert isinstance(county.perform(add_feed(county.store, "gone", address)), Changes)
    with pytest.raises(UserError, match=r"127\.0\.0\.1:\d+/open311/v2 cannot be reached"):
        _fetch(county)


def test_requests_that_are_not_whole_are_rejected_one_by_one(county: County, server: Open311) -> None:
    server.requests = [
        request(1, requested_datetime="2026-01-02T09:00:00+08:00"),
        request(2, service_request_id=""),
        request(3, lat="1000", long="2000"),
        request(4),
        request(4, description="newer", updated_datetime="2026-02-01T00:00:00Z"),
    ]
    _feed(county, server)
    got = _fetch(county)
    assert (got.added, [str(one.problem) for _, one in got.rejected]) == (3, ["the row has no number"])
    stored = county.store.rows("cases")
    assert stored["text"].tolist() == ["hole 1", "hole 3", "newer"]
    assert str(stored["blown"][0]) == "2026-01-02T01:00:00"
    assert cells(county) == ["", "", ""]


def test_feeds_are_added_once_and_removed_without_their_whistles(county: County, server: Open311) -> None:
    _feed(county, server)
    _fetch(county)
    for address, name, code in (
        (server.address, "other", "same_address"),
        ("http://example.org/v2", "city", "same_name"),
        ("ftp://example.org/v2", "x", "no_address"),
        ("nowhere", "x", "no_address"),
    ):
        refused = county.perform(add_feed(county.store, name, address))
        assert isinstance(refused, Refusal)
        assert refused.code == code
    refused = county.perform(add_feed(county.store, "x", "http://example.org/v2", FeedOptions(start="soon")))
    assert isinstance(refused, Refusal)
    assert refused.code == "no_day"
    county.perform(remove_feed(county.store, 1))
    assert feeds_of(county.store) == []
    assert len(county.state.cases) == 25
    gone = county.perform(remove_feed(county.store, 1))
    assert isinstance(gone, Refusal)
    assert gone.code == "no_feed"
