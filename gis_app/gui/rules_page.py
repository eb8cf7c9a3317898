"""The rules as a table: within a category the one that wins stands first; what can never win says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from gis_app.cases.bodies import Rule
from gis_app.cases.display import urgency_text
from gis_app.cases.reasons import conditions, kind_of_word, outlook_text, rule_sentence, target_text
from gis_app.cases.routing import specificity
from gis_app.cases.rule_book import NEVER, Outlook, outlooks
from gis_app.county.changes import Changes, Edit
from gis_app.county.rule_edits import add_rule, change_rule, remove_rule
from gis_app.county.state import CountyState
from gis_app.gui import rule_words as words
from gis_app.gui.list_page import Form, ListPage
from gis_app.gui.search_choice import SearchChoice
from gis_app.gui.small_table import Row, SmallModel, SmallTable
from gis_app.gui.task import aside
from gis_app.gui.widgets import combo, row
from gis_app.gui.words import category_name
from gis_app.language import ZONE, Message, tr

if TYPE_CHECKING:
    from gis_app.gui.window import Window

WIDTHS = (46, 136, 78, 78, 86, 124, 68, 92, 92, 160)


class RulesPage(ListPage):
    """Lists, filters, adds, changes and removes rules. Which of them can never win is worked out beside the window."""

    _known = Signal(object, object)  # the rules that were looked at, outlooks: from the thread that looked

    def __init__(self, window: Window) -> None:
        assert window.session is not None
        self._session = window.session
        state = self._session.state
        self._outlooks: dict[int, Outlook] = {}
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Find in the rules"))
        self.search.setAccessibleName(tr("Find in the rules"))
        self.search.setProperty("role", "compact")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self.refresh)
        self.category = SearchChoice(tr("Category"), words.category_options(state, tr("All categories")), 0, self.refresh)
        self.body = SearchChoice(tr("Receiving body"), words.body_options(state, tr("All bodies")), 0, self.refresh)
        titles = (
            tr("Rule"), tr("Category"), tr("Kind"), tr("Urgency"), tr("Where"), tr("Sends to"), tr("Decides"), tr("First day"),
            tr("Last day"), tr("Note"),
        )  # fmt: skip
        table = SmallTable(tr("Rules"), SmallModel(titles, self._session.palette, frozenset({0})), WIDTHS)
        verbs = (tr("Add a rule"), tr("Change it"), tr("Remove"))
        note = tr("Within a category, the first rule that fits decides.")
        tip = tr(
            "The most specific rule decides: category, then unit, kind, kind of unit, urgency; of rules for the same whistles the one that "
            "ends first, then the one that began last. Within a category they stand in this order."
        )
        above = row(self.search, self.category, self.body, spacing=6)
        for at in range(3):
            above.setStretch(at, 1)
        super().__init__(window, table, above, self._form, remove_rule, verbs, note, tip)
        self._known.connect(self._take_outlooks)
        self._session.county_changed.connect(self._look)
        self._look()

    def _look(self, changes: object = None) -> None:
        """Show the rules of now, and work out which can never win."""
        if isinstance(changes, Changes) and changes.touches("categories", "bodies"):
            self.category.offer(words.category_options(self._session.state, tr("All categories")))
            self.body.offer(words.body_options(self._session.state, tr("All bodies")))
        self.refresh()
        state, day = self._session.state, self._session.derived.now.astimezone(ZONE).date()

        def looked() -> dict[int, Outlook]:
            return outlooks(state.rules, state.bodies, state.categories, state.units, day)

        aside(looked, lambda found: self._known.emit(state.rules, found))

    def _take_outlooks(self, rules: object, found: dict[int, Outlook]) -> None:
        if rules is self._session.state.rules:
            self._outlooks = found
            self.refresh()

    def refresh(self, _: object = None) -> None:
        """Show the rules that pass the filter."""
        state = self._session.state
        rules = sorted(state.rules.values(), key=lambda rule: (rule.category == 0, rule.category, specificity(rule)))
        category, body = self.category.currentData(), self.body.currentData()
        meant = [rule for rule in rules if category in (0, rule.category) and body in (0, rule.body)]
        rows = [made for made in map(self._row, meant) if made.holds(self.search.text())]
        self.show_rows(rows, len(rules))

    def _row(self, rule: Rule) -> Row:
        state, outlook = self._session.state, self._outlooks.get(rule.id)
        told = outlook_text(outlook) if outlook is not None else None
        texts = (
            str(rule.id),
            category_name(state, rule.category) if rule.category else str(words.ANY),
            str(kind_of_word(rule.kind)) if rule.kind else str(words.ANY),
            str(urgency_text(rule.urgency)) if rule.urgency else str(words.ANY),
            words.where_text(state, rule),
            str(target_text(rule, state.bodies)),
            "" if outlook is None else str(told) if told is not None else tr("Yes"),
            words.day_text(rule.valid_from),
            words.day_text(rule.valid_to),
            rule.note,
        )
        said = rule_sentence(rule, state.categories, state.units, target_text(rule, state.bodies))
        tip = "\n".join(part for part in (str(said), str(told or ""), rule.note) if part)
        return Row(rule.id, texts, outlook is not None and outlook.fate in NEVER, tip)

    def _form(self, id: int) -> Form:
        return rule_form(self._session.state, self._session.state.rules.get(id) or Rule(0, int(self.category.currentData() or 0)))


def rule_form(state: CountyState, rule: Rule) -> Form:
    """Return the form of a rule; id 0: of a new one."""
    any_word = str(words.ANY)
    category = SearchChoice(tr("Category"), words.category_options(state, any_word), rule.category)
    kind = combo(tr("Kind"), words.kind_options(any_word), rule.kind, lambda _: None)
    urgency = combo(tr("Urgency"), words.urgency_options(any_word), rule.urgency, lambda _: None)
    unit = SearchChoice(tr("Where"), words.unit_options(state, tr("Whole county")), rule.unit)
    unit_kind = combo(tr("Kind of unit"), words.unit_kind_options(any_word), rule.unit_kind, lambda _: None)
    target = SearchChoice(tr("Sends to"), words.target_options(state), (rule.body, rule.step))
    first, last, note = (QLineEdit(text) for text in (words.day_text(rule.valid_from), words.day_text(rule.valid_to), rule.note))
    for day in (first, last):
        day.setPlaceholderText("2020-05-01")

    def entered() -> Rule | Message:
        begins, ends = words.day_of(first.text()), words.day_of(last.text())
        if isinstance(begins, Message):
            return begins
        if isinstance(ends, Message):
            return ends
        body, step = _target(target)
        asked = {"kind": str(kind.currentData()), "unit_kind": str(unit_kind.currentData()), "urgency": int(str(urgency.currentData()))}
        places = {"category": int(str(category.value)), "unit": int(str(unit.value))}
        return Rule(rule.id, **places, **asked, body=body, step=step, valid_from=begins, valid_to=ends, note=note.text().strip())  # type: ignore[arg-type]

    def edit() -> Edit | Message:
        made = entered()
        if isinstance(made, Message):
            return made
        return change_rule(made) if rule.id else add_rule(made)

    def meaning() -> str:
        made = entered()
        if isinstance(made, Message):
            return str(made)
        asked = conditions(made, state.categories, state.units)
        whistles = str(asked) if asked.items else tr("any whistle")
        return f"{whistles} → {target_text(made, state.bodies)}"

    fields: list[list[tuple[str, QWidget]]] = [
        [(tr("Category"), category)],
        [(tr("Kind"), kind), (tr("Urgency"), urgency)],
        [(tr("Where"), unit)],
        [(tr("Kind of unit"), unit_kind)],
        [(tr("Sends to"), target)],
        [(tr("First day"), first), (tr("Last day"), last)],
        [(tr("Note"), note)],
    ]
    return Form(tr("Change rule {id}", id=rule.id) if rule.id else tr("Add a rule"), fields, edit, meaning)


def _target(box: SearchChoice) -> tuple[int, str]:
    found = box.value
    assert isinstance(found, tuple)
    return int(found[0]), str(found[1])
