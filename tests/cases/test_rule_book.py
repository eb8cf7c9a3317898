"""The rules as a whole: why one wins and the others do not, and which never can."""

from datetime import date

import pytest
from hypothesis import given

from gis_app import language
from gis_app.cases.bodies import Rule
from gis_app.cases.case import CaseKind, Urgency
from gis_app.cases.reasons import outlook_text, why_lost
from gis_app.cases.routing import Situation, choose
from gis_app.cases.rule_book import Condition, Fate, outlooks, weigh
from tests.cases.samples import BUILDING, CENTRE, HOUSING, LAND, LIGHTS, WEST, bodies, hierarchy, patient, router
from tests.cases.test_routing import any_situation, rule_books

KNOWN, UNITS, CATEGORIES = bodies(), hierarchy(), router().categories
TODAY = date(2021, 6, 1)
BY_KIND = [Rule(at, LIGHTS, kind) for at, kind in enumerate(("consult", "help", "report", "complain"), 1)]


def fates(*rules: Rule, day: date = TODAY) -> list[Fate]:
    return [found.fate for found in outlooks({rule.id: rule for rule in rules}, KNOWN, CATEGORIES, UNITS, day).values()]


def test_the_runners_up_say_why_they_lost() -> None:
    rules = [
        Rule(1, LIGHTS, body=LAND),
        Rule(2, LIGHTS, "help", HOUSING),
        Rule(3, body=CENTRE),
        Rule(4, LIGHTS, "report", LAND),
        Rule(5, LIGHTS, "help", LAND, unit=WEST, urgency=Urgency.EMERGENCY, valid_to=date(2020, 12, 31)),
        Rule(6, BUILDING, body=LAND),
        Rule(7, LIGHTS, "help", 4711),
        Rule(8, LIGHTS, "help", LAND),
    ]
    weighed = weigh(rules, KNOWN, Situation(LIGHTS, CaseKind.HELP, Urgency.NORMAL, "village", (11, WEST), TODAY))
    assert [(w.rule.id, w.wins) for w in weighed] == [(2, True), (8, False), (1, False), (3, False), (4, False), (7, False), (5, False)]
    told = {w.rule.id: str(why_lost(w, weighed[0].rule, UNITS)) for w in weighed}
    assert told == {
        2: "This rule decides.",
        8: "Rule 2 is for the same whistles, and older.",
        1: "Rule 2 is for this kind alone, this one for any.",
        3: "Rule 2 is for this category alone, this one for any.",
        7: "its body is gone",
        4: "only for kind “Report of wrongdoing”",
        5: "only for urgency “Emergency”, ended on 2020-12-31",
    }
    language.use("zh_CN")
    assert str(why_lost(weighed[-1], weighed[0].rule, UNITS)) == "只适用于紧急程度“特急”、已于 2020-12-31 到期"


def test_where_no_rule_fits_all_say_what_they_lack() -> None:
    weighed = weigh([Rule(1, LIGHTS, unit_kind="community", valid_from=date(2022, 1, 1))], KNOWN, Situation(LIGHTS, day=TODAY))
    assert weighed[0].unmet == (Condition.UNIT_KIND, Condition.FIRST_DAY) and not weighed[0].wins
    assert str(why_lost(weighed[0], None, UNITS)) == "only in communities, begins on 2022-01-01"


@patient
@given(rule_books, any_situation)
def test_the_first_of_the_weighed_is_what_is_chosen(rules: dict[int, Rule], situation: Situation) -> None:
    weighed = weigh(rules.values(), KNOWN, situation)
    winner = choose(rules.values(), KNOWN, situation).rule
    assert [w.rule.id for w in weighed if w.wins] == ([winner] if winner else [])
    assert all(str(why_lost(w, weighed[0].rule, UNITS)) for w in weighed)
    assert {w.rule.id for w in weighed} == {rule.id for rule in rules.values() if rule.category in (0, situation.category)}


@pytest.mark.parametrize(
    ("rules", "fate"),
    [
        ([Rule(1, LIGHTS, body=LAND)], Fate.WINS),
        ([Rule(1, LIGHTS, body=LAND, valid_to=date(2021, 5, 31))], Fate.ENDED),
        ([Rule(1, LIGHTS, body=LAND, valid_to=TODAY)], Fate.WINS),
        ([Rule(1, LIGHTS, body=LAND, valid_from=date(2021, 6, 2))], Fate.NOT_YET),
        ([Rule(1, LIGHTS, body=4711)], Fate.NO_BODY),
        ([Rule(1, LIGHTS, unit=4711)], Fate.NO_UNIT),
        ([Rule(1, 4711)], Fate.NO_CATEGORY),
        ([Rule(1, LIGHTS, unit_kind="community")], Fate.NOWHERE),
        ([Rule(1, LIGHTS, unit=101)], Fate.NOWHERE),
        ([Rule(1, LIGHTS, "shout")], Fate.NOWHERE),
        ([Rule(9, LIGHTS), Rule(1, LIGHTS)], Fate.SHADOWED),
        ([Rule(9, LIGHTS), *BY_KIND], Fate.SHADOWED),
        ([Rule(9, LIGHTS), *BY_KIND[1:]], Fate.WINS),
        ([Rule(9, LIGHTS, valid_to=date(2021, 12, 31)), Rule(1, LIGHTS, valid_to=date(2021, 11, 30))], Fate.WINS),
        ([Rule(9, LIGHTS), Rule(1, LIGHTS, valid_from=date(2020, 1, 1))], Fate.SHADOWED),
        ([Rule(9, LIGHTS), Rule(1, LIGHTS, valid_from=date(2022, 1, 1))], Fate.WINS),
        ([Rule(9, LIGHTS, unit=WEST), Rule(1, LIGHTS, unit=11)], Fate.WINS),
        ([Rule(9, LIGHTS, unit_kind="village"), Rule(1, LIGHTS, unit=WEST), Rule(2, LIGHTS, unit=1)], Fate.SHADOWED),
    ],
)  # fmt: skip
def test_what_becomes_of_a_rule(rules: list[Rule], fate: Fate) -> None:
    assert fates(*rules)[0] == fate


def test_what_becomes_of_a_rule_is_said_with_the_rule_that_comes_first() -> None:
    found = outlooks({1: Rule(1, LIGHTS), 2: Rule(2, LIGHTS), 3: Rule(3)}, KNOWN, CATEGORIES, UNITS, TODAY)
    assert outlook_text(found[1]) is None and outlook_text(found[3]) is None
    assert str(outlook_text(found[2])) == "Never decides: rule 1 and others come first"


@patient
@given(rule_books, any_situation)
def test_what_wins_anywhere_is_never_called_shadowed(rules: dict[int, Rule], situation: Situation) -> None:
    day = situation.day or TODAY
    at_home = {(): "", (WEST,): "", (1,): ""}.get(situation.units, "village")
    real = Situation(situation.category, situation.kind or 1, situation.urgency, at_home, situation.units, day)
    winner = choose(rules.values(), KNOWN, real).rule
    found = outlooks(rules, KNOWN, CATEGORIES, UNITS, day)
    assert not winner or found[winner].fate == Fate.WINS
