"""What tools that draw show on the canvas, and what becomes of an edit from its proposal until the map shows it."""

import numpy as np
import shapely
from PySide6.QtCore import QObject, QPointF, QRectF, Signal
from PySide6.QtGui import QPainter

from gis_app.county.boundary_edits import BoundaryEdit
from gis_app.county.state import CountyState
from gis_app.grid.edits.edited import Edited
from gis_app.grid.refusal import Refusal
from gis_app.language import Message
from gis_app.map.legend import Classification
from gis_app.map.network import Floats
from gis_app.map.qt.drawing import Drawing
from gis_app.map.qt.preview_picture import PreviewPicture, draw_preview, picture_of
from gis_app.map.qt.previewing import Preview, Previewing
from gis_app.map.qt.sketching import draw_bubble, draw_ring, draw_sketch, draw_snap, draw_tag, on_screen, pointer_words_box, snap_word_box
from gis_app.map.scene import Scene
from gis_app.map.snapping import References, Snap, Snapper
from gis_app.map.tools.events import BACKSPACE, DELETE, Place, Sketch
from gis_app.map.viewport import Viewport

UNFINISHED = frozenset({"ends_inside", "not_parted", "no_area", "no_line", "does_not_meet", "not_one_border", "beyond", "nothing_to_do"})
"""Codes of refusals that only say that a line is not drawn to its end yet."""


