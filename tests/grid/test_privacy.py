import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_app.grid.privacy import mask_name, mask_phone


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("张三", "张*"),
        ("王小明", "王*"),
        ("欧阳娜娜", "欧*"),
        ("欧阳", "欧*"),
        ("阿依古丽·买买提", "阿*"),
        ("John Smith", "J*"),
        (" 李四 ", "李*"),
        ("", ""),
    ],
)
def test_names(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        ("13812341234", "138****1234"),
        ("+86 138-1234-1234", "138****1234"),
        ("0456-5622222", "045****2222"),
        ("5622222", "****22"),
        ("110", "****"),
        ("", ""),
        ("-", ""),
    ],
)
def test_phones(phone: str, masked: str) -> None:
    assert mask_phone(phone) == masked


@given(st.text(min_size=2))
def test_a_masked_name_never_shows_more_than_its_first_two_characters(name: str) -> None:
    assert len(mask_name(name).rstrip("*")) <= 2
