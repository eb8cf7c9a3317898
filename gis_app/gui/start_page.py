"""The page before a county is open: the demo county, a new one, an existing one, the recent ones, files dropped on the window."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QPushButton, QWidget

from gis_app.gui.theme import font
from gis_app.gui.widgets import button, column, holding, image, label, row, scrolled
from gis_app.language import tr
from gis_app.map.palette import Palette


def start_page(
    palette: Palette, recent: Sequence[str], actions: Mapping[str, Callable[[], object]], open_recent: Callable[[str], object]
) -> QWidget:
    """Return the start page; `actions` are what the tiles do: "demo", "new", "open", "import"."""
    title = label(tr("County Grid Map"))
    title.setFont(font(26, QFont.Weight.Bold))
    subtitle = label(
        tr("Divide the county into cells, see every household and whistle in its cell, and take the map to the meeting."), wrap=True
    )
    subtitle.setProperty("role", "secondary")
    tiles = [
        tile(
            palette,
            "sparkles",
            tr("Demo county"),
            tr("A made-up county with 1,939 cells, 120,000 households and its whistles."),
            actions["demo"],
        ),
        tile(palette, "file-plus", tr("New county"), tr("Begin with an empty county file of your own."), actions["new"]),
        tile(palette, "folder-open", tr("Open a county"), tr("Open a county file from this computer."), actions["open"]),
        tile(
            palette, "import", tr("Import assistant"), tr("Turn boundary files and tables into a county, step by step."), actions["import"]
        ),
    ]
    inner = column(
        40,
        title,
        subtitle,
        20,
        row(tiles[0], tiles[1], spacing=16),
        12,
        row(tiles[2], tiles[3], spacing=16),
        28,
        label(tr("Opened lately"), "section"),
        *(_recent(palette, path, open_recent) for path in recent),
        *([] if recent else [label(tr("The counties that you open will be listed here."), "secondary")]),
        24,
        label(
            tr("Or drop files on this window: a county file opens; boundaries and tables go to the import assistant."),
            "secondary",
            wrap=True,
        ),
        None,
        spacing=6,
    )
    centre = holding(inner)
    centre.setMaximumWidth(820)
    across = row(None, centre, None, margins=(24, 0, 24, 24))
    across.setStretch(1, 10)
    return scrolled(holding(across), "page")


def tile(palette: Palette, sign: str, title: str, detail: str, clicked: Callable[[], object]) -> QPushButton:
    """Return a large button with an icon, a title and a sentence."""
    made = button("", clicked, "tile")
    made.setAccessibleName(title)
    made.setAccessibleDescription(detail)
    made.setMinimumSize(280, 96)
    heading = label(title, "heading")
    texts = column(None, heading, label(detail, "secondary", wrap=True), None, spacing=4)
    inner = row(image(sign, palette.accent, 28), texts, spacing=16, margins=(20, 12, 16, 12))
    inner.setStretch(1, 1)
    made.setLayout(inner)
    for child in made.findChildren(QWidget):
        child.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    return made


def _recent(palette: Palette, path: str, open_recent: Callable[[str], object]) -> QPushButton:
    made = button("", lambda: open_recent(path), "row")
    made.setAccessibleName(path)
    made.setMinimumHeight(36)
    made.setLayout(
        row(image("map", palette.secondary), label(Path(path).stem), label(str(Path(path).parent), "secondary"), None, margins=(8, 2, 8, 2))
    )
    return made
