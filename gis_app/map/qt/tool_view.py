"""What tools that draw may ask of the canvas, and what it tells of them."""

from abc import abstractmethod

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from gis_app.county.boundary_edits import BoundaryEdit
from gis_app.county.state import CountyState
from gis_app.grid.units import Level
from gis_app.language import Message
from gis_app.map.qt.drawing import Drawing
from gis_app.map.qt.editing import Editing
from gis_app.map.scene import Scene, Selection
from gis_app.map.snapping import References, Snap, Snapper
from gis_app.map.tools.events import Place, Sketch


class ToolView(QWidget):
    """The side of the canvas that tools that draw see (`map.tools.events.MapView`).

    A tool that ends after its canvas (when both are thrown away) still clears what it shows: then there is nothing to clear.
    """

    edit_wanted = Signal(object)  # BoundaryEdit: a tool has done its work; `say` why not, or `forget_edit`, where it is not performed
    previewed = Signal(object)  # Preview | None: what an edit would do that a tool proposes

    def __init__(self, parent: QWidget | None, drawing: Drawing) -> None:
        super().__init__(parent)
        self.drawing = drawing
        self._scene: Scene | None = None
        self.editing = Editing(drawing, self)
        self.editing.changed.connect(self.update)
        self.editing.previewed.connect(self.previewed)

    @property
    @abstractmethod
    def selection(self) -> Selection:
        """Return what is selected."""

    @abstractmethod
    def set_tool(self, name: str) -> None:
        """Take another tool, one of `map.tools.registry.TOOLS`."""

    @property
    def state(self) -> CountyState:
        """Return the county in the division that is shown; asked for by tools, which act only where there is one."""
        assert self._scene is not None
        return self._scene.state

    @property
    def snapper(self) -> Snapper | None:
        """Return what snaps to the borders, None while it is being made (or where there is no county)."""
        return self.editing.snapper(self._scene.state) if self._scene is not None else None

    @property
    def selected_cells(self) -> tuple[int, ...]:
        """Return the selected cells in the order in which they were selected."""
        units = self.state.units
        return tuple(i for i in self.selection.ids.get("units", ()) if i in units and units[i].level == Level.CELL)

    def show_sketch(self, sketch: Sketch | None) -> None:
        """Show what the tool has in its hand, or nothing."""
        if isValid(self):
            self.editing.show_sketch(sketch)

    def show_snap(self, snap: Snap | None) -> None:
        """Mark the place to which the pointer snaps, or none."""
        if isValid(self):
            self.editing.show_snap(snap)

    def propose(self, edit: BoundaryEdit | None) -> None:
        """Show what an edit would do as soon as there is time; None: nothing."""
        if isValid(self):
            self.editing.propose(edit, self.state)

    def commit(self, edit: BoundaryEdit) -> bool:
        """Have an edit performed; False where it is refused: why is shown."""
        if not self.editing.commit(edit, self.state):
            return False
        self.edit_wanted.emit(edit)
        return True

    def say(self, message: Message | None, at: Place | None = None) -> None:
        """Say something in a bubble at the pointer and mark the place that it is about, until the next press; None takes it back."""
        if isValid(self):
            self.editing.say(message, at)

    def forget_edit(self) -> None:
        """Show no longer what a committed edit would do: it is not performed after all."""
        self.editing.forget_edit()

    def take_keys(self, keys: str) -> None:
        """Want these characters and keys for the tool, instead of what they do elsewhere."""
        self.editing.keys = keys

    def leave(self) -> None:
        """Lay the tool down and take "select"."""
        self.set_tool("select")

    def set_references(self, references: References | None) -> None:
        """Let tools snap to the lines of reference layers, too."""
        self.editing.set_references(references)
