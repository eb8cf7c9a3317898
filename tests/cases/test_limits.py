"""How long a case may take: by category and urgency, by category, by urgency, by the default."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_app.cases.case import Urgency
from gis_app.cases.limits import DEFAULT_HOURS, Limit, hours_for, limit_hours
from tests.cases.samples import BUILDING, LIGHTS, cases, patient

LIMITS = [
    Limit(1, 0, Urgency.URGENT, 20.0),
    Limit(2, LIGHTS, 0, 30.0),
    Limit(3, LIGHTS, Urgency.URGENT, 40.0),
    Limit(4, 0, 0, 50.0),
    Limit(5, LIGHTS, 0, 60.0),
]


@pytest.mark.parametrize(
    ("category", "urgency", "hours"),
    [
        (LIGHTS, Urgency.URGENT, 40),
        (LIGHTS, Urgency.NORMAL, 30),  # of two alike the older
        (BUILDING, Urgency.URGENT, 20),
        (BUILDING, Urgency.EMERGENCY, DEFAULT_HOURS[Urgency.EMERGENCY]),
        (BUILDING, Urgency.NOT_SAID, 72),  # a limit for everything is the county's setting, not a row
        (0, Urgency.URGENT, 20),
    ],
)
def test_the_most_specific_limit_counts(category: int, urgency: int, hours: float) -> None:
    assert hours_for(LIMITS, category, urgency, 72) == hours


any_limit = st.builds(Limit, id=st.just(0), category=st.integers(0, 2), urgency=st.integers(0, 4), hours=st.floats(0.5, 900))


@patient
@given(st.lists(any_limit, max_size=8), st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4)), min_size=1, max_size=20))
def test_many_have_the_hours_that_each_alone_has(limits: list[Limit], asked: list[tuple[int, int]]) -> None:
    columns = cases(len(asked), category=np.array([c for c, _ in asked]), urgency=np.array([u for _, u in asked]))
    assert limit_hours(columns, limits, 72).tolist() == [hours_for(limits, category, urgency, 72) for category, urgency in asked]
