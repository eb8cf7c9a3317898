from gis_app.grid.units import Hierarchy, Level, Unit, UnitKind
from gis_app.grid.workers import Worker, assign_workers, free_workers, vacant_cells

UNITS = Hierarchy(
    [
        Unit(1, Level.TOWNSHIP, UnitKind.TOWN, "1", "T"),
        Unit(2, Level.VILLAGE, UnitKind.VILLAGE, "11", "V", 1),
        Unit(3, Level.VILLAGE, UnitKind.VILLAGE, "12", "W", 1),
        *(Unit(10 + k, Level.CELL, UnitKind.RURAL_CELL, f"11{k}", "", 2) for k in range(3)),
        Unit(20, Level.CELL, UnitKind.RURAL_CELL, "120", "", 3),
    ]
)


def workers(*rows: tuple[int, int, int]) -> dict[int, Worker]:
    return {number: Worker(number, f"w{number}", "", "", village, cell) for number, village, cell in rows}


def test_vacant_cells_go_to_free_workers_of_the_same_village_in_code_order() -> None:
    people = workers((1, 2, 0), (2, 2, 11), (3, 2, 0), (4, 3, 0), (5, 3, 0))
    assigned = assign_workers(people, UNITS)
    assert assigned == {1: 10, 2: 11, 3: 12, 4: 20, 5: 0}
    assert vacant_cells(assigned, UNITS) == []
    assert [worker.id for worker in free_workers(assigned, people)] == [5]


def test_cells_elsewhere_gone_or_taken_are_not_kept() -> None:
    people = workers((1, 2, 20), (2, 2, 99), (3, 2, 10), (4, 2, 10), (5, 3, 3))
    assert assign_workers(people, UNITS) == {1: 11, 2: 12, 3: 10, 4: 0, 5: 20}


def test_who_has_no_code_takes_no_cell_from_who_has_one() -> None:
    people = {
        1: Worker(1, "w1", "", "", 2, 10),
        2: Worker(2, "", "", "", 2, 10),
        3: Worker(3, "", "", "", 3, 20),
        4: Worker(4, "", "", "", 3, 20),
    }
    assert assign_workers(people, UNITS) == {1: 10, 2: 11, 3: 20, 4: 0}


def test_a_worker_without_village_keeps_his_cell_but_gets_none() -> None:
    assert assign_workers(workers((1, 0, 12), (2, 0, 0)), UNITS) == {1: 12, 2: 0}


def test_cells_without_worker_are_told() -> None:
    assert [cell.id for cell in vacant_cells(assign_workers(workers((1, 2, 0)), UNITS), UNITS)] == [11, 12, 20]


def test_assigning_again_changes_nothing() -> None:
    people = workers((1, 2, 0), (2, 2, 11), (3, 2, 0), (4, 3, 0))
    first = assign_workers(people, UNITS)
    again = workers(*((worker.id, worker.village, first[worker.id]) for worker in people.values()))
    assert assign_workers(again, UNITS) == first
