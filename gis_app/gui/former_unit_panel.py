"""The page of a former unit: whom it had, where it went, and its borders to be used in the draft."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely
from PySide6.QtWidgets import QWidget

from gis_app.county.boundary_edits import BoundaryEdit, draw_cell, use_borders
from gis_app.county.former import WentTo, former_unit, went_to
from gis_app.grid.edits.use_borders import TOLERANCE
from gis_app.grid.former import FormerUnit
from gis_app.grid.privacy import mask_name, mask_phone
from gis_app.gui.former_panel import colour_of, swatch
from gis_app.gui.former_reader import ReadGrid
from gis_app.gui.icons import icon
from gis_app.gui.inspector import heading
from gis_app.gui.performing import perform_boundary
from gis_app.gui.side_panel import SidePanel, TwoLineList, TwoLines, said
from gis_app.gui.widgets import button, combo, facts, holding, label, row
from gis_app.gui.words import ALL_TIP, unit_name
from gis_app.language import format_code, format_number, tr

if TYPE_CHECKING:
    from gis_app.gui.window import Window

TOLERANCES = (0.5, 5.0, TOLERANCE, 30.0, 60.0)


class FormerUnitPanel(SidePanel):
    """Shows a former unit, marked on the map, and what using its borders would do."""

    def __init__(self, window: Window, unit: FormerUnit) -> None:
        super().__init__(window, unit.called)
        self.unit = unit
        self._private = False
        self._tolerance = TOLERANCE
        self._went: list[WentTo] = went_to(self._session.county.store, [unit.id])
        self._session.former.arrived.connect(self._mark)
        self._session.county_changed.connect(self._follow)
        self._build()
        self._mark()

    # ------------------------------------------------------------ what it is

    @property
    def shape(self) -> shapely.Geometry | None:
        """The outline of the unit, None while it is not read or where it has none."""
        read: ReadGrid | None = self._session.former.ask().get(self.unit.grid)
        if read is None:
            return None
        found: shapely.Geometry | None = read.units.shapes[read.units.row_of(self.unit.id)]
        return found

    def _build(self) -> None:
        unit, palette = self.unit, self._session.palette
        grid = self._session.county.state.former_grids[unit.grid]
        whole = row(swatch(colour_of(grid, palette)), label(grid.name, "secondary"), None, spacing=6)
        contact, phone = (unit.contact, unit.phone) if self._private else (mask_name(unit.contact), mask_phone(unit.phone))
        pairs: list[tuple[str, str | QWidget]] = [
            (tr("Code"), unit.code or "–"),
            (tr("Contact"), contact or "–"),
            (tr("Phone"), phone or "–"),
            (tr("Office"), grid.office or "–"),
        ]
        if unit.remark:
            pairs.append((tr("Remark"), unit.remark))
        text = tr("Mask names and phones") if self._private else tr("Show names and phones")
        shown = button(text, self._toggle, "link", icon("eye-off" if self._private else "eye", palette, palette.accent))
        widths = [(tr("{metres} m", metres=format_number(width, 1 if width < 1 else 0)), width) for width in TOLERANCES]
        near = combo(tr("Along a present border within"), widths, self._tolerance, self._set_tolerance)
        use = button(tr("Use these borders here"), self.use, "primary", icon("scissors", palette, palette.accent_text))
        look = button(tr("Show what would change"), self.preview, "", icon("eye", palette))
        one = button(
            tr("Make one cell of it"),
            self.make_cell,
            "link",
            icon("pentagon", palette, palette.accent),
            tr("All of its land becomes one new cell of the draft."),
        )
        self.cells = TwoLineList(tr("Where it went"), most=8)
        self.cells.wanted.connect(self._go)
        self.cells.show_rows([self._row(at, went) for at, went in enumerate(self._went, 1)])
        self.show_body(
            [
                whole,
                facts(pairs),
                *([row(shown, None)] if unit.contact or unit.phone else []),
                heading(tr("Where it went")),
                self.cells if self._went else said(tr("No cell has any of its land or households.")),
                *([said(str(ALL_TIP))] if self._went else []),
                heading(tr("Its borders")),
                said(
                    tr(
                        "Cells that its border runs through are split along it, as one step of the draft. "
                        "Nearly on a present border, that one is kept."
                    )
                ),
                facts([(tr("Along a present border within"), near)]),
                row(look, None),
                row(one, None),
                None,
            ]
        )
        self.show_foot([holding(row(use, None))])

    def _row(self, at: int, went: WentTo) -> TwoLines:
        cell = self._session.state.units.get(went.cell)
        first = unit_name(cell) if cell is not None else tr("in no cell")
        share = tr(
            "{share} of its land, {count} households ({part})",
            share=f"{went.area_share:.1%}",
            count=format_number(went.households),
            part=f"{went.household_share:.0%}",
        )
        tip = f"{format_code(cell.code)}\n{share}" if cell is not None else share
        return TwoLines(at, first, share, tip)

    def _toggle(self) -> None:
        self._private = not self._private
        self._build()

    def _set_tolerance(self, width: object) -> None:
        self._tolerance = float(str(width))

    # ------------------------------------------------------------ on the map

    def _mark(self) -> None:
        page = self._window.page
        if page is not None and self.unit.grid in self._session.county.state.former_grids:
            page.former.choose(self.shape)

    def zoom(self) -> None:
        """Show the unit as large as possible; where it is not read yet, the cells that it went to."""
        shape = self.shape
        if shape is not None and not shape.is_empty:
            west, south, east, north = shape.bounds
            self._window.canvas.zoom_to((west, south, east, north), 0.12)
        elif self.went_to_cells:
            self._window.canvas.zoom_to_units(self.went_to_cells)

    @property
    def went_to_cells(self) -> tuple[int, ...]:
        """The cells that are shown and got something of the unit, the one with most first."""
        return tuple(went.cell for went in self._went if went.cell in self._session.state.units)

    def _go(self, at: int) -> None:
        cell = self._went[at - 1].cell
        if cell in self._session.state.units:
            self._session.select("units", cell)
            self._window.canvas.zoom_to_units((cell,))

    def _follow(self, _: object) -> None:
        """Go where the grid is removed; tell anew where the unit went where another plan was published."""
        if self.unit.grid not in self._session.county.state.former_grids:
            self.close_panel()
            return
        went = went_to(self._session.county.store, [self.unit.id])
        if went != self._went:
            self._went = went
            self._build()

    # ------------------------------------------------------------ its borders

    def _edit(self) -> BoundaryEdit | None:
        shape = self.shape
        return use_borders(shape, self._tolerance, self.unit.called) if shape is not None else None

    def preview(self) -> None:
        """Show on the map what using the borders would do."""
        edit = self._edit()
        if edit is not None and self._window.page is not None:
            self.zoom()
            self._window.page.view.preview(edit)

    def use(self) -> None:
        """Split the cells of the draft along the border of the unit (of a new draft, where the published plan is shown)."""
        edit = self._edit()
        if edit is not None and self._window.page is not None:
            self._window.page.view.forget_preview()
            perform_boundary(self._window, edit)

    def make_cell(self) -> None:
        """Make one new cell of all land of the unit."""
        shape = self.shape
        if shape is not None:
            perform_boundary(self._window, draw_cell(shape))

    def ended(self) -> None:
        """Mark the unit no longer."""
        page = self._window.page
        if page is not None:
            page.former.choose(None)
            page.view.forget_preview()


def show_unit(window: Window, unit: int) -> FormerUnitPanel | None:
    """Show a former unit in place of the inspector, with the cells that it went to selected; None where it is gone."""
    session = window.session
    if session is None or window.page is None:
        return None
    found = former_unit(session.county.store, unit)
    if found is None or found.grid not in session.county.state.former_grids:
        return None
    panel = FormerUnitPanel(window, found)
    window.page.show_right(panel, panel.ended)
    if panel.went_to_cells:
        session.select("units", *panel.went_to_cells)
    panel.zoom()
    return panel
