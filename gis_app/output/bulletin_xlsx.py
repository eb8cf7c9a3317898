"""The bulletin as a workbook: tables that can be sorted and charts of the spreadsheet program itself, which follow the tables."""

from collections.abc import Iterable, Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from gis_app.cases.measures import Defined, Form, Measures
from gis_app.language import tr
from gis_app.output import bulletin_words as words
from gis_app.output.bulletin import BodyLine, Bulletin, Line, folded_name
from gis_app.output.contents import SMALL, public_count
from gis_app.output.writing import replacing

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

Value = str | int | float | None

PERCENT, DAYS = "0.0%", "[h]:mm"
MOST_BARS = 15
MAP_WIDTH = 760.0
"""Pixels of a spreadsheet program, 96 an inch."""


def write_workbook(bulletin: Bulletin, path: Path, picture: bytes) -> None:
    """Write a bulletin as an .xlsx with its map (a PNG, empty for none); raises `OutputError` where it cannot be written."""
    from openpyxl import Workbook

    book = Workbook()
    _summary(book, bulletin)
    _months(book, bulletin)
    _bodies(book, bulletin)
    _ranking(book, bulletin)
    for title, name, lines in (
        (tr("Categories"), tr("Category"), bulletin.categories),
        (tr("Townships"), tr("Township"), bulletin.townships),
    ):
        _lines(book, title, name, lines)
    _texts(book, tr("Came back"), [tr("Number"), tr("Category"), tr("Way"), tr("Times")], words.chain_rows(bulletin))
    _hotspots(book, bulletin)
    if picture:
        _map(book, picture)
    _texts(book, tr("Notes"), [tr("Notes")], [(note,) for note in words.notes(bulletin)])
    book.remove(book.worksheets[0])
    book.properties.title = words.title(bulletin)
    book.properties.creator = bulletin.county
    with replacing(path) as temporary:
        book.save(temporary)


