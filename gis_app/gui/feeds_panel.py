"""Servers of other systems that whistles are fetched from: which there are, how far the last fetching came, fetching, adding, removing."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QCheckBox, QLineEdit, QProgressBar, QSpinBox, QWidget

from gis_app.county.changes import Changes
from gis_app.county.feed_edits import Feed, FeedOptions, add_feed, feeds_of, remove_feed
from gis_app.files.case_amendments import kept_text
from gis_app.files.feeds import Fetched
from gis_app.gui.feed_work import FeedWork
from gis_app.gui.icons import icon
from gis_app.gui.side_panel import SidePanel, TwoLineList, TwoLines, said
from gis_app.gui.widgets import Section, button, clear, column, combo, holding, label, row
from gis_app.language import Listing, Message, format_number, format_time, msg, plural, tr

if TYPE_CHECKING:
    from gis_app.gui.window import Window

MOST_BODIES = 5
MOST_REJECTED = 5
FORMATS = {"": msg("JSON, else XML"), "json": msg("JSON"), "xml": msg("XML")}


def show(window: Window) -> None:
    """Show the panel in place of the inspector."""
    if window.page is not None and window.session is not None:
        if window.feeds is None:
            window.feeds = FeedWork(window.session.county, window.tasks, window)
        panel = FeedsPanel(window, window.feeds)
        window.page.show_right(panel, panel.ended)


def stand(feed: Feed) -> str:
    """Return how far fetching from a server has come, in words."""
    if feed.resume and not feed.resume.get("done"):
        reached = _time(feed.resume.get("start"))
        return tr("Stopped midway: whistles until {time} are here", time=format_time(reached)) if reached else tr("Stopped midway")
    return tr("Fetched {time}", time=format_time(feed.fetched)) if feed.fetched else tr("Never fetched")


def doing(feed: Feed) -> str:
    """Return what is being fetched from a server, in words."""
    at = _time(feed.resume.get("start")) if feed.resume and not feed.resume.get("done") else None
    if at is None:
        return tr("Being fetched …")
    return tr("Being fetched: from {day}, page {page}", day=format_time(at)[:10], page=format_number(int(feed.resume.get("page") or 1)))


def _time(stored: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(stored))
    except ValueError:
        return None


class FeedsPanel(SidePanel):
    """The servers of a county. Fetching goes on when the panel is closed; what was fetched stays."""

    def __init__(self, window: Window, work: FeedWork) -> None:
        super().__init__(window, tr("Whistles from servers"))
        self._work = work
        self._sure = 0  # the server that the next click on Remove removes
        self.list = TwoLineList(tr("Servers"), 5)
        self.list.currentItemChanged.connect(lambda *_: self._offer())
        self.told = column(spacing=4)
        self.bar, self.doing = QProgressBar(), label("", "secondary", wrap=True)
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self.cancel = button(tr("Stop"), self._cancel, tip=tr("What was fetched stays; the next time it goes on there."))
        palette = self._session.palette
        self.fetch = button(tr("Fetch now"), self._fetch, "primary", icon("download", palette, palette.accent_text))
        self.remove = button(tr("Remove"), self._remove, "link")
        self._build()
        work.progressed.connect(self._progress)
        work.ended.connect(self._ended)
        self._session.county_changed.connect(self._follow)
        self.refresh()

    def _build(self) -> None:
        self.name, self.address, self.jurisdiction, self.start = (QLineEdit() for _ in range(4))
        self.address.setPlaceholderText("https://…/requests.json")
        self.start.setPlaceholderText(tr("the last 90 days"))
        self.jurisdiction.setPlaceholderText(tr("only where the server asks for it"))
        self.page_size = QSpinBox()
        self.page_size.setRange(1, 1000)
        self.page_size.setValue(FeedOptions().page_size)
        self.format = combo(tr("Format"), [(str(text), key) for key, text in FORMATS.items()], "", lambda _: None)
        self.categories = QCheckBox(tr("Make categories that are not known yet"))
        self.bodies = QCheckBox(tr("Make departments that are not known yet"))
        self.problem = label("", "danger", wrap=True)
        self.problem.hide()
        self.address.returnPressed.connect(self.add)
        self.new = Section(tr("Add a server"), self._session.palette)
        fields: tuple[tuple[str, QWidget], ...] = (
            (tr("Address"), self.address),
            (tr("Name"), self.name),
        )
        for text, field in fields:
            field.setAccessibleName(text)
            self.new.body.addWidget(label(text, "secondary"))
            self.new.body.addWidget(field)
        self.start.setAccessibleName(tr("From day"))
        self.start.setToolTip(tr("The first day to fetch, as 2026-07-01"))
        self.new.body.addLayout(row(label(tr("From day"), "secondary"), self.start))
        self.jurisdiction.setAccessibleName(tr("Jurisdiction"))
        self.page_size.setAccessibleName(tr("Requests at a time"))
        more = Section(tr("More options"), self._session.palette, folded=True)
        for text, field in (
            (tr("Format"), self.format),
            (tr("Jurisdiction"), self.jurisdiction),
            (tr("Requests at a time"), self.page_size),
        ):
            more.body.addWidget(label(text, "secondary"))
            more.body.addWidget(field)
        for part in (self.categories, self.bodies, more, self.problem):
            self.new.body.addWidget(part)
        self.new.body.addLayout(row(button(tr("Add the server"), self.add), None))
        about = tr("Open311 servers (GeoReport v2) of other systems. What is here already is followed, never added twice.")
        self.nothing = said(tr("No server yet. Add one; nothing is asked of it until you fetch."))
        self.running = holding(column(self.doing, row(self.bar, self.cancel), spacing=4))
        self.show_body((said(about), self.list, self.nothing, self.running, holding(self.told), self.new, None))
        self.show_foot((row(self.fetch, None, self.remove),))

    # ------------------------------------------------------------ the servers

    def _follow(self, changes: Changes) -> None:
        if changes.touches("feeds"):
            self.refresh()

    def refresh(self) -> None:
        """Read the servers anew."""
        self._feeds = feeds_of(self._session.county.store)
        chosen = self.list.chosen or (self._work.feed.id if self._work.feed is not None else 0)
        known = {feed.id for feed in self._feeds}
        first = self._feeds[0].id if self._feeds else 0
        rows = [self._line(feed) for feed in self._feeds]
        self.list.show_rows(rows, chosen if chosen in known else first)
        self.list.setVisible(bool(rows))
        self.nothing.setVisible(not rows)
        if rows != [] and not self.address.text():
            self.new.fold(True)
        self._offer()

    def _line(self, feed: Feed) -> TwoLines:
        busy = self._work.feed is not None and self._work.feed.id == feed.id
        how = doing(feed) if busy else stand(feed)
        return TwoLines(feed.id, feed.name, how, f"{feed.name}\n{feed.address}\n{how}")

    @property
    def feed(self) -> Feed | None:
        """The server that is chosen."""
        return next((feed for feed in self._feeds if feed.id == self.list.chosen), None)

    def _offer(self) -> None:
        busy = self._work.feed is not None
        self.running.setVisible(busy)
        self.fetch.setEnabled(self.feed is not None and not busy)
        midway = self.feed is not None and self._midway(self.feed) and not busy
        self.fetch.setText(tr("Go on fetching") if midway else tr("Fetch now"))
        self.remove.setEnabled(self.feed is not None and not busy)
        if self._sure != self.list.chosen:
            self._sure = 0

    @staticmethod
    def _midway(feed: Feed) -> bool:
        return bool(feed.resume) and not feed.resume.get("done")

    def add(self) -> None:
        """Add the server that is written; says what is wrong with it otherwise."""
        options = FeedOptions(
            format=str(self.format.currentData()),
            jurisdiction=self.jurisdiction.text().strip(),
            start=self.start.text().strip(),
            page_size=self.page_size.value(),
            create_categories=self.categories.isChecked(),
            create_bodies=self.bodies.isChecked(),
        )
        edit = add_feed(self._session.county.store, self.name.text(), self.address.text(), options)
        self._say(None)
        self._window.perform(edit, self._added, self._say)

    def _say(self, problem: Message | None) -> None:
        self.problem.setText("" if problem is None else str(problem))
        self.problem.setVisible(problem is not None)

    def _added(self, changes: Changes) -> None:
        made = changes.report
        if not self.is_shown or not isinstance(made, Feed):
            return
        for field in (self.name, self.address, self.jurisdiction, self.start):
            field.clear()
        self.new.fold(True)
        self.refresh()
        for at in range(self.list.count()):
            if self._feeds[at].id == made.id:
                self.list.setCurrentRow(at)
        self._tell((label(tr("Added. Fetch now asks it for the first time."), wrap=True),))
        self.fetch.setFocus()

    def _remove(self) -> None:
        """Remove the chosen server at the second click."""
        feed = self.feed
        if feed is None:
            return
        if self._sure != feed.id:
            self._sure = feed.id
            text = tr("Whistles that came from {name} stay; nothing more is fetched. Press Remove once more.", name=feed.name)
            self._tell((label(text, "warning", wrap=True),))
            return
        self._sure = 0
        gone = tr("Removed: {name}", name=feed.name)
        self._window.perform(remove_feed(self._session.county.store, feed.id), lambda _: self._removed(gone))

    def _removed(self, text: str) -> None:
        if self.is_shown:
            self.refresh()
            self._tell((label(text, wrap=True),))
        if not self._feeds:
            self.new.fold(False)

    # ------------------------------------------------------------ fetching

    def _fetch(self) -> None:
        feed = self.feed
        if feed is not None:
            self._tell(())
            self._progress(0.0, tr("Asking {server}", server=feed.name))
            self.cancel.setEnabled(True)
            self._work.start(feed)
            self.refresh()

    def _cancel(self) -> None:
        self.cancel.setEnabled(False)
        self.doing.setText(tr("Stopping …"))
        self._work.cancel()

    def _progress(self, fraction: float, text: str) -> None:
        self.bar.setValue(round(fraction * 1000))
        if self.cancel.isEnabled():
            self.doing.setText(text)

    def _ended(self, _: int, found: object) -> None:
        """Tell what was fetched, or why nothing was."""
        self.cancel.setEnabled(True)
        self.refresh()
        if isinstance(found, Fetched):
            self._tell(tuple(label(text, role, wrap=True) for text, role in report(found)))
        elif isinstance(found, Message):
            self._tell((label(str(found), "danger", wrap=True),))
        else:
            self._tell((label(tr("Stopped. What was fetched stays; the next time it goes on there."), wrap=True),))

    def _tell(self, parts: tuple[QWidget, ...]) -> None:
        clear(self.told)
        for part in parts:
            self.told.addWidget(part)


def report(found: Fetched) -> list[tuple[str, str]]:
    """Return what was fetched, line by line, as (text, role)."""
    numbers = {key: format_number(getattr(found, key)) for key in ("read", "added", "updated", "known")}
    lines = [(tr("{read} read: {added} new, {updated} moved on, {known} as they were", **numbers), "value")]
    if found.routed and found.added:
        first = sorted(found.routed.items(), key=lambda item: -item[1])[:MOST_BODIES]
        bodies = Listing(tuple(f"{name or tr('nobody')} {format_number(count)}" for name, count in first))
        lines.append(
            (
                str(
                    plural(
                        len(found.routed),
                        msg("Received by {count} body: {bodies}", count=format_number(len(found.routed)), bodies=bodies),
                        msg("Received by {count} bodies: {bodies}", count=format_number(len(found.routed)), bodies=bodies),
                    )
                ),
                "",
            )
        )
    if found.kept:
        lines.append((str(kept_text(found.kept)), "secondary"))
    lines += [(str(note), "secondary") for note in found.notes.values()]
    lines += [
        (tr("page {page}, request {row}: {problem}", page=page, row=one.row, problem=one.problem), "warning")
        for page, one in found.rejected[:MOST_REJECTED]
    ]
    if len(found.rejected) > MOST_REJECTED:
        lines.append(
            (
                str(
                    plural(
                        len(found.rejected),
                        msg("{count} request was rejected.", count=format_number(len(found.rejected))),
                        msg("{count} requests were rejected.", count=format_number(len(found.rejected))),
                    )
                ),
                "warning",
            )
        )
    return lines
