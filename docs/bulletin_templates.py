"""Make the templates of the monthly bulletin anew: `python -m docs.bulletin_templates`. They are then changed in Word, or here.

Each language has its own, with its texts written out, so that an office can change every word, drop a chapter or add its letterhead. What
stands in braces is filled in; `gis_app.output.bulletin_docx.context` lists the fields.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

FOLDER = Path(__file__).parent.parent / "resources" / "templates"
TEAL = RGBColor(0x0B, 0x6E, 0x75)
GREY = RGBColor(0x61, 0x6E, 0x7C)

FONTS = {"zh_CN": ("Times New Roman", "仿宋", "黑体"), "en": ("Calibri", "微软雅黑", "微软雅黑")}
"""Of each language: Latin letters, Chinese text, Chinese headings; Chinese names stand in the English one too."""

TEXTS: dict[str, dict[str, Any]] = {
    "zh_CN": {
        "summary": "一、总体情况",
        "figures": "二、主要指标",
        "figure_heads": ("指标", "本月", "上月", "增减"),
        "months": "三、近期走势",
        "bodies": "四、各接哨单位情况",
        "body_heads": ("接哨单位", "到哨", "响应率", "受理", "合理", "办结", "办结率", "转出上交", "现超时", "满意率"),
        "ranking": "五、办结率排名",
        "ranking_heads": ("名次", "接哨单位", "合理", "办结率", "响应率"),
        "no_ranking": "本月没有单位的合理哨件达到排名所需件数。",
        "categories": "六、类别与乡镇",
        "category_heads": ("类别", "受理", "合理", "办结", "办结率"),
        "township_heads": ("乡镇", "受理", "合理", "办结", "办结率"),
        "chains": "七、来回推转的哨",
        "chain_heads": ("编号", "类别", "经过", "回流次数"),
        "no_chains": "本月没有哨转出后又回到曾经手的单位。",
        "places": "八、哨件聚集区",
        "place_heads": ("位置", "网格数", "哨件", "为预期的"),
        "no_places": "本月没有明显聚集区。",
        "definitions": "附：指标口径",
        "notes": "说明",
        "page": ("第 ", " 页"),
    },
    "en": {
        "summary": "1  Summary",
        "figures": "2  Figures",
        "figure_heads": ("Figure", "This month", "Month before", "Change"),
        "months": "3  The last months",
        "bodies": "4  Receiving bodies",
        "body_heads": (
            "Receiving body", "Arrivals", "Response", "Received", "Reasonable", "Completed", "Completion", "Handed on", "Overdue now",
            "Satisfied",
        ),
        "ranking": "5  Ranking by completion",
        "ranking_heads": ("Rank", "Receiving body", "Reasonable", "Completion rate", "Response rate"),
        "no_ranking": "No body had enough reasonable whistles in the month to be ranked.",
        "categories": "6  Categories and townships",
        "category_heads": ("Category", "Received", "Reasonable", "Completed", "Completion rate"),
        "township_heads": ("Township", "Received", "Reasonable", "Completed", "Completion rate"),
        "chains": "7  Whistles that came back",
        "chain_heads": ("Number", "Category", "Way", "Times back"),
        "no_chains": "No whistle came back in the month to a body that had had it.",
        "places": "8  Where whistles piled up",
        "place_heads": ("Place", "Cells", "Whistles", "Times expected"),
        "no_places": "No place stands out in the month.",
        "definitions": "What the figures count",
        "notes": "Notes",
        "page": ("Page ", ""),
    },
}  # fmt: skip


def main() -> None:
    """Write both templates."""
    for language in TEXTS:
        template(language).save(str(FOLDER / f"bulletin_{language}.docx"))


def template(language: str) -> Any:
    """Return the template of a language."""
    texts = TEXTS[language]
    document = Document()
    _page(document, language)
    _title(document)
    _heading(document, texts["summary"])
    _each(document, "sentence", "summary", "{{ sentence }}")
    _heading(document, texts["figures"])
    _table(document, texts["figure_heads"], "figures", (46, 62, 32, 25))
    _heading(document, texts["months"])
    _picture(document, "chart_months")
    _heading(document, texts["bodies"])
    _picture(document, "chart_bodies")
    _paragraph(document, "{%p for group in groups %}")
    document.add_paragraph("{{ group.name }}", style="Heading 2")
    _table(document, texts["body_heads"], "group.rows", (35, 12, 14, 13, 16, 15, 16, 12, 13, 20), size=8)
    _paragraph(document, "{%p endfor %}")
    _heading(document, texts["ranking"])
    _when(document, "ranking", texts["no_ranking"], lambda: _table(document, texts["ranking_heads"], "ranking", (15, 60, 30, 30, 30)))
    _heading(document, texts["categories"])
    _picture(document, "chart_categories")
    for heads, rows in ((texts["category_heads"], "categories"), (texts["township_heads"], "townships")):
        _table(document, heads, rows, (65, 25, 25, 25, 25))
        _paragraph(document, "")
    _heading(document, texts["chains"])
    _when(document, "chains", texts["no_chains"], lambda: _table(document, texts["chain_heads"], "chains", (30, 27, 90, 18)))
    _heading(document, texts["places"], on_new_page=True)
    _when(document, "hotspots", texts["no_places"], lambda: _table(document, texts["place_heads"], "hotspots", (75, 25, 30, 35)))
    _picture(document, "map")
    _heading(document, texts["definitions"])
    _each(document, "row", "figures", "{{ row.c0 }}: {{ row.c4 }}" if language == "en" else "{{ row.c0 }}：{{ row.c4 }}", "Note")
    _heading(document, texts["notes"])
    _each(document, "note", "notes", "{{ note }}", "Note")
    _footer(document, texts["page"])
    return document


def _page(document: Any, language: str) -> None:
    """Set A4, margins, and the fonts of every style: Chinese letters have a font of their own in Word."""
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(22)
    section.top_margin, section.bottom_margin = Mm(24), Mm(20)
    latin, text, head = FONTS[language]
    styles = document.styles
    note = styles.add_style("Note", 1)
    note.base_style = styles["Normal"]
    for name, size, chinese, colour in (
        ("Normal", 11, text, None),
        ("Title", 20, head, RGBColor(0x1F, 0x29, 0x33)),
        ("Heading 1", 14, head, TEAL),
        ("Heading 2", 11, head, GREY),
        ("Note", 9, text, GREY),
    ):
        style = styles[name]
        style.font.name, style.font.size = latin, Pt(size)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        fonts.set(qn("w:eastAsia"), chinese)
        if colour is not None:
            style.font.color.rgb = colour
    styles["Normal"].paragraph_format.space_after = Pt(6)
    styles["Note"].paragraph_format.space_after = Pt(2)
    border = styles["Title"].element.pPr.find(qn("w:pBdr"))
    if border is not None:
        styles["Title"].element.pPr.remove(border)


def _title(document: Any) -> None:
    document.add_paragraph("{{ title }}", style="Title").alignment = WD_ALIGN_PARAGRAPH.CENTER
    line = document.add_paragraph("{{ as_of }} · {{ source }}", style="Note")
    line.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _heading(document: Any, text: str, *, on_new_page: bool = False) -> None:
    document.add_paragraph(text, style="Heading 1").paragraph_format.page_break_before = on_new_page


def _paragraph(document: Any, text: str, style: str = "Normal") -> None:
    document.add_paragraph(text, style=style)


def _each(document: Any, one: str, rows: str, text: str, style: str = "Normal") -> None:
    """Write a paragraph for each of some texts."""
    _paragraph(document, f"{{%p for {one} in {rows} %}}")
    _paragraph(document, text, style)
    _paragraph(document, "{%p endfor %}")


def _when(document: Any, rows: str, otherwise: str, write: Any) -> None:
    """Write a table where it has rows, else a sentence."""
    _paragraph(document, f"{{%p if {rows} %}}")
    write()
    _paragraph(document, "{%p else %}")
    _paragraph(document, otherwise)
    _paragraph(document, "{%p endif %}")


def _picture(document: Any, name: str) -> None:
    _paragraph(document, f"{{{{ {name} }}}}")


def _table(document: Any, heads: Sequence[str], rows: str, widths: Sequence[float], size: float = 9.0) -> None:
    """Write a table with a row of heads that stands on every page, and one row that is repeated."""
    table = document.add_table(rows=4, cols=len(heads))
    table.style = "Table Grid"
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    head, begin, row, end = table.rows
    begin.cells[0].text = f"{{%tr for row in {rows} %}}"
    end.cells[0].text = "{%tr endfor %}"
    for at, (text, width) in enumerate(zip(heads, widths, strict=True)):
        table.columns[at].width = Mm(width)
        for part in table.rows:
            part.cells[at].width = Mm(width)
        _cell(head.cells[at], text, min(size, 8.5) - (0 if ord(text[0]) > 0x2E7F else 1.5), bold=True, fill="DDF1F1", centred=True)
        _cell(row.cells[at], f"{{{{ row.c{at} }}}}", size, centred=at > 0 and width < 70)
    mark = OxmlElement("w:tblHeader")
    head._tr.get_or_add_trPr().append(mark)
    for part in (head, row):
        part._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    _borders(table)


def _cell(cell: Any, text: str, size: float, *, bold: bool = False, fill: str = "", centred: bool = False) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_after = Pt(1)
    paragraph.paragraph_format.space_before = Pt(1)
    if centred:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = paragraph.add_run(text)
    run.font.size, run.bold = Pt(size), bold
    if fill:
        shade = OxmlElement("w:shd")
        shade.set(qn("w:val"), "clear")
        shade.set(qn("w:fill"), fill)
        cell._tc.get_or_add_tcPr().append(shade)


def _borders(table: Any) -> None:
    """Draw thin grey lines between the rows only."""
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        line = OxmlElement(f"w:{side}")
        line.set(qn("w:val"), "nil" if side in ("left", "right", "insideV") else "single")
        line.set(qn("w:sz"), "4")
        line.set(qn("w:color"), "C3CBD3")
        borders.append(line)
    table._tbl.tblPr.append(borders)


def _footer(document: Any, page: Sequence[str]) -> None:
    """Number the pages."""
    paragraph = document.sections[0].footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.add_run(page[0])
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        run = paragraph.add_run()
        if kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark = OxmlElement("w:instrText")
            mark.text = text
        run._r.append(mark)
    paragraph.add_run(page[1])


if __name__ == "__main__":
    main()
