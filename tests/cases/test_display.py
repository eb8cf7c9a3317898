"""What the map and the queues show of a case at an instant, and that every word has both languages."""

import numpy as np
import pytest

from gis_app import language
from gis_app.cases import display
from gis_app.cases.bodies import BodyKind, Category, DepartmentCategory
from gis_app.cases.case import CaseKind, EventKind, State
from gis_app.cases.queue import Queue, queue_explanation, queue_text, queues
from tests.cases.samples import cases, shanghai, times

NOW = shanghai("2020-05-04T12:20")  # three days after the whistles of `cases`


def test_four_states() -> None:
    several = cases(7, state=[1, 1, 2, 3, 4, 5, 6], deadline=times("", "2020-05-09", "", "2020-05-05", "2020-05-02", "", ""))
    at_72_hours = display.display_states(several, NOW, 72)
    assert at_72_hours.dtype == np.int8
    assert at_72_hours.tolist() == [display.WAITING, display.WAITING, display.IN_PROGRESS, display.IN_PROGRESS, *[display.DONE] * 3]
    at_71 = display.display_states(several, NOW, 71)
    assert at_71.tolist() == [display.OVERDUE, display.WAITING, display.OVERDUE, display.IN_PROGRESS, *[display.DONE] * 3]


def test_a_hand_over_starts_the_time_of_the_new_body() -> None:
    handed = cases(1, arrived=times("2020-05-04T04:00"))
    assert display.display_states(handed, NOW, 24).tolist() == [display.WAITING]


def test_a_case_whose_arrival_is_not_known_counts_from_the_whistle() -> None:
    several = cases(2, arrived=times("", ""), blown=times("2020-05-01T04:20", ""))
    assert display.display_states(several, NOW, 24).tolist() == [display.OVERDUE, display.WAITING]


def test_a_case_stands_in_every_queue_that_waits_for_it() -> None:
    several = cases(
        8,
        state=[1, 1, 2, 3, 4, 4, 5, 1],
        arrived=times(*["2020-05-04T04:15"], *["2020-05-04T04:00"], *["2020-05-01T06:00"], *["2020-05-01T06:00"] * 4, "2020-04-01T00:00"),
        deadline=times("", "", "", "2020-05-03", "", "", "", ""),
        done=times("", "", "", "", "2020-05-03", "2020-04-01", "2020-05-03", ""),
        urged=[False, True, False, False, True, False, False, False],
        cell=[1, 1, 1, 1, 0, 0, 1, 0],
        border=[5.0, 50.0, np.nan, 5.0, 5.0, 5.0, 5.0, np.nan],
        accuracy=[10.0, 10.0, 10.0, np.nan, 10.0, 10.0, 10.0, np.nan],
    )
    masks = queues(several, NOW, mine=1, appealed=np.array([2, 5]))
    found = {queue: (np.flatnonzero(mask) + 1).tolist() for queue, mask in masks.items()}
    assert found == {
        Queue.NEW: [1],
        Queue.NOT_PICKED_UP: [2, 8],
        Queue.DUE_SOON: [3],
        Queue.OVERDUE: [4, 8],
        Queue.PLACE: [1, 8],
        Queue.TO_VERIFY: [5],
        Queue.TO_RATE: [5],
        Queue.RETURNED: [2],
        Queue.MEETING: [],
        Queue.SUSPENDED: [],
        Queue.URGED: [2],
        Queue.MINE: [1, 2, 3, 4, 8],
    }
    assert str(queue_text(Queue.NOT_PICKED_UP, 10)) == "Not picked up in 10 min"


def test_what_was_returned_lately_and_what_stands_aside_is_listed() -> None:
    states = [State.RETURNED, State.RETURNED, State.MEETING, State.SUSPENDED, State.VERIFIED]
    several = cases(
        5,
        state=[int(state) for state in states],
        picked_up=times("2020-05-01", "2020-03-01", "", "2020-05-01", "2020-05-01"),
        done=times("", "", "", "", "2020-05-03"),
        body=[1, 1, 2, 2, 2],
    )
    found = {queue: (np.flatnonzero(mask) + 1).tolist() for queue, mask in queues(several, NOW, mine=2).items()}
    assert found[Queue.RETURNED] == [1] and found[Queue.MEETING] == [3] and found[Queue.SUSPENDED] == [4]
    back = {1: np.datetime64("2020-04-01T00:00:00", "s"), 2: np.datetime64("2020-05-02T00:00:00", "s")}
    late = np.flatnonzero(queues(several, NOW, returned=back)[Queue.RETURNED]) + 1
    assert late.tolist() == [2], "the week begins with the return, not with the pick-up"
    assert found[Queue.TO_VERIFY] == [] and found[Queue.TO_RATE] == [5] and found[Queue.MINE] == [3, 4]
    assert not queues(several, NOW)[Queue.MINE].any(), "nobody has said whom this computer works for"


def test_overdue_is_one_truth_for_map_and_queue() -> None:
    rng = np.random.default_rng(1)
    n = 500
    several = cases(
        n, state=rng.integers(1, 7, n), arrived=np.datetime64("2020-05-01", "s") + rng.integers(0, 400_000, n).astype("timedelta64[s]")
    )
    shown = display.display_states(several, NOW, 48) == display.OVERDUE
    assert shown.any() and (shown == queues(several, NOW, hours=48)[Queue.OVERDUE]).all()


@pytest.mark.parametrize("name", language.LANGUAGES)
def test_every_value_has_a_word(name: str) -> None:
    language.use(name)
    words = [
        *(display.state_text(state) for state in State),
        *(display.kind_text(kind) for kind in CaseKind),
        *(display.event_text(kind) for kind in EventKind),
        *(display.body_kind_text(kind) for kind in BodyKind),
        *(display.department_category_text(category) for category in DepartmentCategory),
        *(display.whistler_text(whistler) for whistler in ("worker", "resident", "helper")),
        *(queue_text(queue) for queue in Queue),
        *(queue_explanation(queue) for queue in Queue),
    ]
    for word in map(str, words):
        assert word and word.isascii() == (name == "en")


def test_names_of_categories_follow_the_language() -> None:
    both, chinese = Category(1, "B", "违法建设", "Illegal building"), Category(2, "L", "路灯")
    assert (display.category_name(both), display.category_name(chinese)) == ("Illegal building", "路灯")
    language.use("zh_CN")
    assert display.category_name(both) == "违法建设"


def test_words_that_the_county_made_up_stay() -> None:
    assert str(display.department_category_text("水利")) == "水利"
    assert str(display.whistler_text("")) == ""