def _sheet(book: "Workbook", title: str, heads: Sequence[str], rows: Iterable[Sequence[Value]], forms: Sequence[str] = ()) -> "Worksheet":
    """Add a table: bold heads that stay in sight, a filter, widths that fit, and number forms by column ("" for as it is)."""
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    sheet: Worksheet = book.create_sheet(title[:31])
    sheet.append(list(heads))
    for row in rows:
        sheet.append([_safe(value) for value in row])
    for cell in sheet[1]:
        cell.font = Font(bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", fgColor="0B6E75")
        cell.alignment = Alignment(vertical="center", wrap_text=True)
    for at, values in enumerate(sheet.iter_cols(min_row=1, max_row=sheet.max_row), 1):
        width = max((_width(cell.value) for cell in values), default=8)
        sheet.column_dimensions[get_column_letter(at)].width = min(max(width + 2, 9), 70)
        form = forms[at - 1] if at <= len(forms) else ""
        for cell in values[1:]:
            cell.number_format = form or cell.number_format
    sheet.freeze_panes = "B2"
    sheet.print_title_rows = "1:1"
    _on_paper(sheet)
    if sheet.max_row > 1:
        sheet.auto_filter.ref = sheet.dimensions
    return sheet


def _on_paper(sheet: "Worksheet") -> None:
    """Let a table be printed across A4, as wide as the page."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_setup.fitToHeight = 0


def _safe(value: Value) -> Value:
    """Return a value that no spreadsheet program takes for a formula."""
    return "'" + value if isinstance(value, str) and value[:1] in ("=", "@") else value


def _width(value: object) -> int:
    """Return about how many letters wide a value is; Chinese ones are twice as wide."""
    return sum(2 if ord(letter) > 0x2E7F else 1 for letter in str(value)) if isinstance(value, str) else 8


def _summary(book: "Workbook", bulletin: Bulletin) -> None:
    from openpyxl.styles import Alignment, Font

    sheet: Worksheet = book.create_sheet(tr("Summary"))
    sheet["A1"] = words.title(bulletin)
    sheet["A1"].font = Font(bold=True, size=15)
    for at, sentence in enumerate(words.summary(bulletin), 2):
        sheet.merge_cells(start_row=at, start_column=1, end_row=at, end_column=6)
        sheet.cell(at, 1, sentence).alignment = Alignment(wrap_text=True, vertical="top")
        sheet.row_dimensions[at].height = 15 * (1 + _width(sentence) // 130)
    sheet.append([])
    heads = [tr("Figure"), tr("This month"), tr("Ratings"), tr("Month before"), tr("Difference"), tr("What it counts")]
    sheet.append(heads)
    for cell in sheet[sheet.max_row]:
        cell.font = Font(bold=True)
    for figure in bulletin.defined:
        now, before = figure.value(bulletin.whole), figure.value(bulletin.before) if bulletin.before is not None else None
        counts = [_rated(figure, measures) for measures in (bulletin.whole, bulletin.before) if measures is not None]
        values = [None if count is not None and count < SMALL else value for count, value in zip(counts, (now, before), strict=False)]
        values += [None] * (2 - len(values))
        shown = [_days(value) if figure.form == Form.SECONDS else value for value in values]
        change = shown[0] - shown[1] if shown[0] is not None and shown[1] is not None else None
        sheet.append([str(figure.name), shown[0], _public(counts[0]), shown[1], change, str(figure.definition)])
        form = {Form.SHARE: PERCENT, Form.STARS: "0.00", Form.SECONDS: DAYS}.get(figure.form, "#,##0")
        for column in (2, 4, 5):
            cell = sheet.cell(sheet.max_row, column)
            cell.number_format = form if column < 5 or figure.form != Form.SECONDS else "General"
        if figure.form == Form.SECONDS:
            sheet.cell(sheet.max_row, 5, words.change(figure, bulletin.whole, bulletin.before))
    _on_paper(sheet)
    for letter, width in zip("ABCDEF", (30, 14, 10, 14, 16, 90), strict=True):
        sheet.column_dimensions[letter].width = width


def _rated(figure: Defined, measures: Measures) -> int | None:
    """Return how many ratings a figure is of, None for one that is not of ratings."""
    return measures.satisfaction.whole if figure.form == Form.STARS or figure.key in words.RATED else None


def _public(count: int | None) -> Value:
    return count if count is None or count >= SMALL or not count else public_count(count)


def _days(seconds: float | None) -> float | None:
    """Return a duration as spreadsheets have it: days."""
    return None if seconds is None else seconds / 86_400


def _months(book: "Workbook", bulletin: Bulletin) -> None:
    from openpyxl.chart import BarChart, Reference

    heads = [tr("Month"), tr("Received"), tr("Reasonable"), tr("Completed"), tr("Completion rate")]
    rows = [(str(month), *_counts(row), row.figures.completion_rate) for month, row in bulletin.months]
    sheet = _sheet(book, tr("Months"), heads, rows, ("", "", "", "", PERCENT))
    chart = BarChart()
    chart.title = tr("Whistles by month")
    chart.height, chart.width = 9, 20
    last = sheet.max_row
    for column in (2, 4):
        chart.add_data(Reference(sheet, min_col=column, min_row=1, max_row=last), titles_from_data=True)
    chart.set_categories(Reference(sheet, min_col=1, min_row=2, max_row=last))
    _finish(chart)
    sheet.add_chart(chart, "G2")


def _finish(chart: object) -> None:
    """Give a chart the program's two colours, and axes that newer spreadsheet programs would leave out."""
    from openpyxl.chart import BarChart

    assert isinstance(chart, BarChart)
    for series, colour in zip(chart.series, ("93C5BF", "0B6E75"), strict=False):
        series.graphicalProperties.solidFill = colour
        series.graphicalProperties.line.solidFill = colour
    chart.legend.position = "t"
    chart.x_axis.delete = False
    chart.y_axis.delete = False
    chart.gapWidth = 60


def _counts(row: Measures) -> tuple[int, int, int]:
    return row.figures.received, row.figures.reasonable, row.figures.completed


def _bodies(book: "Workbook", bulletin: Bulletin) -> None:
    heads = [
        tr("Kind"), tr("Receiving body"), tr("Arrivals"), tr("Response rate"), tr("Received"), tr("Reasonable"), tr("Completed"),
        tr("Completion rate"), tr("Handed over"), tr("Passed up"), tr("Returns"), tr("Came back"), tr("Overdue now"), tr("Ratings"),
        tr("Satisfaction rate"), tr("at least (95 %)"), tr("at most (95 %)"), tr("Stars for attitude"), tr("Stars for speed"),
        tr("Stars for the result"), tr("Pick-up, median"), tr("Completion, median"),
    ]  # fmt: skip
    forms = ["", "", "", PERCENT, "", "", "", PERCENT, *[""] * 6, PERCENT, PERCENT, PERCENT, "0.00", "0.00", "0.00", DAYS, DAYS]
    sheet = _sheet(book, tr("Receiving bodies"), heads, [_body(line) for line in bulletin.bodies], forms)
    sheet.freeze_panes = "C2"


def _body(line: BodyLine) -> list[Value]:
    row = line.measures
    enough = row.satisfaction.whole >= SMALL
    low, high = row.satisfaction.interval or (None, None)
    told: list[Value] = [row.satisfaction.value, low, high, row.attitude.value, row.speed.value, row.outcome.value]
    return [
        words.group_text(line),
        line.body.name,
        row.arrivals,
        row.response.value,
        *_counts(row),
        row.figures.completion_rate,
        row.handed_over,
        row.passed_up,
        row.returned,
        row.ping_pong,
        line.overdue,
        _public(row.satisfaction.whole),
        *(told if enough else [None] * len(told)),
        _days(row.pick_up.median),
        _days(row.case_clock.median),
    ]


def _ranking(book: "Workbook", bulletin: Bulletin) -> None:
    from openpyxl.chart import BarChart, Reference

    heads = [tr("Rank"), tr("Receiving body"), tr("Reasonable"), tr("Completion rate"), tr("Response rate")]
    rows = [
        (line.rank, line.body.name, line.measures.figures.reasonable, line.measures.figures.completion_rate, line.measures.response.value)
        for line in bulletin.ranking
    ]
    sheet = _sheet(book, tr("Ranking"), heads, rows, ("", "", "", PERCENT, PERCENT))
    last = min(sheet.max_row, MOST_BARS + 1)
    if last < 2:
        return
    chart = BarChart()
    chart.type = "bar"
    chart.title = tr("Completion rate")
    chart.height, chart.width = 4 + 0.6 * last, 18
    chart.add_data(Reference(sheet, min_col=4, min_row=1, max_row=last), titles_from_data=True)
    chart.set_categories(Reference(sheet, min_col=2, min_row=2, max_row=last))
    _finish(chart)
    chart.x_axis.scaling.orientation = "maxMin"  # the first at the top
    chart.y_axis.scaling.min = 0
    chart.legend = None
    sheet.add_chart(chart, "G2")


def _lines(book: "Workbook", title: str, name: str, lines: Sequence[Line]) -> None:
    from openpyxl.chart import BarChart, Reference

    heads = [name, tr("Received"), tr("Reasonable"), tr("Completed"), tr("Completion rate")]
    rows = [_line(line) for line in lines]
    sheet = _sheet(book, title, heads, rows, ("", "", "", "", PERCENT))
    last = min(sheet.max_row, MOST_BARS + 1)
    if last < 2:
        return
    chart = BarChart()
    chart.type = "bar"
    chart.title = title
    chart.height, chart.width = 5 + 0.7 * last, 18
    for column in (2, 4):
        chart.add_data(Reference(sheet, min_col=column, min_row=1, max_row=last), titles_from_data=True)
    chart.set_categories(Reference(sheet, min_col=1, min_row=2, max_row=last))
    _finish(chart)
    chart.x_axis.scaling.orientation = "maxMin"
    sheet.add_chart(chart, "G2")


def _line(line: Line) -> list[Value]:
    """Return the figures of a category or township; of fewer than five no more than that."""
    figures = line.measures.figures
    if figures.received < SMALL:
        return [str(folded_name(line)), public_count(figures.received), None, None, None]
    return [str(folded_name(line)), *_counts(line.measures), figures.completion_rate]


def _texts(book: "Workbook", title: str, heads: Sequence[str], rows: Iterable[Sequence[Value]]) -> None:
    from openpyxl.styles import Alignment

    sheet = _sheet(book, title, heads, rows)
    for cells in sheet.iter_rows(min_row=2):
        for cell in cells:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
        lines = max(1 + _width(cell.value) // 70 for cell in cells if isinstance(cell.value, str))
        sheet.row_dimensions[cells[0].row].height = 15 * lines


def _hotspots(book: "Workbook", bulletin: Bulletin) -> None:
    heads = [tr("Place"), tr("Cells"), tr("Whistles"), tr("Times the expected number")]
    _sheet(book, tr("Hotspots"), heads, [(s.place, s.cells, s.cases, s.ratio) for s in bulletin.hotspots], ("", "", "", "0.0"))


def _map(book: "Workbook", picture: bytes) -> None:
    from openpyxl.drawing.image import Image

    sheet: Worksheet = book.create_sheet(tr("Map"))
    image = Image(BytesIO(picture))
    image.width, image.height = round(MAP_WIDTH), round(MAP_WIDTH * image.height / image.width)
    sheet.add_image(image, "A1")
    _on_paper(sheet)
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "portrait", 1
