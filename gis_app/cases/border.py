"""Where a place is closer to a border than it is accurate: the cells on both sides, and who answers for each."""

from dataclasses import dataclass
from datetime import date

from gis_app.cases.case import CaseKind
from gis_app.cases.routing import Basis, Place, Route, Router


@dataclass(frozen=True, slots=True)
class Side:
    """One of the cells in which a whistle may lie: ids as in `Route`, and how far the point is from it (0 for the one that it lies in)."""

    cell: int
    village: int
    township: int
    worker: int
    body: int
    rule: int
    distance: float


def sides(
    router: Router, place: Place, category: int = 0, kind: CaseKind | int | None = None, urgency: int = 0, day: date | None = None
) -> tuple[Side, ...]:
    """Return both cells of an uncertain place, the one that the point lies in first; nothing where the cell is certain.

    Nothing either where only the outside of the county lies across the border.
    """
    here = router.route(place, category, kind, urgency, day)
    if here.basis != Basis.POINT or not here.uncertain:
        return ()
    other, distance = router.beside(place.x, place.y)
    if not other or distance >= place.accuracy:
        return ()
    there = router.route(Place(unit=other), category, kind, urgency, day)
    return (_side(here, 0.0), _side(there, distance))


def _side(route: Route, distance: float) -> Side:
    return Side(route.cell, route.village, route.township, route.worker, route.body, route.rule, distance)
