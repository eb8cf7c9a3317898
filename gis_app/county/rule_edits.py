"""Edits of what a county has laid down about whistles: rules, time limits, categories with their keywords. All can be undone.

What is given as a whole (`Rule`, `Limit`, `Category`) is stored as a whole; its id says which one it replaces.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from gis_app.cases.bodies import Category, Rule, Step
from gis_app.cases.case import CaseKind, Urgency
from gis_app.cases.limits import Limit
from gis_app.cases.reasons import conditions, target_text
from gis_app.cases.routing import kind_word
from gis_app.county.changes import Edit, Outcome, Refusal, RowChange
from gis_app.county.content import next_id, value_rows
from gis_app.county.state import CountyState
from gis_app.grid.units import Level, UnitKind
from gis_app.language import Message, msg
from gis_app.progress import Progress, Steps

UNIT_KINDS = (UnitKind.VILLAGE, UnitKind.COMMUNITY, UnitKind.DIRECT_UNIT)
"""The kinds of unit that a rule may hold in."""


def _stored(
    table: str, value: Any, new: bool, title: Message, wrong: Callable[[CountyState, Any], Refusal | None], done: Message | None = None
) -> Edit:
    """Return the edit that inserts a value as a new row, or puts it in the place of the one with its id. Report: the value as kept."""

    def plan(state: CountyState) -> Steps[Outcome | Refusal]:
        yield Progress(0.5, title)
        known = getattr(state, table)
        if not new and value.id not in known:
            return _gone(table, value.id)
        kept = replace(value, id=next_id(state, table)) if new else value
        refused = wrong(state, kept)
        if refused is not None:
            return refused
        if not new and known[kept.id] == kept:
            return Refusal("same", msg("Nothing is different from what it was."))
        rows = value_rows(table, [kept])
        named = None if done is None else Message(done.text, {"id": kept.id})
        return Outcome((RowChange(table, insert=rows) if new else RowChange(table, update=rows),), report=kept, title=named)

    return Edit(title, plan)


def _removed(table: str, id: int, title: Message, wrong: Callable[[CountyState, int], Refusal | None] | None = None) -> Edit:
    def plan(state: CountyState) -> Steps[Outcome | Refusal]:
        yield Progress(0.5, title)
        if id not in getattr(state, table):
            return _gone(table, id)
        refused = wrong(state, id) if wrong is not None else None
        return refused or Outcome((RowChange(table, delete=np.array([id], np.int64)),), report=id)

    return Edit(title, plan)


def _gone(table: str, id: int) -> Refusal:
    if table == "rules":
        return Refusal("no_rule", msg("There is no rule {id}.", id=id))
    if table == "limits":
        return Refusal("no_limit", msg("There is no time limit {id}.", id=id))
    return Refusal("no_category", msg("There is no category {id}.", id=id))


# Rules


def add_rule(rule: Rule) -> Edit:
    """Lay down a rule; its id is given. Report: the `Rule`.

    Refusals "no_category", "no_kind", "no_urgency", "no_unit", "no_unit_kind", "no_body", "no_step" (there is none), "level" (the unit is
    no township or village), "nowhere" (the unit is of another kind than the rule asks for), "both" (a body and a step), "days" (it ends
    before it begins), "double" (another rule says the same), "contradiction" (another one sends the same whistles somewhere else).
    """
    return _stored("rules", rule, True, msg("Add a rule"), _wrong_rule, msg("Add rule {id}"))


def change_rule(rule: Rule) -> Edit:
    """Put a rule in the place of the one with its id. Report: the `Rule`. Refusals "no_rule", "same", and those of `add_rule`."""
    return _stored("rules", rule, False, msg("Change rule {id}", id=rule.id), _wrong_rule)


def remove_rule(rule: int) -> Edit:
    """Remove a rule; whistles that it was for go by the next one that fits. Report: its id. Refusal "no_rule"."""
    return _removed("rules", rule, msg("Remove rule {id}", id=rule))


def _wrong_rule(state: CountyState, rule: Rule) -> Refusal | None:
    return _wrong_conditions(state, rule) or _wrong_target(state, rule) or _wrong_beside(state, rule)


def _wrong_conditions(state: CountyState, rule: Rule) -> Refusal | None:
    if rule.category and rule.category not in state.categories:
        return _gone("categories", rule.category)
    if rule.kind and rule.kind not in {kind_word(kind) for kind in CaseKind}:
        return Refusal("no_kind", msg("There is no kind of whistle {kind}.", kind=rule.kind))
    if rule.urgency not in {int(urgency) for urgency in Urgency}:
        return Refusal("no_urgency", msg("There is no urgency {urgency}.", urgency=rule.urgency))
    if rule.unit_kind and rule.unit_kind not in UNIT_KINDS:
        return Refusal("no_unit_kind", msg("A rule holds in villages, in communities or in township-direct units."))
    if rule.valid_from is not None and rule.valid_to is not None and rule.valid_to < rule.valid_from:
        return Refusal("days", msg("The last day ({last}) is before the first ({first}).", last=rule.valid_to, first=rule.valid_from))
    return _wrong_unit(state, rule) if rule.unit else None


def _wrong_unit(state: CountyState, rule: Rule) -> Refusal | None:
    unit = state.units.get(rule.unit)
    if unit is None:
        return Refusal("no_unit", msg("There is no unit {id}.", id=rule.unit))
    if unit.level not in (Level.TOWNSHIP, Level.VILLAGE):
        return Refusal("level", msg("A rule holds in a township or a village, not in a single cell."))
    villages = [unit] if unit.level == Level.VILLAGE else state.units.children(unit.id)
    if rule.unit_kind and all(village.kind != rule.unit_kind for village in villages):
        return Refusal(
            "nowhere", msg("In {unit} there is no such kind of unit, so this rule would hold nowhere.", unit=unit.name or unit.code)
        )
    return None


def _wrong_target(state: CountyState, rule: Rule) -> Refusal | None:
    if rule.body and rule.step:
        return Refusal("both", msg("A rule names a body or a step of the ladder, not both."))
    if rule.body and rule.body not in state.bodies:
        return Refusal("no_body", msg("There is no receiving body {id}.", id=rule.body))
    if rule.step and rule.step not in set(Step):
        return Refusal("no_step", msg("The ladder has no step {step}.", step=rule.step))
    return None


def _asked(rule: Rule) -> tuple[object, ...]:
    """Return all conditions of a rule."""
    return (rule.category, rule.kind, rule.unit_kind, rule.urgency, rule.unit, rule.valid_from, rule.valid_to)


def _wrong_beside(state: CountyState, rule: Rule) -> Refusal | None:
    """Refuse a rule for exactly the same whistles as another one: only the older of both would ever decide."""
    other = next((known for known in state.rules.values() if known.id != rule.id and _asked(known) == _asked(rule)), None)
    if other is None:
        return None
    if (other.body, other.step) == (rule.body, rule.step):
        return Refusal("double", msg("Rule {id} says the same already.", id=other.id))
    asked = conditions(other, state.categories, state.units)
    return Refusal(
        "contradiction",
        msg(
            "Rule {id} sends the same whistles ({conditions}) to {body} already; change that one.",
            id=other.id,
            conditions=asked if asked.items else msg("any whistle"),
            body=target_text(other, state.bodies),
        ),
    )


# Time limits


def add_limit(limit: Limit) -> Edit:
    """Lay down how many hours cases of a category or an urgency may take; its id is given. Report: the `Limit`.

    Refusals "no_category", "no_urgency", "hours" (not above 0), "general" (for neither a category nor an urgency), "double".
    """
    return _stored("limits", limit, True, msg("Add a time limit"), _wrong_limit)


def change_limit(limit: Limit) -> Edit:
    """Put a time limit in the place of the one with its id. Report: the `Limit`. Refusals "no_limit", "same", and those of `add_limit`."""
    return _stored("limits", limit, False, msg("Change a time limit"), _wrong_limit)


def remove_limit(limit: int) -> Edit:
    """Remove a time limit; the next one that fits counts, else the default of the urgency. Report: its id. Refusal "no_limit"."""
    return _removed("limits", limit, msg("Remove a time limit"))


def _wrong_limit(state: CountyState, limit: Limit) -> Refusal | None:
    if limit.category and limit.category not in state.categories:
        return _gone("categories", limit.category)
    if limit.urgency not in {int(urgency) for urgency in Urgency}:
        return Refusal("no_urgency", msg("There is no urgency {urgency}.", urgency=limit.urgency))
    if not limit.category and not limit.urgency:
        return Refusal("general", msg("A time limit is for a category or an urgency; choose at least one."))
    if not 0 < limit.hours < float("inf"):
        return Refusal("hours", msg("A time limit is longer than 0 hours."))
    known = (other for other in state.limits.values() if other.id != limit.id)
    if any((other.category, other.urgency) == (limit.category, limit.urgency) for other in known):
        return Refusal("double", msg("There is a time limit for these cases already; change that one."))
    return None


# Categories

_BETWEEN = re.compile(r"[,，、;；\s]+")


def keywords_of(text: str) -> tuple[str, ...]:
    """Return the keywords of a text, each once, however they are separated (commas of either language, semicolons, spaces, lines)."""
    return tuple(dict.fromkeys(word for word in _BETWEEN.split(text) if word))


def add_category(category: Category) -> Edit:
    """Add something that whistles may be about; its id is given. Report: the `Category`. Refusals "no_name", "double" (code or name)."""
    return _stored("categories", _tidy(category), True, msg("Add the category {name}", name=category.name.strip()), _wrong_category)


def change_category(category: Category) -> Edit:
    """Give a category another code, name or keywords. Report: the `Category`. Refusals "no_category", "same", "no_name", "double"."""
    return _stored("categories", _tidy(category), False, msg("Change the category {name}", name=category.name.strip()), _wrong_category)


def remove_category(category: int, name: str = "") -> Edit:
    """Remove a category that nothing is about. Report: its id. Refusals "no_category", "in_use" (by whistles, rules or time limits)."""
    return _removed("categories", category, msg("Remove the category {name}", name=name or category), _in_use)


def _tidy(category: Category) -> Category:
    words = ",".join(keywords_of(category.keywords))
    texts = {name: getattr(category, name).strip() for name in ("code", "name", "name_en")}
    return replace(category, **texts, keywords=words)


def _wrong_category(state: CountyState, category: Category) -> Refusal | None:
    if not category.name:
        return Refusal("no_name", msg("A category needs a name."))
    others = [known for known in state.categories.values() if known.id != category.id]
    for field in ("code", "name", "name_en"):
        text = getattr(category, field).casefold()
        if text and any(text == getattr(other, field).casefold() for other in others):
            return Refusal("double", msg("Another category is called {name} already.", name=getattr(category, field)))
    return None


def _in_use(state: CountyState, category: int) -> Refusal | None:
    cases = int(np.count_nonzero(state.cases.category == category))
    rules = _about(category, list(state.rules.values()))
    limits = _about(category, list(state.limits.values()))
    if cases:
        return Refusal("in_use", msg("{count} whistles are about it; a category is only removed while there are none.", count=cases))
    if rules or limits:
        return Refusal("in_use", msg("{rules} rules and {limits} time limits are for it; remove them first.", rules=rules, limits=limits))
    return None


def _about(category: int, values: Sequence[Rule] | Sequence[Limit]) -> int:
    return sum(value.category == category for value in values)
