"""Whistles fetched from an Open311 server, page by page: what was fetched stays, and the next fetching goes on where one stopped.

A page is one transaction, and so is the mark of how far it came (`feeds.resume`), so that nothing is ever half fetched. GeoReport v2 lets
a client ask for at most 90 days at a time, and has no pages; many servers have them (`page`, `page_size`), and where one has not, spans
of time that hold too much are halved.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import numpy as np

from gis_app.cases.case import OPEN_STATES
from gis_app.county.changes import Changes, Edit, Outcome, Refusal
from gis_app.county.feed_edits import Feed, first_day, resume_row
from gis_app.county.ports import CountyStore
from gis_app.county.responsible import Routers
from gis_app.county.state import CountyState
from gis_app.files import open311
from gis_app.files.cases import case_rows
from gis_app.files.errors import FileError
from gis_app.files.mapping import Target
from gis_app.files.open311_server import WAITS, FeedError, Server, asking
from gis_app.files.points import PointOptions, table_of
from gis_app.files.report import ImportReport, Rejection
from gis_app.language import Message, msg
from gis_app.progress import Progress, Steps, part

LONGEST = timedelta(days=90)
"""What the specification allows at a time."""

SHORTEST = timedelta(minutes=15)
"""Spans are not halved further than this."""

OVERLAP = timedelta(days=1)
"""What is asked again at the next fetching: requests that reach a server late bear the time at which they were made."""

MOST = 1000
"""Requests that a server returns at a time, as the specification says."""

_TOGETHER = 50  # numbers that are asked for at once


@dataclass(frozen=True, slots=True)
class Mark:
    """How far fetching came: requests made before `start` are there, those from `start` to `end` up to the page before `page`.

    `until` is the end of this fetching; `asked` the last open whistle that was asked about anew, None before that has begun.
    """

    until: datetime
    start: datetime
    end: datetime
    page: int = 1
    asked: str | None = None
    done: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        times = {name: getattr(self, name).isoformat() for name in ("until", "start", "end")}
        return {**times, "page": self.page, "asked": self.asked, "done": self.done}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Mark | None":
        """Return a stored mark, None for none (or a damaged one: then everything is fetched again, which adds nothing twice)."""
        try:
            until, start, end = (datetime.fromisoformat(stored[name]) for name in ("until", "start", "end"))
            asked = stored.get("asked")
            return cls(until, start, end, int(stored["page"]), None if asked is None else str(asked), bool(stored.get("done")))
        except (KeyError, TypeError, ValueError):
            return None


@dataclass(slots=True)
class Fetched:
    """What was fetched: requests `read`, cases `added` and `updated`, requests `known` before, and those `rejected` (with their page).

    `kept` were changed at their source, but corrected here: they stay as they are here.
    """

    read: int = 0
    added: int = 0
    updated: int = 0
    known: int = 0
    kept: int = 0
    pages: int = 0
    complete: bool = False
    rejected: list[tuple[int, Rejection]] = field(default_factory=list)
    notes: dict[str, Message] = field(default_factory=dict)
    routed: dict[str, int] = field(default_factory=dict)

    def take(self, report: ImportReport) -> None:
        """Add what one page gave."""
        self.pages += 1
        self.read += report.read
        self.added += report.imported
        self.updated += report.updated
        self.known += report.known
        self.kept += report.kept
        self.rejected += [(self.pages, rejection) for rejection in report.rejected]
        for body, count in report.routed:
            self.routed[body] = self.routed.get(body, 0) + count

    def as_json(self) -> dict[str, Any]:
        """Return plain data for `--json`."""
        rejected = [{"page": page, "row": one.row, "problem": str(one.problem)} for page, one in self.rejected]
        numbers = {name: getattr(self, name) for name in ("read", "added", "updated", "known", "kept", "pages", "complete")}
        return {**numbers, "rejected": rejected, "routed": self.routed}


class Receiving(Protocol):
    """What fetching needs of a county: it may be the county itself, or whoever performs edits for it one after the other."""

    @property
    def state(self) -> CountyState:
        """Return the county as it stands."""

    @property
    def store(self) -> CountyStore:
        """Return its storage."""

    def performing(self, edit: Edit) -> Steps[Changes | Refusal]:
        """Perform an edit."""


class _Fetching:
    """One fetching from one feed."""

    def __init__(self, county: Receiving, feed: Feed, server: Server, now: datetime) -> None:
        self.county, self.feed, self.server, self.now = county, feed, server, now
        self.mark = _beginning(feed, now)
        self.first = self.mark.start
        self.services: dict[str, open311.Service] = {}
        self.seen: set[str] = set()  # numbers of this fetching
        self.report = Fetched()
        self.most = 0  # pages, 0 for all
        self._routers = Routers()

    @property
    def enough(self) -> bool:
        """Tell whether as many pages were fetched as were asked for."""
        return 0 < self.most <= self.report.pages

    def requests(self, parameters: Mapping[str, str]) -> Steps[list[open311.Request]]:
        """Ask for requests."""
        content = yield from asking(self.server, "requests", parameters)
        return open311.requests_in(content, self.server.name)

    def store(self, requests: Sequence[open311.Request], mark: Mark) -> Steps[None]:
        """Import requests and remember the mark, in one transaction."""
        options = self.feed.options
        reading = PointOptions(
            source=self.feed.address,
            timezone=options.timezone,
            create_bodies=options.create_bodies,
            create_categories=options.create_categories,
        )
        row = resume_row(self.feed.id, mark.as_json(), self.now if mark.done else None)

        def plan(state: CountyState) -> Steps[Outcome | Refusal]:
            if not requests:
                return Outcome((row,), report=ImportReport(0, 0))
            rows = open311.rows_of(requests, self.feed.name, self.services)
            table = table_of(rows, Target.CASES, reading, state, self.county.store)
            table.lenient = True
            outcome = yield from case_rows(table, self._routers)
            return replace(outcome, rows=(*outcome.rows, row)) if isinstance(outcome, Outcome) else outcome

        title = msg("Fetch whistles from {name}", name=self.feed.name)
        changes = yield from self.county.performing(Edit(title, plan, lasting=True))
        if isinstance(changes, Refusal):
            raise FeedError(changes.reason)
        if requests and isinstance(changes.report, ImportReport):
            self.report.take(changes.report)
        self.mark = mark

    def fraction(self) -> float:
        """Return how much of the time that is asked about has been fetched."""
        whole = (self.mark.until - self.first).total_seconds()
        return min(1.0, (self.mark.start - self.first).total_seconds() / whole) if whole > 0 else 1.0

    def spans(self) -> Steps[None]:
        """Fetch what was requested from the mark on, span by span and page by page."""
        seen: set[str] = set()  # numbers of this span
        while self.mark.start < self.mark.until and not self.enough:
            mark = self.mark
            requests = yield from part(self.requests(self._span(mark)), 0.9 * self.fraction(), 0.9)
            numbers = {str(request.get("service_request_id", "")) for request in requests}
            if numbers and numbers == seen and _suspicious(len(numbers), self.feed.options.page_size) and mark.end - mark.start > SHORTEST:
                after = replace(mark, end=mark.start + (mark.end - mark.start) / 2, page=1)  # no pages here, and perhaps more to be had
            elif numbers <= seen:
                after = _next_span(mark)
            else:
                after = replace(mark, page=mark.page + 1)
            new = [request for request in requests if str(request.get("service_request_id", "")) not in seen]
            seen = seen | numbers if after.page > 1 else set()
            self.seen |= numbers
            yield from part(self.store(new, after), 0.9 * self.fraction(), 0.9)

    def _span(self, mark: Mark) -> dict[str, str]:
        pages = {"page": str(mark.page), "page_size": str(self.feed.options.page_size)}
        return {"start_date": _w3(mark.start), "end_date": _w3(mark.end), **pages}

    def open_ones(self) -> Steps[None]:
        """Ask about the whistles that came from here and are open: they may have been closed since."""
        rows = self.county.store.rows("cases", columns=["number", "source", "state"])
        open_ = (rows["source"] == self.feed.address) & np.isin(rows["state"], [int(state) for state in OPEN_STATES])
        after = self.mark.asked or ""
        numbers = sorted(number for number in rows["number"][open_].tolist() if number > after and number not in self.seen)
        for at in range(0, len(numbers), _TOGETHER):
            if self.enough:
                return
            asked = numbers[at : at + _TOGETHER]
            try:
                requests = yield from part(self.requests({"service_request_id": ",".join(asked)}), 0.9 + 0.1 * at / len(numbers), 1.0)
            except FeedError as error:
                if error.status != 404:  # some servers say so where a single number is unknown
                    raise
                requests = []
            yield from part(self.store(requests, replace(self.mark, asked=asked[-1])), 0.9, 1.0)


def fetching(
    county: Receiving, feed: Feed, *, now: datetime | None = None, waits: tuple[float, ...] = WAITS, pages: int = 0
) -> Steps[Fetched]:
    """Fetch the whistles of a feed that the county does not have yet, and what is new about those that are open.

    Stopping (closing the generator, or an error) keeps the pages that were fetched; the next fetching goes on there. `pages`: stop after
    so many (0: at the end). `now`: up to when, otherwise the real time, also in a demo county whose own clock stands still: a server tells
    of its own days, as a file does. Raises `FeedError` where the server cannot be asked, `FileError` for an answer that is no Open311.
    """
    work = yield from _prepared(county, feed, now or datetime.now(UTC), waits)
    work.most = pages
    yield from work.spans()
    yield from work.open_ones()
    if not work.enough:
        yield from work.store((), replace(work.mark, done=True, asked=None))
        work.report.complete = True
    return work.report


def _prepared(county: Receiving, feed: Feed, now: datetime, waits: tuple[float, ...]) -> Steps[_Fetching]:
    """Ask for the services of a server, and find out whether it speaks JSON."""
    yield Progress(0.0, msg("Asking {server}", server=feed.name))
    formats = (feed.options.format,) if feed.options.format else ("json", "xml")
    work = _Fetching(county, feed, Server(feed.address, formats[0], feed.options.jurisdiction, waits), now)
    for name in formats:
        server = replace(work.server, format=name)
        try:
            content = yield from part(asking(server, "services", {}), 0.0, 0.0)
            found = open311.services_in(content, server.name)
        except FeedError as error:
            if not 400 <= error.status < 500:
                raise
        except FileError:  # not in this format
            pass
        else:
            work.server, work.services = server, {service.code: service for service in found if service.code}
            break
    return work


def _beginning(feed: Feed, now: datetime) -> Mark:
    """Return where fetching goes on: where it stopped, a day before its last end, or at the first day."""
    mark = Mark.from_json(feed.resume)
    if mark is not None and not mark.done:
        return mark
    now = now.replace(microsecond=0)
    start = mark.until - OVERLAP if mark is not None else first_day(feed.options) or now - LONGEST
    return Mark(now, start, min(start + LONGEST, now))


def _next_span(mark: Mark) -> Mark:
    """Return the span after one that is fetched; it may be twice as long."""
    longer = min(LONGEST, 2 * (mark.end - mark.start))
    return replace(mark, start=mark.end, end=min(mark.end + longer, mark.until), page=1)


def _suspicious(count: int, asked: int) -> bool:
    """Tell whether a server may have cut its answer: the limit of the specification, what was asked for, or a round number."""
    return count >= MOST or count == asked or count % 50 == 0


def _w3(time: datetime) -> str:
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
