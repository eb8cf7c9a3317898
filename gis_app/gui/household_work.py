"""What a person does with households: add, edit, move, merge, retire, pin by hand or by a rule, and see what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtWidgets import QLineEdit

from gis_app.county.household_edits import (
    Place,
    in_building,
    in_street,
    move_household,
    of_codes,
    pin_households,
    retire_households,
    unpin_households,
)
from gis_app.county.registered import Retired
from gis_app.grid.units import Level
from gis_app.gui import performing
from gis_app.gui.flags_form import FlagsForm
from gis_app.gui.household_form import HouseholdForm, MergePanel
from gis_app.gui.household_quality_panel import QualityPanel
from gis_app.gui.retired_panel import RetiredPanel, fate, number_of
from gis_app.gui.words import unit_name
from gis_app.language import Message, format_number, msg, tr

if TYPE_CHECKING:
    from gis_app.gui.window import Window


def chosen(window: Window) -> tuple[int, ...]:
    """Return the selected households."""
    return window.session.selection.ids.get("households", ()) if window.session is not None else ()


def add(window: Window, place: Place | None = None) -> None:
    """Ask for a click on the map, and open the form of a household at that place; with a `place`, at once."""
    if window.page is None:
        return
    if place is None:
        window.page.view.ask_place(lambda x, y: add(window, (x, y)))
        window.banner.news(tr("Click where the household lives."), (tr("It has no place"), lambda: _without_place(window)))
        return
    _open(window, HouseholdForm(window, 0, place))


def _without_place(window: Window) -> None:
    if window.page is not None:
        window.page.view.leave_place()
        _open(window, HouseholdForm(window))


def edit(window: Window) -> None:
    """Open the form of the selected household."""
    if found := chosen(window):
        _open(window, HouseholdForm(window, found[0]))


def _open(window: Window, form: HouseholdForm) -> None:
    if window.page is not None:
        window.page.show_right(form, form.ended)
        form.begin()


def merge(window: Window) -> None:
    """Show the selected households side by side."""
    found = chosen(window)
    if len(found) > 1 and window.page is not None:
        panel = MergePanel(window, found)
        window.page.show_right(panel, panel.ended)


def retire(window: Window) -> None:
    """Ask why the selected households leave the register."""
    found, session = chosen(window), window.session
    if not found or session is None or window.page is None:
        return

    def answered(why: str) -> Message | None:
        if not why:
            return msg("Say why the household is no longer in the register.")
        window.perform(retire_households(session.county.store, found, why))
        return None

    count = tr("{count} households", count=format_number(len(found)))
    text = tr("Its row is kept, and its whistles still name it.") if len(found) == 1 else count
    window.page.view.question.ask_text(tr("Retire from the register"), text, "", tr("Retire"), answered)


def place(window: Window) -> None:
    """Put the selected household where the map is clicked: the way for one that has no place yet and cannot be dragged."""
    found = chosen(window)
    if not found or window.page is None:
        return
    window.page.view.ask_place(lambda x, y: window.perform(move_household(found[0], (x, y))))
    window.banner.news(tr("Click where the household lives."), (tr("Cancel"), window.deselect))


def put_here(window: Window, household: int, x: float, y: float) -> None:
    """Move a household that was dragged; where it was dropped on another cell, ask whether it moves there or is kept in that cell."""
    session = window.session
    if session is None or window.page is None:
        return
    state = session.state
    row = int(np.searchsorted(state.households.id, household))
    cell = window.canvas.cell_at(*window.canvas.viewport.to_screen(x, y))
    if not cell or cell == int(state.households.cell[row]):
        window.perform(move_household(household, (x, y)))
        return
    name = unit_name(state.units[cell])
    window.page.view.question.ask(
        tr("Household in {cell}", cell=name),
        tr("It was dropped on another cell. Does it live there, or is it kept in this cell although it lives where it did?"),
        [
            (tr("It lives there"), lambda: window.perform(move_household(household, (x, y)))),
            (tr("Pin it to this cell"), lambda: performing.perform_division(window, pin_households([household], cell))),
        ],
    )


def pin(window: Window, cell: int = 0, households: Sequence[int] = ()) -> None:
    """Pin households (the selected ones) to a cell; without one, a click on the map says which."""
    found = tuple(households) or chosen(window)
    if not found or window.page is None:
        return
    if cell:
        performing.perform_division(window, pin_households(found, cell))
        return

    def picked(x: float, y: float) -> None:
        at = window.canvas.cell_at(*window.canvas.viewport.to_screen(x, y))
        if at:
            pin(window, at, found)
        else:
            window.banner.problem(tr("There is no cell; click into one."))

    window.page.view.ask_place(picked)
    text = tr("Click the cell that {count} households are to be pinned to.", count=format_number(len(found)))
    window.banner.news(text, (tr("Cancel"), window.deselect))


def unpin(window: Window) -> None:
    """Let the places of the selected households decide again."""
    if found := chosen(window):
        performing.perform_division(window, unpin_households(found))


def pin_by_rule(window: Window) -> None:
    """Ask for a building, a part of the address or a list of codes; those who match are selected and pinned to a cell."""
    session = window.session
    if session is None or window.page is None:
        return
    store, field = session.county.store, QLineEdit()
    field.setAccessibleName(tr("Building, part of the address, or codes"))
    field.setMinimumWidth(320)

    def found(ids: Sequence[int], unknown: int = 0) -> None:
        if not ids:
            window.banner.problem(tr("No household matches; nothing was pinned."))
            return
        session.select("households", *ids)
        if unknown:
            window.banner.problem(tr("{count} codes belong to no household.", count=format_number(unknown)))
        pin(window, 0, ids)

    def by_codes() -> None:
        ids, unknown = of_codes(store, re.split(r"[\s,;，；、]+", field.text()))
        found(ids.tolist(), len(unknown))

    window.page.view.question.ask(
        tr("Pin by a rule"),
        tr("All households of a building, all whose address holds a text, or a list of codes are pinned to one cell."),
        [
            (tr("Street or estate"), lambda: found(in_street(store, field.text()).tolist())),
            (tr("Building"), lambda: found(in_building(store, field.text()).tolist())),
            (tr("Codes"), by_codes),
        ],
        [field],
    )
    field.setFocus()


def select_of_cell(window: Window) -> None:
    """Select all households of the selected cell, village or township."""
    session = window.session
    if session is None:
        return
    table, unit = session.selected
    if table != "units":
        return
    units = session.state.units
    cells = [unit] if units[unit].level == Level.CELL else [cell.id for cell in units.cells(unit)]
    homes = session.state.households
    session.select("households", *homes.id[np.isin(homes.cell, cells)].tolist())


def show_flags(window: Window) -> None:
    """Show the flags of households that the office uses, and what each weighs."""
    if window.page is not None:
        form = FlagsForm(window)
        window.page.show_right(form, form.ended)


def show_quality(window: Window) -> None:
    """List what is wrong with the register of households."""
    if window.page is not None:
        panel = QualityPanel(window)
        window.page.show_right(panel, panel.ended)


def show_retired(window: Window, household: int = 0) -> None:
    """List the households that are in the register no more, one of them chosen where its id is given."""
    if window.page is not None:
        panel = RetiredPanel(window, household)
        window.page.show_right(panel, panel.ended)


def go_to_retired(window: Window, one: Retired) -> None:
    """Show the household that a retired one was merged into, and say so; one that was merged into none, in the list of the retired."""
    if window.page is None:
        return
    if one.kept:
        window.page.show_right(None)
        window.page.zoom_to("households", one.kept)
        window.page.unfold("right")
        window.banner.news(
            tr("{number}: {fate}.", number=number_of(one), fate=fate(one)), (tr("Retired households"), lambda: show_retired(window, one.id))
        )
    else:
        show_retired(window, one.id)
