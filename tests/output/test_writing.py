from pathlib import Path

import pytest

from gis_app.output.errors import OutputError
from gis_app.output.writing import replacing


def test_a_file_appears_whole(tmp_path: Path) -> None:
    target = tmp_path / "map.html"
    with replacing(target) as temporary:
        temporary.write_text("new")
        assert not target.exists()
    assert target.read_text() == "new"
    assert list(tmp_path.iterdir()) == [target]


def test_what_was_there_stays_when_writing_fails(tmp_path: Path) -> None:
    target = tmp_path / "map.pdf"
    target.write_text("old")
    with pytest.raises(ZeroDivisionError), replacing(target) as temporary:
        temporary.write_text("half")
        raise ZeroDivisionError
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"no folder .*nowhere"), replacing(tmp_path / "nowhere" / "map.pdf"):
        pass


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "maps.pdf").mkdir()
    with pytest.raises(OutputError, match="it is a folder"), replacing(tmp_path / "maps.pdf"):
        pass


@pytest.mark.parametrize("error", [PermissionError(13, "Permission denied"), OSError(28, "No space left on device")])
def test_what_the_system_refuses_is_one_sentence(tmp_path: Path, error: OSError) -> None:
    with pytest.raises(OutputError, match=r"^map\.pdf cannot be written in .*\.$"), replacing(tmp_path / "map.pdf"):
        raise error
    assert not list(tmp_path.iterdir())
