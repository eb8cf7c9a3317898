import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_app.grid.codes import CodeError, check_code, clean_code, clean_codes, next_code
from gis_app.grid.units import Level, UnitKind


@pytest.mark.parametrize(
    ("level", "code", "parent"),
    [
        (Level.TOWNSHIP, "230225100", "230225"),
        (Level.TOWNSHIP, "230225580", "230225"),
        (Level.VILLAGE, "230225101201", "230225101"),
        (Level.CELL, "230225101201001", "230225101201"),
        (Level.CELL, "230225101201999", ""),
    ],
)
def test_sound_codes(level: Level, code: str, parent: str) -> None:
    assert check_code("gbt", level, code, parent) is None


@pytest.mark.parametrize(
    ("level", "code", "parent", "words"),
    [
        (Level.TOWNSHIP, "230225", "", "9 digits"),
        (Level.TOWNSHIP, "230225600", "", "001 to 599"),
        (Level.TOWNSHIP, "230225000", "", "001 to 599"),
        (Level.TOWNSHIP, "230226100", "230225", "begin with 230225"),
        (Level.VILLAGE, "23022510120", "", "12 digits"),
        (Level.VILLAGE, "２３０２２５１０１２０１", "", "12 digits"),
        (Level.CELL, "230225101202001", "230225101201", "begin with"),
        (Level.CELL, "230225101201000", "", "001 to 999"),
        (Level.CELL, "2.30225E+14", "", "15 digits"),
        (Level.CELL, "", "", "no code"),
    ],
)
def test_wrong_codes(level: Level, code: str, parent: str, words: str) -> None:
    assert words in str(check_code("gbt", level, code, parent))


def test_any_text_is_a_free_code() -> None:
    assert check_code("free", Level.CELL, "甲-1", "x") is None
    assert check_code("free", Level.CELL, "") is not None


def test_next_codes() -> None:
    assert next_code("gbt", Level.CELL, "230225101201", []) == "230225101201001"
    assert next_code("gbt", Level.CELL, "230225101201", ["230225101201001", "230225101201007", "230225101202009"]) == "230225101201008"
    assert next_code("gbt", Level.VILLAGE, "230225101", ["230225101201"], UnitKind.VILLAGE) == "230225101202"
    assert next_code("gbt", Level.VILLAGE, "230225101", ["230225101201"], UnitKind.COMMUNITY) == "230225101001"
    assert next_code("gbt", Level.TOWNSHIP, "230225", ["230225500"], UnitKind.FARM) == "230225501"
    assert next_code("free", Level.CELL, "A", ["A-1", "A-x", "B-7"]) == "A-2"
    assert next_code("free", Level.TOWNSHIP, "", ["1", "7", "x"]) == "8"


def test_the_last_code_of_a_range() -> None:
    used = [f"230225101201{k:03}" for k in range(2, 1000)]
    assert next_code("gbt", Level.CELL, "230225101201", used) == "230225101201001"
    with pytest.raises(CodeError, match="All codes below 230225101201 are used"):
        next_code("gbt", Level.CELL, "230225101201", [*used, "230225101201001"])
    with pytest.raises(CodeError, match="12 digits"):
        next_code("gbt", Level.CELL, "2302251012", [])


@given(st.sets(st.integers(1, 998), max_size=50))
def test_a_new_code_is_sound_and_was_never_used(numbers: set[int]) -> None:
    used = [f"230225101201{k:03}" for k in numbers]
    code = next_code("gbt", Level.CELL, "230225101201", used)
    assert code not in used
    assert check_code("gbt", Level.CELL, code, "230225101201") is None


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("230225101201", "230225101201"),
        (230225101201, "230225101201"),
        (230225101201.0, "230225101201"),
        ("230225101201.0", "230225101201"),
        ("2.30225101201e11", "230225101201"),
        ("2.30225101201E+11", "230225101201"),
        ("2.30225E+11", "2.30225E+11"),
        (" 230225 101 201\t", "230225101201"),
        ("２３０２２５", "230225"),
        ("'00123", "00123"),
        ("\ufeff12", "12"),
        ("A-1", "A-1"),
        ("1.5", "1.5"),
        ("甲１", "甲1"),
        (None, ""),
        (float("nan"), ""),
        ("", ""),
    ],
)
def test_damage_is_undone_where_it_is_certain(value: object, code: str) -> None:
    assert clean_code(value) == code


def test_leading_zeros_come_back_only_where_the_length_is_certain() -> None:
    assert clean_code(123, length=6) == "000123"
    assert clean_codes([123, "000456", "000789", None]) == ["000123", "000456", "000789", ""]
    assert clean_codes([123, "456", "0789"]) == ["123", "456", "0789"]
    assert clean_codes([123, "123456"]) == ["123", "123456"]


@given(st.integers(10**8, 10**15 - 1))
def test_any_code_survives_a_spreadsheet(number: int) -> None:
    for damaged in (number, float(number), str(number), f"{number}.0", f" {number}"):
        assert clean_code(damaged) == str(number)
