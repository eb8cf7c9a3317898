"""Why a whistle goes where it goes, in words that the service centre can read out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gis_app.cases.bodies import Body, BodyKind, Category, Rule, Step
from gis_app.cases.case import CaseKind
from gis_app.cases.display import category_name, kind_text, urgency_text
from gis_app.cases.routing import Basis, Place, Route, kind_word
from gis_app.cases.rule_book import Condition, Fate, Outlook, Weighed
from gis_app.grid.units import Hierarchy, UnitKind
from gis_app.language import Listing, Message, current, format_number, msg

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


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A text with which an English sentence begins."""

    text: Listing | Message

    def __str__(self) -> str:
        words = str(self.text)
        return words[:1].upper() + words[1:] if current() == "en" else words

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)


_IN_KIND: Mapping[str, Message] = {
    UnitKind.VILLAGE: msg("in villages"),
    UnitKind.COMMUNITY: msg("in communities"),
    UnitKind.DIRECT_UNIT: msg("in township-direct units"),
}

_STEPS: Mapping[str, Message] = {
    "": msg("first step of the ladder"),
    Step.VILLAGE: msg("village or community of its place"),
    Step.TOWNSHIP: msg("township of its place"),
    Step.CENTRE: msg("county centre"),
}


def step_text(step: str) -> Message:
    """Return the words for the step of the ladder that a rule names; an unknown one stays as it is."""
    return _STEPS.get(step) or Message(step)


def unit_kind_text(kind: str) -> Message:
    """Return the words for the kind of unit that a rule holds in; an unknown one stays as it is."""
    return _IN_KIND.get(kind) or Message(kind)


def kind_of_word(word: str) -> Message:
    """Return the word for the kind that a rule names; an unknown one stays as it is."""
    return next((kind_text(kind) for kind in CaseKind if kind_word(kind) == word), Message(word))


def target_text(rule: Rule, bodies: Mapping[int, Body]) -> Message:
    """Return where a rule sends a whistle: its body, or the step of the ladder."""
    if not rule.body:
        return step_text(rule.step)
    known = bodies.get(rule.body)
    return Message(known.name) if known is not None else msg("a body that is gone ({id})", id=rule.body)


def conditions(rule: Rule, categories: Mapping[int, Category], hierarchy: Hierarchy) -> Listing:
    """Return everything that a rule asks for in words: category, kind, urgency, where, since and until when; nothing for any whistle."""
    found: list[Message] = []
    if rule.category:
        known = categories.get(rule.category)
        found.append(msg("category “{category}”", category=_CategoryName(known) if known else rule.category))
    if rule.kind:
        found.append(msg("kind “{kind}”", kind=kind_of_word(rule.kind)))
    if rule.urgency:
        found.append(msg("urgency “{urgency}”", urgency=urgency_text(rule.urgency)))
    if rule.unit:
        found.append(msg("in {unit}", unit=_path(hierarchy, rule.unit)))
    if rule.unit_kind:
        found.append(unit_kind_text(rule.unit_kind))
    if rule.valid_from:
        found.append(msg("from {day}", day=rule.valid_from.isoformat()))
    if rule.valid_to:
        found.append(msg("until {day}", day=rule.valid_to.isoformat()))
    return Listing(tuple(found))


def rule_sentence(rule: Rule, categories: Mapping[int, Category], hierarchy: Hierarchy, target: object) -> Message:
    """Return what a rule says, with every condition: “Category “street lights”, urgency “emergency”, in … → … (rule 14).”"""
    asked = conditions(rule, categories, hierarchy)
    if not asked.items:
        return msg("Every whistle without a rule of its own → {body} (rule {rule}).", body=target, rule=rule.id)
    return msg("{conditions} → {body} (rule {rule}).", conditions=_Sentence(asked), body=target, rule=rule.id)


def why_lost(weighed: Weighed, winner: Rule | None, hierarchy: Hierarchy) -> Message | Listing:
    """Return why a rule does not decide about a whistle: what the whistle lacks for it, or by what the winner is more specific."""
    rule = weighed.rule
    if weighed.unmet:
        return Listing(tuple(_unmet(condition, rule, hierarchy) for condition in weighed.unmet))
    if weighed.less is None or winner is None:
        return msg("This rule decides.")
    return Message(_LESS[weighed.less].text, {"rule": winner.id})


def _unmet(condition: Condition, rule: Rule, hierarchy: Hierarchy) -> Message:
    match condition:
        case Condition.KIND:
            return msg("only for kind “{kind}”", kind=kind_of_word(rule.kind))
        case Condition.URGENCY:
            return msg("only for urgency “{urgency}”", urgency=urgency_text(rule.urgency))
        case Condition.UNIT:
            return msg("only in {unit}", unit=_path(hierarchy, rule.unit))
        case Condition.UNIT_KIND:
            return msg("only {where}", where=unit_kind_text(rule.unit_kind))
        case Condition.LAST_DAY:
            return msg("ended on {day}", day=rule.valid_to.isoformat() if rule.valid_to else "")
        case Condition.FIRST_DAY:
            return msg("begins on {day}", day=rule.valid_from.isoformat() if rule.valid_from else "")
        case Condition.BODY:
            return msg("its body is gone")
        case _:
            return msg("for another category")


