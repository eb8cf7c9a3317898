"""Rules, time limits and categories are edited, refused where they make no sense, and undone."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from gis_app import language
from gis_app.bootstrap import open_county
from gis_app.cases.bodies import Category, Rule, Step
from gis_app.cases.case import Urgency
from gis_app.cases.limits import Limit
from gis_app.county.changes import Edit, Refusal
from gis_app.county.county import County
from gis_app.county.rule_edits import (
    add_category,
    add_limit,
    add_rule,
    change_category,
    change_limit,
    change_rule,
    keywords_of,
    remove_category,
    remove_limit,
    remove_rule,
)
from tests.county.samples import done, make, same_state

BUILDING, VILLAGE, COMMUNITY, TOWN, CELL, BUREAU, CENTRE = 1, 2, 3, 1, 4, 3, 4


@pytest.fixture
def county(tmp_path: Path) -> Iterator[County]:
    made = make(tmp_path / "county.gpkg")
    yield made
    made.close()


def code(county: County, edit: Edit) -> str:
    before = county.state
    answer = county.perform(edit)
    assert isinstance(answer, Refusal) and str(answer.reason) and county.state is before
    return answer.code


FULL = Rule(
    0, BUILDING, "help", BUREAU, unit_kind="village", urgency=Urgency.EMERGENCY, unit=TOWN, valid_from=date(2020, 1, 1),
    valid_to=date(2020, 12, 31), note="试行",
)  # fmt: skip


def test_a_rule_is_laid_down_changed_removed_undone_and_read_again(county: County, tmp_path: Path) -> None:
    start = county.state
    added = done(county, add_rule(FULL))
    assert added.report == replace(FULL, id=2) == county.state.rules[2] and str(added.title) == "Add rule 2"
    moved = replace(FULL, id=2, body=0, step=Step.TOWNSHIP, valid_to=None, kind="")
    done(county, change_rule(moved))
    assert county.state.rules[2] == moved
    with_it = county.state
    done(county, remove_rule(1))
    assert set(county.state.rules) == {2}
    county.undo()
    assert county.state.rules == with_it.rules
    county.undo()
    county.undo()
    same_state(county.state, start)
    for _ in range(3):
        county.redo()
    county.close()
    again = open_county(tmp_path / "county.gpkg")
    try:
        assert again.state.rules == {2: moved}
    finally:
        again.close()


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"category": 9}, "no_category"),
        ({"kind": "shout"}, "no_kind"),
        ({"urgency": 9}, "no_urgency"),
        ({"unit": 99}, "no_unit"),
        ({"unit": CELL}, "level"),
        ({"unit_kind": "town"}, "no_unit_kind"),
        ({"unit": VILLAGE, "unit_kind": "community"}, "nowhere"),
        ({"unit_kind": "direct_unit"}, "nowhere"),
        ({"body": 99}, "no_body"),
        ({"step": Step.TOWNSHIP}, "both"),
        ({"body": 0, "step": "heaven"}, "no_step"),
        ({"valid_to": date(2019, 12, 31)}, "days"),
    ],
)
def test_what_a_rule_cannot_say_is_refused(county: County, changes: dict[str, object], refused: str) -> None:
    assert code(county, add_rule(replace(FULL, **changes))) == refused  # type: ignore[arg-type]
    done(county, add_rule(FULL))
    assert code(county, change_rule(replace(FULL, id=2, **changes))) == refused  # type: ignore[arg-type]


def test_a_rule_that_another_one_says_already_is_refused(county: County) -> None:
    assert code(county, add_rule(Rule(0, BUILDING, body=BUREAU, note="another note"))) == "double"
    assert code(county, add_rule(Rule(0, BUILDING, body=CENTRE))) == "contradiction"
    answer = county.perform(add_rule(Rule(0, BUILDING, body=CENTRE)))
    assert isinstance(answer, Refusal)
    assert str(answer.reason) == "Rule 1 sends the same whistles (category “Building”) to 住建局 already; change that one."
    language.use("zh_CN")
    assert str(answer.reason) == "同样的哨（类别“违法建设”）已由规则 1 派给住建局，请修改该条。"
    language.use("en")
    done(county, add_rule(Rule(0, BUILDING, body=CENTRE, valid_to=date(2021, 1, 1))))
    done(county, add_rule(Rule(0, body=CENTRE)))
    assert code(county, add_rule(Rule(0, step=Step.CENTRE))) == "contradiction"


def test_what_is_not_there_cannot_be_changed_or_removed(county: County) -> None:
    assert code(county, change_rule(Rule(7))) == code(county, remove_rule(7)) == "no_rule"
    assert code(county, change_limit(Limit(7, BUILDING))) == code(county, remove_limit(7)) == "no_limit"
    assert code(county, change_category(Category(7, "x", "x"))) == code(county, remove_category(7)) == "no_category"
    assert code(county, change_rule(county.state.rules[1])) == "same"


def test_time_limits(county: County) -> None:
    limit = done(county, add_limit(Limit(0, BUILDING, Urgency.URGENT, 12.5))).report
    assert limit == Limit(1, BUILDING, Urgency.URGENT, 12.5) == county.state.limits[1]
    assert code(county, add_limit(Limit(0, BUILDING, Urgency.URGENT, 3))) == "double"
    assert code(county, add_limit(Limit(0, 9, 0, 3))) == "no_category"
    assert code(county, add_limit(Limit(0, BUILDING, 9, 3))) == "no_urgency"
    assert code(county, add_limit(Limit(0, 0, 0, 3))) == "general"
    for hours in (0, -1, float("nan"), float("inf")):
        assert code(county, add_limit(Limit(0, BUILDING, 0, hours))) == "hours"
    done(county, change_limit(Limit(1, BUILDING, 0, 24)))
    assert county.state.limits[1].hours == 24
    done(county, remove_limit(1))
    assert not county.state.limits
    county.undo()
    assert county.state.limits == {1: Limit(1, BUILDING, 0, 24)}


def test_categories_and_their_keywords(county: County) -> None:
    added = done(county, add_category(Category(0, " L ", " 路灯 ", "Street lights", "路灯，不亮、灯杆;路灯\n照明")))
    assert added.report == Category(2, "L", "路灯", "Street lights", "路灯,不亮,灯杆,照明")
    assert keywords_of("a, b；c") == ("a", "b", "c") and keywords_of(" ，") == ()
    assert code(county, add_category(Category(0, "", " "))) == "no_name"
    assert code(county, add_category(Category(0, "l", "其他"))) == "double"
    assert code(county, add_category(Category(0, "", "违法建设"))) == "double"
    assert code(county, add_category(Category(0, "", "建房", "building"))) == "double"
    done(county, change_category(Category(2, "L", "照明", "", "")))
    assert county.state.categories[2] == Category(2, "L", "照明")
    done(county, add_rule(Rule(0, 2, body=BUREAU)))
    assert code(county, remove_category(2)) == "in_use", "by a rule"
    assert code(county, remove_category(BUILDING)) == "in_use", "by a whistle"
    done(county, remove_rule(2))
    assert str(done(county, remove_category(2, "照明")).title) == "Remove the category 照明"
    assert set(county.state.categories) == {BUILDING}
