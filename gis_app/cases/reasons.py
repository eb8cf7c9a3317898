"""Why a whistle goes where it goes, in words that the service centre can read out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gis_app.cases.bodies import Category, Step
from gis_app.cases.case import CaseKind
from gis_app.cases.display import category_name, kind_text
from gis_app.cases.routing import Basis, Place, Route
from gis_app.language import Message, format_number, msg

if TYPE_CHECKING:
    from gis_app.cases.routing import Router


@dataclass(frozen=True, slots=True)
class _CategoryName:
    """The name of a category, chosen when the sentence is shown."""

    category: Category

    def __str__(self) -> str:
        return category_name(self.category)

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)


def reasons(router: Router, place: Place, category: int, kind: CaseKind | int | None, route: Route) -> tuple[Message, ...]:
    """Return the reasons of a route: why this cell, how reliable, who works there, why this body."""
    said = [_why_here(router, place, route)]
    if route.basis == Basis.POINT:
        said.append(_how_reliable(place, route))
    if route.cell:
        said.append(_who_works_there(router, route))
    said.append(_why_this_body(router, category, kind, route))
    if route.department and route.department != route.body:
        said.append(msg("The department in charge of such whistles is {department}.", department=router.bodies[route.department].name))
    return tuple(said)


def _why_here(router: Router, place: Place, route: Route) -> Message:
    match route.basis:
        case Basis.POINT:
            return msg("The point lies in {unit}.", unit=_path(router, route.cell))
        case Basis.HOUSEHOLD:
            return msg("Without a point, the place is that of its household: {unit}.", unit=_path(router, route.cell))
        case Basis.UNIT:
            return msg("Without a point or a household, the place is the unit that was named: {unit}.", unit=_path(router, place.unit))
        case Basis.OUTSIDE if route.nearest:
            return msg(
                "The point lies outside the county, {distance} from the nearest cell ({unit}).",
                distance=_length(route.distance),
                unit=_path(router, route.nearest),
            )
        case Basis.OUTSIDE:
            return msg("The point lies outside the county.")
        case _:
            return msg("No place is known: neither a point in the county, nor a household with a cell, nor a unit.")


def _how_reliable(place: Place, route: Route) -> Message:
    distance = _length(route.border_distance)
    if np.isnan(place.accuracy):
        return msg("The nearest border is {distance} away; how accurate the point is, is not known.", distance=distance)
    accuracy = _length(place.accuracy)
    if route.uncertain:
        return msg(
            "The nearest border is {distance} away, closer than the point is accurate ({accuracy}): verify the cell.",
            distance=distance,
            accuracy=accuracy,
        )
    return msg(
        "The nearest border is {distance} away; the point is accurate to {accuracy}: the cell is reliable.",
        distance=distance,
        accuracy=accuracy,
    )


def _who_works_there(router: Router, route: Route) -> Message:
    if route.worker:
        return msg("The cell has a grid worker (number {code}).", code=router.workers[route.worker].code or route.worker)
    return msg("The cell has no grid worker: the post is vacant.")


def _why_this_body(router: Router, category: int, kind: CaseKind | int | None, route: Route) -> Message:
    if not route.body:
        return msg("No body receives it: the county has no rule for it, no body at its place and no county centre.")
    name = router.bodies[route.body].name
    if route.basis == Basis.OUTSIDE and route.body == router.centre:
        return msg("Whistles from outside the county go to the county centre: {body}.", body=name)
    rule = router.rules.get(route.rule)
    if rule is not None and rule.body:
        return _by_rule(router, category, kind, route, name)
    if rule is not None and rule.step == Step.CENTRE:
        return msg("Rule {rule} sends it to the county centre: {body}.", rule=rule.id, body=name)
    if route.body == router.centre:
        return msg("No rule names a department and no body of its place is known, so the county centre receives it: {body}.", body=name)
    if rule is not None and rule.unit:
        return msg("Rule {rule} leaves such whistles to {unit} itself: {body}.", rule=rule.id, unit=_path(router, rule.unit), body=name)
    if rule is not None and rule.step == Step.TOWNSHIP:
        return msg("Rule {rule} sends it to the township of its place: {body}.", rule=rule.id, body=name)
    if rule is not None:
        return msg("Rule {rule} sends it to the first step of the ladder: {body}.", rule=rule.id, body=name)
    return msg("No rule names a department for it, so it begins at the first step of the ladder: {body}.", body=name)


def _by_rule(router: Router, category: int, kind: CaseKind | int | None, route: Route, name: str) -> Message:
    rule = router.rules[route.rule]
    known = router.categories.get(category)
    about: object = _CategoryName(known) if known else category
    if rule.category and rule.kind:
        wish = kind_text(kind or CaseKind.CONSULT)
        return msg(
            "Category “{category}” and kind “{kind}” go to {body} (rule {rule}).", category=about, kind=wish, body=name, rule=rule.id
        )
    if rule.category:
        return msg("Category “{category}” goes to {body} (rule {rule}).", category=about, body=name, rule=rule.id)
    if rule.kind:
        return msg("Kind “{kind}” goes to {body} (rule {rule}).", kind=kind_text(kind or CaseKind.CONSULT), body=name, rule=rule.id)
    return msg("Every whistle without a rule of its own goes to {body} (rule {rule}).", body=name, rule=rule.id)


def _path(router: Router, unit: int) -> str:
    return " › ".join(step.name or step.code for step in router.hierarchy.path(unit)) or str(unit)


def _length(metres: float) -> Message:
    """Write a distance in metres, from ten kilometres on in kilometres."""
    if metres < 10_000:
        return msg("{length} m", length=format_number(metres))
    return msg("{length} km", length=format_number(metres / 1000))
