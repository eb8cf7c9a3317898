import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_app.grid.privacy import mask_actor, mask_name, mask_phone


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
    ("actor", "shown"),
    [
        ("服务中心", "服务中心"),
        ("服务台", "服务台"),
        ("县住建局", "县住建局"),
        ("东风社区", "东风社区"),
        ("利民", "利民"),
        ("Housing bureau", "Housing bureau"),
        ("Service centre", "Service centre"),
        ("张建村", "张*"),
        ("王登科", "王*"),
        ("李镇", "李*"),
        ("李台", "李*"),
        ("John Smith", "J*"),
        ("", ""),
    ],
)
def test_offices_are_not_masked_and_persons_are(actor: str, shown: str) -> None:
    assert mask_actor(actor, {"利民"}) == shown


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
