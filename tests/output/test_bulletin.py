"""The monthly bulletin: its figures, its files, a template that an office changed, and what may not leave."""

import re
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest
from docx import Document
from openpyxl import load_workbook

from gis_app import language
from gis_app.bootstrap import building_demo, open_county
from gis_app.cases.bodies import Body, BodyKind
from gis_app.cases.case import CaseKind
from gis_app.cases.chains import ping_pong
from gis_app.cases.measures import Defined, Form, measured
from gis_app.cases.shares import Average, Share
from gis_app.cases.statistics import figures, months
from gis_app.county.case_figures import basis_of, read_trails
from gis_app.county.county import County
from gis_app.language import msg
from gis_app.output import bulletin_words as words
from gis_app.output.bulletin import (
    BodyLine,
    Bulletin,
    Line,
    Month,
    check_target,
    making_bulletin,
    month_called,
    months_with_whistles,
    write_bulletin,
)
from gis_app.output.bulletin_docx import own_template
from gis_app.output.bulletin_map import map_scene
from gis_app.output.bulletin_xlsx import write_workbook
from gis_app.output.errors import OutputError
from gis_app.output.words import people_of
from gis_app.progress import finish
from tests.output.test_privacy import names_in, phones

MONTH = Month(2020, 9)

pytestmark = pytest.mark.usefixtures("qapp")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    path = tmp_path_factory.mktemp("bulletin") / "demo.gpkg"
    finish(building_demo(path, "small"))
    county = open_county(path)
    yield county
    county.close()


@pytest.fixture(scope="module")
def bulletin(demo: County) -> Bulletin:
    language.use("en")
    return finish(making_bulletin(demo, MONTH))


def texts_of(path: Path) -> str:
    """Return all texts of a document, with those of its tables."""
    document = Document(str(path))
    cells = (cell.text for table in document.tables for row in table.rows for cell in row.cells)
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def cells_of(path: Path) -> str:
    """Return all texts of a workbook."""
    book = load_workbook(path)
    return "\n".join(str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None)


def test_months() -> None:
    assert month_called(" 2020-04 ") == Month(2020, 4)
    assert Month(2020, 1).moved(-1) == Month(2019, 12) and Month(2020, 12).moved(1) == Month(2021, 1)
    assert f"{Month(2020, 4).start:%Y-%m-%dT%H:%M}" == "2020-03-31T16:00", "a month begins at midnight in the county"
    for wrong in ("2020", "2020-13", "April", "2020-04-01", ""):
        with pytest.raises(OutputError, match="2020-04"):
            month_called(wrong)


def test_the_figures_are_those_of_the_month(demo: County, bulletin: Bulletin) -> None:
    state = demo.state
    assert bulletin.whole.figures == figures(state.cases, MONTH.start, MONTH.end)
    assert bulletin.before is not None and bulletin.before.figures == figures(state.cases, MONTH.moved(-1).start, MONTH.start)
    assert sum(line.measures.figures.received for line in bulletin.bodies) == bulletin.whole.figures.received
    assert sum(line.measures.arrivals for line in bulletin.bodies) == bulletin.whole.arrivals
    assert len(bulletin.bodies) + bulletin.idle == len(state.bodies)
    in_month = months(state.cases.blown) == 202009
    assert bulletin.reports == (in_month & (state.cases.kind == CaseKind.REPORT)).sum()
    for lines in (bulletin.categories, bulletin.townships):
        assert sum(line.measures.figures.received for line in lines) == bulletin.whole.figures.received
        assert all(line.measures.figures.received >= 5 for line in lines if line.name)
        assert all(line.folded > 1 for line in lines if not line.name)
    assert [str(month) for month, _ in bulletin.months] == [f"2020-{month:02}" for month in range(4, 10)]


