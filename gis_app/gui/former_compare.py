"""The page that lays two grids over one another: how far they agree, which units share what, and where borders cross."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLayout, QWidget

from gis_app.county.changes import Changes
from gis_app.county.former import CELLS, Sides, laying_over
from gis_app.county.state import CountyState
from gis_app.gui.icons import icon
from gis_app.gui.inspector import heading
from gis_app.gui.side_panel import SidePanel, TwoLineList, TwoLines, said
from gis_app.gui.task import Task
from gis_app.gui.widgets import button, column, combo, facts, holding, label, row
from gis_app.gui.words import ALL_TIP
from gis_app.language import format_number, msg, tr
from gis_app.progress import Steps

if TYPE_CHECKING:
    from gis_app.gui.window import Window

MOST = 500
"""So many rows are listed at most; the most important ones come first."""


def area_text(area: float) -> str:
    """Write an area in m², large ones in hectares."""
    return tr("{area} ha", area=format_number(area / 10_000, 1)) if area >= 10_000 else f"{format_number(area)} m²"


def percent(value: float) -> str:
    """Write a share; "–" where there is nothing that it could be a share of."""
    return "–" if value != value else f"{value:.1%}"  # noqa: PLR0124 - NaN


def _both(sides: Sides, one: int, other: int) -> str:
    """Name two units of two grids; 0 is none."""
    none = tr("no unit")
    return f"{sides.names_one.get(one, none)} / {sides.names_other.get(other, none)}"


class FormerComparePanel(SidePanel):
    """Lays two former grids, or one and the cells, over one another beside the window."""

    def __init__(self, window: Window, one: int = 0, other: int = CELLS) -> None:
        super().__init__(window, tr("Lay grids over one another"))
        grids = self._session.county.state.former_grids
        first = one if one in grids else next(iter(self._shown_first()), CELLS)
        self._one, self._other = first, other if other != first and other in grids else self._usual(first)
        self.sides: Sides | None = None
        self._state: CountyState | None = None
        self._view = "differences"
        self.list = self._new_list()
        self._session.county_changed.connect(self._follow)
        self._build()
        self.compare()

    def _new_list(self) -> TwoLineList:
        made = TwoLineList(tr("Where they differ"), most=9)
        made.wanted.connect(self.go)
        return made

    def _usual(self, one: int) -> int:
        """Return what a grid is laid over where nobody chose: another grid, else the cells."""
        return next((grid for grid in self._shown_first() if grid != one), CELLS)

    def _shown_first(self) -> list[int]:
        """Return the grids, those first that are shown on the map: they are what somebody looks at."""
        grids = self._session.county.state.former_grids
        return sorted(grids, key=lambda grid: not grids[grid].visible)

    def _choices(self) -> list[tuple[str, object]]:
        grids = self._session.county.state.former_grids
        return [*((grid.name, grid.id) for grid in grids.values()), (tr("The cells of this plan"), CELLS)]

    def _build(self) -> None:
        choices = self._choices()
        again = button(tr("Compare again"), self.compare, "", icon("refresh-cw", self._session.palette))
        said_so = label(tr("The draft was changed since it was compared."), "warning", wrap=True)
        self._outdated = holding(column(said_so, row(again, None), spacing=6))
        self._outdated.hide()
        self.show_body(
            [
                combo(tr("The one grid"), choices[:-1], self._one, self._set_one),
                combo(tr("The other grid"), choices, self._other, self._set_other),
                self._outdated,
                *self._result(),
                None,
            ]
        )
        self.show_foot([])

    def _result(self) -> list[QWidget | QLayout]:
        sides = self.sides
        if sides is None:
            return [label(tr("Laying the grids over one another …"), "secondary")]
        agreement = sides.overlaid.agreement
        one, other = self._name(sides.one), self._name(sides.other)
        agreed = tr(
            "The share of land and of households in pairs of units that are each other's best partner: "
            "the one that they share most land with. 100 % where both divide the land alike "
            "(overlap under the best matching, with the union as base, after Jaccard)."
        )
        nested = tr("100 % where no unit crosses a border of the other grid (Goodman and Kruskal's best prediction).")
        figures = [
            (tr("Land"), tr("{share} agrees", share=percent(agreement.area))),
            (tr("Households"), tr("{share} agree", share=percent(agreement.households))),
        ]
        inner = [
            label(
                tr(
                    "{share} of {one} lies in the unit of {other} that each of its units lies most in.",
                    share=percent(share),
                    one=first,
                    other=second,
                ),
                wrap=True,
            )
            for share, first, second in ((agreement.one_in_other, one, other), (agreement.other_in_one, other, one))
        ]
        for sentence in inner:
            sentence.setToolTip(nested)
        views = [
            (tr("Where borders cross ({count})", count=format_number(len(sides.overlaid.differences))), "differences"),
            (tr("Pairs of units ({count})", count=format_number(len(sides.overlaid.pairs))), "pairs"),
        ]
        self.list = self._new_list()
        rows = self._difference_rows(sides) if self._view == "differences" else self._pair_rows(sides)
        self.list.show_rows(rows[:MOST])
        more = [said(tr("The first {count} are listed.", count=format_number(MOST)))] if len(rows) > MOST else []
        nothing = said(tr("No border of the one crosses a border of the other."))
        return [
            holding(facts(figures, {tr("Land"): agreed, tr("Households"): f"{agreed} {ALL_TIP}"})),
            said(
                tr("Best partner: the unit that a unit shares most land with. Agreement counts pairs that are each other's best partner.")
            ),
            *inner,
            heading(tr("Units")),
            combo(tr("What is listed"), views, self._view, self._set_view),
            self.list if rows else nothing,
            *more,
        ]

    def _name(self, grid: int) -> str:
        return {value: text for text, value in self._choices()}.get(grid, "–")

    def _difference_rows(self, sides: Sides) -> list[TwoLines]:
        return [
            TwoLines(
                at,
                _both(sides, piece.one, piece.other),
                tr("{area}, {count} households", area=area_text(piece.area), count=format_number(piece.households)),
            )
            for at, piece in enumerate(sides.overlaid.differences, 1)
        ]

    def _pair_rows(self, sides: Sides) -> list[TwoLines]:
        order = sorted(enumerate(sides.overlaid.pairs, 1), key=lambda item: (item[1].matched, -item[1].households, -item[1].area))
        return [
            TwoLines(
                at,
                _both(sides, pair.one, pair.other),
                tr(
                    "{area}, {count} households, {one} / {other} of the land",
                    area=area_text(pair.area),
                    count=format_number(pair.households),
                    one=f"{pair.area_share_one:.0%}",
                    other=f"{pair.area_share_other:.0%}",
                ),
                tip=tr("Each is the other's best partner.") if pair.matched else "",
            )
            for at, pair in order
        ]

    # ------------------------------------------------------------ choosing

    def _set_one(self, grid: object) -> None:
        self._one = int(str(grid))
        if self._other == self._one:
            self._other = self._usual(self._one)
        self.compare()

    def _set_other(self, grid: object) -> None:
        self._other = int(str(grid))
        if self._other == self._one:
            self._one = next((known for known in self._session.county.state.former_grids if known != self._other), self._one)
            if self._one == self._other:
                self._other = CELLS
        self.compare()

    def _set_view(self, view: object) -> None:
        self._view = str(view)
        self._build()

    def compare(self) -> None:
        """Lay the two over one another beside the window."""
        self.sides, self._state = None, self._session.state
        self._build()
        store, state, one, other = self._session.county.store, self._state, self._one, self._other

        def steps() -> Steps[Sides]:
            return (yield from laying_over(store, state, one, other))

        self._window.tasks.run(Task(msg("Laying the grids over one another"), steps, self._show))

    def _show(self, sides: Sides) -> None:
        if not self.is_shown or (sides.one, sides.other) != (self._one, self._other):
            return
        self.sides = sides
        self._build()
        page = self._window.page
        if page is not None:
            page.former.show_differences(sides.overlaid.differences)

    def go(self, row: int) -> None:
        """Show the place of a difference, or of what two units share, as large as possible."""
        sides, page = self.sides, self._window.page
        if sides is None or page is None:
            return
        if self._view == "differences":
            piece = sides.overlaid.differences[row - 1]
            page.former.show_differences(sides.overlaid.differences, row - 1)
            west, south, east, north = piece.shape.bounds
            self._window.canvas.zoom_to((west, south, east, north), 0.3)
            return
        pair = sides.overlaid.pairs[row - 1]
        read = self._session.former.ask().get(sides.one)
        if pair.one and read is not None:
            shape = read.units.shapes[read.units.row_of(pair.one)]
            page.former.choose(shape)
            west, south, east, north = shape.bounds
            self._window.canvas.zoom_to((west, south, east, north), 0.12)

    def _follow(self, changes: Changes) -> None:
        """Compare again where one of the two is another one, or is gone."""
        grids = self._session.county.state.former_grids
        if not grids:
            self.close_panel()
            return
        if self._one not in grids or (self._other != CELLS and self._other not in grids):
            self._one = next(iter(grids))
            self._other = self._usual(self._one)
            self.compare()
        elif changes.touches("former_grids"):  # perhaps another name
            self._build()
        elif self._other == CELLS and self._state is not None and self._session.state.coverage is not self._state.coverage:
            self._outdated.show()

    def ended(self) -> None:
        """Shade nothing any more."""
        page = self._window.page
        if page is not None:
            page.former.show_differences(())
            page.former.choose(None)


def show(window: Window) -> None:
    """Show the page in place of the inspector."""
    if window.page is not None and window.session is not None:
        panel = FormerComparePanel(window)
        window.page.show_right(panel, panel.ended)
