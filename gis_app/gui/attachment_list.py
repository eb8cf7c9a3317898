"""Photos and documents of a whistle in its card: small pictures that open in the panel, added by a button or by dropping files."""

from __future__ import annotations

from functools import partial
from math import hypot, inf, isfinite
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QByteArray, QSize, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QPixmap
from PySide6.QtWidgets import QFileDialog, QLabel, QVBoxLayout, QWidget

from gis_app.county.attachments import Attachment, attach, attachments_of, content_of
from gis_app.errors import UserError
from gis_app.files.photos import check_picture, media_type_of, position, stripped
from gis_app.grid.datum import metres_per_unit, to_county
from gis_app.gui.icons import icon
from gis_app.gui.session import Session
from gis_app.gui.task import aside
from gis_app.gui.widgets import button, clear, column, holding, image, label, row, small_button
from gis_app.language import Message, format_number, format_time, msg, tr

if TYPE_CHECKING:
    from gis_app.gui.inspector import Inspector

NEAR = 30.0
"""Metres within which a photo was taken at the place of its whistle: as near as phones know where they are among houses."""

MOST_PIXELS = 1200
"""Pixels of the longer side of a picture that is shown."""


class AttachmentList(QWidget):
    """The files of one whistle. A picture opens below its name; what is saved elsewhere goes without its hidden data."""

    def __init__(self, panel: Inspector, case: int) -> None:
        super().__init__()
        self.setAcceptDrops(True)
        self._panel, self._case = panel, case
        self._open = 0
        self._rows = column(spacing=4)
        palette = panel.session.palette
        add = button(tr("Add a photo or document"), self._choose, "link", icon("plus", palette, palette.accent))
        add.setToolTip(tr("Or drop files here"))
        self.setLayout(column(holding(self._rows), row(add, None), spacing=4))
        self.show_files()

    def show_files(self) -> None:
        """List the files of the whistle."""
        clear(self._rows)
        self.files = attachments_of(self._panel.session.county.store, self._case)
        for file in self.files:
            self._rows.addLayout(self._line(file))
            if file.id == self._open:
                self._rows.addWidget(self._picture(file))
            if file.media_type.startswith("image/"):
                self._rows.addWidget(self._taken_at(file))

    def _line(self, file: Attachment):  # type: ignore[no-untyped-def]
        palette = self._panel.session.palette
        shown = file.media_type.startswith("image/")
        details = " · ".join(part for part in (_size(file.size), format_time(file.added) if file.added else "", file.note) if part)
        sign = image("image-down" if shown else "file-text", palette.secondary)
        name = button(file.name, partial(self.toggle, file.id), "link", tip=details) if shown else label(file.name)
        save = small_button(
            palette, "download", tr("Save {name} elsewhere, without hidden data", name=file.name), partial(self._save_as, file)
        )
        return row(sign, name, None, label(_size(file.size), "secondary"), save, spacing=6)

    def toggle(self, file: int) -> None:
        """Open a picture, or close it."""
        self._open = 0 if self._open == file else file
        self.show_files()

    def _picture(self, file: Attachment) -> QLabel:
        """Return a picture as wide as the panel, upright as the camera held it."""
        made = label("", "secondary", wrap=True)
        content = content_of(self._panel.session.county.store, file.id) or b""
        try:
            upright = stripped(content, file.media_type, file.name)
        except UserError as error:
            made.setText(str(error))
            return made
        picture = QPixmap()
        picture.loadFromData(QByteArray(upright))
        if picture.isNull():
            made.setText(tr("This picture cannot be shown."))
            return made
        ratio = self.devicePixelRatioF()
        width = min(max(self._panel.width() - 48, 200), MOST_PIXELS)
        scaled = picture.scaled(
            QSize(round(width * ratio), MOST_PIXELS), Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
        scaled.setDevicePixelRatio(ratio)
        made.setPixmap(scaled)
        made.setAccessibleName(file.name)
        return made

    def _taken_at(self, file: Attachment) -> QWidget:
        """Return where the place of a photo is offered as that of the whistle, as soon as it was looked up in the file."""
        offer = column(spacing=0)
        holder = holding(offer)
        holder.hide()
        known, store = self._panel.photo_places, self._panel.session.county.store

        def show(found: tuple[float, float] | None) -> None:
            known[file.id] = found
            if found is not None:
                self._offer(offer, file, found)
                holder.setVisible(offer.count() > 0)

        if file.id in known:
            show(known[file.id])
        else:
            aside(lambda: position(content_of(store, file.id) or b""), show)
        return holder

    def _offer(self, offer: QVBoxLayout, file: Attachment, found: tuple[float, float]) -> None:
        """Offer the place where a photo was taken (longitude, latitude), unless the whistle lies there."""
        session = self._panel.session
        x, y = (float(value) for value in to_county(found[0], found[1], "wgs84", session.state.settings.crs))
        away = _metres_away(session, self._case, x, y)
        if away <= NEAR:
            return
        said = tr("The photo was taken {metres} m from the place of the whistle.", metres=format_number(away))
        unplaced = tr("The photo says where it was taken; the whistle has no point on the map.")
        offer.addWidget(label(said if isfinite(away) else unplaced, "secondary", wrap=True))
        note = tr("Taken over from the photo {name}", name=file.name)
        put = button(tr("Put the whistle where it was taken"), partial(self._panel.begin_place, x, y, note), "link")
        offer.addLayout(row(put, None))

    # ------------------------------------------------------------ in and out

    def _choose(self) -> None:
        dialog = QFileDialog(self, tr("Add a photo or document"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(lambda paths: self.add([Path(path) for path in paths]))
        dialog.open()

    def add(self, paths: list[Path]) -> None:
        """Attach files."""
        store = self._panel.session.county.store
        for path in paths:
            try:
                content = path.read_bytes()
                check_picture(content, path.name)
            except OSError as error:
                self._panel.problem.emit(_unreadable(path, error))
                continue
            except UserError as error:
                self._panel.problem.emit(error.message)
                continue
            edit = attach(store, self._case, path.name, media_type_of(path.name, content), content, actor=self._panel.actor)
            self._panel.perform_step(edit)

    def _save_as(self, file: Attachment) -> None:
        dialog = QFileDialog(self, tr("Save it as"), file.name)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.fileSelected.connect(lambda path: self.save(file, Path(path)))
        dialog.open()

    def save(self, file: Attachment, path: Path) -> None:
        """Write a file elsewhere; pictures lose what tells where, when and with what they were taken."""
        try:
            path.write_bytes(stripped(content_of(self._panel.session.county.store, file.id) or b"", file.media_type, file.name))
        except UserError as error:
            self._panel.problem.emit(error.message)
        except OSError as error:
            self._panel.problem.emit(_unreadable(path, error))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: D102
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: D102
        event.acceptProposedAction()
        self.add([Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()])


def _metres_away(session: Session, case: int, x: float, y: float) -> float:
    """Return how far a place (county coordinates) is from the point of a whistle, infinitely far where it has none."""
    cases = session.state.cases
    at = int(np.flatnonzero(cases.id == case)[0])
    away = hypot(cases.x[at] - x, cases.y[at] - y) * metres_per_unit(session.state.settings.crs)
    return away if isfinite(away) else inf


def _size(size: int) -> str:
    return (
        tr("{size} MB", size=format_number(size / 1_000_000, 1))
        if size >= 100_000
        else tr("{size} kB", size=format_number(max(size / 1000, 1)))
    )


def _unreadable(path: Path, error: OSError) -> Message:
    return msg("{name}: {reason}", name=path.name, reason=error.strerror or str(error))
