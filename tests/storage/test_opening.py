"""What can be wrong with a file: one clear sentence each, and never a new or a changed file."""

import fcntl
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pyogrio
import pytest

from gis_app import language
from gis_app.bootstrap import create_county, open_county
from gis_app.county import edits
from gis_app.county.changes import Changes
from gis_app.county.state import Settings
from gis_app.storage import geopackage
from gis_app.storage.errors import StorageError
from tests.county.samples import same_state


def says(path: Path, words: str) -> None:
    """Assert that opening fails with one sentence that names the file, and leaves no trace."""
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(StorageError, match=words) as caught:
        open_county(path)
    sentence = str(caught.value)
    assert path.name in sentence and sentence.endswith(".") and "\n" not in sentence
    language.use("zh_CN")
    assert path.name in str(caught.value) and str(caught.value).endswith("。")
    language.use("en")
    assert not Path(f"{path}.lock").exists()
    assert (path.read_bytes() if path.is_file() else None) == before


def test_a_path_without_a_file(tmp_path: Path) -> None:
    says(tmp_path / "nothing.gpkg", "There is no file")
    assert list(tmp_path.iterdir()) == []


def test_a_folder(tmp_path: Path) -> None:
    says(tmp_path, "is a folder")


def table_of_others(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE units (id INTEGER)")


def gpkg_of_others(path: Path) -> None:
    frame = np.array([b"\x01\x01\x00\x00\x00" + b"\x00" * 16], dtype=object)
    pyogrio.raw.write(path, frame, [np.array(["x"], dtype=object)], ["name"], geometry_type="Point", crs="EPSG:4550", driver="GPKG")


@pytest.mark.parametrize(
    "make",
    [
        lambda path: path.write_bytes(b""),
        lambda path: path.write_text("姓名,地址\n", encoding="utf-8"),
        lambda path: path.write_bytes(b"PK\x03\x04" + os.urandom(500)),
        table_of_others,
        gpkg_of_others,
    ],
    ids=["empty", "text", "zip", "sqlite", "gpkg"],
)
def test_a_file_that_is_no_county(tmp_path: Path, make: Callable[[Path], object]) -> None:
    path = tmp_path / "other.gpkg"
    make(path)
    says(path, "is no county file")


def test_a_file_from_a_newer_version(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    says(path, "newer version")


def test_a_truncated_file(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)
    says(path, "is damaged")


def test_a_file_cut_off_after_its_first_bytes(path: Path) -> None:
    os.truncate(path, 300)
    says(path, "is damaged|is no county")


def test_garbage_in_the_middle(path: Path) -> None:
    """Wherever a page is overwritten, the file opens as it was or says that it is damaged; most pages are found."""
    whole = path.read_bytes()
    expected = open_and_load(path)
    found = 0
    pages = range(4096, len(whole), 4096)
    for start in pages:
        path.write_bytes(whole[:start] + bytes(range(256)) * 16 + whole[start + 4096 :])
        try:
            same_state(open_and_load(path), expected)
        except StorageError as error:
            found += 1
            assert "is damaged" in str(error) or "is no county" in str(error), str(error)
            assert "\n" not in str(error)
    assert found > 0.8 * len(pages)


def open_and_load(path: Path):  # type: ignore[no-untyped-def]
    county = open_county(path)
    county.close()
    return county.state


@pytest.mark.parametrize(
    ("statement", "table"),
    [
        ("UPDATE units SET geom = x'4750000100000000' WHERE id = 4", "units"),
        ("UPDATE units SET kind = 'castle' WHERE id = 4", "units"),
        ("UPDATE households SET geom = 'text' WHERE id = 1", "households"),
        ("UPDATE cases SET blown = 'yesterday' WHERE id = 10", "cases"),
        ("UPDATE settings SET value = '{' WHERE key = 'name'", "settings"),
        ("DROP TABLE cases", "cases"),
        ("ALTER TABLE households DROP COLUMN cell", "households"),
    ],
)
def test_values_that_cannot_be(path: Path, statement: str, table: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(statement)
    says(path, "is damaged")


def test_a_county_that_is_open_in_this_program(path: Path) -> None:
    county = open_county(path)
    with pytest.raises(StorageError, match="is open in another window or program"):
        open_county(path)
    with pytest.raises(StorageError, match="is open in another window or program"):
        open_county(Path(os.path.relpath(path)))
    link = path.with_name("link.gpkg")
    link.symlink_to(path)
    with pytest.raises(StorageError, match="is open in another window or program"):
        open_county(link)
    county.close()
    open_county(path).close()
    assert sorted(entry.name for entry in path.parent.iterdir()) == ["county.gpkg", "link.gpkg"]


HOLD = "import sys; from gis_app.bootstrap import open_county; c = open_county(sys.argv[1]); print('open', flush=True); sys.stdin.read()"


def test_a_county_that_another_process_has_open_and_then_dies(path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLD, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "open\n"
        with pytest.raises(StorageError, match="is open in another window or program"):
            open_county(path)
        other.kill()
        other.wait()
    open_county(path).close()
    assert not Path(f"{path}.lock").exists()


def test_a_database_that_another_program_keeps_locked(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gis_app.storage.sqlite._BUSY_SECONDS", 0.05)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        says_in_use(path)
    open_county(path).close()


def says_in_use(path: Path) -> None:
    with pytest.raises(StorageError, match="Another program is using"):
        open_county(path)


def test_a_file_that_another_program_changes_meanwhile(path: Path) -> None:
    """Reading elsewhere does no harm; after writing elsewhere nothing more is performed on what is no longer true."""
    county = open_county(path)
    with closing(sqlite3.connect(path)) as other, other:
        assert other.execute("SELECT count(*) FROM units").fetchone() == (7,)
    assert isinstance(county.perform(edits.rename_unit(4, "甲")), Changes)
    with closing(sqlite3.connect(path)) as other, other:
        other.execute("UPDATE units SET name = '乙' WHERE id = 4")
    before = county.state
    for act in (lambda: county.perform(edits.rename_unit(4, "丙")), county.undo):
        with pytest.raises(StorageError, match="Another program has changed"):
            act()
    assert county.state is before
    county.close()
    again = open_county(path)
    assert again.state.units[4].name == "乙"
    again.close()


def test_a_file_that_another_program_left_with_a_write_ahead_log(path: Path) -> None:
    with closing(sqlite3.connect(path)) as other:
        assert other.execute("PRAGMA journal_mode=WAL").fetchone() == ("wal",)
    open_county(path).close()
    assert [entry.name for entry in path.parent.iterdir()] == ["county.gpkg"]
    with closing(sqlite3.connect(path)) as other:
        assert other.execute("PRAGMA journal_mode").fetchone() == ("delete",)


def test_a_lock_file_that_was_left_behind_is_no_lock(path: Path) -> None:
    Path(f"{path}.lock").touch()
    open_county(path).close()


def test_the_lock_is_that_of_the_operating_system(path: Path) -> None:
    with Path(f"{path}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(StorageError, match="is open in another window"):
            open_county(path)


def test_making_a_county(tmp_path: Path) -> None:
    county = create_county(tmp_path / "neu.gpkg", Settings(name="新县", code="230225"))
    assert county.state.settings.name == "新县" and not county.state.units and not county.state.coverage.cells
    assert len(county.state.households) == 0 and len(county.state.cases) == 0
    county.close()
    assert [entry.name for entry in tmp_path.iterdir()] == ["neu.gpkg"]


def test_a_county_is_never_made_over_something(tmp_path: Path, path: Path) -> None:
    before = path.read_bytes()
    for name in (path, path.parent):
        with pytest.raises(StorageError, match="exists already"):
            create_county(name, Settings())
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["county.gpkg"]


def test_a_county_that_somebody_else_made_meanwhile_stays(tmp_path: Path, sample: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "neu.gpkg"
    fill = geopackage._fill

    def slow_fill(*arguments: object) -> None:
        fill(*arguments)  # type: ignore[arg-type]
        shutil.copy(sample, path)

    monkeypatch.setattr(geopackage, "_fill", slow_fill)
    with pytest.raises(StorageError, match="exists already"):
        create_county(path, Settings())
    assert path.read_bytes() == sample.read_bytes()
    assert [entry.name for entry in tmp_path.iterdir()] == ["neu.gpkg"]


@pytest.mark.parametrize(
    ("crs", "words"), [("EPSG:0", "no coordinate system"), ("metres", "no coordinate system"), ("EPSG:4326", "degrees")]
)
def test_coordinate_systems_that_no_county_can_have(tmp_path: Path, crs: str, words: str) -> None:
    with pytest.raises(StorageError, match=words):
        create_county(tmp_path / "neu.gpkg", Settings(crs=crs))
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_there_is_not(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="does not exist"):
        create_county(tmp_path / "no" / "neu.gpkg", Settings())
