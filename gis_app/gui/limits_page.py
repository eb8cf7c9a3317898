"""Time limits, and categories with their keywords: two short lists beside the rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLineEdit, QWidget

from gis_app.cases.bodies import Category
from gis_app.cases.case import Urgency
from gis_app.cases.display import urgency_text
from gis_app.cases.limits import DEFAULT_HOURS, Limit
from gis_app.county.changes import Edit
from gis_app.county.rule_edits import (
    add_category,
    add_limit,
    change_category,
    change_limit,
    keywords_of,
    remove_category,
    remove_limit,
)
from gis_app.gui import rule_words as words
from gis_app.gui.list_page import Form, ListPage
from gis_app.gui.search_choice import SearchChoice
from gis_app.gui.small_table import Row, SmallModel, SmallTable
from gis_app.gui.widgets import combo, row
from gis_app.gui.words import category_name
from gis_app.language import Listing, Message, msg, tr

if TYPE_CHECKING:
    from gis_app.gui.window import Window

NO_HOURS = msg("Write the hours as a number, for example 24 or 0.5.")


def hours_text(hours: float) -> str:
    """Return hours as people say them: 2 h, 7 d."""
    if hours >= 48 and hours % 24 == 0:
        return tr("{days} d", days=f"{hours / 24:g}")
    return tr("{hours} h", hours=f"{hours:g}")


def _finder(text: str) -> QLineEdit:
    made = QLineEdit()
    made.setPlaceholderText(text)
    made.setAccessibleName(text)
    made.setProperty("role", "compact")
    made.setClearButtonEnabled(True)
    return made


class LimitsPage(ListPage):
    """How long cases may take, by category and urgency."""

    def __init__(self, window: Window) -> None:
        assert window.session is not None
        self._session = window.session
        self.search = _finder(tr("Find in the time limits"))
        titles = (tr("Category"), tr("Urgency"), tr("May take"))
        table = SmallTable(tr("Time limits"), SmallModel(titles, self._session.palette, frozenset({2})), (220, 140, 110))
        table.horizontalHeader().setStretchLastSection(False)
        verbs = (tr("Add a time limit"), tr("Change it"), tr("Remove"))
        usual = Listing(tuple(Message("{u} {h}", {"u": str(urgency_text(u)), "h": hours_text(h)}) for u, h in DEFAULT_HOURS.items()))
        note = tr("Category and urgency come first, then the category, then the urgency. Where nothing is said: {usual}.", usual=usual)
        super().__init__(window, table, row(self.search), self._form, remove_limit, verbs, note)
        self.search.textChanged.connect(self.refresh)
        self._session.county_changed.connect(self.refresh)
        self.refresh()

    def refresh(self, _: object = None) -> None:
        """Show the time limits that hold the words."""
        limits = sorted(self._session.state.limits.values(), key=lambda limit: (limit.category == 0, limit.category, limit.urgency or 99))
        rows = [made for made in map(self._row, limits) if made.holds(self.search.text())]
        self.show_rows(rows, len(limits))

    def _row(self, limit: Limit) -> Row:
        about = category_name(self._session.state, limit.category) if limit.category else str(words.ANY)
        return Row(limit.id, (about, str(urgency_text(limit.urgency)) if limit.urgency else str(words.ANY), hours_text(limit.hours)))

    def _form(self, id: int) -> Form:
        state, any_word = self._session.state, str(words.ANY)
        limit = state.limits.get(id) or Limit(0, 0, int(Urgency.NORMAL), DEFAULT_HOURS[Urgency.NORMAL])
        category = SearchChoice(tr("Category"), words.category_options(state, any_word), limit.category)
        urgency = combo(tr("Urgency"), words.urgency_options(any_word), limit.urgency, lambda _: None)
        hours = QLineEdit(f"{limit.hours:g}")

        def edit() -> Edit | Message:
            try:
                count = float(hours.text().replace("，", ".").replace(",", "."))
            except ValueError:
                return NO_HOURS
            made = Limit(limit.id, int(str(category.value)), int(urgency.currentData()), count)
            return change_limit(made) if limit.id else add_limit(made)

        fields: list[list[tuple[str, QWidget]]] = [[(tr("Category"), category)], [(tr("Urgency"), urgency), (tr("Hours"), hours)]]
        return Form(tr("Change a time limit") if limit.id else tr("Add a time limit"), fields, edit)


class CategoriesPage(ListPage):
    """What whistles may be about, and the words by which it is recognised."""

    def __init__(self, window: Window) -> None:
        assert window.session is not None
        self._session = window.session
        self.search = _finder(tr("Find in the categories"))
        titles = (tr("Code"), tr("Category"), tr("English name"), tr("Keywords"))
        table = SmallTable(tr("Categories"), SmallModel(titles, self._session.palette), (64, 130, 150, 220))
        verbs = (tr("Add a category"), tr("Change it"), tr("Remove"))
        note = tr("Keywords suggest what a text is about; nothing is decided by them.")
        super().__init__(window, table, row(self.search), self._form, self._removal, verbs, note)
        self.search.textChanged.connect(self.refresh)
        self._session.county_changed.connect(self.refresh)
        self.refresh()

    def refresh(self, _: object = None) -> None:
        """Show the categories that hold the words."""
        known = sorted(self._session.state.categories.values(), key=lambda category: (category.code, category.id))
        rows = [made for made in map(self._row, known) if made.holds(self.search.text())]
        self.show_rows(rows, len(known))

    def _row(self, category: Category) -> Row:
        keywords = str(Listing(keywords_of(category.keywords)))
        return Row(category.id, (category.code, category.name, category.name_en, keywords if category.keywords else ""))

    def _removal(self, id: int) -> Edit:
        known = self._session.state.categories.get(id)
        return remove_category(id, known.name if known is not None else "")

    def _form(self, id: int) -> Form:
        category = self._session.state.categories.get(id) or Category(0, "", "")
        code, name, english = (QLineEdit(text) for text in (category.code, category.name, category.name_en))
        keywords = QLineEdit("、".join(keywords_of(category.keywords)))
        keywords.setPlaceholderText(tr("Words separated by commas"))

        def edit() -> Edit | Message:
            made = Category(category.id, code.text(), name.text(), english.text(), keywords.text())
            return change_category(made) if category.id else add_category(made)

        fields: list[list[tuple[str, QWidget]]] = [
            [(tr("Name of the category"), name), (tr("Code"), code)],
            [(tr("English name"), english)],
            [(tr("Keywords"), keywords)],
        ]
        title = tr("Change the category {name}", name=category.name) if category.id else tr("Add a category")
        return Form(title, fields, edit)
