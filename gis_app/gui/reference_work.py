"""What a person does with reference layers: adding files and folders, pointing to another file, going online."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog

from gis_app.county.changes import Changes, Edit
from gis_app.county.reference_edits import add_references, point_reference
from gis_app.county.references import Reference, ReferenceKind, stored_path
from gis_app.files.sources import DRIVERS, FileKind, opening
from gis_app.gui import work
from gis_app.gui.task import Task
from gis_app.language import Message, msg, tr
from gis_app.map.reference.georeference import WORLD_FILES
from gis_app.map.reference.servers import ServerSettings, save_settings
from gis_app.map.reference.shelf import Opened
from gis_app.map.reference.vectors import VectorLayer
from gis_app.progress import Progress, Steps

if TYPE_CHECKING:
    from gis_app.gui.session import Session
    from gis_app.gui.window import Window

TILE_FILES = (".mbtiles",)
PICTURES = tuple(WORLD_FILES)
VECTORS = tuple(ending for ending in (*DRIVERS, ".zip") if ending not in (".csv", ".txt", ".tsv", ".xlsx", ".xlsm", ".dbf"))


def kind_of(path: Path) -> ReferenceKind:
    """Tell what a file or folder is as a reference layer."""
    if path.suffix.lower() in TILE_FILES or (path.is_dir() and path.suffix.lower() != ".gdb"):
        return ReferenceKind.TILES
    return ReferenceKind.PICTURE if path.suffix.lower() in PICTURES else ReferenceKind.VECTOR


def is_raster_file(path: Path) -> bool:
    """Tell whether a file dropped on the window can be nothing but a reference layer."""
    return path.suffix.lower() in (*TILE_FILES, *PICTURES)


def ask_file(window: Window, chosen: Callable[[Path], object] | None = None) -> None:
    """Ask for a map file, a scanned map or an MBTiles file without blocking the window."""
    endings = {
        tr("Reference layers"): (*VECTORS, *PICTURES, *TILE_FILES),
        tr("Map files"): VECTORS,
        tr("Scanned maps"): PICTURES,
        tr("Tiles"): TILE_FILES,
    }
    filters = [f"{name} ({' '.join(f'*{ending}' for ending in found)})" for name, found in endings.items()]
    dialog = QFileDialog(window, tr("Add a reference layer"), _folder(window), ";;".join([*filters, tr("All files (*)")]))
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    take = chosen or (lambda path: add_file(window, path))
    dialog.fileSelected.connect(lambda path: take(Path(path)))
    dialog.open()


def ask_folder(window: Window) -> None:
    """Ask for a folder of tiles."""
    dialog = QFileDialog(window, tr("Add a folder of tiles"), _folder(window))
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.fileSelected.connect(lambda path: add_file(window, Path(path)))
    dialog.open()


def _folder(window: Window) -> str:
    return str(window.session.shelf.folder) if window.session is not None else ""


def add_file(window: Window, path: Path, **options: object) -> None:
    """Look into a file beside the window and add its layers; where its coordinate system cannot be told, ask for it."""
    session = window.session
    if session is None:
        return

    def ended(layers: list[Reference]) -> None:
        window.perform(add_references(layers), lambda changes: added(window, changes))

    def failed(message: Message) -> None:
        from gis_app.gui.reference_form import ReferenceForm

        if window.page is not None and kind_of(path) != ReferenceKind.TILES and path.exists():
            window.page.show_right(ReferenceForm(window, path, message))
        else:
            window.banner.problem(str(message))

    title = msg("Adding {name} as a reference layer", name=path.name)
    window.tasks.run(Task(title, lambda: looking_into(session, path, title, **options), ended, failed))


def looking_into(session: Session, path: Path, title: Message, **options: object) -> Steps[list[Reference]]:
    """Open a file as reference layers: one for each of its layers. Raises `UserError` where one cannot be read."""
    yield Progress(0.0, title)
    kind = kind_of(path)
    first = Reference(0, path.stem if path.is_file() else path.name, kind, stored_path(path, session.shelf.folder), options=options)
    found = [first]
    if kind == ReferenceKind.VECTOR:
        encoding = options.get("encoding")
        with opening(path, None, encoding if isinstance(encoding, str) else None) as source:
            if source.kind is FileKind.VECTOR and len(source.layers) > 1:
                found = [replace(first, name=layer, options={**options, "layer": layer}) for layer in source.layers]
    for at, reference in enumerate(found):
        yield Progress(at / len(found), title)
        session.shelf.forget(reference)
        session.shelf.open(reference)
    return found


def added(window: Window, changes: Changes) -> None:
    """Say what was added, and what should be known of it; zoom to it where it lies outside of what is seen."""
    session = window.session
    if session is None:
        return
    ids = changes.report if isinstance(changes.report, tuple) else ()
    references = [session.county.state.references[i] for i in ids if i in session.county.state.references]
    layers = [session.shelf.found(reference) for reference in references]
    notes = [str(layer.remark) for layer in layers if isinstance(layer, VectorLayer) and layer.remark is not None]
    missed = sum(layer.left_out for layer in layers if isinstance(layer, VectorLayer))
    if missed:
        notes.append(tr("{count} features have no usable place and are left out.", count=missed))
    if layers and not any(_near(session, layer) for layer in layers):
        notes.insert(0, tr("It lies outside the county: check its coordinate system."))
    words = " ".join([tr("Done: {what}.", what=changes.title), *notes])
    work.tell_step(window, words, changes.title)


def _near(session: Session, layer: Opened | None) -> bool:
    """Tell whether a layer meets the county (an empty county is met by everything)."""
    county, own = session.shelf.bounds(), layer.extent() if layer is not None else None
    if county is None or own is None:
        return True
    return own[0] <= county[2] and county[0] <= own[2] and own[1] <= county[3] and county[1] <= own[3]


def choose_again(window: Window, reference: Reference) -> None:
    """Ask for the file of a reference layer that is not where it was."""

    def chosen(path: Path) -> None:
        if window.session is not None:
            window.perform(point_reference(reference.id, stored_path(path, window.session.shelf.folder)), lambda _: None)

    ask_file(window, chosen)


def try_again(window: Window, reference: Reference) -> None:
    """Open a layer anew, e.g. after a drive was plugged in."""
    if window.session is not None:
        window.session.shelf.forget(reference)
        window.session.refresh_map()


def set_servers(window: Window, settings: ServerSettings) -> None:
    """Keep the user's tile servers, and draw with them."""
    save_settings(settings)
    if window.session is not None:
        window.session.shelf.settings = settings
        window.session.refresh_map()


