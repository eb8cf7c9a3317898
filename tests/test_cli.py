"""The command line: reports, exit codes, one sentence for bad input, and nothing heavy for --help."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.journeys.command_line import ROOT, gis_app, report


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a small demo county on the command line."""
    path = tmp_path_factory.mktemp("cli") / "small.gpkg"
    made = report("demo", path, "--size", "small")
    assert made["units"] > 100
    assert made["households"] == 6000
    return path


def test_help_loads_neither_qt_nor_the_database_nor_pandas() -> None:
    code = "import sys, gis_app.cli as c\ntry: c.main(['--help'])\nexcept SystemExit: pass\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    loaded = set(done.stdout.splitlines()[-1].split())
    assert not loaded & {"PySide6", "sqlalchemy", "pandas", "geopandas", "numpy", "shapely"}


def test_help_speaks_both_languages() -> None:
    assert "Usage:" in gis_app("--help")
    chinese = gis_app("--help", language="zh_CN")
    assert "县域网格图" in chinese
    assert "检查网格" in chinese


def test_every_command_explains_itself() -> None:
    for command in ("new", "demo", "check", "assign", "route", "stats", "hotspots", "screenshot", "open", "first-look"):
        assert command in gis_app(command, "--help")
    for kind in ("boundaries", "households", "workers", "departments", "cases"):
        assert "--encoding" in gis_app("import", kind, "--help")
    for what in ("map", "data"):
        assert "OUT" in gis_app("export", what, "--help")


@pytest.mark.parametrize(
    "arguments",
    [
        ("check",),
        ("stats",),
        ("assign", "households"),
        ("route", "--at", "123.5,47.9"),
        ("hotspots", "--method", "density"),
        ("export", "map", "out.pdf"),
        ("export", "data", "out.csv", "--what", "units"),
        ("screenshot", "out.png"),
        ("open",),
    ],
)
def test_a_county_that_is_not_there_is_an_error_and_never_a_new_file(arguments: tuple[str, ...], tmp_path: Path) -> None:
    missing = tmp_path / "nothing.gpkg"
    words = list(arguments)
    words.insert(2 if words[0] == "export" else 1, str(missing))
    message = gis_app(*words, code=2)
    assert "nothing.gpkg" in message
    assert len(message.strip().splitlines()) == 1
    assert not missing.exists()


def test_bad_input_is_one_sentence_with_exit_code_2(county: Path) -> None:
    for arguments in (
        ("route", county, "--at", "north"),
        ("route", county, "--at", "47.9,123.5"),
        ("route", county, "--at", "123.5,47.9", "--category", "no such category"),
        ("stats", county, "--from", "yesterday"),
        ("export", "map", county, "map.docx"),
        ("export", "data", county, "rows.docx", "--what", "cases"),
        ("import", "cases", county, "missing.csv"),
        ("import", "boundaries", county, "missing.shp", "--level", "cell"),
        ("new", county),
        ("demo", county, "--size", "small"),
    ):
        message = gis_app(*arguments, code=2)
        assert len(message.strip().splitlines()) == 1, message


def test_assign_reports_every_household(county: Path) -> None:
    found = report("assign", county, "households")
    assert found["total"] == 6000
    assert found["assigned"] + found["unassigned"] == 6000
    assert found["assigned"] > 5900
    workers = report("assign", county, "workers")
    assert workers["total"] == workers["assigned"] + workers["unassigned"]


def test_check_tells_whether_the_county_is_valid(county: Path) -> None:
    found = json.loads(gis_app("check", county, "--json", code=0))
    assert found == {"valid": True, "issues": []}


