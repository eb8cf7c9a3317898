"""What rules are called in the window, and what there is to choose from."""

import re
from datetime import date

from gis_app.cases.bodies import Rule, Step
from gis_app.cases.case import CaseKind, Urgency
from gis_app.cases.display import kind_text, urgency_text
from gis_app.cases.reasons import step_text, unit_kind_text
from gis_app.cases.routing import kind_word
from gis_app.county.rule_edits import UNIT_KINDS
from gis_app.county.state import CountyState
from gis_app.grid.units import Level
from gis_app.gui.search_choice import Option
from gis_app.gui.words import category_name, unit_name
from gis_app.language import Message, msg, tr

ANY = msg("any")
NO_DAY = msg("Write a day as 2020-05-01.")


def category_options(state: CountyState, first: str) -> list[Option]:
    """Return the categories, `first` for none of them."""
    found = (Option(category_name(state, id), id, category.code) for id, category in state.categories.items())
    return [Option(first, 0), *found]


def kind_options(first: str) -> list[tuple[str, object]]:
    """Return the kinds by the words of rules, `first` for any."""
    return [(first, ""), *((str(kind_text(kind)), kind_word(kind)) for kind in CaseKind)]


def urgency_options(first: str) -> list[tuple[str, object]]:
    """Return the urgencies, `first` for any."""
    said = (urgency for urgency in Urgency if urgency != Urgency.NOT_SAID)
    return [(first, 0), *((str(urgency_text(urgency)), int(urgency)) for urgency in said)]


def unit_kind_options(first: str) -> list[tuple[str, object]]:
    """Return the kinds of unit that rules ask for, `first` for any."""
    return [(first, ""), *((str(unit_kind_text(kind)), str(kind)) for kind in UNIT_KINDS)]


def unit_options(state: CountyState, first: str) -> list[Option]:
    """Return townships and what lies in them, `first` for the whole county."""
    found = [Option(first, 0)]
    for township in state.units.at_level(Level.TOWNSHIP):
        found.append(Option(unit_name(township), township.id, township.code))
        inner = state.units.children(township.id)
        found += [Option(f"{unit_name(township)} › {unit_name(village)}", village.id, village.code) for village in inner]
    return found


def target_options(state: CountyState) -> list[Option]:
    """Return where rules may send: the steps of the ladder, then the bodies; each stands for (body, step)."""
    steps = [Option(tr("Ladder: {step}", step=step_text(step)), (0, str(step))) for step in ("", Step.VILLAGE, Step.TOWNSHIP, Step.CENTRE)]
    return [*steps, *(Option(body.name, (body.id, ""), body.code) for body in state.bodies.values())]


def body_options(state: CountyState, first: str) -> list[Option]:
    """Return the bodies, `first` for any."""
    return [Option(first, 0), *(Option(body.name, body.id, body.code) for body in state.bodies.values())]


def where_text(state: CountyState, rule: Rule) -> str:
    """Return where a rule holds, "any" for the whole county."""
    unit = unit_name(state.units[rule.unit]) if rule.unit in state.units else (str(rule.unit) if rule.unit else "")
    parts = [part for part in (unit, str(unit_kind_text(rule.unit_kind)) if rule.unit_kind else "") if part]
    return " · ".join(parts) or str(ANY)


def day_text(day: date | None) -> str:
    """Return a day as it is written, nothing for none."""
    return day.isoformat() if day else ""


def day_of(text: str) -> date | Message | None:
    """Return the day that is written (2020-05-01, 2020/5/1, 2020年5月1日), None for nothing, or what is wrong with it."""
    words = text.strip()
    if not words:
        return None
    found = re.fullmatch(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", words) or re.fullmatch(r"(\d{4})(\d\d)(\d\d)", words)
    try:
        return date(*(int(part) for part in found.groups())) if found else NO_DAY
    except ValueError:
        return NO_DAY
