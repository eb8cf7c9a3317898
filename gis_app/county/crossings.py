"""Land that comes to another village or township by an edit: whoever moves the border of a cell may not mean to move theirs."""

from collections.abc import Mapping

from gis_app.county.following import heir_of
from gis_app.county.locks import named
from gis_app.county.numbering import shown_units
from gis_app.county.state import CountyState
from gis_app.grid.datum import metres_per_unit
from gis_app.grid.edits.edited import Edited
from gis_app.grid.units import Level, Unit
from gis_app.language import Message, msg

MANY = 2
"""So many moves from one unit to another are named; of more, only how many there are."""

LEAST = 1.0
"""Square metres: less land than this moves where a point on a border was rounded to the 1 mm grid; nobody means it."""


def crossings(state: CountyState, edited: Edited) -> tuple[Message, ...]:
    """Return a sentence for each cell that is gone to another village, and for the land of other cells that comes to another one."""
    made = shown_units(state, edited)
    return (*_whole_cells(state, edited, made), *_parts_of_cells(state, edited, made))


def _whole_cells(state: CountyState, edited: Edited, made: Mapping[int, Unit]) -> list[Message]:
    said = []
    for cell in sorted(edited.removed):
        heir, gone = heir_of(edited, cell), state.units.get(cell)
        owner = made.get(heir) or state.units.get(heir)
        village = state.units.get(owner.parent) if owner else None
        if gone is not None and village is not None and village.id != gone.parent:
            said.append(
                msg("The land of {cell} comes to another village: {village}.", cell=named(gone), village=village.name or village.code)
            )
    return said


def _parts_of_cells(state: CountyState, edited: Edited, made: Mapping[int, Unit]) -> list[Message]:
    moves: dict[Level, dict[tuple[str, str], float]] = {Level.TOWNSHIP: {}, Level.VILLAGE: {}}
    for piece in edited.pieces:
        one, other = state.units.get(piece.origin), made.get(piece.owner) or state.units.get(piece.owner)
        if one is None or other is None or one.parent == other.parent or piece.origin in edited.removed:
            continue
        for level, known in moves.items():  # of a move from one township to another only that is said
            here, there = state.units.ancestor(one.parent, level), state.units.ancestor(other.parent, level)
            if here is not None and there is not None and here.id != there.id:
                pair = (here.name or here.code, there.name or there.code)
                known[pair] = known.get(pair, 0.0) + piece.shape.area
                break
    square = metres_per_unit(state.settings.crs) ** 2
    told = {level: {pair: area for pair, area in known.items() if area * square >= LEAST} for level, known in moves.items()}
    said = []
    if told[Level.TOWNSHIP]:
        said.append(msg("Land comes to another township: {moves}.", moves=_written(told[Level.TOWNSHIP])))
    if told[Level.VILLAGE]:
        said.append(msg("Land comes to another village: {moves}.", moves=_written(told[Level.VILLAGE])))
    return said


def _written(moves: Mapping[tuple[str, str], float]) -> str:
    """Write moves, those of most land first: A → B, C → B (+1)."""
    ordered = sorted(moves, key=lambda pair: (-moves[pair], pair))
    shown = ", ".join(f"{one} → {other}" for one, other in ordered[:MANY])
    return f"{shown} (+{len(ordered) - MANY})" if len(ordered) > MANY else shown
