"""Servers that whistles are fetched from (feeds), and how far the last fetching came; `files.feeds` does the fetching."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit, urlunsplit

import numpy as np

from gis_app.cases.times import from_utc64, utc64
from gis_app.county.changes import Edit, Outcome, Refusal, RowChange
from gis_app.county.content import objects
from gis_app.county.ports import CountyStore
from gis_app.county.state import CountyState
from gis_app.language import Message, msg
from gis_app.progress import Progress, Steps


@dataclass(frozen=True, slots=True)
class FeedOptions:
    """How a server is asked, and what is made of its answers.

    `format` is "json", "xml" or "" (JSON, where the server has it). `start`: the first day that is fetched, 2020-01-31 (the last 90 days
    if empty). `page_size` requests are asked for at a time. `create_categories` and `create_bodies`: services and agencies that the county
    does not know are made. Times without a zone, which the specification forbids, are local ones of `timezone`.
    """

    format: str = ""
    jurisdiction: str = ""
    start: str = ""
    page_size: int = 200
    create_categories: bool = False
    create_bodies: bool = False
    timezone: str = "Asia/Shanghai"


@dataclass(frozen=True, slots=True)
class Feed:
    """A server of requests. `resume` says where fetching stopped, in plain JSON values; `fetched` when it last came to its end."""

    id: int
    name: str
    address: str
    options: FeedOptions = field(default_factory=FeedOptions)
    resume: Mapping[str, Any] = field(default_factory=dict)
    fetched: datetime | None = None


def feeds_of(store: CountyStore) -> list[Feed]:
    """Return the feeds of a county, in the order in which they were added."""
    rows = store.rows("feeds")
    names = ("id", "name", "address", "options", "resume")
    return [
        Feed(key, name, address, _options(options), resume if isinstance(resume, dict) else {}, from_utc64(fetched))
        for key, name, address, options, resume, fetched in zip(*(rows[name].tolist() for name in names), rows["fetched"], strict=True)
    ]


def feed_called(feeds: list[Feed], name: str) -> Feed | None:
    """Return the feed of a name, number or address, None where there is none."""
    wanted = name.strip()
    return next((feed for feed in feeds if wanted in (feed.name, str(feed.id), feed.address)), None)


def _options(stored: object) -> FeedOptions:
    """Return stored options; what an other version of the program wrote beside them is left out."""
    kinds: dict[str, type] = {one.name: type(one.default) for one in fields(FeedOptions)}
    values = stored if isinstance(stored, dict) else {}
    known: dict[str, Any] = {name: value for name, value in values.items() if name in kinds and isinstance(value, kinds[name])}
    return FeedOptions(**known)


def add_feed(store: CountyStore, name: str, address: str, options: FeedOptions | None = None) -> Edit:
    """Add a server; nothing is asked of it yet. Report: the `Feed`. Refusals "no_address", "same_name", "same_address", "no_day"."""
    base, jurisdiction = endpoint(address)
    chosen = options or FeedOptions()
    if jurisdiction and not chosen.jurisdiction:
        chosen = FeedOptions(**{**asdict(chosen), "jurisdiction": jurisdiction})

    def plan(_: CountyState) -> Steps[Outcome | Refusal]:
        yield Progress(0.5, msg("Adding the server"))
        feeds = feeds_of(store)
        called = name.strip() or urlsplit(base).netloc
        refused = _refusal(feeds, called, base, chosen)
        if refused is not None:
            return refused
        feed = Feed(max((one.id for one in feeds), default=0) + 1, called, base, chosen)
        columns = {
            "id": np.array([feed.id], np.int64),
            "name": objects([feed.name]),
            "address": objects([feed.address]),
            "options": objects([asdict(feed.options)]),
        }
        return Outcome((RowChange("feeds", insert=columns),), report=feed)

    return Edit(msg("Add the server {name}", name=name.strip() or urlsplit(base).netloc), plan, lasting=True)


def endpoint(address: str) -> tuple[str, str]:
    """Return (the address that resources are appended to, the jurisdiction that stands in it) of any address of a server."""
    parts = urlsplit(address.strip())
    path = re.sub(r"/(services|requests|discovery)(\.(json|xml))?/?$", "", parts.path).rstrip("/")
    jurisdiction = parse_qs(parts.query).get("jurisdiction_id", [""])[0]
    return urlunsplit((parts.scheme.lower(), parts.netloc, path, "", "")), jurisdiction


def _refusal(feeds: list[Feed], name: str, address: str, options: FeedOptions) -> Refusal | None:
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return Refusal("no_address", msg("The address of a server begins with http:// or https://."))
    if any(feed.name == name for feed in feeds):
        return Refusal("same_name", msg("There is a server called {name} already; choose another name.", name=name))
    same = [feed for feed in feeds if (feed.address, feed.options.jurisdiction) == (address, options.jurisdiction)]
    if same:
        return Refusal("same_address", msg("Whistles are fetched from this address already, under the name {name}.", name=same[0].name))
    if options.start and first_day(options) is None:
        return Refusal("no_day", msg("{text} is no date; write it as 2026-07-01.", text=options.start))
    return None


def first_day(options: FeedOptions) -> datetime | None:
    """Return the instant (UTC) from which requests are fetched, None where it is not said or is no date."""
    try:
        found = datetime.fromisoformat(options.start)
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def remove_feed(store: CountyStore, feed: int) -> Edit:
    """Fetch no more from a server; the whistles that came from it stay. Refusal "no_feed"."""

    def plan(_: CountyState) -> Steps[Outcome | Refusal]:
        yield Progress(0.5, msg("Removing the server"))
        if all(one.id != feed for one in feeds_of(store)):
            return Refusal("no_feed", no_feed(feed))
        return Outcome((RowChange("feeds", delete=np.array([feed], np.int64)),))

    return Edit(msg("Remove a server"), plan, lasting=True)


def no_feed(name: object) -> Message:
    """Say that there is no such feed."""
    return msg("There is no server {name}.", name=name)


def resume_row(feed: int, resume: Mapping[str, Any], fetched: datetime | None = None) -> RowChange:
    """Return the change that remembers where fetching stopped, to be stored together with what was fetched."""
    columns: dict[str, Any] = {"id": np.array([feed], np.int64), "resume": objects([dict(resume)])}
    if fetched is not None:
        columns["fetched"] = np.array([utc64(fetched)])
    return RowChange("feeds", update=columns)
