"""The form for the county's floors and limits: what is too few, too many, not compact, narrow, far, and what counts how much."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDoubleSpinBox, QSpinBox, QWidget

from gis_app.county.edits import change_settings
from gis_app.gui.widgets import Item, button, column, facts, holding, label, row, scrolled, small_button
from gis_app.language import Message, msg, tr

if TYPE_CHECKING:
    from gis_app.gui.window import Window

COUNTS = {
    "rural_floor": msg("Rural cell, at least"),
    "community_floor": msg("Community cell, at least"),
    "rural_maximum": msg("Rural cell, at most"),
    "community_maximum": msg("Community cell, at most"),
}
"""Settings that count households; for the maxima 0 is none."""

METRES = {"neck_width": msg("Narrow neck, below"), "far_household": msg("Far household, beyond")}
"""Settings in metres; 0: not looked for."""

WORK: Mapping[str, tuple[Message, Message, float, float]] = {
    "case_weight": (msg("Open whistle"), msg("{count} households", count=""), 0.0, 99.0),
    "walking_weight": (msg("Kilometre walked"), msg("{count} households", count=""), 0.0, 99.0),
    "worker_capacity": (msg("A worker can bear"), msg("{count} households", count=""), 0, 99_999),
    "overload_percent": (msg("Overloaded above"), msg("% of the mean"), 0, 999),
}
"""Settings of the work of a grid worker: words, unit, from and to. Of the last two 0 is no limit."""

WIDTH = 104
"""Pixels of a field; the words before it get the rest."""

WIDE = 132
"""Pixels of a field with a long unit."""


class LimitsForm(QWidget):
    """Shows the limits of the county and changes them; they count for the published plan and for every draft."""

    def __init__(self, window: Window) -> None:
        super().__init__()
        assert window.session is not None
        self._window, settings = window, window.session.county.state.settings
        self.setObjectName("inspector")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(tr("Floors and limits"))
        self.fields: dict[str, QSpinBox | QDoubleSpinBox] = {}
        for name, text in COUNTS.items():
            self._spin(name, str(text), QSpinBox(), 99_999, getattr(settings, name), tr("{count} households", count="").strip())
        for name, text in METRES.items():
            self._spin(name, str(text), QSpinBox(), 99_999, round(getattr(settings, name)), tr("{length} m", length="").strip())
        compact = QDoubleSpinBox()
        compact.setSingleStep(0.05)
        self._spin("least_compactness", tr("Not compact, below"), compact, 1, settings.least_compactness, "")
        for name, (text, unit, _, most) in WORK.items():
            work = QDoubleSpinBox() if isinstance(most, float) else QSpinBox()
            if isinstance(work, QDoubleSpinBox):
                work.setDecimals(1)
                work.setSingleStep(0.5)
            self._spin(name, str(text), work, int(most), getattr(settings, name), str(unit).strip())
            work.setFixedWidth(WIDE)
        for name in ("worker_capacity", "overload_percent", "rural_maximum", "community_maximum", "neck_width", "far_household"):
            self.fields[name].setSpecialValueText(tr("not limited"))
        counts = facts([(str(text), self.fields[name]) for name, text in COUNTS.items()])
        shapes = [(str(text), self.fields[name]) for name, text in METRES.items()]
        shapes.append((tr("Not compact, below"), self.fields["least_compactness"]))
        parts: list[Item] = [
            row(label(tr("Floors and limits"), "heading"), None, small_button(window.session.palette, "x", tr("Close"), self._close)),
            label(tr("What the list of problems and every figure go by, in the published plan and in all drafts."), "secondary", wrap=True),
            8,
            label(tr("Households of a cell"), "section"),
            counts,
            8,
            label(tr("Shape and distance"), "section"),
            facts(shapes),
            label(tr("Compactness is 4πA/P² after Polsby and Popper: a circle has 1, a square 0.79."), "secondary", wrap=True),
            8,
            label(tr("Work of a grid worker"), "section"),
            facts([(str(text), self.fields[name]) for name, (text, *_) in WORK.items()]),
            label(
                tr("The load is resident households, what their flags add, and these. A worker's own capacity goes first."),
                "secondary",
                wrap=True,
            ),
            12,
            button(tr("Apply"), self.apply, "primary"),
            None,
        ]
        self.setLayout(column(scrolled(holding(column(*parts, spacing=6, margins=(16, 16, 16, 16))))))

    def _spin(self, name: str, text: str, field: QSpinBox | QDoubleSpinBox, most: int, value: float, unit: str) -> None:
        field.setRange(0, most)
        field.setValue(value)  # type: ignore[arg-type]
        field.setAccessibleName(text)
        field.setSuffix(f" {unit}" if unit else "")
        field.setFixedWidth(WIDTH)
        field.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.fields[name] = field

    def apply(self) -> None:
        """Give the county the limits that are written here."""
        whole = {*COUNTS, "worker_capacity", "overload_percent"}
        values = {name: field.value() if name in whole else float(field.value()) for name, field in self.fields.items()}
        self._window.perform(change_settings(**values))

    def _close(self) -> None:
        if self._window.page is not None:
            self._window.page.show_right(None)
