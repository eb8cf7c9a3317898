"""The bulletin as a document, from a template that an office can change in Word: Jinja fields in a .docx (docxtpl).

The program's own templates are `resources/templates/bulletin_<language>.docx`; `context` says which fields there are. A template is other
people's: it is rendered in Jinja's sandbox, and a field that does not exist is an error instead of an empty place.
"""

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

from gis_app.county.county import County
from gis_app.language import RESOURCES, current, format_time, msg, tr
from gis_app.output import bulletin_words as words
from gis_app.output.bulletin import Bulletin
from gis_app.output.bulletin_map import drawing_map
from gis_app.output.contents import source_line
from gis_app.output.errors import OutputError
from gis_app.output.writing import replacing
from gis_app.progress import Progress, Steps, part

if TYPE_CHECKING:
    from docxtpl import DocxTemplate

WIDTH = 165.0
MAP_WIDTH = 140.0  # upright: leaves room for the heading and the places above it on one page
"""How wide pictures are, in mm: the type area of the program's templates."""

MOST_BARS = 15
"""So many bodies or categories stand in a chart."""


def own_template() -> Path:
    """Return the program's template in the language in use."""
    return RESOURCES / "templates" / f"bulletin_{current()}.docx"


def writing_document(county: County, bulletin: Bulletin, path: Path, template: Path | None = None) -> Steps[None]:
    """Write a bulletin as a .docx; raises `OutputError` for a template that cannot be used."""
    source = template or own_template()
    yield Progress(0.5, msg("Drawing the map"))
    picture = yield from part(drawing_map(county, bulletin.month), 0.5, 0.85)
    yield Progress(0.85, msg("Drawing charts"))
    pictures = {"map": picture, **charts(bulletin)}
    yield Progress(0.9, msg("Writing {file}", file=path.name))
    document = rendered(source, context(county, bulletin), pictures)
    document.docx.core_properties.title = words.title(bulletin)
    document.docx.core_properties.author = bulletin.county
    with replacing(path) as temporary:
        document.save(str(temporary))


def context(county: County, bulletin: Bulletin) -> dict[str, Any]:
    """Return the fields of a template; rows of tables are numbered `c0`, `c1` … from the left.

    Texts: `title`, `county`, `month`, `as_of`, `source`. Lists of texts: `summary`, `notes`. Tables: `figures` (name, value, before,
    change, definition), `groups` (`name` and `rows`: the bodies of one kind, as `bulletin_words.BODY_TITLES`), `ranking`, `categories`,
    `townships`, `chains`, `hotspots`. Pictures: `map`, `chart_months`, `chart_bodies`, `chart_categories`.
    """
    groups: dict[str, list[dict[str, str]]] = {}
    for line in bulletin.bodies:
        groups.setdefault(words.group_text(line), []).append(_numbered(words.body_row(line)))
    return {
        "title": words.title(bulletin),
        "county": bulletin.county,
        "month": words.month_text(bulletin.month),
        "as_of": tr("As of {time}", time=format_time(bulletin.now)),
        "source": source_line(county.state),
        "summary": words.summary(bulletin),
        "notes": words.notes(bulletin),
        "figures": [_numbered(row) for row in words.figure_rows(bulletin)],
        "groups": [{"name": name, "rows": rows} for name, rows in groups.items()],
        "ranking": [_numbered(row) for row in words.ranking_rows(bulletin)],
        "categories": [_numbered(words.line_row(line)) for line in bulletin.categories],
        "townships": [_numbered(words.line_row(line)) for line in bulletin.townships],
        "chains": [_numbered(row) for row in words.chain_rows(bulletin)],
        "hotspots": [_numbered(row) for row in words.hotspot_rows(bulletin)],
    }


def _numbered(row: words.Cells) -> dict[str, str]:
    return {f"c{at}": text for at, text in enumerate(row)}


def charts(bulletin: Bulletin) -> dict[str, bytes]:
    """Return the charts of a bulletin as PNG."""
    from gis_app.output.qt.charts import Series, bars_chart, columns_chart

    def lying(labels: list[str], received: list[float], completed: list[float]) -> bytes:
        return bars_chart(labels, [Series(tr("Received"), received), Series(tr("Completed"), completed)], WIDTH)

    months = [str(month)[2:] for month, _ in bulletin.months]
    series = [
        Series(tr("Received"), [row.figures.received for _, row in bulletin.months]),
        Series(tr("Completed"), [row.figures.completed for _, row in bulletin.months]),
    ]
    bodies = sorted(bulletin.bodies, key=lambda line: -line.measures.figures.received)[:MOST_BARS]
    categories = [line for line in bulletin.categories if line.name][:MOST_BARS]
    return {
        "chart_months": columns_chart(months, series, WIDTH, 62.0),
        "chart_bodies": lying(
            [line.body.name for line in bodies],
            [line.measures.figures.received for line in bodies],
            [line.measures.figures.completed for line in bodies],
        ),
        "chart_categories": lying(
            [line.name for line in categories],
            [line.measures.figures.received for line in categories],
            [line.measures.figures.completed for line in categories],
        ),
    }


def _width(picture: str) -> float:
    """Return how wide a picture stands in the text, in mm."""
    return MAP_WIDTH if picture == "map" else WIDTH


def rendered(template: Path, fields: dict[str, Any], pictures: dict[str, bytes]) -> "DocxTemplate":
    """Fill in a template; raises `OutputError` for a file that is no document, and for a field that does not exist or is misspelt."""
    from docx.opc.exceptions import OpcError
    from docx.shared import Mm
    from docxtpl import DocxTemplate, InlineImage
    from jinja2 import StrictUndefined, TemplateError
    from jinja2.sandbox import SandboxedEnvironment

    try:
        document = DocxTemplate(str(template))
        document.init_docx()
        images = {name: InlineImage(document, BytesIO(png), width=Mm(_width(name))) if png else "" for name, png in pictures.items()}
        environment = SandboxedEnvironment(undefined=StrictUndefined, autoescape=True)
        document.render({**fields, **images}, environment, autoescape=True)
    except TemplateError as error:
        reason = " ".join(str(error).split())
        raise OutputError(
            msg("{file}: a field of this template cannot be filled in: {reason}.", file=template.name, reason=reason)
        ) from None
    except (OpcError, BadZipFile, KeyError, ValueError, OSError) as error:
        raise OutputError(msg("{file} is no Word document (.docx) that can be used as a template.", file=template.name)) from error
    return document
