"""The time slider over the map: a period that can be drawn, dragged and played, over a histogram of whistles."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QWidget

from gis_app.gui.icons import icon
from gis_app.gui.session import Session
from gis_app.gui.widgets import label, row, small_button
from gis_app.language import ZONE, tr
from gis_app.map.palette import Palette

DAY = 86_400
EDGE = 9
"""Pixels left free at both ends for the handles."""


class RangeTrack(QWidget):
    """A track with two handles; positions are days from the first. Arrow keys move the period, with Shift its end."""

    moved = Signal(int, int)

    def __init__(self, palette: Palette, days: int, bars: NDArray[np.int64]) -> None:
        super().__init__()
        self._palette, self.days, self._bars = palette, max(days, 1), bars
        self.low, self.high = 0, self.days
        self._held: tuple[str, int, int, int] | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Period on the time slider"))
        self.setMinimumWidth(80)
        self.setFixedHeight(34)
        self.setMouseTracking(True)

    def sizeHint(self) -> QSize:  # noqa: D102
        return QSize(300, 34)

    def set_range(self, low: int, high: int, *, tell: bool = True) -> None:
        """Move both handles; the period is at least one day long and stays on the track."""
        low = max(0, min(low, self.days - 1))
        high = max(low + 1, min(high, self.days))
        if (low, high) != (self.low, self.high):
            self.low, self.high = low, high
            self.update()
            if tell:
                self.moved.emit(low, high)

    def _x(self, day: int) -> float:
        return EDGE + (self.width() - 2 * EDGE) * day / self.days

    def _day(self, x: float) -> int:
        return round((x - EDGE) / max(self.width() - 2 * EDGE, 1) * self.days)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: D102
        x = event.position().x()
        near_low, near_high = abs(x - self._x(self.low)), abs(x - self._x(self.high))
        part = "low" if near_low <= min(near_high, EDGE) else "high" if near_high <= EDGE else "both"
        if part == "both" and not self._x(self.low) < x < self._x(self.high):
            part = "low" if near_low < near_high else "high"
        self._held = (part, self._day(x), self.low, self.high)
        if part != "both":
            self.mouseMoveEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: D102
        if self._held is None:
            return
        part, start, low, high = self._held
        day = self._day(event.position().x())
        if part == "low":
            self.set_range(min(day, self.high - 1), self.high)
        elif part == "high":
            self.set_range(self.low, max(day, self.low + 1))
        else:
            step = max(-low, min(self.days - high, day - start))
            self.set_range(low + step, high + step)

    def mouseReleaseEvent(self, _: QMouseEvent) -> None:  # noqa: D102
        self._held = None

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: D102
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_PageDown: -30, Qt.Key.Key_PageUp: 30}.get(Qt.Key(event.key()), 0)
        if not step:
            super().keyPressEvent(event)
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.set_range(self.low, self.high + step)
        elif self.low + step >= 0 and self.high + step <= self.days:
            self.set_range(self.low + step, self.high + step)

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: D102
        painter = QPainter(self)
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint(painter)
        finally:
            painter.end()

    def _paint(self, painter: QPainter) -> None:
        palette, base = self._palette, self.height() - 10
        most = max(int(self._bars.max()) if len(self._bars) else 1, 1)
        width = (self.width() - 2 * EDGE) / max(len(self._bars), 1)
        painter.setPen(Qt.PenStyle.NoPen)
        for at, count in enumerate(self._bars.tolist()):
            day = at * self.days / max(len(self._bars), 1)
            colour = QColor(palette.accent if self.low <= day < self.high else palette.disabled)
            colour.setAlpha(110)
            height = count / most * (base - 4)
            painter.setBrush(colour)
            painter.drawRect(QRectF(EDGE + at * width, base - 3 - height, max(width - 1, 1), height))
        painter.setBrush(QColor(palette.hairline))
        painter.drawRoundedRect(QRectF(EDGE, base - 2, self.width() - 2 * EDGE, 4), 2, 2)
        painter.setBrush(QColor(palette.accent))
        painter.drawRoundedRect(QRectF(self._x(self.low), base - 2, self._x(self.high) - self._x(self.low), 4), 2, 2)
        painter.setPen(QPen(QColor(palette.accent), 3 if self.hasFocus() else 2))
        painter.setBrush(QColor(palette.panel))
        for day in (self.low, self.high):
            painter.drawEllipse(QPointF(self._x(day), base), 6, 6)


class TimeSlider(QFrame):
    """Sets the period of the whistle filter; play moves the period along until the end."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("role", "overlay")
        self._session = session
        blown = session.state.cases.blown
        blown = blown[~np.isnat(blown)]
        first = blown.min() if len(blown) else np.datetime64("2020-01-01T00:00:00", "s")
        last = blown.max() if len(blown) else first
        offset = np.timedelta64(int(_offset_seconds()), "s")
        self._first = (first + offset).astype("datetime64[D]").astype("datetime64[s]") - offset
        days = int((last - self._first).astype(np.int64) // DAY) + 1
        bars = (
            np.bincount(((blown - self._first).astype(np.int64) // (DAY * _bar_days(days))), minlength=1)
            if len(blown)
            else np.zeros(1, np.int64)
        )
        self.track = RangeTrack(session.palette, days, bars)
        self.track.moved.connect(self._moved)
        self._text = label("")
        self._text.setMinimumWidth(self._text.fontMetrics().horizontalAdvance("2022-02-22 – 2022-02-22") + 4)
        self._play = small_button(session.palette, "play", tr("Play"), self.toggle_play)
        every = small_button(session.palette, "x", tr("All times"), self._all)
        self.setLayout(row(self._play, self.track, self._text, every, spacing=8, margins=(8, 4, 8, 4)))
        self._timer = QTimer(self, interval=120)
        self._timer.timeout.connect(self._step)
        self._told = QTimer(self, singleShot=True, interval=30)
        self._told.timeout.connect(self._tell)
        session.filter_changed.connect(lambda _: self.refresh())
        self.refresh()

    def refresh(self) -> None:
        """Show the period of the filter."""
        wanted = self._session.filter
        low = 0 if wanted.start is None else int((wanted.start - self._first).astype(np.int64) // DAY)
        high = self.track.days if wanted.end is None else -int(-(wanted.end - self._first).astype(np.int64) // DAY)
        if not self._told.isActive():
            self.track.set_range(low, high, tell=False)
        self._write()

    def toggle_play(self) -> None:
        """Let the period move along, or stop it."""
        if self._timer.isActive():
            self._timer.stop()
        else:
            track = self.track
            if track.high - track.low >= track.days:
                track.set_range(0, max(track.days // 12, 1))
            elif track.high >= track.days:
                track.set_range(0, track.high - track.low)
            self._timer.start()
        palette = self._session.palette
        self._play.setIcon(icon("pause" if self._timer.isActive() else "play", palette, palette.accent))
        self._play.setToolTip(tr("Pause") if self._timer.isActive() else tr("Play"))

    def _step(self) -> None:
        track = self.track
        if track.high >= track.days:
            self.toggle_play()
            return
        step = min(max(track.days // 240, 1), track.days - track.high)
        track.set_range(track.low + step, track.high + step)

    def _moved(self, _low: int, _high: int) -> None:
        self._write()
        if not self._told.isActive():
            self._told.start()

    def _tell(self) -> None:
        low, high, days = self.track.low, self.track.high, self.track.days
        start = None if low <= 0 else self._first + np.timedelta64(low * DAY, "s")
        end = None if high >= days else self._first + np.timedelta64(high * DAY, "s")
        self._session.set_filter(replace(self._session.filter, start=start, end=end))

    def _all(self) -> None:
        if self._timer.isActive():
            self.toggle_play()
        self._session.set_filter(replace(self._session.filter, start=None, end=None))

    def _write(self) -> None:
        first = self._first.item() + timedelta(seconds=_offset_seconds())
        start, end = first + timedelta(days=self.track.low), first + timedelta(days=self.track.high - 1)
        self._text.setText(f"{start:%Y-%m-%d} – {end:%Y-%m-%d}")


def _offset_seconds() -> float:
    from datetime import datetime

    offset = datetime(2020, 1, 1, tzinfo=ZONE).utcoffset()
    return offset.total_seconds() if offset else 0.0


def _bar_days(days: int) -> int:
    """Return how many days one bar of the histogram stands for: some sixty bars in all."""
    return max(days // 60, 1)
