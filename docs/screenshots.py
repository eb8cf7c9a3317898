"""Make the pictures of the guide: the real window on the demo county, both languages, both themes (`make screenshots`).

Those of the chapters on editing, whistles and people (`editing_pictures`, `case_pictures`, `people_pictures`) are of the light theme alone;
`python docs/screenshots.py editing`, `… cases` or `… people` makes only them. The page of the bulletin needs LibreOffice and poppler.
"""

import csv
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import case_pictures
import editing_pictures
import numpy as np
import people_pictures
from editing_pictures import settle

from gis_app import bootstrap, language
from gis_app.grid.units import Level
from gis_app.progress import finish

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

    from gis_app.gui.window import Window

PICTURES = Path(__file__).resolve().parent / "pictures"
SIZE = (1600, 900)
EDITING_SIZE = (1366, 768)
"""Of the pictures of tools: what is left of the map in an old office's screen is about as wide as a page of the guide."""
PEOPLE = ("王秀英", "李建国", "张桂兰", "刘志强", "陈玉梅", "赵永福", "孙丽华", "周文斌")


def write_people(path: Path) -> None:
    """Write a small table of (invented) households as an office keeps it: Chinese headers, GB 18030, degrees of WGS 84."""
    with path.open("w", newline="", encoding="gb18030") as file:
        rows = csv.writer(file)
        rows.writerow(("户主", "联系电话", "住址", "人口", "经度", "纬度"))
        for at in range(64):
            place = (f"{123.42 + at * 0.0023:.6f}", f"{47.86 + at % 9 * 0.0041:.6f}")
            rows.writerow((PEOPLE[at % len(PEOPLE)], f"138{at * 7919 % 100_000_000:08d}", f"永安村{at + 1}号", at % 5 + 1, *place))


def show_import(window: "Window", table: Path) -> None:
    """Open the import assistant on a table."""
    window.begin_import(table)


def show_analysis(window: "Window", _: Path) -> None:
    """Show where whistles pile up in the whole county, with the list of hotspots."""
    from gis_app.gui.task import wait_aside
    from gis_app.map.scene import LayerKind

    session, page = window.session, window.page
    assert session is not None and page is not None
    window.set_workspace("analyse")
    for kind in (LayerKind.HOTSPOT_CELLS, LayerKind.DENSITY):
        session.set_layer(kind, visible=True)
    settle(400)  # the list waits a moment before it looks
    wait_aside(30_000)


def show_maps(window: "Window", _: Path) -> None:
    """Show the panel that writes a map of a township."""
    from gis_app.gui.export_panel import ExportPanel

    session, page = window.session, window.page
    assert session is not None and page is not None
    session.select("units", session.state.units.at_level(Level.TOWNSHIP)[0].id)
    window.set_workspace("maps")
    panel = page.right.currentWidget()
    assert isinstance(panel, ExportPanel)
    panel.unit.setChecked(True)
    panel.path.setText(f"{session.state.settings.name}.pdf")  # not where this machine keeps its documents
    page.view.show_row(*session.selected)


def arranged(workspace: str) -> Callable[["Window", Path], None]:
    """Return what shows a workspace with something telling selected."""
    from gis_app.gui.start import arrange

    return lambda window, _: arrange(window, workspace)


