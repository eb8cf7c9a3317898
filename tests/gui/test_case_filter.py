"""Filters as they are saved: the same filter comes back, "the last 7 days" is counted from the day it is asked for."""

from datetime import UTC, datetime, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gis_app.cases.queue import Queue
from gis_app.gui.case_filter import ALL_STATES, CaseFilter, content_of, filter_of, since

NOW = datetime(2022, 4, 1, 1, tzinfo=UTC)
TIMES = st.one_of(st.none(), st.integers(1_500_000_000, 1_700_000_000).map(lambda seconds: np.datetime64(seconds, "s")))
FILTERS = st.builds(
    CaseFilter,
    start=TIMES,
    end=TIMES,
    states=st.frozensets(st.sampled_from(sorted(ALL_STATES))),
    kind=st.integers(0, 4),
    category=st.integers(0, 30),
    body=st.integers(0, 300),
    unit=st.integers(0, 3000),
    queue=st.one_of(st.none(), st.sampled_from(Queue)),
)


@given(FILTERS)
def test_what_was_saved_comes_back(wanted: CaseFilter) -> None:
    content = content_of(wanted, NOW)
    assert filter_of(content, NOW) == wanted
    assert (content == {}) == wanted.is_empty


def test_the_last_days_move_along() -> None:
    content = content_of(CaseFilter(start=since(NOW, 7), kind=2), NOW)
    assert content == {"days": 7, "kind": 2}
    later = NOW + timedelta(days=30)
    assert filter_of(content, later) == CaseFilter(start=since(later, 7), kind=2)


def test_what_another_program_wrote_does_no_harm() -> None:
    content = {"queue": "nobody", "states": [0, 9], "kind": "help", "start": "yesterday", "colour": "red"}
    assert filter_of(content, NOW) == CaseFilter(states=frozenset({0}))
    assert filter_of({"queue": ["new"], "states": [[0], "1"], "days": "7"}, NOW) == CaseFilter(states=frozenset())