class Editing(QObject):
    """The sketch, the snapped place, what is said at the pointer, the preview of what is proposed, and the edit that is being performed.

    After `commit` the preview stays on the map until the base picture shows the county as it is then.
    """

    changed = Signal()
    previewed = Signal(object)  # Preview | None: what the live panel shows

    def __init__(self, drawing: Drawing, parent: QObject) -> None:
        super().__init__(parent)
        self._drawing = drawing
        self.sketch: Sketch | None = None
        self.snap: Snap | None = None
        self.pointer: QPointF | None = None
        self.keys = ""
        self._said: tuple[Message, Place | None] | None = None
        self._pending: Preview | None = None
        self._performed = False
        self._pictures: list[tuple[Preview, Classification | None, PreviewPicture | None]] = []
        self._references: References | None = None
        self.previewing = Previewing(self)
        self.previewing.changed.connect(self._preview_changed)

    @property
    def preview(self) -> Preview | None:
        """Return what is shown: the newest proposal, else the edit that is being performed."""
        return self.previewing.preview or self._pending

    @property
    def pending(self) -> bool:
        """Tell whether an edit was committed that the map does not show yet."""
        return self._pending is not None

    @property
    def message(self) -> Message | None:
        """Return what is said at the pointer."""
        if self._said is not None:
            return self._said[0]
        refused = self._refused()
        return refused.reason if refused is not None else None

    @property
    def refused_at(self) -> Place | None:
        """Return the place that what is said is about."""
        if self._said is not None:
            return self._said[1]
        refused = self._refused()
        return refused.at if refused is not None else None

    def _refused(self) -> Refusal | None:
        """Return why what is proposed cannot be; a line that is being drawn is not blamed for not being finished."""
        preview = self.previewing.preview
        if preview is None or not isinstance(preview.tried, Refusal):
            return None
        drawing = self.sketch is not None and bool(self.sketch.points)
        return None if drawing and preview.tried.code in UNFINISHED else preview.tried

    @property
    def draws_line(self) -> bool:
        """Tell whether a line is being drawn, point by point."""
        drawn = self.sketch is not None and bool(self.sketch.points)
        return drawn and BACKSPACE in self.keys and DELETE not in self.keys  # what is removed by Delete is no line

    def snapper(self, state: CountyState) -> Snapper | None:
        """Return the snapper of a state, None while it is being made beside the window."""
        snapper = self._drawing.snapper(state)
        return snapper if snapper is None or self._references is None else snapper.with_references(self._references)

    def set_references(self, references: References | None) -> None:
        """Snap to these lines, too."""
        self._references = references

    def show_sketch(self, sketch: Sketch | None) -> None:
        """Show what the tool has in its hand, or nothing."""
        self.sketch = sketch
        self.changed.emit()

    def show_snap(self, snap: Snap | None) -> None:
        """Mark the place to which the pointer snaps, or none."""
        if snap != self.snap:
            self.snap = snap
            self.changed.emit()

    def say(self, message: Message | None, at: Place | None = None) -> None:
        """Say something at the pointer until the next press; None takes it back. What is refused is no longer awaited."""
        said = (message, at) if message is not None else None
        if said != self._said:
            self._said = said
            if message is not None:
                self._pending = None
            self.changed.emit()

    def propose(self, edit: BoundaryEdit | None, state: CountyState) -> None:
        """Preview an edit as soon as there is time."""
        if edit is None:
            self.previewing.forget()
        else:
            self.previewing.propose(edit, state)

    def commit(self, edit: BoundaryEdit, state: CountyState) -> bool:
        """Keep the preview of an edit until it is done; False, and why it is refused, where it cannot be."""
        preview = self.previewing.result(edit, state)
        self.previewing.forget()
        if isinstance(preview.tried, Refusal):
            self.say(preview.tried.reason, preview.tried.at)
            return False
        self._said = None
        self._pending, self._performed = preview, False
        self.changed.emit()
        return True

    def forget_edit(self) -> None:
        """Show no longer what an edit that was committed would have done."""
        if self._pending is not None:
            self._pending = None
            self.changed.emit()

    def performed(self, edit: BoundaryEdit) -> None:
        """An edit is done and the newest scene knows of it, even if it was undone since then."""
        self._performed = self._performed or (self._pending is not None and self._pending.edit is edit)

    def drawn(self, scene: Scene, newest: bool) -> None:
        """The base picture shows a scene: if it is the edited county, or the `newest` one after the edit, the preview has done its work."""
        if self._pending is not None and ((newest and self._performed) or not self._pending.is_still_to_come(scene.state)):
            self.forget_edit()

    def clear(self) -> None:
        """Show nothing of a tool that is laid down; an edit that is being performed stays."""
        self.sketch = self.snap = self._said = None
        self.keys = ""
        self.previewing.forget()
        self.changed.emit()

    def words_at_pointer(self, viewport: Viewport) -> QRectF:
        """Return where something is written at the pointer, an empty rectangle where nothing is."""
        said = QRectF()
        if self.sketch is not None and self.sketch.text and self.pointer is not None:
            said = pointer_words_box(self.sketch.text, self.pointer, viewport)
        return said.united(snap_word_box(self.snap, viewport)) if self.snap is not None else said

    def drawn_on_screen(self, viewport: Viewport) -> Floats:
        """Return the line in the hand up to the pointer, and the outline of what is painted, as places (n, 2) in pixels."""
        sketch = self.sketch
        if sketch is None:
            return np.empty((0, 2))
        ends = (sketch.cursor,) if sketch.cursor is not None and sketch.points else ()
        line = np.array([*sketch.points, *sketch.trail, *ends], np.float64).reshape(-1, 2)
        painted = shapely.get_coordinates(sketch.painted) if sketch.painted is not None else np.empty((0, 2))
        return on_screen(np.concatenate([line, painted]), viewport)

    def _preview_changed(self) -> None:
        self.previewed.emit(self.previewing.preview)
        self.changed.emit()

    def paint(self, painter: QPainter, scene: Scene, viewport: Viewport, pixel: float, exposed: QRectF) -> None:
        """Draw the preview, what is in the hand, and what is said, as far as it is `exposed`."""
        palette = scene.palette
        preview = self.preview
        if preview is not None and isinstance(preview.tried, Edited):
            picture = self._picture(preview, scene)
            if picture is not None:
                draw_preview(painter, picture, scene, viewport, pixel, exposed)
        if self.sketch is not None:
            draw_sketch(painter, self.sketch, viewport, palette, exposed)
        if self.snap is not None:
            draw_snap(painter, self.snap, viewport, palette)
        if self.refused_at is not None:
            draw_ring(painter, self.refused_at, viewport, palette)
        room = QRectF(0, 0, viewport.width, viewport.height)
        if self.sketch is not None and self.sketch.text and self.pointer is not None:
            draw_tag(painter, self.sketch.text, pointer_words_box(self.sketch.text, self.pointer, viewport), palette)
        message = self.message
        if message is not None:
            at = self.pointer or QPointF(*viewport.to_screen(*(self.refused_at or (viewport.x, viewport.y))))
            draw_bubble(painter, str(message), at, room, palette, palette.danger)

    def _picture(self, preview: Preview, scene: Scene) -> PreviewPicture | None:
        classes = self._drawing.known_classes(scene)
        for known, of, picture in self._pictures:
            if known is preview and of is classes:
                return picture
        made = picture_of(preview, scene, classes)
        self._pictures = [(preview, classes, made)]
        return made
