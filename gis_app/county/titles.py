"""What the history says of an edit: codes in groups, resident households of every part, land that changed hands."""

from collections.abc import Callable, Iterable

from gis_app.county.consequences import consequences
from gis_app.county.numbering import shown_units
from gis_app.county.state import CountyState
from gis_app.grid.datum import metres_per_unit
from gis_app.grid.edits.edited import Edited
from gis_app.language import Message, format_code, format_number

MANY = 3
"""So many codes are named; of more, only how many there are."""

Title = Callable[[CountyState, Edited], Message]


def code_list(codes: Iterable[str]) -> str:
    """Return codes in groups: 230225 203 201 003, 230225 203 201 004 … (+2)."""
    ordered = sorted(codes)
    shown = ", ".join(format_code(code) for code in ordered[:MANY])
    return f"{shown} (+{len(ordered) - MANY})" if len(ordered) > MANY else shown


def codes_of(state: CountyState, edited: Edited) -> str:
    """Return the codes of the cells whose land is another one after an edit."""
    moved = {cell for piece in edited.pieces for cell in (piece.origin, piece.owner)} & (edited.cells | edited.removed)
    return code_list(state.units[cell].code for cell in moved or edited.cells if cell in state.units)


def counts_title(cell: int, words: Callable[[str, str], Message]) -> Title:
    """Return a title with the code of `cell` (0: of the new one) and the resident households of all cells that took part: "61 + 58"."""

    def title(state: CountyState, edited: Edited) -> Message:
        made = shown_units(state, edited)
        parts = [cell, *made] if cell else list(made)
        counts = {one.cell: one for one in consequences(state, edited)}
        if edited.removed and cell:  # a merge: what each brought along
            figures = [counts[part].before for part in (cell, *sorted(edited.removed - {cell})) if part in counts]
        else:
            figures = [counts[part].after for part in parts if part in counts]
        unit = made.get(parts[0]) or state.units.get(parts[0]) if parts else None
        text = " + ".join(str(figure.households) for figure in figures if figure is not None)
        return words(format_code(unit.code) if unit else "", text)

    return title


def taking_title(words: Callable[[str, str, str], Message]) -> Title:
    """Return a title with the code of the cell that gets the most land, the codes of those that give it, and how much that is."""

    def title(state: CountyState, edited: Edited) -> Message:
        got: dict[int, float] = {}
        for piece in edited.pieces:
            got[piece.owner] = got.get(piece.owner, 0.0) + piece.shape.area
        taker = max(got, key=lambda cell: (got[cell], -cell), default=0)
        givers = {piece.origin for piece in edited.pieces if piece.owner == taker}
        codes = code_list(state.units[cell].code for cell in givers if cell in state.units)
        taking = format_code(state.units[taker].code) if taker in state.units else ""
        return words(taking, codes, area_text(state, got.get(taker, 0.0)))

    return title


def area_text(state: CountyState, area: float) -> str:
    """Write an area of the county's coordinates: in m², from a tenth of a square kilometre on in km²."""
    metres = area * metres_per_unit(state.settings.crs) ** 2
    return f"{format_number(metres / 1e6, 2)} km²" if metres >= 100_000 else f"{format_number(metres)} m²"


def areas_title(words: Callable[[str, str], Message]) -> Title:
    """Return a title with the codes of the cells between which land changed hands, and how much it was."""

    def title(state: CountyState, edited: Edited) -> Message:
        return words(codes_of(state, edited), area_text(state, sum(piece.shape.area for piece in edited.pieces)))

    return title