@pytest.fixture
def one_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let bodies of the small demo be ranked."""
    monkeypatch.setattr("gis_app.output.bulletin.ENOUGH", 1)


@pytest.mark.usefixtures("one_is_enough")
def test_only_bodies_with_enough_whistles_are_ranked(demo: County) -> None:
    found = finish(making_bulletin(demo, MONTH))
    assert len(found.ranking) > 1
    assert all((line.rank is None) == (line.measures.figures.reasonable < 1) for line in found.bodies)
    rates = [line.measures.figures.completion_rate or 0 for line in found.ranking]
    assert rates == sorted(rates, reverse=True) and found.ranking[0].rank == 1


def test_chains_leave_out_reports_of_wrongdoing(demo: County) -> None:
    state, stays = demo.state, read_trails(demo.store).stays
    back = ping_pong(stays, most=1000)
    reports = set(state.cases.id[state.cases.kind == CaseKind.REPORT].tolist())
    assert back, "the demo has whistles that came back"
    numbers: dict[str, tuple[str, ...]] = {}
    for month in months_with_whistles(state):
        for line in finish(making_bulletin(demo, month)).chains:
            numbers[line.number] = line.bodies
    expected = demo.store.rows("cases", np.array(sorted({chain.case for chain in back} - reports)), ("number",))["number"]
    assert set(numbers) == set(expected.tolist())
    assert all(len(set(way)) < len(way) for way in numbers.values())


def test_a_month_without_whistles_is_refused(demo: County) -> None:
    with pytest.raises(OutputError, match=r"2019-01.*2020-04"):
        finish(making_bulletin(demo, Month(2019, 1)))


def test_no_map_shows_a_report_of_wrongdoing(demo: County) -> None:
    scene = map_scene(demo, MONTH)
    cases = demo.state.cases
    assert scene.cases is not None
    assert scene.cases.any() and not (scene.cases & (cases.kind == CaseKind.REPORT)).any()
    assert "cases" not in {str(layer.kind) for layer in scene.layers}, "no single whistle is drawn"


@pytest.mark.parametrize("tongue", ["zh_CN", "en"])
def test_a_document(demo: County, tmp_path: Path, tongue: str) -> None:
    language.use(tongue)
    path = tmp_path / "out.docx"
    made = finish(write_bulletin(demo, path, MONTH))
    text = texts_of(path)
    assert words.title(made) in text and "{{" not in text and "{%" not in text
    for sentence in words.summary(made):
        assert sentence in text
    for line in made.bodies:
        assert line.body.name in text
    with ZipFile(path) as archive:
        pictures = [name for name in archive.namelist() if name.startswith("word/media")]
        styles = archive.read("word/styles.xml").decode()
    assert len(pictures) == 4
    assert re.search(r'w:eastAsia="(仿宋|微软雅黑)"', styles), "Chinese letters have a font of their own"
    assert ("总体情况" in text) == (tongue == "zh_CN")
    tallest = max(shape.height.mm for shape in Document(str(path)).inline_shapes)
    assert tallest < 205, "heading and map stand on one page: there are 253 mm between its margins"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.usefixtures("one_is_enough")
def test_a_workbook_has_native_charts(demo: County, tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    made = finish(write_bulletin(demo, path, MONTH))
    book = load_workbook(path)
    bodies = book["Receiving bodies"]
    assert bodies.max_row == len(made.bodies) + 1 and bodies.auto_filter.ref
    assert [len(book[name]._charts) for name in ("Months", "Ranking", "Categories", "Townships")] == [1, 1, 1, 1]
    assert len(book["Map"]._images) == 1
    rate = next(row[1] for row in book["Summary"].iter_rows(values_only=True) if row[0] == "Completion rate")
    assert rate == made.whole.figures.completion_rate, "numbers stay numbers"


@pytest.mark.parametrize("form", ["docx", "xlsx"])
def test_no_name_and_no_phone_leaves(demo: County, tmp_path: Path, form: str) -> None:
    language.use("zh_CN")
    path = tmp_path / f"out.{form}"
    finish(write_bulletin(demo, path, MONTH))
    text = texts_of(path) if form == "docx" else cells_of(path)
    assert names_in(text, people_of(demo)) == set()
    assert set(re.findall(r"\d{11}", text)) & phones(demo) == set()
    said = demo.store.rows("cases", demo.state.cases.id, ("text",))["text"].tolist()
    assert not [one for one in said if len(one) > 4 and one in text]


def test_few_ratings_are_not_told(bulletin: Bulletin, tmp_path: Path) -> None:
    stars = Average(17, 4)
    four = replace(bulletin.whole, satisfaction=Share(4, 4), resolution=Share(3, 4), attitude=stars, speed=stars, outcome=stars)
    line = BodyLine(Body(1, BodyKind.DEPARTMENT, "=cmd"), four, 0, None)
    told = replace(bulletin, whole=four, before=four, bodies=(line,))
    rated = {row[0]: row[1:4] for row in words.figure_rows(told)}
    for name in ("Satisfaction rate", "Resolution rate", "Stars for attitude", "Stars for speed", "Stars for the result"):
        assert rated[name] == ("fewer than 5 ratings", "fewer than 5 ratings", "–")
    assert words.body_row(line)[-1] == "< 5"
    assert "Fewer than 5 whistles were rated." in words.summary(told)
    write_workbook(told, tmp_path / "few.xlsx", b"")
    book = load_workbook(tmp_path / "few.xlsx")
    row = [cell.value for cell in book["Receiving bodies"][2]]
    assert row[1] == "'=cmd", "no name becomes a formula"
    assert row[13:20] == ["fewer than 5", *[None] * 6]
    told_of = next(cells for cells in book["Summary"].iter_rows(values_only=True) if cells[0] == "Stars for speed")
    assert told_of[1:5] == (None, "fewer than 5", None, None)


def test_a_rest_below_five_tells_no_more(bulletin: Bulletin) -> None:
    small = replace(bulletin.whole, figures=replace(bulletin.whole.figures, received=4, reasonable=4, completed=3))
    assert words.line_row(Line("", small, 2)) == ("2 others together", "fewer than 5", "–", "–", "–")


def test_changes_against_the_month_before(demo: County, bulletin: Bulletin) -> None:
    (nothing,) = measured(basis_of(demo.state, read_trails(demo.store)), where=np.zeros(len(demo.state.cases), np.bool_))
    for figure in bulletin.defined:
        assert words.change(figure, bulletin.whole, bulletin.whole) in ("0", "0.0 points", "0.00", "0 min")
        assert words.change(figure, bulletin.whole, None) == "–"
        assert words.written(figure, nothing) in ("0", "–")
    first, more = words.figure_rows(bulletin)[0], bulletin.whole.figures.received - (bulletin.before or nothing).figures.received
    assert first[3] == f"{more:+,}"
    assert ("more" if more > 0 else "fewer" if more < 0 else "as many") in words.summary(bulletin)[0]


@pytest.mark.usefixtures("one_is_enough")
@pytest.mark.parametrize(
    ("form", "value", "other", "written"),
    [
        (Form.SHARE, 0.287, 0.3, "−1.3 points"),
        (Form.SHARE, 0.30001, 0.3, "0.0 points"),
        (Form.STARS, 3.9, 4.0, "−0.10"),
        (Form.COUNT, 9, 1013, "−1,004"),
        (Form.COUNT, 13, 9, "+4"),
        (Form.SECONDS, 60, 1620, "−26 min"),
        (Form.SECONDS, 60, 62, "0 min"),
    ],
)
def test_a_change_has_one_minus_sign_and_nothing_has_none(form: Form, value: float, other: float, written: str, bulletin: Bulletin) -> None:
    before = replace(bulletin.whole, repeats=bulletin.whole.repeats + 1)
    figure = Defined("any", msg("Received"), msg("Received"), form, lambda row: other if row is before else value)
    assert words.change(figure, bulletin.whole, before) == written


def test_a_template_of_the_office(demo: County, tmp_path: Path) -> None:
    document = Document()
    document.add_paragraph("关于 {{ month }} 的通报：受理 {{ figures[0].c1 }} 件，{{ county }} <&>")
    document.add_paragraph("{{ chart_months }}")
    document.save(str(tmp_path / "own.docx"))
    finish(write_bulletin(demo, tmp_path / "out.docx", MONTH, tmp_path / "own.docx"))
    text = texts_of(tmp_path / "out.docx")
    assert "关于 September 2020 的通报：受理 " in text and "<&>" in text


@pytest.mark.parametrize(
    ("field", "reason"),
    [("{{ nothing_of_it }}", "nothing_of_it"), ("{{ title", "."), ("{{ ''.__class__.__mro__ }}", "unsafe"), ("{% for x in %}", ".")],
)
def test_a_template_with_a_wrong_field_ends_with_one_sentence(demo: County, tmp_path: Path, field: str, reason: str) -> None:
    document = Document()
    document.add_paragraph(field)
    document.save(str(tmp_path / "own.docx"))
    with pytest.raises(OutputError, match=f"own.docx: a field .*{re.escape(reason)}") as found:
        finish(write_bulletin(demo, tmp_path / "out.docx", MONTH, tmp_path / "own.docx"))
    assert "\n" not in str(found.value)
    assert not (tmp_path / "out.docx").exists()


@pytest.mark.parametrize("content", [b"no archive", b""])
def test_a_template_that_is_no_document(demo: County, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "own.docx").write_bytes(content)
    with pytest.raises(OutputError, match="no Word document"):
        finish(write_bulletin(demo, tmp_path / "out.docx", MONTH, tmp_path / "own.docx"))


def test_an_archive_that_is_no_document(demo: County, tmp_path: Path) -> None:
    book = BytesIO()
    with ZipFile(book, "w") as archive:
        archive.writestr("hello.txt", "hello")
    (tmp_path / "own.docx").write_bytes(book.getvalue())
    with pytest.raises(OutputError, match="no Word document"):
        finish(write_bulletin(demo, tmp_path / "out.docx", MONTH, tmp_path / "own.docx"))


def test_files_that_no_bulletin_can_be() -> None:
    with pytest.raises(OutputError, match=r"\.docx or \.xlsx"):
        check_target(Path("out.pdf"))
    with pytest.raises(OutputError, match="workbook"):
        check_target(Path("out.xlsx"), own_template())
    with pytest.raises(OutputError, match="no such template"):
        check_target(Path("out.docx"), Path("nowhere.docx"))


def test_a_bulletin_that_is_cancelled_leaves_nothing(demo: County, tmp_path: Path) -> None:
    steps = write_bulletin(demo, tmp_path / "out.docx", MONTH)
    while next(steps).fraction < 0.6:
        pass
    steps.close()
    assert list(tmp_path.iterdir()) == []
