import pytest

from gis_app.grid.pinyin import initials


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        ("永安村", "yac"),
        ("查哈阳乡", "chyx"),
        ("长山乡", "csx"),
        ("3组Ａ", "3za"),
        ("John Smith-2", "johnsmith2"),
        ("吕·绿", "ll"),
        ("①。", "1"),
        ("", ""),
    ],
)
def test_initials(text: str, letters: str) -> None:
    assert initials(text) == letters
