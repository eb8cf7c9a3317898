"""Who is responsible: by place, category and kind; one by one and all at once; in counties that lack this or that."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_app import language
from gis_app.cases.bodies import Body, BodyKind, Rule
from gis_app.cases.case import CaseKind
from gis_app.cases.routing import Basis, Place, Situation, choose
from gis_app.grid.coverage import Coverage
from gis_app.grid.locate import Locator
from gis_app.grid.units import Hierarchy
from tests.cases.samples import BUILDING, CENTRE, EAST, HOUSING, LAND, LIGHTS, WEST, bodies, cell_at, patient, router, village_at

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
        "Category “Illegal building” goes to Natural Resources Bureau (rule 1).",
    ]


def test_the_reasons_speak_chinese() -> None:
    reasons = ROUTER.route(HERE, BUILDING, CaseKind.REPORT).reasons
    language.use("zh_CN")
    assert str(reasons[3]) == "类别“违法建设”→ Natural Resources Bureau（规则 1）。"


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
         "Category “Illegal building” and kind “Report of wrongdoing” go to Natural Resources Bureau (rule 5)."),
        (Rule(5, 0, "report", LAND), LIGHTS, CaseKind.REPORT, "Kind “Report of wrongdoing” goes to Natural Resources Bureau (rule 5)."),
        (Rule(5, 0, "", LAND), 0, None, "Every whistle without a rule of its own goes to Natural Resources Bureau (rule 5)."),
        (Rule(5, LIGHTS, "", 0), LIGHTS, CaseKind.HELP, "Rule 5 sends it to the first step of the ladder: Village 11."),
        (Rule(5, LIGHTS, "", LAND), BUILDING, CaseKind.HELP,
         "No rule names a department for it, so it begins at the first step of the ladder: Village 11."),
    ],
)  # fmt: skip
def test_every_reason_names_its_rule(rule: Rule, category: int, kind: CaseKind | None, words: str) -> None:
    assert str(router(rules={rule.id: rule}).route(HERE, category, kind).reasons[3]) == words


def test_the_department_behind_the_village_is_named() -> None:
    found = router(rules={1: Rule(1, BUILDING, "", LAND), 2: Rule(2, BUILDING, "consult", 0)}).route(HERE, BUILDING, CaseKind.CONSULT)
    assert (found.body, found.department, found.above) == (511, LAND, (502, LAND, CENTRE))
    assert str(found.reasons[-1]) == "The department in charge of such whistles is Natural Resources Bureau."


def test_far_away_is_said_in_kilometres() -> None:
    assert "996 km from the nearest cell" in words(Place(1_000_000, 500))[0]
