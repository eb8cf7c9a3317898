"""What the program answers while a call is taken: where that is, who gets the whistle and why, and what it may repeat."""

from collections.abc import Callable
from functools import partial

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gis_app.cases.display import state_text
from gis_app.cases.duplicates import Similar
from gis_app.cases.routing import Place, Route, Router
from gis_app.grid.privacy import mask_name
from gis_app.grid.workers import in_charge
from gis_app.gui.session import Session
from gis_app.gui.widgets import ElidedLabel, button, card, clear, column, holding, label, row
from gis_app.gui.words import body_name, category_name, path_text, unit_name
from gis_app.language import format_number, format_time, tr

SHOWN = 4
"""So many possible duplicates are listed."""


def place_lines(session: Session, route: Route, place: Place, router: Router) -> list[tuple[str, str]]:
    """Return what is said of a place, as (text, role): its cell with the worker, and what is uncertain about it."""
    state = session.state
    if not route.cell and not route.village:
        if np.isfinite(place.x):
            nearest, away = unit_name(state.units.get(route.nearest)), format_number(route.distance)
            return [(tr("Outside the county; the nearest cell is {cell}, {metres} m away.", cell=nearest, metres=away), "warning")]
        return [(tr("No place is known yet."), "secondary")]
    found = [(path_text(state, route.cell or route.village), "value")]
    found.append((tr("Grid worker {name}", name=_worker(session, route.worker)), "secondary"))
    if route.uncertain:
        other, metres = router.beside(place.x, place.y)
        if other:
            worker = in_charge(state.workers, other, state.settings.today())
            said = tr(
                "Only {metres} m to {cell} (grid worker {name}): ask on which side it is.",
                metres=format_number(metres),
                cell=unit_name(state.units.get(other)),
                name=_worker(session, worker),
            )
            found.append((said, "warning"))
    return found


def _worker(session: Session, worker: int) -> str:
    known = session.state.workers.get(worker)
    return mask_name(known.name) if known is not None else tr("(vacant)")


class Answers(QWidget):
    """Three parts under one another: the place, the body with the reasons, the possible duplicates."""

    merge_wanted = Signal(int)  # this is the case that the call is about
    show_wanted = Signal(int)  # a case to be looked at on the map

    def __init__(self, session: Session, other_body: Callable[[], object]) -> None:
        super().__init__()
        self._session = session
        self._goes_to = label("", "number", wrap=True)
        self._goes_to.setAccessibleName(tr("goes to"))
        self._reasons: QVBoxLayout = column(spacing=2)
        self._same: QVBoxLayout = column(spacing=4)
        self.duplicates = holding(self._same)
        self.duplicates.hide()
        other = button(tr("another body …"), other_body, "link", tip=tr("Choose the body by hand"))
        self.route = card(row(label(tr("goes to"), "secondary"), None, other), self._goes_to, self._reasons)
        self.setLayout(column(self.duplicates, self.route, spacing=8))

    @property
    def body_text(self) -> str:
        """The name of the body that the whistle goes to."""
        return self._goes_to.text()

    def show_route(self, route: Route, chosen: int) -> None:
        """Show who gets the whistle; `chosen` was chosen by hand (0: the rules decide)."""
        clear(self._reasons)
        self._goes_to.setText(body_name(self._session.state, chosen or route.body))
        if chosen and chosen != route.body:
            by_rules = tr("Chosen by hand; by the rules it would go to {body}.", body=body_name(self._session.state, route.body))
            self._reasons.addWidget(label(by_rules, "warning", wrap=True))
        for reason in route.reasons:
            self._reasons.addWidget(label(f"· {reason}", "secondary", wrap=True))

    def show_similar(self, similar: Similar) -> None:
        """List what the call may be about already."""
        clear(self._same)
        self.duplicates.setVisible(len(similar) > 0)
        if not len(similar):
            return
        state = self._session.state
        title = tr("Perhaps known already: {count}", count=format_number(len(similar)))
        self._same.addWidget(label(title, "warning"))
        ids = state.cases.id[similar.row[:SHOWN]]
        rows = self._session.county.store.rows("cases", ids, ("number", "text"))
        for at, case in enumerate(ids.tolist()):
            self._same.addWidget(self._entry(similar, at, int(case), str(rows["number"][at]), str(rows["text"][at])))

    def _entry(self, similar: Similar, at: int, case: int, number: str, text: str) -> QWidget:
        state, k = self._session.state, int(similar.row[at])
        parts = [
            tr("same household") if similar.at_home[at] else "",
            "" if np.isnan(similar.distance[at]) else tr("{metres} m", metres=format_number(float(similar.distance[at]))),
            format_time(state.cases.blown[k].item()) if not np.isnat(state.cases.blown[k]) else "",
            str(state_text(int(state.cases.state[k]))),
            category_name(state, int(state.cases.category[k])) if similar.at_home[at] else "",
        ]
        look = button(number, partial(self.show_wanted.emit, case), "link", tip=text)
        tip = tr("Register this call and merge it with {number}", number=number)
        same = button(tr("This is it"), partial(self.merge_wanted.emit, case), "quick", tip=tip)
        same.setObjectName(f"same-{case}")
        return card(row(look, None, same), ElidedLabel(text), label(" · ".join(part for part in parts if part), "secondary", wrap=True))