def test_defects_and_repairs_name_their_units_by_code(tmp_path: Path) -> None:
    import geopandas
    import shapely

    squares = [shapely.box(520_000, 5_300_000, 521_000, 5_301_000), shapely.box(520_990, 5_300_000, 522_000, 5_301_000)]
    table = geopandas.GeoDataFrame({"code": ["东", "西"]}, geometry=squares, crs="EPSG:4550")
    table.to_file(tmp_path / "two.gpkg", engine="pyogrio")
    for repair in ([], ["--repair"]):
        county = tmp_path / f"county{len(repair)}.gpkg"
        report("new", county, "--code-scheme", "free")
        printed = gis_app("import", "boundaries", county, tmp_path / "two.gpkg", "--level", "cell", "--code", "code", *repair)
        if repair:
            assert report("check", county) == {"valid": True, "issues": []}
            assert "went from 西 to 东" in printed
        else:
            found = report("check", county, code=1)
            assert not found["valid"]
            assert ("overlap", ["东", "西"]) in [(issue["kind"], sorted(issue["units"])) for issue in found["issues"]]


def test_a_reader_that_stops_reading_is_no_error(county: Path) -> None:
    piped = f"{sys.executable} {ROOT / 'main.py'} export data --help | head -c 1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", piped], capture_output=True, text=True, check=False)
    assert done.stderr == ""


def test_help_lists_the_fields_of_each_import() -> None:
    from gis_app import cli
    from gis_app.files.mapping import FIELDS, Target

    assert all(tuple(fields) == FIELDS[Target(target)] for target, fields in cli.FIELDS.items())
    assert "picked_up" in gis_app("import", "cases", "--help")


def test_figures_of_a_period(county: Path) -> None:
    whole, none = report("stats", county), report("stats", county, "--from", "1990-01-01", "--to", "1990-12-31")
    assert whole["received"] >= whole["reasonable"] >= whole["completed"] > 0
    assert whole["completion_rate"] == pytest.approx(whole["completed"] / whole["reasonable"])
    assert {name: none[name] for name in ("received", "reasonable", "completed", "completion_rate")} == {
        "received": 0,
        "reasonable": 0,
        "completed": 0,
        "completion_rate": None,
    }


@pytest.mark.parametrize("day", ["2020-04-28", "20200428", "2020-4-28", "2020/4/28", "2020年4月28日"])
def test_days_are_written_as_offices_write_them(county: Path, day: str) -> None:
    instant = report("stats", county, "--to", "2020-04-29T00:00")
    assert report("stats", county, "--to", day) == instant == report("stats", county, "--to", "2020年4月29日0时0分")
    assert instant["received"] > 0


def test_a_period_that_ends_before_it_begins_is_refused(county: Path) -> None:
    assert "--from" in gis_app("stats", county, "--from", "2020-05-01", "--to", "2020-04-28", code=2)
    assert report("stats", county, "--from", "2020-04-28", "--to", "2020-04-28")["received"] >= 0
    for nonsense in ("28/04/2020", "43949", "2020-13-01", ""):
        assert "2020-04-28" in gis_app("stats", county, "--from", nonsense, code=2)


def test_hotspots_are_written_for_any_gis(county: Path, tmp_path: Path) -> None:
    import pyogrio

    for method, ending in (("gi-star", "gpkg"), ("density", "geojson"), ("gi-star", "csv")):
        target = tmp_path / f"{method}.{ending}"
        found = report("hotspots", county, "--method", method, "--out", target)
        assert found["explanation"]
        assert pyogrio.read_info(target, force_feature_count=True)["features"] > 0


def test_data_goes_out_with_cells_and_without_names(county: Path, tmp_path: Path) -> None:
    import pandas as pd

    report("export", "data", county, tmp_path / "homes.csv", "--what", "households")
    homes = pd.read_csv(tmp_path / "homes.csv", dtype=str, encoding="utf-8-sig")
    assert len(homes) == 6000
    assert homes["cell"].dropna().str.len().eq(15).all()
    assert homes["head"].dropna().str.contains("*", regex=False).all()