def set_offline(window: Window, offline: bool) -> None:
    """Leave the network alone, or use it for tile servers."""
    if window.session is not None:
        set_servers(window, replace(window.session.shelf.settings, offline=offline))


def zoom_to(window: Window, reference: Reference) -> None:
    """Show a reference layer as large as possible."""
    session = window.session
    layer = session.shelf.found(reference) if session is not None else None
    extent = layer.extent() if layer is not None else None
    if extent is not None and window.page is not None:
        window.canvas.zoom_to(extent)
    elif window.page is not None:
        window.canvas.zoom_to_whole()


def show_servers(window: Window) -> None:
    """Show the tile servers in place of the inspector."""
    from gis_app.gui.servers_panel import ServersPanel

    if window.page is not None:
        window.page.show_right(ServersPanel(window))


def serve(window: Window, wanted: str, of: object) -> None:
    """Do what the panel of reference layers asks for (see `ReferencePanel.wanted`)."""
    if isinstance(of, Edit):
        window.perform(of, lambda _: None)  # what it did is seen
    elif isinstance(of, Reference):
        with_one: dict[str, Callable[[Window, Reference], None]] = {"choose": choose_again, "again": try_again, "zoom": zoom_to}
        with_one[wanted](window, of)
    elif wanted == "online":
        set_offline(window, False)
    else:
        alone: dict[str, Callable[[Window], None]] = {"file": ask_file, "folder": ask_folder, "servers": show_servers}
        alone[wanted](window)
