"""Names that count, and codes that were used."""

import pytest

from gis_app.county.numbering import cell_name, chinese_number, in_order, number_in
from gis_app.grid.units import Hierarchy, Level, Unit, UnitKind


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1, "一"),
        (10, "十"),
        (12, "十二"),
        (20, "二十"),
        (35, "三十五"),
        (100, "一百"),
        (105, "一百零五"),
        (110, "一百一十"),
        (999, "九百九十九"),
        (1000, "1000"),
    ],
)
def test_numbers_are_written_in_chinese(number: int, text: str) -> None:
    assert chinese_number(number) == text


def test_a_name_that_counts_is_read_back() -> None:
    assert all(number_in(cell_name("富裕村", number), "富裕村") == number for number in range(1, 1000))
    assert number_in("第十二网格", "富裕村") == 12 and number_in("富裕村第12网格", "富裕村") == 12
    assert number_in("永安村一组", "永安村") == number_in("丰收村第二网格", "富裕村") == number_in("富裕村第十十网格", "富裕村") == 0


def test_cells_stand_in_the_order_of_their_codes() -> None:
    known = Hierarchy(Unit(cell, Level.CELL, UnitKind.RURAL_CELL, code, "") for cell, code in ((1, "b"), (2, "a"), (3, "b")))
    new = {9: Unit(9, Level.CELL, UnitKind.RURAL_CELL, "aa", "")}
    assert in_order([7, 9, 3, 1, 2], known, new) == [2, 9, 1, 3, 7], "a cell without a unit comes last"