_LESS: Mapping[Condition, Message] = {
    Condition.CATEGORY: msg("Rule {rule} is for this category alone, this one for any."),
    Condition.UNIT: msg("Rule {rule} is for a smaller area."),
    Condition.KIND: msg("Rule {rule} is for this kind alone, this one for any."),
    Condition.UNIT_KIND: msg("Rule {rule} is for this kind of unit alone, this one for any."),
    Condition.URGENCY: msg("Rule {rule} is for this urgency alone, this one for any."),
    Condition.LAST_DAY: msg("Rule {rule} ends earlier, so it is laid over this one."),
    Condition.FIRST_DAY: msg("Rule {rule} began later, so it has taken over."),
    Condition.NUMBER: msg("Rule {rule} is for the same whistles, and older."),
}


def outlook_text(outlook: Outlook) -> Message | None:
    """Return what has to be known about a rule that does not decide now, or None where it does."""
    if outlook.fate == Fate.SHADOWED:
        return msg("Never decides: rule {rule} and others come first", rule=outlook.by)
    return _FATES.get(outlook.fate)


_FATES: Mapping[Fate, Message] = {
    Fate.NOT_YET: msg("Not yet"),
    Fate.ENDED: msg("Ended"),
    Fate.NO_BODY: msg("Never decides: its body is gone"),
    Fate.NO_UNIT: msg("Never decides: its unit is gone"),
    Fate.NO_CATEGORY: msg("Never decides: its category is gone"),
    Fate.NOWHERE: msg("Never decides: there is no such place"),
}


def reasons(router: Router, place: Place, category: int, route: Route) -> tuple[Message, ...]:
    """Return the reasons of a route: why this cell, how reliable, who works there, why this body (with every condition of its rule)."""
    said = [_why_here(router, place, route)]
    if route.basis == Basis.POINT:
        said.append(_how_reliable(place, route))
    if route.cell:
        said.append(_who_works_there(router, route))
    said.append(_why_this_body(router, route))
    if route.department and route.department != route.body:
        said.append(msg("The department in charge of such whistles is {department}.", department=router.bodies[route.department].name))
    return tuple(said)


def _why_here(router: Router, place: Place, route: Route) -> Message:
    match route.basis:
        case Basis.POINT:
            return msg("The point lies in {unit}.", unit=_path(router.hierarchy, route.cell))
        case Basis.HOUSEHOLD:
            return msg("Without a point, the place is that of its household: {unit}.", unit=_path(router.hierarchy, route.cell))
        case Basis.UNIT:
            return msg(
                "Without a point or a household, the place is the unit that was named: {unit}.", unit=_path(router.hierarchy, place.unit)
            )
        case Basis.OUTSIDE if route.nearest:
            return msg(
                "The point lies outside the county, {distance} from the nearest cell ({unit}).",
                distance=_length(route.distance),
                unit=_path(router.hierarchy, route.nearest),
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


def _why_this_body(router: Router, route: Route) -> Message:
    if not route.body:
        return msg("No body receives it: the county has no rule for it, no body at its place and no county centre.")
    name = router.bodies[route.body].name
    if route.basis == Basis.OUTSIDE and route.body == router.centre:
        return msg("Whistles from outside the county go to the county centre: {body}.", body=name)
    rule = router.rules.get(route.rule)
    if rule is not None:
        return rule_sentence(rule, router.categories, router.hierarchy, name if rule.body else _step_of(router, rule, name, route))
    if route.body == router.centre:
        return msg("No rule names a department and no body of its place is known, so the county centre receives it: {body}.", body=name)
    return msg("No rule names a department for it, so it begins at the first step of the ladder: {body}.", body=name)


def _step_of(router: Router, rule: Rule, name: str, route: Route) -> Message:
    """Return which step of the ladder a rule means, and who that is; where nobody stands on it, who stands in."""
    expected = _STANDS_ON.get(rule.step)
    if expected and router.bodies[route.body].kind not in expected:
        return msg("{step}, where there is no body: {body} stands in", step=step_text(rule.step), body=name)
    return msg("{step}: {body}", step=step_text(rule.step), body=name)


_STANDS_ON: Mapping[str, tuple[BodyKind, ...]] = {
    Step.VILLAGE: (BodyKind.VILLAGE, BodyKind.COMMUNITY),
    Step.TOWNSHIP: (BodyKind.TOWNSHIP,),
    Step.CENTRE: (BodyKind.CENTRE,),
}


def _path(hierarchy: Hierarchy, unit: int) -> str:
    return " › ".join(step.name or step.code for step in hierarchy.path(unit)) or str(unit)


def _length(metres: float) -> Message:
    """Write a distance in metres, from ten kilometres on in kilometres."""
    if metres < 10_000:
        return msg("{length} m", length=format_number(metres))
    return msg("{length} km", length=format_number(metres / 1000))
