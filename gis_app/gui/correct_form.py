"""The form that corrects what was recorded of a whistle: its category, kind, urgency, text, address, who blew it; or where it lies."""

from math import hypot

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLineEdit

from gis_app.cases.case import CaseKind, Urgency
from gis_app.cases.display import kind_text, urgency_text
from gis_app.cases.routing import Place, Route
from gis_app.county.case_edits import correct_case, correction_text
from gis_app.county.changes import Edit
from gis_app.county.state import CountyState
from gis_app.grid.datum import metres_per_unit
from gis_app.gui.case_fields import NoteField
from gis_app.gui.case_form import CaseForm
from gis_app.gui.case_view import CaseView, place_of, route_of
from gis_app.gui.session import Session
from gis_app.gui.widgets import combo, label
from gis_app.gui.words import body_name, category_name, path_text
from gis_app.language import Message, format_number, msg, tr

TEXTS = ("text", "address", "contact", "phone", "result")
PERSONAL = ("contact", "phone", "address")
NO_REASON = msg("A correction needs a reason: write what was wrong.")
NO_CHANGE = msg("Nothing was changed yet.")


class CorrectForm(CaseForm):
    """Corrects fields of a whistle; what stood there before stays in its events. Says at once whom the rules would name."""

    def __init__(self, session: Session, view: CaseView, actor: str, *, private: bool) -> None:
        super().__init__(tr("Correct what was recorded"), tr("Record the correction"))
        self._session, self._view, self._actor = session, view, actor
        self.cases = (view.case,)
        self._lists: dict[str, QComboBox] = {}
        self._texts: dict[str, QLineEdit | NoteField] = {}
        state, row = session.state, view.row
        categories: list[tuple[str, object]] = [("–", 0), *((category_name(state, id), id) for id in state.categories)]
        self._choice("category", categories, int(row["category"][0]))
        self._choice("kind", [(str(kind_text(kind)), int(kind)) for kind in CaseKind], int(row["kind"][0]))
        self._choice("urgency", [(str(urgency_text(one)), int(one)) for one in Urgency], int(row["urgency"][0]))
        self.routed = label("", "secondary", wrap=True)
        layout = self.fields["urgency"].layout()
        assert layout is not None
        layout.addWidget(self.routed)
        for name in TEXTS:
            if name == "result" and not str(row["result"][0]):
                continue
            if name in PERSONAL and view.secret and not private:  # who may not see it does not write it
                continue
            self._line(name, str(row[name][0]), hidden=name in ("contact", "phone") and not private)
        self.note = NoteField(tr("What was wrong"))
        self.add("note", tr("What was wrong"), self.note)
        self._reroute()

    def _choice(self, name: str, items: list[tuple[str, object]], chosen: int) -> None:
        title = str(correction_text(name))
        made = combo(title, items, chosen, lambda _: self._reroute())
        made.setEditable(name == "category")  # so that a name can be typed among many
        if name == "category":
            made.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
            words = made.completer()
            if words is not None:
                words.setFilterMode(Qt.MatchFlag.MatchContains)
        self._lists[name] = made
        self.add(name, title, made)

    def _line(self, name: str, text: str, *, hidden: bool) -> None:
        """Add a line; of a masked one only a new value is written."""
        title = str(correction_text(name))
        made: QLineEdit | NoteField
        if name in ("text", "result"):
            made = NoteField(title, text)
        else:
            made = QLineEdit("" if hidden else text)
            made.setAccessibleName(title)
            if hidden and text:
                made.setPlaceholderText(tr("Masked; write here what is right"))
        self._texts[name] = made
        self.add(name, title, made)

    def _chosen(self, name: str) -> int:
        found = self._lists[name]
        at = found.findText(found.currentText()) if found.isEditable() else found.currentIndex()
        return int(found.itemData(at)) if at >= 0 else int(self._view.row[name][0])

    def _values(self) -> dict[str, int | str]:
        """Return what was changed."""
        wanted: dict[str, int | str] = {name: self._chosen(name) for name in self._lists}
        for name, made in self._texts.items():
            text = made.text if isinstance(made, NoteField) else made.text().strip()
            masked = isinstance(made, QLineEdit) and bool(made.placeholderText()) and not text
            if not masked:
                wanted[name] = text
        return {name: value for name, value in wanted.items() if value != self._view.row[name][0]}

    def _reroute(self) -> None:
        """Say whom the rules would name with what is chosen."""
        route = route_of(self._session, self._view.at, None, **{name: self._chosen(name) for name in self._lists})
        holder = self._view.standing.body
        name = body_name(self._session.state, route.body)
        self.routed.setText(tr("The rules name {body}, not the one that holds it.", body=name) if route.body not in (0, holder) else "")
        self.routed.setVisible(bool(self.routed.text()))

    def confirm(self) -> None:
        """Tell the correction, or say what is missing."""
        values, problems = self._values(), dict[str, Message]()
        if not values:
            problems[""] = NO_CHANGE
        elif not self.note.text:
            problems["note"] = NO_REASON
        self.say(problems)
        if not problems:
            store, note = self._session.county.store, self.note.text
            self.wanted.emit(correct_case(store, self._view.case, note=note, actor=self._actor, **values))  # type: ignore[arg-type]


