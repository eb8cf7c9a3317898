"""Who answers for a cell on a day: days of work, absences, substitutes, several cells."""

from datetime import date

from gis_app.grid.workers import Worker, absences, answering, in_charge, stand_in, teams

DAY = date(2020, 5, 1)


def by_id(*workers: Worker) -> dict[int, Worker]:
    return {worker.id: worker for worker in workers}


def test_a_worker_answers_for_all_his_cells() -> None:
    workers = by_id(Worker(1, "W1", "甲", cell=10, more_cells=(11, 12)), Worker(2, "W2", "乙", cell=12))
    assert answering(workers, DAY) == {10: 1, 11: 1, 12: 1}
    assert teams(workers) == {10: (1,), 11: (1,), 12: (1, 2)}


def test_who_has_left_or_has_not_begun_answers_for_nothing() -> None:
    workers = by_id(
        Worker(1, "W1", "甲", cell=10, until=date(2020, 4, 30)),
        Worker(2, "W2", "乙", cell=11, since=date(2020, 5, 2)),
        Worker(3, "W3", "丙", cell=12, since=DAY, until=DAY),
    )
    assert answering(workers, DAY) == {12: 3}
    assert in_charge(workers, 10, date(2020, 4, 30)) == 1


def test_the_substitute_answers_while_a_worker_is_absent() -> None:
    away = Worker(1, "W1", "甲", cell=10, substitute=2, absent_from=DAY, absent_until=date(2020, 5, 3))
    workers = by_id(away, Worker(2, "W2", "乙", cell=11))
    assert [in_charge(workers, 10, date(2020, 5, day)) for day in (1, 3, 4)] == [2, 2, 1]
    assert absences(workers, DAY) == [(away, workers[2])]


def test_a_colleague_of_the_cell_comes_before_a_substitute() -> None:
    away = Worker(1, "W1", "甲", cell=10, substitute=3, absent_from=DAY)
    assert in_charge(by_id(away, Worker(2, "W2", "乙", cell=10), Worker(3, "W3", "丙")), 10, DAY) == 2


def test_substitutes_who_are_absent_hand_on_and_a_ring_of_them_ends() -> None:
    one = Worker(1, "W1", "甲", cell=10, substitute=2, absent_from=DAY)
    two = Worker(2, "W2", "乙", cell=11, substitute=1, absent_from=DAY)
    assert stand_in(by_id(one, two), one, DAY) == 0
    assert absences(by_id(one, two), DAY) == [(one, None), (two, None)]
    three = Worker(3, "W3", "丙")
    two = Worker(2, "W2", "乙", cell=11, substitute=3, absent_from=DAY)
    assert answering(by_id(one, two, three), DAY) == {10: 3, 11: 3}
