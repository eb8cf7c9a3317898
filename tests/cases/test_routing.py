"""Who is responsible: by place, category and kind; one by one and all at once; in counties that lack this or that."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import box

from gis_app import language
from gis_app.cases.bodies import Body, BodyKind, Rule, Step
from gis_app.cases.border import sides
from gis_app.cases.case import CaseKind, Urgency
from gis_app.cases.routing import Basis, Place, Situation, choose
from gis_app.grid.coverage import Coverage, build_coverage
from gis_app.grid.locate import Locator
from gis_app.grid.units import Hierarchy, UnitKind
from tests.cases.samples import (
    BUILDING,
    CENTRE,
    EAST,
    HOUSING,
    LAND,
    LIGHTS,
    VILLAGES,
    WEST,
    bodies,
    cell_at,
    hierarchy,
    patient,
    router,
    village_at,
)

ROUTER = router()
HERE = Place(1200, 300, accuracy=20)  # in cell 102 of village 11, 200 m from its western border


def words(*args: object) -> list[str]:
    return [str(reason) for reason in ROUTER.route(*args).reasons]  # type: ignore[arg-type]


def test_a_whistle_on_the_ground() -> None:
    route = ROUTER.route(HERE, BUILDING, CaseKind.REPORT)
    assert (route.cell, route.village, route.township, route.worker) == (102, 11, WEST, 8)
    assert (route.body, route.department, route.rule) == (LAND, LAND, 1)
    assert route.ladder == (511, 502, LAND, CENTRE)
    assert route.above == (CENTRE,)
    assert (route.border_distance, route.uncertain, route.basis) == (200, False, Basis.POINT)
    assert [str(reason) for reason in route.reasons] == [
        "The point lies in West Town › Village 11 › Cell 102.",
        "The nearest border is 200 m away; the point is accurate to 20 m: the cell is reliable.",
        "The cell has a grid worker (number W8).",
        "Category “Illegal building” → Natural Resources Bureau (rule 1).",
    ]


def test_the_reasons_speak_chinese() -> None:
    reasons = ROUTER.route(HERE, BUILDING, CaseKind.REPORT).reasons
    language.use("zh_CN")
    assert str(reasons[3]) == "类别“违法建设” → Natural Resources Bureau（规则 1）。"


@pytest.mark.parametrize(
    ("category", "kind", "body", "department"),
    [
        (BUILDING, CaseKind.CONSULT, HOUSING, HOUSING),  # category and kind
        (BUILDING, CaseKind.COMPLAIN, LAND, LAND),  # category before kind
        (LIGHTS, CaseKind.COMPLAIN, CENTRE, 0),  # kind
        (LIGHTS, CaseKind.HELP, 511, 0),  # a rule for the first step of the ladder
        (LIGHTS, CaseKind.CONSULT, 511, 0),  # no rule at all
        (0, None, 511, 0),
        (77, CaseKind.HELP, 511, 0),  # a category that nobody knows
    ],
)
def test_the_most_specific_rule_wins(category: int, kind: CaseKind | None, body: int, department: int) -> None:
    route = ROUTER.route(HERE, category, kind)
    assert (route.body, route.department) == (body, department)


def test_a_consultation_goes_to_the_village_and_the_department_stands_behind() -> None:
    found = choose([Rule(1, BUILDING, "", LAND), Rule(2, BUILDING, "consult", 0)], bodies(), Situation(BUILDING, CaseKind.CONSULT))
    assert (found.rule, found.body, found.department) == (2, 0, LAND)


def test_a_rule_whose_body_is_gone_is_passed_over() -> None:
    found = choose([Rule(1, BUILDING, "", 12345), Rule(2, 0, "", LAND)], bodies(), Situation(BUILDING))
    assert (found.rule, found.body) == (2, LAND)


def test_near_a_border_the_cell_is_uncertain() -> None:
    near = ROUTER.route(Place(1010, 500, accuracy=15))
    assert near.uncertain and near.border_distance == pytest.approx(10)
    assert "closer than the point is accurate (15 m): verify the cell" in str(near.reasons[1])
    unknown = ROUTER.route(Place(1010, 500))
    assert not unknown.uncertain
    assert "how accurate the point is, is not known" in str(unknown.reasons[1])


def test_distances_are_metres_in_a_county_measured_in_feet() -> None:
    in_feet = router(metres=0.3048)
    inside, outside = in_feet.route(Place(1010, 500, accuracy=5)), in_feet.route(Place(-100, 500, accuracy=5))
    assert inside.border_distance == pytest.approx(3.048) and inside.uncertain
    assert outside.distance == pytest.approx(30.48)


def test_without_a_point_the_household_then_the_unit() -> None:
    at_home = ROUTER.route(Place(household=71, unit=EAST))
    assert (at_home.cell, at_home.basis) == (101, Basis.HOUSEHOLD)
    assert np.isnan(at_home.border_distance)
    unplaced = ROUTER.route(Place(household=72, unit=14))
    assert (unplaced.cell, unplaced.village, unplaced.township, unplaced.body, unplaced.basis) == (0, 14, EAST, 514, Basis.UNIT)
    township = ROUTER.route(Place(unit=EAST))
    assert (township.village, township.township, township.body, township.ladder) == (0, EAST, 501, (501, CENTRE))
    assert "the unit that was named: East Township › Village 14." in str(unplaced.reasons[0])


def test_a_village_that_is_not_divided_is_its_one_cell() -> None:
    kept = [unit for unit in ROUTER.hierarchy.values() if unit.parent != 11 or unit.id == 101]
    route = router(hierarchy=Hierarchy(kept)).route(Place(unit=11))
    assert (route.cell, route.village, route.worker) == (101, 11, 7)


def test_outside_the_county_the_centre() -> None:
    route = ROUTER.route(Place(-250, 500, household=71), BUILDING, CaseKind.HELP)
    assert (route.cell, route.body, route.basis) == (0, CENTRE, Basis.OUTSIDE)
    assert (route.nearest, route.distance) == (101, pytest.approx(250))
    assert route.department == LAND
    assert words(Place(-250, 500), BUILDING)[0] == (
        "The point lies outside the county, 250 m from the nearest cell (West Town › Village 11 › Cell 101)."
    )


def test_no_place_at_all() -> None:
    by_category = ROUTER.route(Place(), BUILDING)
    assert (by_category.body, by_category.basis, by_category.ladder) == (LAND, Basis.NOTHING, (LAND, CENTRE))
    by_nothing = ROUTER.route(Place())
    assert by_nothing.body == CENTRE
    assert "so the county centre receives it" in str(by_nothing.reasons[-1])


def test_a_vacant_post_is_said() -> None:
    route = ROUTER.route(Place(3500, 3500))
    assert route.worker == 0
    assert "The cell has no grid worker: the post is vacant." in [str(reason) for reason in route.reasons]


def test_of_two_workers_of_a_cell_the_first() -> None:
    from gis_app.grid.workers import Worker

    assert router(workers={9: Worker(9, "b", "b", cell=101), 3: Worker(3, "a", "a", cell=101)}).route(Place(1, 1)).worker == 3


def test_a_county_without_bodies_and_rules_still_says_where() -> None:
    bare = router(bodies={}, rules={}, workers={}, categories={}, households=None)
    route = bare.route(HERE, 5, CaseKind.HELP)
    assert (route.cell, route.village, route.body, route.ladder) == (102, 11, 0, ())
    assert str(route.reasons[-1]) == "No body receives it: the county has no rule for it, no body at its place and no county centre."


def test_a_bureau_that_sits_in_a_village_does_not_govern_it() -> None:
    office = Body(1, BodyKind.DEPARTMENT, "Forestry office", unit=11)
    assert router(bodies={**bodies(), 1: office}, rules={}).route(HERE).body == 511


def test_a_county_with_village_bodies_alone() -> None:
    villages = {body.id: body for body in bodies().values() if body.kind == BodyKind.VILLAGE}
    alone = router(bodies=villages, rules={})
    assert alone.route(HERE, BUILDING).body == 511
    assert alone.route(Place(-1, -1)).body == 0
    assert alone.route(Place(unit=EAST)).body == 0


def test_an_empty_county_routes_to_its_centre() -> None:
    empty = router(hierarchy=Hierarchy(), locator=Locator(Coverage()), bodies={1: Body(1, BodyKind.CENTRE, "Centre")}, rules={})
    route = empty.route(Place(1, 1))
    assert (route.cell, route.body, route.basis) == (0, 1, Basis.OUTSIDE)
    assert str(route.reasons[0]) == "The point lies outside the county."


coordinate = st.floats(-500, 4500) | st.just(float("nan"))
place = st.builds(
    Place, x=coordinate, y=coordinate, accuracy=st.floats(0, 300) | st.just(float("nan")),
    household=st.sampled_from([0, 71, 72, 99]), unit=st.sampled_from([0, WEST, EAST, 11, 14, 101, 555]),
)  # fmt: skip
whistle = st.tuples(place, st.sampled_from([0, BUILDING, LIGHTS, 77]), st.sampled_from([0, 1, 2, 3, 4]))


@patient
@given(st.lists(whistle, min_size=1, max_size=30))
def test_many_go_where_each_alone_goes(whistles: list[tuple[Place, int, int]]) -> None:
    places = [place for place, _, _ in whistles]
    many = ROUTER.route_many(
        np.array([p.x for p in places]),
        np.array([p.y for p in places]),
        accuracy=np.array([p.accuracy for p in places]),
        household=np.array([p.household for p in places]),
        unit=np.array([p.unit for p in places]),
        category=np.array([category for _, category, _ in whistles]),
        kind=np.array([kind for _, _, kind in whistles]),
    )
    assert len(many) == len(whistles)
    for row, (where, category, kind) in enumerate(whistles):
        alone = ROUTER.route(where, category, CaseKind(kind) if kind else None)
        for name in ("cell", "village", "township", "worker", "body", "department", "rule", "basis", "uncertain", "nearest"):
            assert getattr(many, name)[row] == getattr(alone, name), name
        assert alone.body in alone.ladder
        assert alone.reasons and all(str(reason) for reason in alone.reasons)
        assert (alone.worker > 0) <= (alone.cell > 0) <= (alone.village > 0) <= (alone.township > 0)


@patient
@given(st.integers(0, 3), st.integers(0, 3), st.floats(1, 999), st.floats(1, 999))
def test_every_point_finds_its_square(column: int, row: int, x: float, y: float) -> None:
    route = ROUTER.route(Place(column * 1000 + x, row * 1000 + y))
    assert (route.cell, route.village) == (cell_at(column, row), village_at(column, row))
    assert route.border_distance == pytest.approx(min(x, y, 1000 - x, 1000 - y), abs=0.001)


@pytest.mark.parametrize(
    ("rule", "category", "kind", "words"),
    [
        (Rule(5, BUILDING, "report", LAND), BUILDING, CaseKind.REPORT,
         "Category “Illegal building”, kind “Report of wrongdoing” → Natural Resources Bureau (rule 5)."),
        (Rule(5, 0, "report", LAND), LIGHTS, CaseKind.REPORT, "Kind “Report of wrongdoing” → Natural Resources Bureau (rule 5)."),
        (Rule(5, 0, "", LAND), 0, None, "Every whistle without a rule of its own → Natural Resources Bureau (rule 5)."),
        (Rule(5, LIGHTS, "", 0), LIGHTS, CaseKind.HELP, "Category “Street lights” → first step of the ladder: Village 11 (rule 5)."),
        (Rule(5, LIGHTS, step=Step.VILLAGE, unit_kind="village"), LIGHTS, CaseKind.HELP,
         "Category “Street lights”, in villages → village or community of its place: Village 11 (rule 5)."),
        (Rule(5, LIGHTS, "help", unit=WEST, step=Step.TOWNSHIP, valid_from=date(2020, 1, 1), valid_to=date(2022, 12, 31)), LIGHTS,
         CaseKind.HELP, "Category “Street lights”, kind “Request for help”, in West Town, from 2020-01-01, until 2022-12-31 → "
         "township of its place: West Town (rule 5)."),
        (Rule(5, step=Step.CENTRE), 0, None, "Every whistle without a rule of its own → county centre: County Centre (rule 5)."),
        (Rule(5, LIGHTS, "", LAND), BUILDING, CaseKind.HELP,
         "No rule names a department for it, so it begins at the first step of the ladder: Village 11."),
    ],
)  # fmt: skip
def test_every_reason_names_its_rule_and_all_its_conditions(rule: Rule, category: int, kind: CaseKind | None, words: str) -> None:
    assert str(router(rules={rule.id: rule}).route(HERE, category, kind).reasons[3]) == words


def test_the_reason_names_urgency_place_and_days_in_both_languages() -> None:
    rule = Rule(14, LIGHTS, "", LAND, urgency=Urgency.EMERGENCY, unit=11, valid_to=date(2022, 12, 31))
    route = router(rules={14: rule}).route(HERE, LIGHTS, CaseKind.HELP, Urgency.EMERGENCY, date(2022, 12, 31))
    assert str(route.reasons[3]) == (
        "Category “Street lights”, urgency “Emergency”, in West Town › Village 11, until 2022-12-31 → Natural Resources Bureau (rule 14)."
    )
    language.use("zh_CN")
    assert (
        str(route.reasons[3])
        == "类别“路灯”、紧急程度“特急”、在West Town › Village 11、至 2022-12-31 止 → Natural Resources Bureau（规则 14）。"
    )


def test_where_nobody_stands_on_the_step_somebody_stands_in() -> None:
    without_town = {body.id: body for body in bodies().values() if body.kind != BodyKind.TOWNSHIP}
    to_town = {5: Rule(5, step=Step.TOWNSHIP)}
    found = router(bodies=without_town, rules=to_town).route(HERE)
    assert found.body == CENTRE
    assert str(found.reasons[3]).endswith("→ township of its place, where there is no body: County Centre stands in (rule 5).")
    only_villages = {body.id: body for body in bodies().values() if body.kind == BodyKind.VILLAGE}
    for step in (Step.TOWNSHIP, Step.CENTRE):
        found = router(bodies=only_villages, rules={5: Rule(5, step=step)}).route(HERE)
        assert found.body == 511, "better the village than nobody"
        assert "stands in" in str(found.reasons[3])


def test_the_department_behind_the_village_is_named() -> None:
    found = router(rules={1: Rule(1, BUILDING, "", LAND), 2: Rule(2, BUILDING, "consult", 0)}).route(HERE, BUILDING, CaseKind.CONSULT)
    assert (found.body, found.department, found.above) == (511, LAND, (502, LAND, CENTRE))
    assert str(found.reasons[-1]) == "The department in charge of such whistles is Natural Resources Bureau."


def test_far_away_is_said_in_kilometres() -> None:
    assert "996 km from the nearest cell" in words(Place(1_000_000, 500))[0]


# ------------------------------------------------------------------ every condition of a rule


def test_a_rule_may_hold_in_one_kind_of_unit() -> None:
    units = [replace(unit, kind=UnitKind.COMMUNITY) if unit.id == 12 else unit for unit in hierarchy().values()]
    by_kind = router(hierarchy=Hierarchy(units), rules={5: Rule(5, LIGHTS, body=LAND, unit_kind="community")})
    assert by_kind.route(Place(500, 2500), LIGHTS).body == LAND
    assert by_kind.route(HERE, LIGHTS).body == 511
    assert by_kind.route(Place(unit=WEST), LIGHTS).rule == 0, "of a township alone the kind is not known"


def test_a_township_handles_a_category_itself() -> None:
    devolved = router(rules={1: Rule(1, LIGHTS, body=LAND), 2: Rule(2, LIGHTS, unit=EAST, step=Step.TOWNSHIP)})
    east, west = devolved.route(Place(2500, 500), LIGHTS), devolved.route(HERE, LIGHTS)
    assert (east.body, east.rule, east.department) == (501, 2, LAND), "the department stands behind it"
    assert (west.body, west.rule) == (LAND, 1)
    assert devolved.route(Place(unit=EAST), LIGHTS).body == 501


def test_a_village_comes_before_its_township() -> None:
    both = router(rules={1: Rule(1, LIGHTS, unit=WEST, body=LAND), 2: Rule(2, LIGHTS, unit=11, body=HOUSING)})
    assert both.route(HERE, LIGHTS).rule == 2
    assert both.route(Place(500, 2500), LIGHTS).rule == 1


def test_urgency_decides_last() -> None:
    rules = {1: Rule(1, LIGHTS, "help", HOUSING), 2: Rule(2, LIGHTS, body=LAND, urgency=Urgency.EMERGENCY)}
    found = router(rules=rules)
    assert found.route(HERE, LIGHTS, CaseKind.REPORT, Urgency.EMERGENCY).rule == 2
    assert found.route(HERE, LIGHTS, CaseKind.HELP, Urgency.EMERGENCY).rule == 1, "the kind comes first"
    assert found.route(HERE, LIGHTS, CaseKind.REPORT, Urgency.URGENT).rule == 0


@pytest.mark.parametrize(
    ("day", "rule"),
    [
        (date(2020, 12, 31), 0), (date(2021, 1, 1), 1), (date(2021, 5, 31), 1), (date(2021, 6, 1), 2), (date(2021, 6, 30), 2),
        (date(2021, 7, 1), 1), (date(2021, 12, 31), 1), (date(2022, 1, 1), 0), (None, 2),
    ],
)  # fmt: skip
def test_the_first_and_the_last_day_belong_to_a_rule(day: date | None, rule: int) -> None:
    rules = {
        1: Rule(1, LIGHTS, body=LAND, valid_from=date(2021, 1, 1), valid_to=date(2021, 12, 31)),
        2: Rule(2, LIGHTS, body=HOUSING, valid_from=date(2021, 6, 1), valid_to=date(2021, 6, 30)),
    }
    assert router(rules=rules).route(HERE, LIGHTS, day=day).rule == rule


def test_a_rule_for_a_season_is_laid_over_the_one_for_always_and_a_later_one_takes_over() -> None:
    always, season = Rule(1, LIGHTS, body=LAND), Rule(2, LIGHTS, body=HOUSING, valid_to=date(2021, 11, 30))
    assert choose([always, season], bodies(), Situation(LIGHTS, day=date(2021, 10, 1))).rule == 2
    assert choose([always, season], bodies(), Situation(LIGHTS, day=date(2021, 12, 1))).rule == 1
    later = Rule(3, LIGHTS, body=HOUSING, valid_from=date(2022, 1, 1))
    assert choose([always, later], bodies(), Situation(LIGHTS, day=date(2022, 1, 1))).rule == 3


def test_a_rule_may_last_until_the_end_of_the_calendar() -> None:
    assert router(rules={1: Rule(1, LIGHTS, body=LAND, valid_to=date.max)}).route(HERE, LIGHTS, day=date(2021, 1, 1)).rule == 1


def test_rules_of_units_and_bodies_that_are_gone_are_passed_over() -> None:
    found = router(rules={1: Rule(1, LIGHTS, body=LAND, unit=4711), 2: Rule(2, LIGHTS, body=4711), 3: Rule(3, 0, body=HOUSING)})
    assert found.route(HERE, LIGHTS).rule == 3


# ------------------------------------------------------------------ beside a chooser that is as simple as can be


def brute(rules: Sequence[Rule], situation: Situation, known: dict[int, Body]) -> int:
    """Return the rule that no other beats, comparing every pair by the words of the manual."""

    def meant(rule: Rule) -> bool:
        if rule.body and rule.body not in known:
            return False
        if (rule.category and rule.category != situation.category) or (rule.urgency and rule.urgency != situation.urgency):
            return False
        if rule.kind and (not situation.kind or rule.kind != CaseKind(situation.kind).name.lower()):
            return False
        if (rule.unit and rule.unit not in situation.units) or (rule.unit_kind and rule.unit_kind != situation.unit_kind):
            return False
        if situation.day is None:
            return True
        return not (rule.valid_from and situation.day < rule.valid_from) and not (rule.valid_to and situation.day > rule.valid_to)

    def beats(one: Rule, other: Rule) -> bool:
        if bool(one.category) != bool(other.category):
            return bool(one.category)
        if one.unit != other.unit:
            return bool(one.unit) and (not other.unit or one.unit in VILLAGES)
        for name in ("kind", "unit_kind", "urgency"):
            if bool(getattr(one, name)) != bool(getattr(other, name)):
                return bool(getattr(one, name))
        if one.valid_to != other.valid_to:
            return one.valid_to is not None and (other.valid_to is None or one.valid_to < other.valid_to)
        if one.valid_from != other.valid_from:
            return one.valid_from is not None and (other.valid_from is None or one.valid_from > other.valid_from)
        return one.id < other.id

    fitting = [rule for rule in rules if meant(rule)]
    return next((rule.id for rule in fitting if all(other is rule or beats(rule, other) for other in fitting)), 0)


DAYS = [date(2021, 1, 1) + timedelta(days=days) for days in (0, 1, 2, 30)]
MIXED = Hierarchy([replace(unit, kind=UnitKind.COMMUNITY) if unit.id in (12, 14) else unit for unit in hierarchy().values()])
LOCATED = router().locator

any_rule = st.builds(
    Rule, id=st.just(0), category=st.sampled_from([0, BUILDING, LIGHTS]), kind=st.sampled_from(["", "help", "report"]),
    body=st.sampled_from([0, LAND, HOUSING, 511, 4711]), unit_kind=st.sampled_from(["", "village", "community", "direct_unit"]),
    urgency=st.sampled_from([0, 1, 3]), unit=st.sampled_from([0, WEST, EAST, 11, 14, 4711]),
    step=st.sampled_from(["", Step.VILLAGE, Step.TOWNSHIP, Step.CENTRE]),
    valid_from=st.sampled_from([None, *DAYS]), valid_to=st.sampled_from([None, *DAYS, date.max]),
)  # fmt: skip
rule_books = st.lists(any_rule, max_size=12).map(lambda rules: {at: replace(rule, id=at) for at, rule in enumerate(rules, 1)})
units_of_a_place = st.sampled_from([(), (WEST,), (11, WEST), (12, WEST), (13, EAST), (14, EAST)])
any_situation = st.builds(
    Situation, category=st.sampled_from([0, BUILDING, LIGHTS]), kind=st.integers(0, 4), urgency=st.integers(0, 4),
    unit_kind=st.sampled_from(["", "village", "community"]), units=units_of_a_place, day=st.sampled_from([None, *DAYS]),
)  # fmt: skip
KNOWN = bodies()


@patient
@given(rule_books, any_situation)
def test_the_rule_that_wins_is_the_one_that_no_other_beats(rules: dict[int, Rule], situation: Situation) -> None:
    assert choose(rules.values(), KNOWN, situation).rule == brute(list(rules.values()), situation, KNOWN)


blown = st.tuples(
    st.sampled_from([Place(500, 500), Place(500, 2500), Place(2500, 500), Place(3500, 3500), Place(unit=WEST), Place(unit=14), Place()]),
    st.sampled_from([0, BUILDING, LIGHTS, 77]), st.integers(0, 4), st.integers(0, 4), st.sampled_from([None, *DAYS]),
)  # fmt: skip


@patient
@given(rule_books, st.lists(blown, min_size=1, max_size=12))
def test_many_go_where_each_alone_goes_by_every_condition(
    rules: dict[int, Rule], whistles: list[tuple[Place, int, int, int, date | None]]
) -> None:
    found = router(hierarchy=MIXED, locator=LOCATED, rules=rules)
    places = [place for place, *_ in whistles]
    columns = [np.array(column) for column in zip(*[(c, k, u) for _, c, k, u, _ in whistles], strict=True)]
    many = found.route_many(
        np.array([p.x for p in places]), np.array([p.y for p in places]), unit=np.array([p.unit for p in places]),
        category=columns[0], kind=columns[1], urgency=columns[2],
        day=np.array([day or "NaT" for *_, day in whistles], "datetime64[D]"),
    )  # fmt: skip
    for row, (where, category, kind, urgency, day) in enumerate(whistles):
        alone = found.route(where, category, kind, urgency, day)
        situation = found.situation(alone, category, kind, urgency, day)
        assert (
            many.rule[row] == alone.rule == choose(rules.values(), KNOWN, situation).rule == brute(list(rules.values()), situation, KNOWN)
        )
        assert (many.body[row], many.department[row]) == (alone.body, alone.department)
        assert alone.body and all(str(reason) for reason in alone.reasons)


# ------------------------------------------------------------------ the other cell, where the place is uncertain


def test_the_cell_across_the_border() -> None:
    assert LOCATED.beside(1010, 500) == (101, pytest.approx(10))
    assert LOCATED.beside(1200, 990) == (106, pytest.approx(10)), "across the border to the north"
    assert LOCATED.beside(5, 300) == (105, pytest.approx(700)), "never the outside"
    assert LOCATED.beside(-5, 300)[0] == 0
    alone = Locator(build_coverage([1], [box(0, 0, 10, 10)]))
    assert alone.beside(5, 5)[0] == 0 and alone.beside(15, 5)[0] == 0


def test_near_a_border_both_cells_are_told_with_who_answers_for_them() -> None:
    near = Place(2010, 500, accuracy=15)
    here, there = sides(ROUTER, near, LIGHTS, CaseKind.HELP)
    assert (here.cell, here.village, here.body, here.distance) == (103, 13, 513, 0)
    assert (there.cell, there.village, there.body, there.distance) == (102, 11, 511, pytest.approx(10))
    assert (here.worker, there.worker) == (0, 8)
    assert sides(ROUTER, Place(2500, 500, accuracy=15), LIGHTS) == (), "far from any border"
    assert sides(ROUTER, Place(2010, 500), LIGHTS) == (), "nobody said how accurate it is"
    assert sides(ROUTER, Place(household=71), LIGHTS) == ()
    assert sides(ROUTER, Place(5, 500, accuracy=15), LIGHTS) == (), "beyond the border is another county"


def test_a_rule_may_send_both_sides_of_a_border_to_different_bodies() -> None:
    devolved = router(rules={1: Rule(1, LIGHTS, body=LAND), 2: Rule(2, LIGHTS, unit=EAST, step=Step.TOWNSHIP)})
    here, there = sides(devolved, Place(2010, 500, accuracy=15), LIGHTS)
    assert (here.body, here.rule, there.body, there.rule) == (501, 2, LAND, 1)
