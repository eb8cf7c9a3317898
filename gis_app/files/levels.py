"""Where the units of a file go in the county: what they replace, what lies in them, and what lies above them.

A file may hold any level. Cells bring their upper levels from columns, from the codes, or from where they lie; villages and townships are
never drawn, so a file of them either comes into an empty place (each unit gets one cell for the time being) or says to which unit the cells
that are there belong.
"""

from collections.abc import Sequence

import numpy as np
import shapely

from gis_app.county.state import CountyState
from gis_app.files.draft import Draft
from gis_app.files.report import Rejection
from gis_app.files.shapes import best_parents
from gis_app.files.unit_rows import Candidate, unit_kind
from gis_app.grid.checks import Issue, IssueKind
from gis_app.grid.codes import LENGTHS
from gis_app.grid.units import Level, Unit, UnitKind
from gis_app.language import Message, msg

COVERED = 0.5
"""A unit that is there lies in a new one, or is replaced by it, from this share of its area on."""
STRAYS = 0.02
"""A unit of which more than this share lies elsewhere is listed."""


class Placing:
    """Puts candidates into a draft and remembers what it decided: rejected rows, notes, and how many units came in."""

    def __init__(self, state: CountyState, draft: Draft) -> None:
        self.state = state
        self.draft = draft
        self.rejected: list[Rejection] = []
        self.notes: list[Message] = []
        self.strays: list[Issue] = []
        self.imported = 0
        self._stray_cells: list[Message] = []
        self._default: dict[Level, int] = {}
        self._by_place: dict[Level, dict[int, int]] = {}

    # Cells

    def cells(self, units: Sequence[Candidate]) -> None:
        """Bring in cells: same codes are redrawn, cells that lie under new ones go."""
        draft = self.draft
        under = self._covered_by([unit.shape for unit in units])
        codes = {unit.code for unit in units if unit.code}
        gone = [cell for cell in under if draft.units[cell].code not in codes]
        self._locate(units, Level.VILLAGE)  # before what is there goes
        draft.remove(gone)
        for position, unit in enumerate(units):
            village = self._village(unit, position)
            known = draft.find(Level.CELL, unit.code) if unit.code else None
            if known is None:
                home = draft.units[village].kind
                kind = unit.kind or (UnitKind.COMMUNITY_CELL if home == UnitKind.COMMUNITY else UnitKind.RURAL_CELL)
                known = draft.add(Level.CELL, unit.code, unit.name, village, kind)
            else:
                moved = village if unit.village_code or unit.village_name else 0
                known = draft.change(known, name=unit.name, parent=moved, kind=unit.kind)
            assert unit.shape is not None
            draft.draw(known.id, unit.shape)
            self.imported += 1
        if gone:
            self.notes.append(msg("{count} cells were replaced by the new ones that lie over them.", count=len(gone)))

    def _village(self, unit: Candidate, position: int) -> int:
        """Return the village of a new cell: from its columns, from its code, from its place, or the one village of the county."""
        draft = self.draft
        code, name = unit.village_code, unit.village_name
        if not code and not name and self._coded(Level.CELL, unit.code):
            code = unit.code[: LENGTHS[Level.VILLAGE]]
        if code or name:
            found = draft.find(Level.VILLAGE, code) if code else None
            if found is None and not code:
                above = self._township(unit, "", position)
                found = draft.named(Level.VILLAGE, name, above) or draft.add(
                    Level.VILLAGE, "", name, above, unit_kind(Level.VILLAGE, "", name)
                )
            if found is None:
                above = self._township(unit, code, position)
                found = draft.add(Level.VILLAGE, code, name, above, unit_kind(Level.VILLAGE, "", name))
            elif name and found.name in ("", found.code) and name != found.name:
                found = draft.change(found, name=name)
            return found.id
        placed = self._by_place.get(Level.VILLAGE, {}).get(position, 0)
        if placed in draft.units:
            return placed
        if Level.VILLAGE not in self._default:
            self._default[Level.VILLAGE] = self._one(Level.VILLAGE, self._township(unit, "", position)).id
            self.notes.append(msg("No column names villages: one village, {name}, holds the cells.", name=self._county_name()))
        return self._default[Level.VILLAGE]

    def _township(self, unit: Candidate, village_code: str, position: int) -> int:
        """Return the township of a new village, in the same way."""
        draft = self.draft
        code, name = unit.township_code, unit.township_name
        if not code and not name and self._coded(Level.VILLAGE, village_code):
            code = village_code[: LENGTHS[Level.TOWNSHIP]]
        if code or name:
            found = draft.find(Level.TOWNSHIP, code) if code else draft.named(Level.TOWNSHIP, name)
            if found is None:
                found = draft.add(Level.TOWNSHIP, code, name, 0, unit_kind(Level.TOWNSHIP, "", name))
            elif name and found.name in ("", found.code) and name != found.name:
                found = draft.change(found, name=name)
            return found.id
        placed = self._by_place.get(Level.TOWNSHIP, {}).get(position, 0)
        if placed in draft.units:
            return placed
        if Level.TOWNSHIP not in self._default:
            self._default[Level.TOWNSHIP] = self._one(Level.TOWNSHIP, 0).id
            self.notes.append(msg("No column names townships: one township, {name}, holds the villages.", name=self._county_name()))
        return self._default[Level.TOWNSHIP]

    def _coded(self, level: Level, code: str) -> bool:
        return self.draft.scheme == "gbt" and code.isdigit() and len(code) == LENGTHS[level]

    def _one(self, level: Level, parent: int) -> Unit:
        """Add the one unit of a level that nobody names; a free code must not look like one that a file may bring later."""
        code = ""
        if self.draft.scheme == "free":
            base = self.state.settings.code or self._county_name()
            code = base if self.draft.find(level, base) is None else ""
        return self.draft.add(level, code, self._county_name(), parent)

    def _county_name(self) -> str:
        return self.state.settings.name or self.state.settings.code or "1"

    def _covered_by(self, shapes: Sequence[shapely.MultiPolygon | None]) -> dict[int, int]:
        """Return cell → position of the shape that covers most of it, for cells that are there and mostly covered."""
        cells = self.draft.areas_of(Level.CELL)
        new = [shape for shape in shapes if shape is not None]
        single = {cell: parent for cell, (parent, share) in best_parents(cells, new).items() if share > COVERED}
        return single | self._together({cell: shape for cell, shape in cells.items() if cell not in single}, new)

    def _together(self, cells: dict[int, shapely.MultiPolygon], new: list[shapely.MultiPolygon]) -> dict[int, int]:
        """Return cells that many small new shapes cover together, each alone less than half."""
        if not cells or not new:
            return {}
        areas = np.array([shapely.make_valid(shape) for shape in new], dtype=object)
        tree = shapely.STRtree(areas)
        found = {}
        for cell, shape in cells.items():
            whole = shapely.make_valid(shape)
            near = tree.query(whole, predicate="intersects")
            if len(near) > 1:
                inside = float(shapely.area(shapely.intersection(areas[near], whole)).sum())
                if inside > COVERED * whole.area:
                    found[cell] = int(near[0])
        return found

    def _says(self, unit: Candidate, above: Level) -> bool:
        """Tell whether the file says in which unit of a level a candidate lies."""
        if above == Level.TOWNSHIP:
            coded = (
                self._coded(Level.CELL, unit.code) or self._coded(Level.VILLAGE, unit.code) or self._coded(Level.VILLAGE, unit.village_code)
            )
            return bool(unit.township_code or unit.township_name or coded)
        return bool(unit.village_code or unit.village_name or self._coded(Level.CELL, unit.code))

    def _locate(self, units: Sequence[Candidate], level: Level) -> None:
        """Find the unit of `level`, and the township, that each candidate lies in now."""
        for above in {level, Level.TOWNSHIP}:
            if all(self._says(unit, above) for unit in units):
                continue
            areas = self.draft.areas_of(above)
            if not areas:
                continue
            ids = list(areas)
            children = {position: unit.shape for position, unit in enumerate(units) if unit.shape is not None}
            places = best_parents(children, [areas[key] for key in ids])
            self._by_place[above] = {position: ids[parent] for position, (parent, _) in places.items()}

    # Villages and townships

    def upper(self, units: Sequence[Candidate], level: Level) -> None:
        """Bring in villages or townships: over finer units that are there they take those in; elsewhere each gets one cell."""
        below = Level(level + 1)
        children = self.draft.areas_of(below)
        if children and self._finer(units):
            if level == Level.TOWNSHIP and len(children) == 1:
                self._divide(next(iter(children)), units)
                children = self.draft.areas_of(below)
            self._take_in(units, level, below, children)
        else:
            self._fill(units, level)

    def _finer(self, units: Sequence[Candidate]) -> bool:
        """Tell whether more cells lie in the new units than there are new units: then the cells stay, else they were stand-ins."""
        areas = np.array([shapely.make_valid(unit.shape) for unit in units if unit.shape is not None], dtype=object)
        cells = np.array([shapely.make_valid(shape) for shape in self.draft.shapes.values()], dtype=object)
        cell, _ = shapely.STRtree(areas).query(shapely.point_on_surface(cells), predicate="intersects")
        return len(np.unique(cell)) > len(units)

    def _divide(self, village: int, units: Sequence[Candidate]) -> None:
        """Divide the one village of a county (that nobody named) between new townships, so that each can have its cells."""
        draft = self.draft
        placed = [unit for unit in units if unit.shape is not None]
        places = best_parents(draft.areas_of(Level.CELL), [unit.shape for unit in placed])
        parts: dict[int, int] = {}
        for cell, (position, _) in places.items():
            if position not in parts:
                code = "" if draft.scheme == "gbt" else f"{_called(placed[position])}-1"
                code = "" if draft.find(Level.VILLAGE, code) else code
                name = placed[position].name or placed[position].code
                parts[position] = draft.add(Level.VILLAGE, code, name, draft.units[village].parent).id if parts else village
                if parts[position] == village:
                    draft.change(draft.units[village], name=name)
            draft.change(draft.units[cell], parent=parts[position])

    def _take_in(self, units: Sequence[Candidate], level: Level, below: Level, children: dict[int, shapely.MultiPolygon]) -> None:
        draft = self.draft
        placed = [unit for unit in units if unit.shape is not None]
        places = best_parents(children, [unit.shape for unit in placed])
        codes = {unit.code: position for position, unit in enumerate(placed) if unit.code}
        homes: dict[int, list[int]] = {}
        for child, area in children.items():
            now = draft.units.get(draft.units[child].parent)
            position, share = places.get(child, (-1, 0.0))
            named = codes.get(now.code, -1) if now is not None and now.level == level else -1
            if named >= 0 and position >= 0 and named != position:
                text = msg(
                    "{child} belongs to {parent}, but lies in {other}.",
                    child=_label(draft.units[child]),
                    parent=_called(placed[named]),
                    other=_called(placed[position]),
                )
                self._stray(child, area, text, 1.0)
            elif position >= 0 and share < 1 - STRAYS:
                text = msg(
                    "{share} % of {child} lies outside {parent}.",
                    share=f"{100 * (1 - share):.1f}",
                    child=_label(draft.units[child]),
                    parent=_called(placed[position]),
                )
                self._stray(child, area, text, 1 - share)
            home = named if named >= 0 else position if share > 0 else -1
            if home >= 0:
                homes.setdefault(home, []).append(child)
            elif position < 0:
                text = msg("{child} lies in none of the new units.", child=_label(draft.units[child]))
                self._stray(child, area, text, 1.0)
        self._locate(units, Level.TOWNSHIP) if level == Level.VILLAGE else None
        for position, unit in enumerate(placed):
            if position not in homes:
                self.rejected.append(
                    Rejection(unit.row, msg("no cell lies in it") if below == Level.CELL else msg("no village lies in it"))
                )
                continue
            taken = self._upper_unit(unit, level, position)
            for child in homes[position]:
                draft.change(draft.units[child], parent=taken.id)
            self.imported += 1
        draft.remove_emptied()
        if self._stray_cells:
            count = len(self._stray_cells)
            self.notes.append(
                msg("{count} cells do not lie wholly in their village, for example: {example}", count=count, example=self._stray_cells[0])
            )

    def _stray(self, unit: int, shape: shapely.Geometry, text: Message, share: float) -> None:
        """List a unit that lies elsewhere: a village as a defect, a cell (there may be hundreds) in a note."""
        if self.draft.units[unit].level == Level.CELL:
            self._stray_cells.append(text)
            return
        at = shape.representative_point()
        self.strays.append(Issue(IssueKind.VILLAGE_OUTSIDE_TOWNSHIP, (unit,), (at.x, at.y), False, share * shape.area, text))

    def _upper_unit(self, unit: Candidate, level: Level, position: int) -> Unit:
        draft = self.draft
        known = draft.find(level, unit.code) if unit.code else None
        above = 0
        if level == Level.VILLAGE and (known is None or not known.parent or unit.township_code or unit.township_name):
            above = self._township(unit, unit.code, position)
        if known is not None:
            return draft.change(known, name=unit.name, parent=above, kind=unit.kind)
        return draft.add(level, unit.code, unit.name, above, unit.kind)

    def _fill(self, units: Sequence[Candidate], level: Level) -> None:
        """Give each new unit one cell (and a township one village) for the time being; coarser cells under them go."""
        draft = self.draft
        with_area = [unit for unit in units if unit.shape is not None]
        under = self._covered_by([unit.shape for unit in with_area])
        self._locate(with_area, Level.TOWNSHIP)
        kept = {draft.find(level, unit.code).id for unit in with_area if unit.code and draft.find(level, unit.code)}  # type: ignore[union-attr]
        gone = [cell for cell in under if not self._only_cell_of(cell, kept)]
        draft.remove(gone)
        if gone:
            self.notes.append(msg("{count} cells were replaced by the new ones that lie over them.", count=len(gone)))
        for position, unit in enumerate(with_area):
            taken = self._upper_unit(unit, level, position)
            village = taken if level == Level.VILLAGE else self._only_village(taken)
            cells = [u.id for u in draft.units.values() if u.level == Level.CELL and u.parent == village.id]
            home = UnitKind.COMMUNITY_CELL if village.kind == UnitKind.COMMUNITY else UnitKind.RURAL_CELL
            cell = draft.units[cells[0]] if len(cells) == 1 else draft.add(Level.CELL, "", unit.name, village.id, home)
            assert unit.shape is not None
            draft.draw(cell.id, unit.shape)
            self.imported += 1
        draft.remove_emptied()

    def _only_cell_of(self, cell: int, kept: set[int]) -> bool:
        """Tell whether a cell is the whole of a unit that comes in again: it is redrawn, and keeps what belongs to it."""
        village = self.draft.units[cell].parent
        township = self.draft.units[village].parent if village in self.draft.units else 0
        return village in kept or township in kept

    def _only_village(self, township: Unit) -> Unit:
        villages = [u for u in self.draft.units.values() if u.level == Level.VILLAGE and u.parent == township.id]
        return villages[0] if len(villages) == 1 else self.draft.add(Level.VILLAGE, "", township.name, township.id)

    # Lists of codes

    def listed(self, units: Sequence[Candidate], level: Level) -> None:
        """Bring in a list of units without areas: names for those that are there, new units without a cell else."""
        for position, unit in enumerate(units):
            self._upper_unit(unit, level, position)
            self.imported += 1


def _called(unit: Candidate) -> str:
    return unit.name or unit.code or str(unit.row)


def _label(unit: Unit) -> str:
    return f"{unit.name} ({unit.code})" if unit.name != unit.code else unit.code
