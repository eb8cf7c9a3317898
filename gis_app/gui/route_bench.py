"""The test bench: what would happen to a whistle here, now? Nothing is written."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit, QWidget

from gis_app.cases.bodies import Rule
from gis_app.cases.border import sides
from gis_app.cases.case import CaseKind
from gis_app.cases.reasons import rule_sentence, target_text, why_lost
from gis_app.cases.routing import Place, Route, Router
from gis_app.cases.rule_book import Weighed, weigh
from gis_app.grid.privacy import mask_name
from gis_app.gui import rule_words as words
from gis_app.gui.intake_place import Spot, WhereBox
from gis_app.gui.search_choice import SearchChoice
from gis_app.gui.widgets import button, card, clear, column, combo, facts, holding, label, row, scrolled
from gis_app.gui.words import body_name, path_text, unit_name
from gis_app.language import ZONE, Message, format_number, tr
from gis_app.map.scene import MapHit

if TYPE_CHECKING:
    from gis_app.gui.window import Window

RUNNERS_UP = 8
"""So many rules that lost are told."""

AIM = 6.0
"""Pixels by which somebody who clicks on the map may miss."""


class RouteBench(QWidget):
    """A place (map, household, unit, whistle), category, kind, urgency and day; and who would get a whistle, by which rule."""

    rule_wanted = Signal(int)

    def __init__(self, window: Window) -> None:
        super().__init__()
        assert window.session is not None and window.page is not None
        self._window, self._session, self._page = window, window.session, window.page
        self._place = Place()
        state = self._session.state
        self.where = WhereBox(self._session)
        self.where.chosen.connect(self._take)
        self.category = SearchChoice(tr("Category"), words.category_options(state, tr("Not said")), 0, self.show_route)
        kinds = [(text, word) for text, word in words.kind_options("") if word]
        self.kind = combo(tr("Kind"), kinds, "help", self.show_route)
        self.urgency = combo(tr("Urgency"), words.urgency_options(tr("Not said")), 0, self.show_route)
        self.day = QLineEdit(self._today().isoformat())
        self.day.setAccessibleName(tr("Day"))
        self.day.setProperty("role", "compact")
        self.day.textEdited.connect(self.show_route)
        self.answer = column(spacing=6)
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(6)
        for at, (name, field) in enumerate(
            ((tr("Category"), self.category), (tr("Kind"), self.kind), (tr("Urgency"), self.urgency), (tr("Day"), self.day))
        ):
            grid.addWidget(label(name, "secondary"), at // 2, at % 2 * 2)
            grid.addWidget(field, at // 2, at % 2 * 2 + 1)
            grid.setColumnStretch(at % 2 * 2 + 1, 1)
        body = holding(column(self.answer, None, margins=(0, 0, 8, 0)))
        self.setLayout(column(self.where, grid, scrolled(body), spacing=6, margins=(0, 4, 0, 0)))
        self._page.canvas.clicked.connect(self._clicked)
        self._session.county_changed.connect(self.show_route)
        self.begin()

    def begin(self) -> None:
        """Begin with what is selected."""
        table, found = self._session.selected
        if table == "cases":
            self._take_case(found)
        elif table == "households":
            at = int(np.searchsorted(self._session.state.households.id, found))
            homes = self._session.state.households
            self._put(Place(float(homes.x[at]), float(homes.y[at]), household=found), tr("The selected household"))
        elif table == "units":
            self._put(Place(unit=found), unit_name(self._session.state.units[found]))
        else:
            self.show_route()

    def _today(self) -> date:
        return self._session.derived.now.astimezone(ZONE).date()

    def _clicked(self, hit: MapHit | None, _: Qt.KeyboardModifier) -> None:
        if hit is None or not self.isVisible():
            return
        if hit.table == "cases":
            self._take_case(hit.id)
            return
        metres = self._page.canvas.viewport.resolution * AIM
        self._put(Place(hit.x, hit.y, max(metres, 1.0)), tr("A place on the map"))

    def _take_case(self, case: int) -> None:
        """Take place, category, kind and urgency of a whistle."""
        cases = self._session.state.cases
        at = int(np.searchsorted(cases.id, case))
        self.category.choose(int(cases.category[at]))
        self.kind.setCurrentIndex(max(self.kind.findData(CaseKind(int(cases.kind[at])).name.lower()), 0))
        self.urgency.setCurrentIndex(max(self.urgency.findData(int(cases.urgency[at])), 0))
        place = Place(
            float(cases.x[at]),
            float(cases.y[at]),
            float(cases.accuracy[at]),
            int(cases.household[at]),
            int(cases.unit[at] or cases.cell[at]),
        )
        self._put(place, tr("A whistle as it was blown"))

    def _take(self, spot: Spot) -> None:
        self._place = spot.place
        self.show_route()

    def _put(self, place: Place, text: str) -> None:
        self._place = place
        self.where.show_text(text)
        self.show_route()

    def show_route(self, _: object = None) -> None:
        """Say who would get the whistle."""
        clear(self.answer)
        day = words.day_of(self.day.text()) or self._today()
        if isinstance(day, Message):
            self.answer.addWidget(label(str(day), "danger"))
            return
        place = self._place
        if not (np.isfinite(place.x) or place.household or place.unit):
            self.answer.addWidget(
                label(tr("Click on the map, or write where the whistle would come from. Nothing is recorded."), "secondary", wrap=True)
            )
            return
        kind = CaseKind[str(self.kind.currentData()).upper()]
        about = (int(self.category.currentData() or 0), int(kind), int(self.urgency.currentData() or 0), day)
        router = self._session.derived.router
        route = router.route(place, *about)
        state = self._session.state
        weighed = weigh(state.rules.values(), state.bodies, router.situation(route, *about))
        for part in (*self._who(route), *self._border(router, place, about), *self._rules(weighed), *self._why(route)):
            self.answer.addWidget(part)
        if np.isfinite(place.x):
            self._page.view.place_mark.mark(place.x, place.y, body_name(state, route.body))

    def _who(self, route: Route) -> list[QWidget]:
        """Return the body, the cell with its worker, and the ladder."""
        state = self._session.state
        worker = state.workers.get(route.worker)
        ladder = " → ".join(body_name(state, body) for body in route.ladder) or "–"
        return [
            card(label(tr("goes to"), "secondary"), label(body_name(state, route.body), "number", wrap=True)),
            holding(
                facts(
                    [
                        (tr("Cell"), path_text(state, route.cell or route.village) or tr("Outside the county")),
                        (tr("Grid worker"), mask_name(worker.name) if worker else tr("(vacant)")),
                        (tr("The ladder"), ladder),
                    ]
                )
            ),
        ]

    def _border(self, router: Router, place: Place, about: tuple[int, int, int, date]) -> list[QWidget]:
        """Return both cells of an uncertain place."""
        state, found = self._session.state, sides(router, place, *about)
        texts = [
            tr(
                "{cell}: grid worker {worker}, {body}",
                cell=unit_name(state.units.get(side.cell)),
                worker=mask_name(state.workers[side.worker].name) if side.worker in state.workers else tr("(vacant)"),
                body=body_name(state, side.body),
            )
            for side in found
        ]
        if not texts:
            return []
        said = tr("Too near to a border to be sure ({metres} m); it may be either:", metres=format_number(found[1].distance))
        return [label(said, "warning", wrap=True), *(label(f"· {text}", wrap=True) for text in texts)]

    def _rules(self, weighed: tuple[Weighed, ...]) -> list[QWidget]:
        """Return the rule that decides, and those that lost with why."""
        state = self._session.state
        winner = next((found.rule for found in weighed if found.wins), None)
        made: list[QWidget] = [_heading(tr("The rule that decides"))]
        made.append(self._rule(winner) if winner is not None else label(tr("No rule fits; the ladder decides."), wrap=True))
        lost = [found for found in weighed if not found.wins]
        if lost:
            made.append(_heading(tr("Why not the others")))
        for found in lost[:RUNNERS_UP]:
            made += [self._rule(found.rule), label(str(why_lost(found, winner, state.units)), "secondary", wrap=True)]
        if len(lost) > RUNNERS_UP:
            made.append(label(tr("and {count} more rules", count=len(lost) - RUNNERS_UP), "secondary"))
        return made

    def _rule(self, rule: Rule) -> QWidget:
        state = self._session.state
        text = str(rule_sentence(rule, state.categories, state.units, target_text(rule, state.bodies)))
        show = button(tr("Rule {rule}", rule=rule.id), lambda: self.rule_wanted.emit(rule.id), "link", tip=tr("Show it in the table"))
        said = label(text, wrap=True, selectable=True)
        made = holding(row(show, said, spacing=8))
        layout = made.layout()
        assert layout is not None
        layout.setAlignment(show, Qt.AlignmentFlag.AlignTop)
        said.setSizePolicy(said.sizePolicy().Policy.Expanding, said.sizePolicy().verticalPolicy())
        return made

    def _why(self, route: Route) -> list[QWidget]:
        return [_heading(tr("Reasons in words")), *(label(f"· {reason}", "secondary", wrap=True) for reason in route.reasons)]


def _heading(text: str) -> QWidget:
    made = label(text, "section")
    made.setContentsMargins(0, 8, 0, 0)
    return made