class PlaceForm(CaseForm):
    """Says what changes when a whistle is put to another place, before it is done."""

    passing = True

    def __init__(self, session: Session, view: CaseView, x: float, y: float, actor: str, note: str = "") -> None:
        before = place_of(session, view.at)
        self.place = Place(x, y, 0.0, before.household, before.unit)
        after = route_of(session, view.at, self.place)
        super().__init__(tr("Put the whistle here"), tr("Record the place"), "\n".join(moved(session, view, before, after, x, y)))
        self._session, self._view, self._actor = session, view, actor
        self.note = NoteField(tr("What was wrong"), note)
        self.add("note", tr("What was wrong"), self.note)

    def confirm(self) -> None:
        """Tell the correction of the place, or say what is missing."""
        self.say({} if self.note.text else {"note": NO_REASON})
        if self.note.text:
            self.wanted.emit(self._edit())

    def _edit(self) -> Edit:
        store, view = self._session.county.store, self._view
        return correct_case(store, view.case, note=self.note.text, actor=self._actor, place=self.place)


def moved(session: Session, view: CaseView, before: Place, after: Route, x: float, y: float) -> list[str]:
    """Return what changes with the place of a whistle, in words: how far it moves, its cell, its worker, the body that the rules name."""
    state, said = session.state, []
    if np.isfinite(before.x):
        metres = hypot(x - before.x, y - before.y) * metres_per_unit(state.settings.crs)
        said.append(tr("Moves by {metres} m.", metres=format_number(metres)))
    cell = int(state.cases.cell[view.at])
    if after.cell == cell:
        said.append(tr("The cell stays: {cell}.", cell=path_text(state, cell) or "–"))
    else:
        old, new = path_text(state, cell) or "–", path_text(state, after.cell) or str(tr("outside the county"))
        said.append(tr("Cell: {before} → {after}", before=old, after=new))
        said.append(tr("Grid worker: {before} → {after}", before=_worker(state, view.route.worker), after=_worker(state, after.worker)))
    if after.body == view.route.body:
        said.append(tr("The rules name {body} as before.", body=body_name(state, after.body)))
    else:
        said.append(tr("The rules name: {before} → {after}", before=body_name(state, view.route.body), after=body_name(state, after.body)))
    return said


def _worker(state: CountyState, worker: int) -> str:
    """Name a worker without his name: by the number that the office knows him by."""
    found = state.workers.get(worker)
    return tr("number {code}", code=found.code or found.id) if found else tr("(vacant)")
