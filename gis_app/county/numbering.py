"""Codes and names for units that an edit makes: no code that is in use or ever was."""

import re
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache

from gis_app.county.state import CountyState
from gis_app.grid.codes import CodeError, next_code
from gis_app.grid.coverage import OUTSIDE, Coverage
from gis_app.grid.edits.edited import Edited
from gis_app.grid.plans import PlanStatus
from gis_app.grid.units import Hierarchy, Level, Unit, UnitKind
from gis_app.language import msg


def used_codes(state: CountyState, dealt: Collection[int] = ()) -> set[str]:
    """Return every code that is in use or was: of the units, of those of the published plan, and of those of earlier plans.

    The present and published codes of the units `dealt` do not count: they are about to get new ones. Nor does what a plan archived that is
    none any more, since its end was undone.
    """
    alive = (state.units, state.published.units if state.published is not None else Hierarchy())
    past = [unit.code for unit in state.closed.values()]
    archived = [codes for plan, codes in state.plan_codes.items() if _is_archived(state, plan)]
    if not dealt:
        return set().union(past, *archived, *(units.codes for units in alive))
    kept = {unit.code for units in alive for unit in units.values() if unit.id in dealt}
    others = (unit.code for units in alive for unit in units.values() if unit.id not in dealt)
    return (set().union(*archived) - kept).union(past, others)


def _is_archived(state: CountyState, plan: int) -> bool:
    return plan in state.plans and state.plans[plan].status == PlanStatus.ARCHIVED


@lru_cache(maxsize=1)  # the title, the rows and the report of an edit ask for the same
def new_units(state: CountyState, edited: Edited) -> Mapping[int, Unit]:
    """Return the units of the cells that an edit adds, by id in the order of their ids.

    A new cell lies in the village of the cell that most of its land came from and is of its kind; land from beyond the county goes by the
    longest common border. It gets the next code of that village and, like the demo's cells, the name 第N网格 after it, N counting on
    from the cells there are. Raises `grid.codes.CodeError` where a village has no code left, or there is
    none.
    """
    made: dict[int, Unit] = {}
    added = edited.added(state.coverage)
    if not added:
        return made
    used = used_codes(state)
    codes: dict[str, list[str]] = {}
    highest: dict[int, int] = {}
    for cell in added:
        origin = state.units.get(origin_of(edited, cell))
        village = state.units.get(origin.parent) if origin else None
        kind = origin.kind if origin else UnitKind.RURAL_CELL
        if village is None:
            raise CodeError(msg("The new cell borders on no cell, so it belongs to no village; draw it up to the border of the county."))
        stem = village.code
        if stem not in codes:
            codes[stem] = [code for code in used if code.startswith(stem)]  # a few instead of all the county's
        code = next_code(state.settings.code_scheme, Level.CELL, stem, codes[stem], kind)
        codes[stem].append(code)
        parent, name = village.id, village.name
        if parent not in highest:
            highest[parent] = max((number_in(unit.name, name) for unit in state.units.children(parent)), default=0)
            if not highest[parent]:
                highest[parent] = len(state.units.children(parent))
        highest[parent] += 1
        made[cell] = Unit(cell, Level.CELL, kind, code, cell_name(name, highest[parent]), parent)
    return made


def shown_units(state: CountyState, edited: Edited) -> Mapping[int, Unit]:
    """Return `new_units` for a preview: none where a village has no code left."""
    try:
        return new_units(state, edited)
    except CodeError:
        return {}


def origin_of(edited: Edited, cell: int) -> int:
    """Return the cell that most of the land of a new cell came from (`OUTSIDE` counts for nothing where a neighbour can be named)."""
    given: dict[int, float] = {}
    for piece in edited.pieces:
        if piece.owner == cell and piece.origin != OUTSIDE:
            given[piece.origin] = given.get(piece.origin, 0.0) + piece.shape.area
    if given:
        return max(given, key=lambda origin: (given[origin], -origin))
    beside = shared_borders(edited.coverage, cell)
    beside = {other: length for other, length in beside.items() if other not in (OUTSIDE, cell)}
    return max(beside, key=lambda other: (beside[other], -other), default=OUTSIDE)


def shared_borders(coverage: Coverage, cell: int) -> dict[int, float]:
    """Return how long the border of a cell with each of its neighbours is (`OUTSIDE` among them)."""
    lengths: dict[int, float] = {}
    for number in {abs(arc) for part in coverage.cells.get(cell, ()) for ring in part for arc in ring}:
        arc = coverage.arcs[number]
        other = arc.right if arc.left == cell else arc.left
        steps = arc.points[1:] - arc.points[:-1]
        lengths[other] = lengths.get(other, 0.0) + float(((steps**2).sum(axis=1) ** 0.5).sum())
    return lengths


# Names


_DIGITS = "零一二三四五六七八九"
_NAME = re.compile(r"^(?P<village>.*)第(?P<number>[零一二三四五六七八九十百]+|[1-9]\d{0,2})网格$")


def cell_name(village: str, number: int) -> str:
    """Return the name of a village's cell: 富裕村第十二网格."""
    return f"{village}第{chinese_number(number)}网格"


def number_in(name: str, village: str) -> int:
    """Return the N of a name 第N网格 of a village's cell (in Chinese or in digits), 0 for any other name."""
    match = _NAME.match(name)
    if not match or match["village"] not in ("", village):
        return 0
    text = match["number"]
    return int(text) if text.isdigit() else _numbers().get(text, 0)


@lru_cache(maxsize=1)
def _numbers() -> Mapping[str, int]:
    return {chinese_number(number): number for number in range(1, 1000)}


def chinese_number(number: int) -> str:
    """Write 1 to 999 in Chinese: 三, 十二, 二十, 一百零五."""
    if not 0 < number < 1000:
        return str(number)
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    text = f"{_DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        text += (_DIGITS[tens] if tens > 1 or hundreds else "") + "十"
    elif hundreds and ones:
        text += "零"
    return text + (_DIGITS[ones] if ones else "")


def in_order(cells: Iterable[int], units: Mapping[int, Unit], more: Mapping[int, Unit]) -> list[int]:
    """Return cells in the order of their codes, which says whose a point on a border is; `more` are units that are not in `units` yet.

    Cells without a unit come last.
    """

    def key(cell: int) -> tuple[bool, str, int]:
        unit = more.get(cell) or units.get(cell)
        return unit is None, unit.code if unit else "", cell

    return sorted(cells, key=key)
