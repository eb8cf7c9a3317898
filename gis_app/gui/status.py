"""The status bar: where the pointer is (both systems), the scale, the figures of the period, work in progress, the plan, saved."""

import math

import pyproj
from PySide6.QtWidgets import QLabel, QProgressBar, QWidget

from gis_app.cases.statistics import definitions, figures
from gis_app.grid.datum import metres_per_unit
from gis_app.gui.plan_button import plan_text
from gis_app.gui.session import Session
from gis_app.gui.task import Task, Tasks
from gis_app.gui.widgets import ElidedLabel, button, holding, label, row
from gis_app.language import format_number, tr
from gis_app.map.viewport import Viewport

PIXEL = 0.0254 / 96
"""Metres of screen that one logical pixel stands for."""


class StatusBar(QWidget):
    """The lowest row of the window."""

    def __init__(self, session: Session | None, tasks: Tasks) -> None:
        super().__init__()
        self._session = session
        self._degrees: pyproj.Transformer | None = None
        self._system = ""
        self._said = self._hint = ""
        self.place, self.scale, self.saved = (label("", "secondary") for _ in range(3))
        self.middle = ElidedLabel("", "secondary")
        self.place.hide()  # until the pointer is over the map
        self._work, self._bar = QLabel(), QProgressBar()
        self._bar.setRange(0, 1000)
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(160)
        self._bar.setAccessibleName(tr("Progress"))
        self._cancel = button(tr("Cancel"), tasks.cancel, "link")
        self.progress = holding(row(self._work, self._bar, self._cancel))
        self.progress.hide()
        across = row(self.place, self.scale, self.middle, self.progress, self.saved, spacing=20, margins=(16, 0, 16, 0))
        across.setStretch(2, 1)
        inner = holding(across, "status")
        self.setLayout(row(inner))
        self.setFixedHeight(30)
        tasks.started.connect(self._started)
        tasks.progressed.connect(self._progressed)
        tasks.ended.connect(self._ended)
        if session is not None:
            session.county_changed.connect(lambda _: self.refresh())
            session.filter_changed.connect(lambda _: self.refresh())
            session.workspace_changed.connect(lambda _: self.refresh())
            self.refresh()

    def refresh(self) -> None:
        """Show the plan, and in the Cases workspace the figures of what the filter leaves."""
        session = self._session
        if session is None:
            return
        self.saved.setText(" · ".join(self._saved(session)))
        if session.workspace in ("cases", "analyse"):
            found = figures(session.state.cases, end=session.filter.end, where=session.shown_cases())
            rate = "–" if found.completion_rate is None else f"{found.completion_rate:.1%}"
            self.middle.setText(
                tr(
                    "{received} received · {reasonable} reasonable · {completed} completed · rate {rate}",
                    received=format_number(found.received),
                    reasonable=format_number(found.reasonable),
                    completed=format_number(found.completed),
                    rate=rate,
                )
            )
            self.middle.setToolTip("\n".join(f"{name}: {tip}" for name, tip in definitions()[:4]))
        else:
            text = self._said or self._hint
            self.middle.setText(text)
            self.middle.setToolTip(text)

    def _saved(self, session: Session) -> list[str]:
        """Return what the right end says: the plan, how much was done in a draft, and that all of it is in the file."""
        text, draft = plan_text(session)
        count = session.done_count
        done = [tr("1 change") if count == 1 else tr("{count} changes", count=format_number(count))] if draft else []
        return [text, *done, tr("all changes saved")]

    def say(self, text: str) -> None:
        """Say what was just done, until something else is said."""
        self._said = text
        self.refresh()

    def show_hint(self, text: str) -> None:
        """Say what the tool in the hand wants."""
        self._hint, self._said = text, ""
        self.refresh()

    def show_place(self, x: float, y: float) -> None:
        """Show where the pointer is: degrees, and the county's own coordinates."""
        if self._session is None:
            return
        crs = self._session.state.settings.crs
        if self._degrees is None:
            self._degrees = pyproj.Transformer.from_crs(crs, 4326, always_xy=True)
            name = pyproj.CRS.from_user_input(crs).name
            self._system = name.replace("3-degree Gauss-Kruger ", "") if len(name) < 60 else crs
            self.place.setToolTip(f"{name} ({crs})")
        longitude, latitude = self._degrees.transform(x, y)
        if not math.isfinite(longitude):
            self.place.setText("")
            return
        degrees = f"{abs(longitude):.4f}°{'E' if longitude >= 0 else 'W'} {abs(latitude):.4f}°{'N' if latitude >= 0 else 'S'}"
        self.place.show()
        self.place.setText(f"{degrees}    X {_spaced(x)}  Y {_spaced(y)} · {self._system}")

    def show_scale(self, viewport: Viewport) -> None:
        """Show the scale of the map, rounded to two digits."""
        if self._session is None:
            return
        number = viewport.resolution * metres_per_unit(self._session.state.settings.crs) / PIXEL
        digits = max(math.floor(math.log10(max(number, 1))) - 1, 0)
        self.scale.setText(f"1 : {_spaced(round(number, -digits))}")

    def _started(self, task: Task) -> None:
        self._work.setText(str(task.title))
        self._bar.setValue(0)
        self.progress.setVisible(not task.quiet)

    def _progressed(self, fraction: float, text: str) -> None:
        self._bar.setValue(round(fraction * 1000))
        self._bar.setToolTip(text)

    def _ended(self, _: Task) -> None:
        self.progress.hide()


def _spaced(value: float) -> str:
    """Write a whole number with thin spaces as grouping."""
    return f"{value:,.0f}".replace(",", "\u2009")