def of_few_colours(image: "QImage") -> "QImage":
    """Return a picture with a palette of 256 colours that it has itself: a third of the size, and nobody sees it.

    Every box of 8 × 8 × 8 colours offers the one that occurs most often in it. One after the other that one is taken whose box is the
    most off so far (pixels times squared distance); all others become the nearest of these.
    """
    from PySide6.QtGui import QImage
    from scipy.spatial import KDTree

    image = image.convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), image.bytesPerLine() // 4)[:, : image.width()] & 0xFFFFFF
    colours, which, counts = np.unique(pixels, return_inverse=True, return_counts=True)
    channels = np.stack([colours >> 16, colours >> 8 & 255, colours & 255], axis=1).astype(np.int64)
    order = np.argsort(-counts, kind="stable")
    _, first, bins = np.unique((channels >> 3)[order] @ (1, 32, 1024), return_index=True, return_inverse=True)
    offered, pixels_of = order[first], np.bincount(bins, weights=counts[order])
    off, taken = np.full(len(offered), 3.0 * 255**2), []
    for _ in range(min(256, len(offered))):
        taken.append(int(np.argmax(off * pixels_of)))
        off = np.minimum(off, ((channels[offered] - channels[offered[taken[-1]]]) ** 2).sum(axis=1))
    palette = offered[taken]
    _, nearest = KDTree(channels[palette]).query(channels)
    rows = np.zeros((image.height(), -(-image.width() // 4) * 4), np.uint8)
    rows[:, : image.width()] = nearest[which].reshape(pixels.shape)
    few = QImage(rows.tobytes(), image.width(), image.height(), rows.shape[1], QImage.Format.Format_Indexed8)
    few.setColorTable([0xFF000000 | int(colour) for colour in colours[palette]])
    return few.copy()


def take(show: Callable[["Window", Path], None] | None, county: Path, table: Path, lang: str, theme: str, target: Path) -> None:
    """Write one picture of a new window; `show` arranges it (None: the start page)."""
    from gis_app.gui.preferences import Preferences
    from gis_app.gui.start import picture
    from gis_app.gui.window import Window

    with tempfile.TemporaryDirectory() as folder:
        preferences = Preferences(Path(folder) / "window.ini")
        preferences.language, preferences.theme = lang, theme
        window = Window(preferences)
        window.resize(*SIZE)
        window.show()
        if show is not None:
            window.show_county(bootstrap.open_county(county))
            window.tasks.wait()
            window.canvas.wait_until_drawn()
            show(window, table)
            window.tasks.wait()
        save(picture(window).toImage(), target)
        window.close()
        window.deleteLater()
        settle(0)


def take_chapter(name: str, take_all: Callable[["Window"], Iterator[tuple[str, "QImage"]]], county: Path, lang: str) -> None:
    """Write the pictures of a chapter in one language, from a copy of a county; `name` begins their names."""
    from gis_app.gui.preferences import Preferences
    from gis_app.gui.window import Window

    with tempfile.TemporaryDirectory() as folder:
        preferences = Preferences(Path(folder) / "window.ini")
        preferences.language, preferences.theme = lang, "light"
        window = Window(preferences)
        window.resize(*EDITING_SIZE)
        window.show()
        copy = Path(shutil.copy(county, county.with_stem(f"{county.stem}-{name}-{lang}")))
        window.show_county(bootstrap.open_county(copy))
        window.tasks.wait()
        for picture, image in take_all(window):
            save(image, PICTURES / f"{name}-{picture}-{lang}.png")
        window.close()
        window.deleteLater()
        settle(0)


def save(image: "QImage", target: Path) -> None:
    """Write a picture as a PNG of few colours, as small as it gets, and say so."""
    of_few_colours(image).save(str(target), quality=0)
    sys.stdout.write(f"{target.name} {target.stat().st_size // 1000} kB\n")
    sys.stdout.flush()


def main(wanted: list[str]) -> None:
    """Build the demo county once and write a picture of each part of the window in each language and theme."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from gis_app.gui.start import application

    application()
    PICTURES.mkdir(exist_ok=True)
    shows = {
        "start": None,
        "import": show_import,
        "plan": arranged("plan"),
        "cases": arranged("cases"),
        "analyse": show_analysis,
        "maps": show_maps,
    }
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)  # so that no path of this machine is in a picture
        county, table = Path("county.gpkg"), Path("households.csv")
        finish(bootstrap.building_demo(county))
        write_people(table)
        for lang in language.LANGUAGES:
            for theme in ("light", "dark"):
                for name, show in shows.items() if not wanted else ():
                    take(show, county, table, lang, theme, PICTURES / f"{name}-{lang}-{theme}.png")
        if wanted in ([], ["cases"]):
            for lang in language.LANGUAGES:
                take_chapter("case", case_pictures.take_all, county, lang)
        if wanted in ([], ["people"]):
            for lang in language.LANGUAGES:
                take_chapter("people", people_pictures.take_all, county, lang)
        if wanted in ([], ["editing"]):
            opened = bootstrap.open_county(county)
            finish(bootstrap.building_references(opened, Path("references.gpkg")))
            opened.close()
            for lang in language.LANGUAGES:
                take_chapter("edit", editing_pictures.take_all, county, lang)


if __name__ == "__main__":
    main(sys.argv[1:])