def test_a_county_file_is_never_written_over(county: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.gpkg"
    report("new", other, "--name", "邻县")
    before = county.read_bytes(), other.read_bytes()
    for target in (county, other):
        for arguments in (
            ("export", "data", county, target, "--what", "units"),
            ("hotspots", county, "--method", "density", "--out", target),
        ):
            message = gis_app(*arguments, code=2)
            assert "county file" in message
            assert len(message.strip().splitlines()) == 1
    assert (county.read_bytes(), other.read_bytes()) == before


def test_a_place_that_cannot_be_written_is_told_before_the_work(county: Path, tmp_path: Path) -> None:
    (tmp_path / "folder.pdf").mkdir()
    for arguments in (
        ("screenshot", county, tmp_path / "window.txt"),
        ("screenshot", county, tmp_path / "nowhere" / "window.png"),
        ("export", "map", county, tmp_path / "nowhere" / "map.pdf"),
        ("export", "map", county, tmp_path / "folder.pdf"),
        ("export", "data", county, tmp_path / "nowhere" / "rows.csv", "--what", "cases"),
        ("hotspots", county, "--method", "gi-star", "--out", tmp_path / "nowhere" / "spots.gpkg"),
        ("hotspots", county, "--method", "gi-star", "--out", tmp_path / "spots.shp"),
    ):
        message = gis_app(*arguments, code=2)
        assert len(message.strip().splitlines()) == 1, message
    assert [path.name for path in tmp_path.iterdir()] == ["folder.pdf"]


def test_a_picture_of_the_window(county: Path, tmp_path: Path) -> None:
    target = tmp_path / "window.png"
    report("screenshot", county, target, "--workspace", "cases", "--size", "1366x768", "--lang", "zh_CN", "--theme", "dark")
    content = target.read_bytes()
    assert content.startswith(b"\x89PNG")
    assert (int.from_bytes(content[16:20]), int.from_bytes(content[20:24])) == (1366, 768)


@pytest.mark.parametrize("arguments", [(), ("open",)])
def test_without_a_display_the_window_says_so(arguments: tuple[str, ...], county: Path) -> None:
    environment = {key: value for key, value in os.environ.items() if key not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")}
    words = [*arguments, str(county)] if arguments else []
    done = subprocess.run([sys.executable, str(ROOT / "main.py"), *words], capture_output=True, text=True, env=environment, check=False)
    if sys.platform.startswith("linux"):
        assert (done.returncode, len(done.stderr.strip().splitlines())) == (2, 1), done.stderr


def test_the_window_opens_in_the_language_that_is_asked_for(county: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from gis_app import cli
    from gis_app.gui import start

    opened: list[tuple[object, object]] = []

    def started(path: Path | None, lang: str | None = None) -> int:
        opened.append((path, lang))
        return 0

    monkeypatch.setattr(start, "start", started)
    for words in (
        ["--lang", "en"],
        ["--lang", "zh_CN", "open", str(county)],
        ["open", str(county), "--lang", "zh_CN"],
        ["open", str(county)],
    ):
        with pytest.raises(SystemExit, match="0"):
            cli.main(words)
    assert opened == [(None, "en"), (county, "zh_CN"), (county, "zh_CN"), (county, None)]


def test_first_look_without_a_display_does_the_main_job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, county: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    folder = tmp_path / "data" / "gis_app"
    folder.mkdir(parents=True)
    (folder / "demo-county.gpkg").write_bytes(county.read_bytes())  # the small county stands in for the whole one: speed
    printed = gis_app("first-look", "--out", tmp_path / "out")
    written = {path.name for path in (tmp_path / "out").iterdir()}
    assert {"county.pdf", "county.html", "window-plan.png", "window-cases.png"} <= written
    assert all(str(tmp_path / "out" / name) in printed for name in written)


def test_times_of_a_foreign_file_are_taken_in_its_own_zone(tmp_path: Path) -> None:
    (tmp_path / "calls.csv").write_text("编号,吹哨时间\nA1,2020-05-01 00:30\n", encoding="utf-8")
    for zone, day in (("Asia/Shanghai", "2020-05-01"), ("America/New_York", "2020-05-01"), ("Pacific/Kiritimati", "2020-04-30")):
        county = tmp_path / f"{zone.replace('/', '-')}.gpkg"
        report("new", county)
        report("import", "cases", county, tmp_path / "calls.csv", "--timezone", zone)
        assert report("stats", county, "--from", day, "--to", day)["received"] == 1
    assert "Mars" in gis_app("import", "cases", county, tmp_path / "calls.csv", "--timezone", "Mars/Base", code=2)
